package dev.octet.libtorch.quantize;

import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A convolution and the batch normalization that is its only reader. In evaluation mode the two
/// are one convolution: with `s = γ / √(variance + eps)`, its weight is `w·s` and its bias `(b −
/// mean)·s + β`.
///
/// @param conv the convolution
/// @param norm the normalization
/// @param weight graph input with the convolution's weight, output channels first
/// @param bias graph input with its bias, if any
record ConvBatchNorm(AtenNode conv, AtenNode norm, String weight, @Nullable String bias) {
  private static final Set<String> CONVOLUTIONS = Set.of("conv1d", "conv2d", "conv3d");
  private static final Set<String> NORMS =
      Set.of("batch_norm", "_native_batch_norm_legit_no_training");

  /// Every such pair whose tensors belong to it alone.
  static List<ConvBatchNorm> find(ExportedProgram program) {
    AtenGraph graph = program.graph();
    List<ConvBatchNorm> pairs = new ArrayList<>();
    for (AtenNode norm : graph.nodes()) {
      if (!NORMS.contains(norm.op().name())) {
        continue;
      }
      String input = norm.tensorArgument("input").orElse("");
      graph.nodes().stream()
          .filter(node -> node.outputNames().contains(input))
          .filter(node -> CONVOLUTIONS.contains(node.op().name()))
          .findFirst()
          .flatMap(conv -> pair(program, conv, norm))
          .ifPresent(pairs::add);
    }
    return pairs;
  }

  /// The program with every pair folded into its convolution. The convolutions keep their names.
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
    int channels = source.sizes().getFirst().intValue();
    double[] scale = vector(editor, "weight", channels, 1);
    double[] shift = vector(editor, "bias", channels, 0);
    double[] mean = vector(editor, "running_mean", channels, 0);
    double[] variance = vector(editor, "running_var", channels, 1);
    float[] biases =
        bias == null ? new float[channels] : editor.tensor(bias).toDense().toFloatArray();
    int inner = weights.length / channels;
    for (int c = 0; c < channels; c++) {
      double s = scale[c] / Math.sqrt(variance[c] + epsilon());
      for (int i = c * inner; i < (c + 1) * inner; i++) {
        weights[i] = (float) (weights[i] * s);
      }
      biases[c] = (float) ((biases[c] - mean[c]) * s + shift[c]);
    }
    long[] sizes = source.sizes().stream().mapToLong(Long::longValue).toArray();
    editor.setTensor(weight, TorchTensor.of(DenseTensor.ofFloats(weights, sizes)));
    TorchTensor folded = TorchTensor.of(DenseTensor.ofFloats(biases, channels));
    if (bias != null) {
      editor.setTensor(bias, folded);
    } else {
      String fqn = fqn(editor);
      String value = editor.addParameter(fqn, folded);
      AtenNode biased = conv.withArgument("bias", AtenArgument.tensor(value));
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
        : Optional.of(new ConvBatchNorm(conv, norm, weight, bias));
  }

  /// How many nodes and graph outputs read a value.
  static long readers(ExportedProgram program, String value) {
    AtenGraph graph = program.graph();
    return graph.nodes().stream().filter(node -> node.inputNames().contains(value)).count()
        + graph.outputs().stream().filter(output -> output.references().contains(value)).count();
  }
}
