package dev.octet.lint;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.plan.FoldedConstants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The model that rules look at: a copy with its shapes inferred, and what several rules ask for.
public final class LintSubject {
  private final Model model;
  private final Optional<RuntimeVersion> runtime;
  private final List<LintNode> nodes = new ArrayList<>();
  private final boolean quantized;
  private @Nullable List<LayerWeight> weights;
  private @Nullable Map<Value, Tensor> integers;

  private LintSubject(Model model, Optional<RuntimeVersion> runtime) {
    this.model = model;
    this.runtime = runtime;
    collect(model.graph());
    this.quantized = nodes.stream().anyMatch(node -> IntegerKernels.isOnCodes(node.node()));
  }

  /// @param model left as it is
  /// @param runtime release of ONNX Runtime that the model should run on, if that matters
  static LintSubject of(Model model, Optional<RuntimeVersion> runtime) {
    Model shaped = model.copy();
    ShapeInference.infer(shaped);
    return new LintSubject(shaped, runtime);
  }

  /// The model, with every shape known that follows from it.
  public Model model() {
    return model;
  }

  /// Release of ONNX Runtime that the model should run on, if that was said.
  public Optional<RuntimeVersion> runtime() {
    return runtime;
  }

  /// The imported version of ONNX's own operators; 0 when the model imports none.
  public int opset() {
    return model.opset().orElse(0);
  }

  /// Every node, those of subgraphs after the node they belong to.
  public List<LintNode> nodes() {
    return nodes;
  }

  /// Whether part of the model computes on codes already.
  public boolean isQuantized() {
    return quantized;
  }

  /// The layers whose weight is constant: convolutions and matrix products, in graph order.
  public List<LayerWeight> weights() {
    if (weights == null) {
      weights = nodes.stream().flatMap(node -> LayerWeight.of(node).stream()).toList();
    }
    return weights;
  }

  /// The integers of a tensor that shapes and constants determine, such as the target of a Reshape.
  public Optional<long[]> integers(Value value) {
    Map<Value, Tensor> computed = integers == null ? ShapeInference.knownIntegers(model) : integers;
    integers = computed;
    return constant(value)
        .or(() -> Optional.ofNullable(computed.get(value)).flatMap(LintSubject::dense))
        .filter(tensor -> tensor.dataType().isInteger())
        .map(LintSubject::longs);
  }

  /// Constant data: an initializer or the result of a `Constant` node.
  static Optional<DenseTensor> constant(Value value) {
    return FoldedConstants.of(value);
  }

  /// As [#constant], for an input that may be left out.
  static Optional<DenseTensor> constant(Node node, int input) {
    return node.input(input).flatMap(LintSubject::constant);
  }

  private static Optional<DenseTensor> dense(Tensor tensor) {
    return tensor instanceof DenseTensor dense ? Optional.of(dense) : Optional.empty();
  }

  private static long[] longs(DenseTensor tensor) {
    long[] values = new long[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.longAt(i);
    }
    return values;
  }

  private void collect(Graph graph) {
    for (Node node : graph.nodes()) {
      nodes.add(LintNode.of(node));
      node.subgraphs().forEach(this::collect);
    }
  }
}
