package dev.octet.libtorch.quantize;

import dev.octet.ir.DenseTensor;
import dev.octet.numeric.CodeRange;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/// Rewrites a graph so that it computes as if quantized while it is trained: values and weights
/// pass through fake quantization, which rounds forwards and lets gradients through backwards where
/// nothing was clipped (a straight-through estimator).
///
/// A convolution followed by batch normalization is quantized as it will be converted: the weight
/// that is rounded is the folded one, `w·s` with `s = γ / √(running variance + eps)`; the
/// convolution's result is divided by `s` again, so that the normalization still sees what it
/// normalizes ("Quantizing deep convolutional networks for efficient inference", Krishnamoorthi,
/// arXiv 1806.08342).
final class FakeQuantization {
  private static final String OBSERVED = "octet_observer.";

  /// Weight of a new batch in the moving average of an activation's range.
  private static final double AVERAGING = 0.01;

  private final ExportedProgram program;
  private final QuantizationPoints points;
  private final QuantType activationType;
  private final CodeRange weightCodes;
  private final boolean perChannel;

  FakeQuantization(
      ExportedProgram program,
      QuantizationPoints points,
      QuantType activationType,
      CodeRange weightCodes,
      boolean perChannel) {
    this.program = program;
    this.points = points;
    this.activationType = activationType;
    this.weightCodes = weightCodes;
    this.perChannel = perChannel;
  }

  /// The program with the observers' state and a graph that uses it.
  ///
  /// @param start grid of each group to start from, by its root
  /// @param observing whether activation ranges still follow the data
  ExportedProgram rewrite(Map<String, QuantParams> start, boolean observing) {
    ProgramEditor editor = new ProgramEditor(program);
    String on = flag(editor, "on", true);
    String off = flag(editor, "off", false);
    for (QuantizationPoints.Group group : points.groups()) {
      QuantParams grid = Objects.requireNonNull(start.get(group.root()));
      // What callers pass is not what augmentation makes of it: its grid stands still.
      boolean follows = observing && !program.userInputNames().contains(group.root());
      observeValue(editor, group.root(), grid, follows ? on : off, on);
    }
    for (QuantizationPoints.Anchor anchor : points.anchors()) {
      roundWeight(editor, anchor, on);
    }
    return editor.build();
  }

  /// The grids training ended with.
  ///
  /// @param trained a program [#rewrite] made, after training
  Map<String, QuantParams> grids(ExportedProgram trained) {
    Map<String, QuantParams> grids = new LinkedHashMap<>();
    for (QuantizationPoints.Group group : points.groups()) {
      DenseTensor scale = dense(trained, group.root(), "scale");
      DenseTensor zeroPoint = dense(trained, group.root(), "zero_point");
      grids.put(
          group.root(),
          QuantParams.perTensor(
              activationType, (float) scale.doubleAt(0), (int) zeroPoint.longAt(0)));
    }
    return grids;
  }

  /// The trained parameters and statistics in the original program.
  ExportedProgram restored(ExportedProgram trained) {
    Map<String, TorchTensor> state = new LinkedHashMap<>(program.state());
    state.replaceAll((fqn, before) -> Objects.requireNonNull(trained.state().get(fqn), fqn));
    return program.withState(state);
  }

  private static DenseTensor dense(ExportedProgram trained, String root, String part) {
    String fqn = OBSERVED + root + "." + part;
    return Objects.requireNonNull(trained.state().get(fqn), fqn).toDense();
  }

