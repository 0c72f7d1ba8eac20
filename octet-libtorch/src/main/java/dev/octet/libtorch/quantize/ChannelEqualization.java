package dev.octet.libtorch.quantize;

import dev.octet.data.SampleSource;
import dev.octet.equalize.ChannelFactors;
import dev.octet.equalize.ChannelPath;
import dev.octet.equalize.ChannelPaths;
import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// Gives the channels between two layers more equal ranges, without changing what the network
/// computes: `dev.octet.equalize`, on programs. Paths are found on the exported model, factors are
/// the same.
///
/// One grid then serves all channels of an activation well, where before one loud channel left the
/// others a few codes.
final class ChannelEqualization {
  private ChannelEqualization() {}

  /// Equalizes every pair of layers it can. Batch normalization stays, and takes the factors where
  /// it is what makes the channels.
  ///
  /// @param strength 0 for nothing, 1 for equal ranges; between, the weights that read the channels
  ///     keep some of their own balance
  static ExportedProgram apply(ExportedProgram program, SampleSource source, double strength) {
    List<Pair> pairs = strength == 0 ? List.of() : pairs(program);
    if (pairs.isEmpty()) {
      return program;
    }
    Map<String, float[]> maxima =
        ActivationRanges.channelMaxima(
            program, pairs.stream().map(Pair::activation).distinct().toList(), source);
    ProgramEditor editor = new ProgramEditor(program);
    for (Pair pair : pairs) {
      float[] seen = Objects.requireNonNull(maxima.get(pair.activation()));
      pair.scale(editor, ChannelFactors.of(seen, strength));
    }
    return editor.build();
  }

  /// An axis of a parameter.
  private record Slices(String value, int axis) {}

  /// A layer that makes channels and the only one that reads them.
  ///
  /// @param makes what grows with the channels
  /// @param reads what shrinks for it
  /// @param activation value with the channels on axis 1
  private record Pair(List<Slices> makes, Slices reads, String activation) {
    void scale(ProgramEditor editor, float[] factors) {
      float[] inverse = new float[factors.length];
      for (int c = 0; c < factors.length; c++) {
        inverse[c] = 1 / factors[c];
      }
      makes.forEach(each -> multiply(editor, each, factors));
      multiply(editor, reads, inverse);
    }
  }

  private static void multiply(ProgramEditor editor, Slices slices, float[] factors) {
    TorchTensor tensor = editor.tensor(slices.value());
    float[] data = tensor.toDense().toFloatArray();
    int inner = 1;
    for (long size : tensor.sizes().subList(slices.axis() + 1, tensor.sizes().size())) {
      inner *= (int) size;
    }
    for (int i = 0; i < data.length; i++) {
      data[i] *= factors[i / inner % factors.length];
    }
    long[] sizes = tensor.sizes().stream().mapToLong(Long::longValue).toArray();
    editor.setTensor(slices.value(), TorchTensor.of(DenseTensor.ofFloats(data, sizes)));
  }

  private static List<Pair> pairs(ExportedProgram program) {
    List<ConvBatchNorm> norms = ConvBatchNorm.find(program);
    ProgramExport export = ProgramExport.of(ConvBatchNorm.fold(program));
    List<Pair> pairs = new ArrayList<>();
    for (ChannelPath path : ChannelPaths.of(export.model().graph())) {
      Optional<AtenNode> first = export.call(path.first());
      Optional<AtenNode> last = export.call(path.last());
      List<String> names = export.names(path.activation());
      if (first.isEmpty() || last.isEmpty() || names.isEmpty()) {
        continue;
      }
      Optional<ConvBatchNorm> norm =
          norms.stream().filter(each -> each.conv().name().equals(first.get().name())).findFirst();
      List<Slices> makes =
          norm.map(each -> made(program, each.norm(), "weight", 0, "bias"))
              .orElseGet(() -> made(program, first.get()));
      Optional<Slices> reads =
          LayerArguments.of(program.graph(), last.get())
              .filter(arguments -> arguments.inputAxis().isPresent())
              .flatMap(
                  arguments -> own(program, last.get(), arguments.weight(), arguments.inputAxis()));
      String activation =
          norm.filter(each -> each.conv().output().equals(names.getFirst()))
              .map(each -> each.norm().output())
              .orElse(names.getFirst());
      if (!makes.isEmpty() && reads.isPresent()) {
        pairs.add(new Pair(makes, reads.get(), activation));
      }
    }
    return pairs;
  }

  /// What a layer's channels are made of; empty unless all of it is its own.
  private static List<Slices> made(ExportedProgram program, AtenNode call) {
    return LayerArguments.of(program.graph(), call)
        .filter(arguments -> arguments.outputAxis().isPresent())
        .map(
            arguments ->
                made(
                    program,
                    call,
                    arguments.weight(),
                    arguments.outputAxis().getAsInt(),
                    arguments.bias().orElse("")))
        .orElse(List.of());
  }

  private static List<Slices> made(
      ExportedProgram program, AtenNode call, String weight, int axis, String bias) {
    List<Slices> all = new ArrayList<>();
    Optional<Slices> weights = own(program, call, weight, OptionalInt.of(axis));
    weights.ifPresent(all::add);
    boolean biased = call.tensorArgument(bias).isPresent();
    Optional<Slices> biases = own(program, call, bias, OptionalInt.of(0));
    biases.ifPresent(all::add);
    return weights.isPresent() && biases.isPresent() == biased ? all : List.of();
  }

  /// An axis of a parameter nobody else reads.
  private static Optional<Slices> own(
      ExportedProgram program, AtenNode call, String argument, OptionalInt axis) {
    return ParameterRead.of(program, call, argument)
        .filter(read -> ConvBatchNorm.readers(program, read.value()) == 1)
        .map(read -> new Slices(read.value(), read.axis(axis.getAsInt())));
  }
}
