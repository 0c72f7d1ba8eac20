package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchProbeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "each row by itself   | 32 | y = Relu(x)",
        "the mean of all rows | 1  | m = ReduceMean<axes = [0], keepdims = 1>(x) y = Sub(x, m)",
        "rows in time         | 1  | y = CumSum(x, zero)",
        "codes of the moment  | 1  | q, s, z = DynamicQuantizeLinear(x) y = DequantizeLinear(q, s,"
            + " z)",
        "one row only         | 1  | y = Reshape(x, shape)"
      })
  void batchesOnlyWhatComesOutTheSame(String what, int size, String nodes) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float[N,3] x) => (float[N,3] y)
            <int64 zero = {0}, int64[2] shape = {1, 3}> { %s }
            """
                .formatted(nodes));
    SampleSource samples =
        SampleSource.of(List.of(), List.of(sample(1, 2, -3), sample(10, -20, 0.5f)));
    try (InferenceSession session = InferenceSession.open(model, what, SessionOptions.DEFAULT)) {
      assertThat(BatchProbe.with(samples).sizeFor(session, 32)).as(what).isEqualTo(size);
    }
  }

  private static Sample sample(float... numbers) {
    return Sample.unlabelled("s", Map.of("x", DenseTensor.ofFloats(numbers, 1, 3)));
  }
}
