package dev.octet.libtorch.quantize;

import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Gives the channels between two layers more equal ranges, without changing what the network
/// computes ("Data-Free Quantization Through Weight Equalization and Bias Correction", Nagel et
/// al., arXiv 1906.04721, with ranges observed instead of derived).
///
/// What rectifiers and pools pass on scales with their input, so a channel may be divided by a
/// positive number where it is made and multiplied by it where it is read. One grid then serves all
/// channels of an activation well, where before one loud channel left the others a few codes.
final class ChannelEqualization {
  private static final Set<String> HOMOGENEOUS =
      Set.of(
          "relu",
          "relu_",
          "max_pool1d",
          "max_pool2d",
          "avg_pool1d",
          "avg_pool2d",
          "adaptive_avg_pool1d",
          "adaptive_avg_pool2d",
          "dropout",
          "dropout_");
  private static final Set<String> PRODUCERS =
      Set.of("batch_norm", "_native_batch_norm_legit_no_training", "conv1d", "conv2d");

  /// Keeps nearly silent channels from being blown up.
  private static final double LEAST_FACTOR = 1.0 / 64;

  private ChannelEqualization() {}

  /// Equalizes every pair of layers it can.
  ///
  /// @param strength 0 for nothing, 1 for equal ranges; between, the weights that read the channels
  ///     keep some of their own balance
  static ExportedProgram apply(ExportedProgram program, SampleSource source, double strength) {
    List<Pair> pairs = pairs(program);
    if (strength == 0 || pairs.isEmpty()) {
      return program;
    }
    Map<String, float[]> maxima =
        ActivationRanges.channelMaxima(
            program, pairs.stream().map(pair -> pair.reader().input()).toList(), source);
    ProgramEditor editor = new ProgramEditor(program);
    for (Pair pair : pairs) {
      float[] seen = Objects.requireNonNull(maxima.get(pair.reader().input()));
      pair.scale(editor, factors(seen, strength));
    }
    return editor.build();
  }

  /// A layer that makes channels and the only one that reads them.
  private record Pair(AtenNode maker, QuantizationPoints.Anchor reader) {
    void scale(ProgramEditor editor, double[] factors) {
      for (String argument : List.of("weight", "bias")) {
        maker
            .tensorArgument(argument)
            .ifPresent(value -> scaleAxis(editor, value, 0, factors, true));
      }
      scaleAxis(editor, reader.weight(), 1, factors, false);
    }
  }

  private static double[] factors(float[] maxima, double strength) {
    double loudest = 0;
    for (float value : maxima) {
      loudest = Math.max(loudest, value);
    }
    double[] factors = new double[maxima.length];
    for (int c = 0; c < factors.length; c++) {
      double share = loudest > 0 && maxima[c] > 0 ? maxima[c] / loudest : 1;
      factors[c] = Math.max(Math.pow(share, strength), LEAST_FACTOR);
    }
    return factors;
  }

  private static void scaleAxis(
      ProgramEditor editor, String value, int axis, double[] factors, boolean divide) {
    TorchTensor tensor = editor.tensor(value);
    float[] data = tensor.toDense().toFloatArray();
    int inner = 1;
    for (int i = axis + 1; i < tensor.sizes().size(); i++) {
      inner *= tensor.sizes().get(i).intValue();
    }
    for (int i = 0; i < data.length; i++) {
      double factor = factors[i / inner % factors.length];
      data[i] = (float) (divide ? data[i] / factor : data[i] * factor);
    }
    long[] sizes = tensor.sizes().stream().mapToLong(Long::longValue).toArray();
    editor.setTensor(value, TorchTensor.of(DenseTensor.ofFloats(data, sizes)));
  }

  private static List<Pair> pairs(ExportedProgram program) {
    List<Pair> pairs = new ArrayList<>();
    for (QuantizationPoints.Anchor reader : QuantizationPoints.of(program).anchors()) {
      boolean grouped =
          !reader.node().argument("groups").orElse(AtenArgument.of(1L)).equals(AtenArgument.of(1L));
      if (!grouped && !reader.node().op().name().equals("linear")) {
        maker(program, reader.input())
            .filter(maker -> isScalable(program, maker))
            .ifPresent(maker -> pairs.add(new Pair(maker, reader)));
      }
    }
    return pairs;
  }

  /// The layer a value comes from through operators that pass scale on, if nobody else sees the
  /// way.
  private static Optional<AtenNode> maker(ExportedProgram program, String value) {
    String current = value;
    boolean rectified = false;
    while (ConvBatchNorm.readers(program, current) == 1) {
      String name = current;
      Optional<AtenNode> producer =
          program.graph().nodes().stream()
              .filter(node -> node.outputNames().contains(name))
              .findFirst();
      if (producer.isEmpty()) {
        return Optional.empty();
      }
      String op = producer.get().op().name();
      if (PRODUCERS.contains(op)) {
        return rectified ? producer : Optional.empty();
      } else if (!HOMOGENEOUS.contains(op)) {
        return Optional.empty();
      }
      rectified |= op.startsWith("relu");
      current = producer.get().tensorArgument("self").or(() -> input(producer.get())).orElse("");
    }
    return Optional.empty();
  }

  private static Optional<String> input(AtenNode node) {
    return node.tensorArgument("input");
  }

  private static boolean isScalable(ExportedProgram program, AtenNode maker) {
    return List.of("weight", "bias").stream()
        .allMatch(
            argument ->
                maker
                    .tensorArgument(argument)
                    .map(
                        value ->
                            ProgramEditor.fqn(program, value) != null
                                && ConvBatchNorm.readers(program, value) == 1)
                    .orElse(argument.equals("bias")));
  }
}
