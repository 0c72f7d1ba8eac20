package dev.octet.rewrite;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.List;
import java.util.Random;

/// The M5 network for raw audio with random weights: four blocks of convolution, rectifier and
/// pooling, then a classifier. Batch norms are folded already.
public final class M5 {
  public static final int LENGTH = 8000;
  public static final int LABELS = 35;

  private M5() {}

  /// Input `audio` N×1×8000, output `log_probabilities` N×35; 26,531 parameters (26,915 before
  /// folding).
  public static Model random(long seed) {
    Model model = Model.create(ModelInfo.octet(8), 17, "m5");
    model.edit(editor -> build(editor, new Random(seed)));
    return model;
  }

  private static void build(GraphEditor editor, Random random) {
    Graph graph = editor.graph();
    Value x =
        editor.addInput(
            graph,
            "audio",
            ValueType.tensor(
                DataType.FLOAT, new Shape(List.of(Dim.of("batch"), Dim.of(1), Dim.of(LENGTH)))));
    x = block(editor, random, x, 1, 1, 32, 80, 16);
    x = block(editor, random, x, 2, 32, 32, 3, 1);
    x = block(editor, random, x, 3, 32, 64, 3, 1);
    x = block(editor, random, x, 4, 64, 64, 3, 1);
    x = node(editor, NodeSpec.of("GlobalAveragePool").inputs(x), "avg_pool1d");
    x = node(editor, NodeSpec.of("Flatten").inputs(x), "flatten");
    Value weight = editor.addInitializer(graph, "fc1.weight", normal(random, 0.125, LABELS, 64));
    Value bias = editor.addInitializer(graph, "fc1.bias", normal(random, 0.1, LABELS));
    x = node(editor, NodeSpec.of("Gemm").inputs(x, weight, bias).attribute("transB", 1), "fc1");
    x =
        node(
            editor, NodeSpec.of("LogSoftmax").inputs(x).attribute("axis", -1), "log_probabilities");
    editor.addOutput(graph, x);
  }

  private static Value block(
      GraphEditor editor,
      Random random,
      Value input,
      int number,
      int in,
      int out,
      int kernel,
      int stride) {
    String name = "block" + number + ".block";
    Value weight =
        editor.addInitializer(
            editor.graph(),
            name + ".0.weight",
            normal(random, 1.5 / Math.sqrt(in * kernel), out, in, kernel));
    Value bias = editor.addInitializer(editor.graph(), name + ".0.bias", normal(random, 0.1, out));
    Value conv =
        node(
            editor,
            NodeSpec.of("Conv")
                .inputs(input, weight, bias)
                .attribute("kernel_shape", Attribute.ints(kernel))
                .attribute("strides", Attribute.ints(stride)),
            name + ".0");
    Value relu = node(editor, NodeSpec.of("Relu").inputs(conv), name + ".2");
    return node(
        editor,
        NodeSpec.of("MaxPool")
            .inputs(relu)
            .attribute("kernel_shape", Attribute.ints(4))
            .attribute("strides", Attribute.ints(4)),
        name + ".3");
  }

  /// Random weights of the given standard deviation.
  static DenseTensor normal(Random random, double deviation, long... dims) {
    int count = 1;
    for (long dim : dims) {
      count *= (int) dim;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return DenseTensor.ofFloats(values, dims);
  }

  private static Value node(GraphEditor editor, NodeSpec spec, String name) {
    return editor.append(editor.graph(), spec.named(name)).output(0);
  }
}
