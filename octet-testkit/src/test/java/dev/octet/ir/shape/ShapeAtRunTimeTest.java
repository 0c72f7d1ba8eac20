package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.testkit.SharedData;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What is inferred, against what ONNX Runtime computes: at every tensor of every real model, on
/// two sizes of the symbolic dimensions.
class ShapeAtRunTimeTest {

  @TestFactory
  Stream<DynamicTest> everyTensorOfEveryModel() {
    return SharedData.onnxModels().stream()
        .map(path -> DynamicTest.dynamicTest(path.getFileName().toString(), () -> check(path)));
  }

  private static void check(Path path) throws OrtException {
    Model model = ModelReader.read(path);
    ShapeReport report = ShapeInference.infer(model);
    assertThat(report.contradictions()).isEmpty();
    assertThat(report.gaps()).isEmpty();
    assertThat(report.isComplete()).as(report.toString()).isTrue();
    for (long size : new long[] {1, 3}) {
      runAndCompare(model, size);
    }
  }

  private static void runAndCompare(Model model, long size) throws OrtException {
    Map<String, Value> values = new LinkedHashMap<>();
    Model exposed = model.copy();
    exposed.edit(
        editor -> {
          for (Value value : exposed.graph().values()) {
            if (value.producer().isPresent()) {
              values.put(value.name(), model.graph().findValue(value.name()).orElseThrow());
              editor.setType(value, null);
              if (!value.isGraphOutput()) {
                editor.addOutput(exposed.graph(), value);
              }
            }
          }
        });
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      Map<String, OnnxTensor> inputs = inputs(environment, model, size);
      try (OrtSession session = environment.createSession(ModelWriter.encode(exposed), options);
          OrtSession.Result result = session.run(inputs)) {
        for (Map.Entry<String, OnnxValue> entry : result) {
          TensorInfo info = (TensorInfo) entry.getValue().getInfo();
          compare(Objects.requireNonNull(values.get(entry.getKey())), info, size);
        }
      } finally {
        inputs.values().forEach(OnnxTensor::close);
      }
    }
  }

  private static void compare(Value value, TensorInfo info, long size) {
    ValueType type = value.type().orElseThrow(() -> new AssertionError("no type for " + value));
    if (!(type instanceof ValueType.OfTensor(DataType dataType, Shape shape))) {
      throw new AssertionError(value + " is " + type);
    }
    assertThat(dataType).as(value.name()).hasToString(info.type.toString());
    assertThat(shape).as(value.name()).isNotNull();
    Map<String, Long> sizes = symbols(size);
    long[] inferred =
        shape.dims().stream()
            .mapToLong(
                dim ->
                    DimExpression.of(dim)
                        .orElseThrow(() -> new AssertionError(value + shape.toString()))
                        .evaluate(sizes)
                        .orElseThrow(() -> new AssertionError(value + shape.toString())))
            .toArray();
    assertThat(inferred).as(value.name() + shape).isEqualTo(info.getShape());
  }

  private static Map<String, Long> symbols(long size) {
    // Every model here has at most one symbol, its batch.
    return Map.of("N", size, "batch", size, "batch_size", size);
  }

  private static Map<String, OnnxTensor> inputs(OrtEnvironment environment, Model model, long size)
      throws OrtException {
    Random random = new Random(7);
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    for (Value input : model.graph().inputs()) {
      if (input.initializer().isPresent()) {
        continue;
      }
      List<Dim> dims = input.shape().orElseThrow().dims();
      long[] sizes =
          dims.stream()
              .mapToLong(dim -> dim instanceof Dim.Known(long known) ? known : size)
              .toArray();
      int count = 1;
      for (long dim : sizes) {
        count *= (int) dim;
      }
      FloatBuffer data = FloatBuffer.allocate(count);
      for (int i = 0; i < count; i++) {
        data.put(i, random.nextFloat());
      }
      inputs.put(input.name(), OnnxTensor.createTensor(environment, data, sizes));
    }
    return inputs;
  }
}