  private void observeValue(
      ProgramEditor editor, String value, QuantParams grid, String observer, String on) {
    String prefix = OBSERVED + value + ".";
    float scale = grid.scale(0);
    int zeroPoint = grid.zeroPoint(0);
    float low = (activationType.qmin() - zeroPoint) * scale;
    float high = (activationType.qmax() - zeroPoint) * scale;
    List<NamedArgument> arguments =
        List.of(
            tensor("self", value),
            tensor("observer_on", observer),
            tensor("fake_quant_on", on),
            tensor("running_min", floats(editor, prefix + "min", low)),
            tensor("running_max", floats(editor, prefix + "max", high)),
            tensor("scale", floats(editor, prefix + "scale", scale)),
            tensor("zero_point", ints(editor, prefix + "zero_point", new int[] {zeroPoint})),
            number("averaging_const", AVERAGING),
            integer("quant_min", activationType.qmin()),
            integer("quant_max", activationType.qmax()),
            integer("ch_axis", -1));
    AtenNode producer =
        editor.graph().nodes().stream()
            .filter(node -> node.outputNames().contains(value))
            .findFirst()
            .orElse(null);
    String name = editor.graph().freshName(value + "_rounded");
    AtenNode node =
        AtenNode.of(
            name, AtenOp.aten("fused_moving_avg_obs_fake_quant", "default"), arguments, Map.of());
    editor.graph().replaceUses(value, name, reader -> true);
    if (producer == null) {
      editor.graph().insertFirst(node);
    } else {
      editor.graph().insertAfter(producer.name(), node);
    }
  }

  private void roundWeight(ProgramEditor editor, QuantizationPoints.Anchor anchor, String on) {
    AtenNode node = editor.graph().node(anchor.node().name());
    ConvBatchNorm pair =
        ConvBatchNorm.find(program).stream()
            .filter(candidate -> candidate.conv().name().equals(node.name()))
            .findFirst()
            .orElse(null);
    String weight = anchor.weight();
    String factor = pair == null ? "" : foldingFactor(editor, node, pair);
    int rank = editor.tensor(weight).sizes().size();
    if (pair != null) {
      long[] alongOutputs = new long[rank];
      java.util.Arrays.fill(alongOutputs, 1);
      alongOutputs[0] = -1;
      String shaped = reshape(editor, node, factor, alongOutputs);
      weight =
          editor.insertBefore(
              node,
              "folded",
              AtenOp.aten("mul", "Tensor"),
              null,
              tensor("self", weight),
              tensor("other", shaped));
    }
    String rounded = rounded(editor, node, weight, anchor.weight(), on);
    AtenNode quantized = node.withArgument("weight", AtenArgument.tensor(rounded));
    if (pair == null) {
      editor.graph().replaceNode(node.name(), List.of(quantized));
      return;
    }
    AtenNode bare = quantized.withArgument("bias", new AtenArgument.None());
    editor.graph().replaceNode(node.name(), List.of(bare));
    unfold(editor, bare, factor, anchor, rank);
  }

  /// Divides by the folding factor after the convolution and adds the bias it had.
  private static void unfold(
      ProgramEditor editor,
      AtenNode conv,
      String factor,
      QuantizationPoints.Anchor anchor,
      int rank) {
    long[] alongChannels = new long[rank];
    java.util.Arrays.fill(alongChannels, 1);
    alongChannels[1] = -1;
    AtenNode reader = editor.graph().usersOf(conv.output()).getFirst();
    String shaped = reshape(editor, reader, factor, alongChannels);
    String result =
        editor.insertBefore(
            reader,
            "unfolded",
            AtenOp.aten("div", "Tensor"),
            null,
            tensor("self", conv.output()),
            tensor("other", shaped));
    String bias = anchor.bias();
    if (bias != null) {
      String added = reshape(editor, reader, bias, alongChannels);
      result =
          editor.insertBefore(
              reader,
              "biased",
              AtenOp.aten("add", "Tensor"),
              null,
              tensor("self", result),
              tensor("other", added));
    }
    String last = result;
    String readerName = reader.name();
    editor.graph().replaceUses(conv.output(), last, node -> node.name().equals(readerName));
  }

