package dev.octet.bench;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.ir.shape.ShapeReport;
import dev.octet.transform.PipelineReport;
import dev.octet.transform.rules.StandardPipelines;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a graph costs apart from its weights: reading, inferring shapes, writing, and preparing
/// without running the model. Convolutions, batch normalizations, activations, residual sums and
/// reshapes whose target is computed, as exporters write them.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GraphBenchmark {
  private static final int CHANNELS = 4;

  @Param("50000")
  private int nodes;

  private byte[] file = {};
  private Model model = Model.create(new ModelInfo(8, "", "", "", 0), 17, "");

  @Setup
  public void build() {
    file = ModelWriter.encode(graph(nodes));
    model = ModelReader.parse(file);
  }

  @Benchmark
  public Model read() {
    return ModelReader.parse(file);
  }

  @Benchmark
  public ShapeReport infer() {
    // Inference writes what it finds: every round starts from a model that does not know it.
    return ShapeInference.infer(model.copy());
  }

  @Benchmark
  public byte[] write() {
    return ModelWriter.encode(model);
  }

  @Benchmark
  public PipelineReport prepare() {
    return StandardPipelines.prepare().run(model.copy());
  }

  /// A chain of blocks of ten nodes.
  static Model graph(int nodes) {
    Model model = Model.create(new ModelInfo(8, "octet-bench", "", "", 0), 17, "many-nodes");
    model.edit(
        editor -> {
          Shape shape = Shape.of(List.of(Dim.of("N"), Dim.of(CHANNELS), Dim.of("H"), Dim.of("W")));
          Value value = editor.newValue("x", ValueType.tensor(DataType.FLOAT, shape));
          editor.addInput(editor.graph(), value);
          for (int block = 0; block < nodes / 10; block++) {
            value = new Block(editor, "b" + block).append(value);
          }
          editor.addOutput(editor.graph(), value);
        });
    return model;
  }

  /// Convolution, normalization, activation, sum, and a reshape there and back.
  private record Block(dev.octet.ir.GraphEditor editor, String name) {
    Value append(Value x) {
      float[] numbers = new float[CHANNELS * CHANNELS];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = 1 + (name.hashCode() + i) % 7;
      }
      Value weight = initializer("w", DenseTensor.ofFloats(numbers, CHANNELS, CHANNELS, 1, 1));
      Value ones = initializer("one", DenseTensor.ofFloats(new float[] {1, 1, 1, 1}, CHANNELS));
      Value zeros = initializer("zero", DenseTensor.ofFloats(new float[] {0, 0, 0, 0}, CHANNELS));
      Value convolved = node("Conv", x, weight);
      Value normal = node("BatchNormalization", convolved, ones, zeros, zeros, ones);
      Value active = node("Relu", normal);
      Value sum = node("Add", active, x);
      Value shape = node("Shape", sum);
      Value batch = node("Gather", shape, initializer("i", DenseTensor.ofLongs(new long[] {0}, 1)));
      Value target =
          editor
              .append(
                  editor.graph(),
                  NodeSpec.of("Concat")
                      .named(name + "/Concat")
                      .attribute("axis", 0)
                      .inputs(batch, initializer("rest", DenseTensor.ofLongs(new long[] {-1}, 1))))
              .output(0);
      Value flat = node("Reshape", sum, target);
      Value back = node("Reshape", flat, shape);
      return node("Sigmoid", back);
    }

    private Value initializer(String suffix, DenseTensor tensor) {
      return editor.addInitializer(editor.graph(), name + "." + suffix, tensor);
    }

    private Value node(String type, Value... inputs) {
      return editor
          .append(editor.graph(), NodeSpec.of(type).named(name + "/" + type).inputs(inputs))
          .output(0);
    }
  }
}
