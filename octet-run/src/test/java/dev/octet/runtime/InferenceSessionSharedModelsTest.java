package dev.octet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.testkit.SharedData;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceSessionSharedModelsTest {
  @TempDir Path folder;

  @Test
  void tellsInputsAndOutputsWithSymbolicBatch() {
    try (InferenceSession session = cifar(SessionOptions.DEFAULT)) {
      assertThat(session.inputs())
          .containsExactly(
              new TensorSpec(
                  "modelInput",
                  DataType.FLOAT,
                  Shape.of(List.of(Dim.of("batch_size"), Dim.of(3), Dim.of(32), Dim.of(32)))));
      assertThat(session.outputs())
          .extracting(TensorSpec::toString)
          .containsExactly("modelOutput: float[batch_size,10]");
    }
  }

  @Test
  void heapNativeAndPreparedRunsGiveTheSameNumbers() {
    DenseTensor heap = image(4);
    try (InferenceSession session = cifar(SessionOptions.DEFAULT);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(heap.byteSize(), 64).copyFrom(heap.data());
      DenseTensor direct = new DenseTensor(DataType.FLOAT, heap.dims(), memory);
      Tensor expected = session.run(Map.of("modelInput", heap)).get("modelOutput");
      assertThat(session.run(Map.of("modelInput", direct))).containsEntry("modelOutput", expected);
      try (PreparedRun prepared = session.prepare(Map.of("modelInput", image(5)))) {
        prepared.load(Map.of("modelInput", heap));
        prepared.run();
        assertThat(prepared.outputs()).containsEntry("modelOutput", expected);
      }
    }
  }

  @Test
  void writesTheOptimizedGraph() throws Exception {
    Path dump = folder.resolve("optimized.onnx");
    cifar(SessionOptions.DEFAULT.withOptimizedModel(dump)).close();
    assertThat(Files.size(dump)).isPositive();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(dump);
    }
  }

  @Test
  void namesTheInputThatIsWrong() {
    try (InferenceSession session = cifar(SessionOptions.DEFAULT)) {
      assertThatThrownBy(() -> session.run(Map.of("modelInput", DenseTensor.scalar(1f))))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("cifar_imageclassifier.onnx, input 'modelInput'")
          .hasMessageContaining("expected modelInput: float[batch_size,3,32,32]")
          .hasMessageContaining("given modelInput: float[]");
      assertThatThrownBy(() -> session.run(Map.of("modelInput", DenseTensor.scalar(1L))))
          .hasMessageContaining("given modelInput: int64[]");
      assertThatThrownBy(() -> session.run(Map.of()))
          .hasMessageContaining("input 'modelInput'")
          .hasMessageContaining("was not given");
      assertThatThrownBy(
              () -> session.run(Map.of("modelInput", image(1), "other", DenseTensor.scalar(1L))))
          .hasMessageContaining("has no input 'other'");
    }
  }

  @Test
  void refusesWhatIsNoModel() throws Exception {
    Path missing = folder.resolve("missing.onnx");
    assertThatThrownBy(() -> InferenceSession.open(missing, SessionOptions.DEFAULT))
        .isInstanceOfSatisfying(
            OctetException.class,
            failure -> assertThat(failure.kind()).isEqualTo(OctetException.Kind.BAD_INPUT))
        .hasMessageContaining("missing.onnx: does not exist");
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model at all");
    assertThatThrownBy(() -> InferenceSession.open(text, SessionOptions.DEFAULT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("text.onnx: is no ONNX model");
    Path empty = Files.createFile(folder.resolve("empty.onnx"));
    assertThatThrownBy(() -> InferenceSession.open(empty, SessionOptions.DEFAULT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("empty.onnx: is empty");
    byte[] whole = Files.readAllBytes(SharedData.model("cifar_imageclassifier.onnx"));
    Path cut = Files.write(folder.resolve("cut.onnx"), java.util.Arrays.copyOf(whole, 5000));
    assertThatThrownBy(() -> InferenceSession.open(cut, SessionOptions.DEFAULT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("cut.onnx");
  }

  private static InferenceSession cifar(SessionOptions options) {
    return InferenceSession.open(SharedData.model("cifar_imageclassifier.onnx"), options);
  }

  private static DenseTensor image(long seed) {
    Random random = new Random(seed);
    float[] pixels = new float[2 * 3 * 32 * 32];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return DenseTensor.ofFloats(pixels, 2, 3, 32, 32);
  }
}