  /// The weight on the grid the converter will choose for it: its largest magnitude now, not what
  /// it has been, over the codes on one side of 0.
  private String rounded(
      ProgramEditor editor, AtenNode anchor, String value, String weight, String on) {
    int rank = editor.tensor(weight).sizes().size();
    int channels = perChannel ? editor.tensor(weight).sizes().getFirst().intValue() : 1;
    long[] reduced = IntStream.range(perChannel ? 1 : 0, rank).asLongStream().toArray();
    String still = insert(editor, anchor, "weight_now", "detach", "default", tensor("self", value));
    String size = insert(editor, anchor, "magnitude", "abs", "default", tensor("self", still));
    String largest =
        insert(
            editor,
            anchor,
            "largest",
            "amax",
            "default",
            tensor("self", size),
            NamedArgument.of("dim", AtenArgument.ints(reduced)));
    String step =
        insert(
            editor,
            anchor,
            "step",
            "div",
            "Tensor",
            tensor("self", largest),
            number("other", weightCodes.max()));
    String scale =
        insert(
            editor,
            anchor,
            "weight_scale",
            "clamp_min",
            "default",
            tensor("self", step),
            number("min", Float.MIN_NORMAL));
    String zeroPoint = ints(editor, OBSERVED + weight + ".zero_point", new int[channels]);
    List<NamedArgument> arguments =
        new ArrayList<>(
            List.of(
                tensor("self", value), tensor("scale", scale), tensor("zero_point", zeroPoint)));
    if (perChannel) {
      arguments.add(integer("axis", 0));
    } else {
      arguments.add(tensor("fake_quant_enabled", on));
    }
    arguments.add(integer("quant_min", weightCodes.min()));
    arguments.add(integer("quant_max", weightCodes.max()));
    return insert(
        editor,
        anchor,
        "weight_rounded",
        perChannel ? "fake_quantize_per_channel_affine" : "fake_quantize_per_tensor_affine",
        perChannel ? "default" : "tensor_qparams",
        arguments.toArray(NamedArgument[]::new));
  }

  /// `γ / √(running variance + eps)`.
  private static String foldingFactor(ProgramEditor editor, AtenNode anchor, ConvBatchNorm pair) {
    String variance = pair.norm().tensorArgument("running_var").orElseThrow();
    String shifted =
        editor.insertBefore(
            anchor,
            "variance",
            AtenOp.aten("add", "Tensor"),
            null,
            tensor("self", variance),
            number("other", pair.epsilon()));
    String inverse =
        editor.insertBefore(
            anchor,
            "deviation_inverse",
            AtenOp.aten("rsqrt", "default"),
            null,
            tensor("self", shifted));
    return pair.norm()
        .tensorArgument("weight")
        .map(
            scale ->
                editor.insertBefore(
                    anchor,
                    "folding_factor",
                    AtenOp.aten("mul", "Tensor"),
                    null,
                    tensor("self", inverse),
                    tensor("other", scale)))
        .orElse(inverse);
  }

  private static String reshape(ProgramEditor editor, AtenNode anchor, String value, long[] sizes) {
    return editor.insertBefore(
        anchor,
        value + "_shaped",
        AtenOp.aten("reshape", "default"),
        null,
        tensor("self", value),
        NamedArgument.of("shape", AtenArgument.ints(sizes)));
  }

  private static String insert(
      ProgramEditor editor,
      AtenNode anchor,
      String hint,
      String op,
      String overload,
      NamedArgument... arguments) {
    return editor.insertBefore(anchor, hint, AtenOp.aten(op, overload), null, arguments);
  }

  private static String flag(ProgramEditor editor, String name, boolean value) {
    DenseTensor tensor = DenseTensor.ofLongs(new long[] {value ? 1 : 0}, 1);
    return editor.addBuffer(OBSERVED + name, TorchTensor.of(tensor));
  }

  private static String floats(ProgramEditor editor, String fqn, float... values) {
    return editor.addBuffer(fqn, TorchTensor.of(DenseTensor.ofFloats(values, values.length)));
  }

  private static String ints(ProgramEditor editor, String fqn, int[] values) {
    return editor.addBuffer(fqn, TorchTensor.of(DenseTensor.ofInts(values, values.length)));
  }

  private static NamedArgument tensor(String name, String value) {
    return NamedArgument.of(name, AtenArgument.tensor(value));
  }

  private static NamedArgument integer(String name, long value) {
    return NamedArgument.of(name, AtenArgument.of(value));
  }

  private static NamedArgument number(String name, double value) {
    return NamedArgument.of(name, AtenArgument.of(value));
  }
}
