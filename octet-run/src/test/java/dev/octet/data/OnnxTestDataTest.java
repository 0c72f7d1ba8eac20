package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.runtime.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTestDataTest {
  private static final List<TensorSpec> INPUTS =
      List.of(
          new TensorSpec("a", DataType.FLOAT, Shape.of(List.of(Dim.of("n")))),
          new TensorSpec("b", DataType.INT64, Shape.of(1)));

  @TempDir Path folder;

  @Test
  void readsSetsInNumericalOrder() throws Exception {
    for (int set : new int[] {10, 2, 0}) {
      write(
          set,
          0,
          TensorProto.newBuilder().setDataType(1).addDims(2).addFloatData(set).addFloatData(1));
      write(
          set,
          1,
          TensorProto.newBuilder().setDataType(7).addDims(1).addInt64Data(set).setName("any"));
    }
    for (Path path : List.of(folder, folder.resolve("test_data_set_10"))) {
      SampleSource source = SampleSources.open(path, INPUTS, SampleOptions.DEFAULT);
      try (Stream<Sample> samples = source.samples()) {
        List<Map<String, Tensor>> read = samples.map(Sample::inputs).toList();
        assertThat(read).hasSize(path.equals(folder) ? 3 : 1);
        assertThat(read.getLast())
            .isEqualTo(
                Map.of(
                    "a", DenseTensor.ofFloats(new float[] {10, 1}, 2),
                    "b", DenseTensor.ofLongs(new long[] {10}, 1)));
      }
    }
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    write(0, 0, TensorProto.newBuilder().setDataType(1).addDims(1).addFloatData(1));
    assertThatThrownBy(() -> SampleSources.open(folder, INPUTS, SampleOptions.DEFAULT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("input_1.pb: does not exist; expected input b: int64[1]");
    Files.writeString(folder.resolve("test_data_set_0/input_1.pb"), "no tensor");
    SampleSource source = SampleSources.open(folder, INPUTS, SampleOptions.DEFAULT);
    try (Stream<Sample> samples = source.samples()) {
      assertThatThrownBy(samples::toList)
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("input_1.pb: holds no ONNX tensor");
    }
  }

  private void write(int set, int input, TensorProto.Builder tensor) throws IOException {
    Path sets = Files.createDirectories(folder.resolve("test_data_set_" + set));
    Files.write(sets.resolve("input_" + input + ".pb"), tensor.build().toByteArray());
  }
}
