package dev.octet.libtorch.quantize;

import static dev.octet.libtorch.quantize.Calls.number;
import static dev.octet.libtorch.quantize.Calls.tensor;

import dev.octet.libtorch.quantize.QuantizationPoints.Constant;
import dev.octet.libtorch.quantize.QuantizationPoints.Group;
import dev.octet.libtorch.quantize.QuantizationPoints.Site;
import dev.octet.numeric.QuantParams;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Rewrites a graph so that it computes as if quantized while it is trained: values and weights
/// pass through fake quantization, which rounds forwards and lets gradients through backwards where
/// nothing was clipped (a straight-through estimator).
///
/// A layer followed by batch normalization is quantized as it will be converted: the weight that is
/// rounded is the folded one, `w·s` with `s = γ / √(running variance + eps)`; the layer's result is
/// divided by `s` again, so that the normalization still sees what it normalizes ("Quantizing deep
/// convolutional networks for efficient inference", Krishnamoorthi, arXiv 1806.08342).
final class FakeQuantization {
  private final ExportedProgram program;
  private final QuantizationPoints points;
  private final Map<String, ConvBatchNorm> norms;

  /// @param program with its batch normalization
  /// @param points planned for the program with batch normalization folded
  FakeQuantization(ExportedProgram program, QuantizationPoints points) {
    this.program = program;
    this.points = points;
    this.norms =
        ConvBatchNorm.find(program).stream()
            .collect(Collectors.toMap(pair -> pair.conv().name(), Function.identity()));
  }

  /// The program with the roundings' state and a graph that uses it.
  ExportedProgram rewrite(Rounding rounding) {
    ProgramEditor editor = new ProgramEditor(program);
    // Both switches in every rewrite: graphs of one network take the same inputs.
    new Calls(editor).flag(true);
    new Calls(editor).flag(false);
    for (Group group : points.groups()) {
      // What callers pass is not what augmentation makes of it: its grid stands still.
      boolean still = program.userInputNames().contains(group.root());
      for (Site site : group.sites()) {
        Calls calls = new Calls(editor);
        String rounded =
            site.value().equals(group.root())
                ? rounding.first(calls, unfolded(group), still)
                : rounding.again(calls, unfolded(group), unfolded(site.value()));
        String value = unfolded(site.value());
        editor.graph().replaceUses(value, rounded, site::isReadBy);
        calls.after(value);
      }
    }
    points.constants().forEach(constant -> roundConstant(editor, rounding, constant));
    return editor.build();
  }

  /// The grids training ended with, for [Converter].
  ///
  /// @param trained a program [#rewrite] made, after training
  Converter.Grids grids(ExportedProgram trained, Rounding rounding) {
    Map<String, QuantParams> activations = new LinkedHashMap<>();
    points
        .groups()
        .forEach(group -> activations.put(group.root(), rounding.grid(trained, unfolded(group))));
    Map<String, QuantParams> weights = new LinkedHashMap<>();
    for (Constant constant : points.constants()) {
      rounding.grid(trained, constant).ifPresent(grid -> weights.put(constant.value(), grid));
    }
    return new Converter.Grids(activations, weights);
  }

  /// The trained parameters and statistics in the original program.
  ExportedProgram restored(ExportedProgram trained) {
    Map<String, TorchTensor> state = new LinkedHashMap<>(program.state());
    state.replaceAll((fqn, before) -> Objects.requireNonNull(trained.state().get(fqn), fqn));
    return program.withState(state);
  }

  /// The group as it is while its layer is not yet one with its normalization.
  private Group unfolded(Group group) {
    return new Group(
        group.grid(),
        group.sites().stream()
            .map(site -> new Site(unfolded(site.value()), site.readers()))
            .toList());
  }

  private String unfolded(String value) {
    return norms.values().stream()
        .filter(pair -> pair.conv().output().equals(value))
        .map(pair -> pair.norm().output())
        .findFirst()
        .orElse(value);
  }

  private void roundConstant(ProgramEditor editor, Rounding rounding, Constant constant) {
    Calls calls = new Calls(editor);
    AtenNode call = editor.graph().node(constant.call());
    Optional<ConvBatchNorm> pair =
        Optional.ofNullable(norms.get(call.name()))
            .filter(norm -> norm.weight().equals(constant.value()));
    String weight = constant.value();
    String factor = pair.map(norm -> foldingFactor(calls, norm)).orElse("");
    if (pair.isPresent()) {
      String shaped = calls.reshaped(factor, rank(weight), pair.get().channelAxis());
      weight =
          calls.add("folded", "mul", "Tensor", tensor("self", weight), tensor("other", shaped));
    }
    String rounded = rounding.constant(calls, constant, weight);
    calls.before(call.name());
    AtenNode quantized = call.withArgument(constant.argument(), AtenArgument.tensor(rounded));
    editor.graph().replaceNode(call.name(), List.of(quantized));
    pair.ifPresent(norm -> unfold(editor, norm, factor));
  }

  /// Divides by the folding factor after the layer and adds the bias it had.
  private void unfold(ProgramEditor editor, ConvBatchNorm pair, String factor) {
    AtenNode bare =
        editor.graph().node(pair.conv().name()).withArgument("bias", new AtenArgument.None());
    editor.graph().replaceNode(bare.name(), List.of(bare));
    Calls calls = new Calls(editor);
    int rank = pair.conv().op().name().equals("linear") ? 2 : rank(pair.weight());
    String shaped = calls.reshaped(factor, rank, 1);
    String result =
        calls.add(
            "unfolded", "div", "Tensor", tensor("self", bare.output()), tensor("other", shaped));
    if (pair.bias() != null) {
      String added = calls.reshaped(pair.bias(), rank, 1);
      result = calls.add("biased", "add", "Tensor", tensor("self", result), tensor("other", added));
    }
    String last = result;
    calls.before(pair.norm().name());
    editor
        .graph()
        .replaceUses(bare.output(), last, reader -> reader.name().equals(pair.norm().name()));
  }

  /// `γ / √(running variance + eps)`.
  private static String foldingFactor(Calls calls, ConvBatchNorm pair) {
    String variance = pair.norm().tensorArgument("running_var").orElseThrow();
    String shifted =
        calls.add(
            "variance", "add", "Tensor", tensor("self", variance), number("other", pair.epsilon()));
    String inverse = calls.add("deviation_inverse", "rsqrt", "default", tensor("self", shifted));
    return pair.norm()
        .tensorArgument("weight")
        .map(
            scale ->
                calls.add(
                    "folding_factor",
                    "mul",
                    "Tensor",
                    tensor("self", inverse),
                    tensor("other", scale)))
        .orElse(inverse);
  }

  private int rank(String value) {
    return program.tensorOf(value).orElseThrow().sizes().size();
  }
}
