package dev.octet.libtorch.quantize;

import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A layer and the batch normalization that is its only reader. In evaluation mode the two are one
/// layer: with `s = γ / √(variance + eps)`, its weight is `w·s` and its bias `(b − mean)·s + β`.
///
/// @param conv the layer: a convolution, a transposed one, or a linear layer of matrices
/// @param norm the normalization
/// @param weight graph input with the layer's weight
/// @param channelAxis the weight's axis of output channels
/// @param bias graph input with its bias, if any
record ConvBatchNorm(
    AtenNode conv, AtenNode norm, String weight, int channelAxis, @Nullable String bias) {
  private static final Set<String> LAYERS =
      Set.of(
          "conv1d",
          "conv2d",
          "conv3d",
          "conv_transpose1d",
          "conv_transpose2d",
          "conv_transpose3d",
          "convolution",
          "linear");
  private static final Set<String> NORMS =
      Set.of("batch_norm", "_native_batch_norm_legit_no_training");

  /// Every such pair whose tensors belong to it alone.
  static List<ConvBatchNorm> find(ExportedProgram program) {
    AtenGraph graph = program.graph();
    Map<String, AtenNode> layers = new HashMap<>();
    List<ConvBatchNorm> pairs = new ArrayList<>();
    for (AtenNode node : graph.nodes()) {
      if (LAYERS.contains(node.op().name())) {
        layers.put(node.output(), node);
      } else if (NORMS.contains(node.op().name())) {
        Optional.ofNullable(layers.get(node.tensorArgument("input").orElse("")))
            .flatMap(layer -> pair(program, layer, node))
            .ifPresent(pairs::add);
      }
    }
    return pairs;
  }

  /// The program with every pair folded into its layer. The layers keep their names.
  static ExportedProgram fold(ExportedProgram program) {
    ProgramEditor editor = new ProgramEditor(program);
    for (ConvBatchNorm pair : find(program)) {
      pair.foldIn(editor);
    }
    editor.removeUnreadState();
    return editor.build();
  }

  double epsilon() {
    return norm.argument("eps").orElse(AtenArgument.of(1e-5))
            instanceof AtenArgument.FloatValue(double value)
        ? value
        : 1e-5;
  }

  private void foldIn(ProgramEditor editor) {
    TorchTensor source = editor.tensor(weight);
    float[] weights = source.toDense().toFloatArray();
    int channels = source.sizes().get(channelAxis).intValue();
    double[] scale = vector(editor, "weight", channels, 1);
    double[] shift = vector(editor, "bias", channels, 0);
    double[] mean = vector(editor, "running_mean", channels, 0);
    double[] variance = vector(editor, "running_var", channels, 1);
    float[] biases =
        bias == null ? new float[channels] : editor.tensor(bias).toDense().toFloatArray();
    int inner = 1;
    for (long size : source.sizes().subList(channelAxis + 1, source.sizes().size())) {
      inner *= (int) size;
    }
    double[] factors = new double[channels];
    for (int c = 0; c < channels; c++) {
      factors[c] = scale[c] / Math.sqrt(variance[c] + epsilon());
      biases[c] = (float) ((biases[c] - mean[c]) * factors[c] + shift[c]);
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (weights[i] * factors[i / inner % channels]);
    }
    long[] sizes = source.sizes().stream().mapToLong(Long::longValue).toArray();
    editor.setTensor(weight, TorchTensor.of(DenseTensor.ofFloats(weights, sizes)));
    TorchTensor folded = TorchTensor.of(DenseTensor.ofFloats(biases, channels));
    if (bias != null) {
      editor.setTensor(bias, folded);
    } else {
      String fqn = fqn(editor);
      String value = editor.addParameter(fqn, folded);
      // As it is by now: its input may have been a normalization that is folded already.
      AtenNode biased =
          editor.graph().node(conv.name()).withArgument("bias", AtenArgument.tensor(value));
      editor.graph().replaceNode(conv.name(), List.of(biased));
    }
    editor.replaceUses(norm.output(), conv.output());
    editor.graph().removeNode(norm.name());
  }

  private String fqn(ProgramEditor editor) {
    String path = conv.modulePath();
    return editor.freshFqn(path.isEmpty() ? conv.name() + "_bias" : path + ".bias");
  }

  private double[] vector(ProgramEditor editor, String argument, int channels, double absent) {
    double[] values = new double[channels];
    Optional<String> value = norm.tensorArgument(argument);
    DenseTensor tensor = value.map(name -> editor.tensor(name).toDense()).orElse(null);
    for (int c = 0; c < channels; c++) {
      values[c] = tensor == null ? absent : tensor.doubleAt(c);
    }
    return values;
  }

  private static Optional<ConvBatchNorm> pair(
      ExportedProgram program, AtenNode conv, AtenNode norm) {
    LayerArguments arguments = LayerArguments.of(program.graph(), conv).orElseThrow();
    if (arguments.outputAxis().isEmpty()
        || (conv.op().name().equals("linear") && program.graph().meta(conv.output()).rank() != 2)) {
      return Optional.empty();
    }
    String weight = conv.tensorArgument("weight").orElse("");
    String bias = conv.tensorArgument("bias").orElse(null);
    boolean training =
        norm.argument("training").orElse(AtenArgument.of(false)).equals(AtenArgument.of(true));
    boolean alone =
        readers(program, conv.output()) == 1
            && readers(program, weight) == 1
            && (bias == null || readers(program, bias) == 1);
    boolean known =
        ProgramEditor.fqn(program, weight) != null
            && (bias == null || ProgramEditor.fqn(program, bias) != null)
            && norm.tensorArgument("running_mean").isPresent();
    boolean laterResults =
        norm.outputNames().stream().skip(1).anyMatch(name -> readers(program, name) > 0);
    return training || !alone || !known || laterResults
        ? Optional.empty()
        : Optional.of(
            new ConvBatchNorm(conv, norm, weight, arguments.outputAxis().getAsInt(), bias));
  }

  /// How many nodes and graph outputs read a value.
  static long readers(ExportedProgram program, String value) {
    AtenGraph graph = program.graph();
    return graph.nodes().stream().filter(node -> node.inputNames().contains(value)).count()
        + graph.outputs().stream().filter(output -> output.references().contains(value)).count();
  }
}
