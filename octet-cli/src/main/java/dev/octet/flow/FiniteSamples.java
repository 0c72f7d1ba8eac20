package dev.octet.flow;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Samples that are to judge: of one with NaN or infinity in it, every figure would be NaN.
///
/// @param source where they come from
record FiniteSamples(SampleSource source) implements SampleSource {
  @Override
  public List<String> labels() {
    return source.labels();
  }

  @Override
  public long size() {
    return source.size();
  }

  /// @throws OctetException (BAD_INPUT) while streaming, naming the sample and the input
  @Override
  public Stream<Sample> samples() {
    return source.samples().peek(FiniteSamples::check);
  }

  private static void check(Sample sample) {
    for (Map.Entry<String, Tensor> input : sample.inputs().entrySet()) {
      if (input.getValue() instanceof DenseTensor tensor && tensor.dataType().isFloat()) {
        long bad =
            LongStream.range(0, tensor.elementCount())
                .filter(i -> !Double.isFinite(tensor.doubleAt(i)))
                .count();
        if (bad > 0) {
          throw OctetException.badInput(
              "value-not-finite",
              "sample " + sample.name() + ", input '" + input.getKey() + "'",
              "holds %,d NaN or infinite numbers of %,d".formatted(bad, tensor.elementCount()),
              "mend or leave out that sample");
        }
      }
    }
  }
}
