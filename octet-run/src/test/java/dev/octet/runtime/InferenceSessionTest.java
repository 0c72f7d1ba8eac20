package dev.octet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.ModelWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InferenceSessionTest {
  private static final DenseTensor X = DenseTensor.ofFloats(new float[] {1, -2, 3, 4}, 2, 2);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      names = {
        "FLOAT",
        "DOUBLE",
        "FLOAT16",
        "BFLOAT16",
        "INT8",
        "INT16",
        "INT32",
        "INT64",
        "UINT8",
        "BOOL"
      })
  void passesEveryTypeThatOnnxRuntimeTakes(DataType type) {
    byte[] bytes = new byte[Math.toIntExact(type.byteSize(3))];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (type == DataType.BOOL ? i % 2 : i + 1);
    }
    DenseTensor tensor = DenseTensor.ofBytes(type, bytes, 3);
    DenseTensor empty = DenseTensor.ofBytes(type, new byte[0], 0);
    try (InferenceSession session = TinyModels.open(TinyModels.identity(type))) {
      assertThat(session.run(Map.of("x", tensor))).isEqualTo(Map.of("y", tensor));
      assertThat(session.run(Map.of("x", empty))).isEqualTo(Map.of("y", empty));
      try (PreparedRun prepared = session.prepare(Map.of("x", tensor))) {
        prepared.run();
        assertThat(prepared.outputs()).isEqualTo(Map.of("y", tensor));
      }
    }
  }

  @Test
  void passesStringsAndRefusesTypesThatCannotPass() {
    List<OpaqueFields> words =
        Stream.of("ja", "", "übermäßig")
            .map(word -> OpaqueFields.of(word.getBytes(StandardCharsets.UTF_8)))
            .toList();
    StringTensor strings = new StringTensor(List.of(3L), words);
    try (InferenceSession session = TinyModels.open(TinyModels.identity(DataType.STRING))) {
      assertThat(session.run(Map.of("x", strings))).isEqualTo(Map.of("y", strings));
      assertThatThrownBy(() -> session.prepare(Map.of("x", strings)))
          .hasMessageContaining("input 'x'");
    }
    DenseTensor unsigned = DenseTensor.ofBytes(DataType.UINT16, new byte[2], 1);
    try (InferenceSession session = TinyModels.open(TinyModels.identity(DataType.UINT16))) {
      assertThatThrownBy(() -> session.run(Map.of("x", unsigned)))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("tiny, input 'x'")
          .hasMessageContaining("does not take UINT16");
    }
  }

  @Test
  void observesInnerValuesInputsAndConstantsFromMemoryAndFromFile() {
    Model model = TinyModels.classifier(1, 2, 3, 4, 5, 6);
    Path file = folder.resolve("tiny.onnx");
    ModelWriter.write(model, file);
    for (InferenceSession session :
        List.of(TinyModels.open(model), InferenceSession.open(file, SessionOptions.UNCHANGED))) {
      try (session) {
        Map<String, Tensor> values =
            session.run(Map.of("x", X), Set.of("hidden", "scores", "W", "x"));
        assertThat(values).containsOnlyKeys("scores", "hidden", "W", "x");
        assertThat(values)
            .containsEntry("hidden", DenseTensor.ofFloats(new float[] {1, 0, 3, 4}, 2, 2))
            .containsEntry("scores", DenseTensor.ofFloats(new float[] {1, 2, 3, 19, 26, 33}, 2, 3))
            .containsEntry("x", X);
        assertThat(session.run(Map.of("x", X))).containsOnlyKeys("scores");
        assertThatThrownBy(() -> session.run(Map.of("x", X), Set.of("hiden")))
            .isInstanceOfSatisfying(
                OctetException.class,
                failure -> assertThat(failure.kind()).isEqualTo(OctetException.Kind.USAGE))
            .hasMessageContaining("has no value 'hiden'");
      }
    }
    assertThat(model.graph().outputs()).as("the model itself is left alone").hasSize(1);
  }

  @Test
  void namesTheNodeThatFails() {
    // A batch of 3 against an initializer that fixes 2 rows: wrong only once it runs.
    Model model = TinyModels.classifier(1, 2, 3, 4, 5, 6);
    model.edit(
        editor ->
            editor.setType(
                model.graph().inputs().getFirst(),
                dev.octet.ir.ValueType.tensor(
                    DataType.FLOAT, dev.octet.ir.Shape.of(List.of(Dim.of("a"), Dim.of("b"))))));
    try (InferenceSession session = TinyModels.open(model)) {
      assertThatThrownBy(
              () -> session.run(Map.of("x", DenseTensor.ofFloats(new float[] {1, 2, 3}, 1, 3))))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("tiny, MatMul 'head'");
    }
  }

  @Test
  void refusesToLoadAnotherShapeIntoAPreparedRun() {
    try (InferenceSession session = TinyModels.open(TinyModels.classifier(1, 2, 3, 4, 5, 6));
        PreparedRun prepared = session.prepare(Map.of("x", X))) {
      assertThatThrownBy(
              () -> prepared.load(Map.of("x", DenseTensor.ofFloats(new float[] {1, 2}, 1, 2))))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("tiny, input 'x'");
    }
  }
}
