package dev.octet.runtime;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.transform.NodeEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Computes single nodes on constants by running each in ONNX Runtime, as a model of its own.
public final class RuntimeEvaluator implements NodeEvaluator {
  @Override
  public Optional<List<@Nullable DenseTensor>> evaluate(
      Node node, List<@Nullable DenseTensor> inputs) {
    Model alone = alone(node, inputs);
    try (InferenceSession session =
        InferenceSession.open(alone, node.describe(), SessionOptions.UNCHANGED)) {
      Map<String, Tensor> computed = session.run(Map.of());
      List<@Nullable DenseTensor> outputs = new ArrayList<>();
      for (int i = 0; i < node.outputs().size(); i++) {
        Tensor tensor = computed.get("output" + i);
        outputs.add(tensor instanceof DenseTensor dense ? dense : null);
      }
      return Optional.of(outputs);
    } catch (OctetException refusal) {
      // No kernel, no tensor, or nothing that can be computed: the node stays.
      return Optional.empty();
    }
  }

  private static Model alone(Node node, List<@Nullable DenseTensor> inputs) {
    Model original = node.graph().model();
    Model model =
        Model.create(
            ModelInfo.octet(Math.max(original.info().irVersion(), 4)),
            original.opset().orElse(1),
            "constant");
    model.edit(
        editor -> {
          List<@Nullable Value> operands = new ArrayList<>();
          for (int i = 0; i < inputs.size(); i++) {
            DenseTensor data = inputs.get(i);
            operands.add(
                data == null ? null : editor.addInitializer(editor.graph(), "input" + i, data));
          }
          List<@Nullable Value> results = new ArrayList<>();
          for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            results.add(
                output == null
                    ? null
                    : editor.namedValue("output" + i, output.type().orElse(null)));
          }
          editor.append(
              editor.graph(),
              NodeSpec.of(node.opType())
                  .inputs(operands)
                  .outputs(results)
                  .attributes(node.attributes()));
          for (Value result : results) {
            if (result != null) {
              editor.addOutput(editor.graph(), result);
            }
          }
        });
    return model;
  }
}
