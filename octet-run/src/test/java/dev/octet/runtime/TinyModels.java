package dev.octet.runtime;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.List;

/// Models small enough to check by hand.
public final class TinyModels {
  private TinyModels() {}

  /// `scores = relu(x) W` with `x: float[batch,2]`, `W: float[2,3]` and the inner value `hidden`.
  ///
  /// @param weights six numbers, row by row
  public static Model classifier(float... weights) {
    return classifier(Dim.of("batch"), "x", "scores", weights);
  }

  public static Model classifier(Dim batch, String input, String output, float... weights) {
    Model model = Model.create(ModelInfo.octet(8), 17, "classifier");
    model.edit(
        editor -> {
          Graph graph = model.graph();
          Value x = editor.addInput(graph, input, floats(batch, Dim.of(2)));
          Value w = editor.addInitializer(graph, "W", DenseTensor.ofFloats(weights, 2, 3));
          Value hidden = editor.newValue("hidden", null);
          editor.append(graph, NodeSpec.of("Relu").named("relu").inputs(x).outputs(hidden));
          Value y = editor.newValue(output, floats(batch, Dim.of(3)));
          editor.append(graph, NodeSpec.of("MatMul").named("head").inputs(hidden, w).outputs(y));
          editor.addOutput(graph, y);
        });
    return model;
  }

  /// `y = x`, of any type and shape `[n]`.
  public static Model identity(DataType type) {
    Model model = Model.create(ModelInfo.octet(8), 17, "identity");
    model.edit(
        editor -> {
          Graph graph = model.graph();
          ValueType held = ValueType.tensor(type, Shape.of(List.of(Dim.of("n"))));
          Value x = editor.addInput(graph, "x", held);
          Value y = editor.newValue("y", held);
          editor.append(graph, NodeSpec.of("Identity").inputs(x).outputs(y));
          editor.addOutput(graph, y);
        });
    return model;
  }

  public static InferenceSession open(Model model) {
    return InferenceSession.open(model, "tiny", SessionOptions.DEFAULT);
  }

  private static ValueType floats(Dim... dims) {
    return ValueType.tensor(DataType.FLOAT, Shape.of(List.of(dims)));
  }
}
