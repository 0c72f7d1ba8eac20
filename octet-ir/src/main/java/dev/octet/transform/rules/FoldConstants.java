package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.NodeEvaluator;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Computes nodes whose inputs are all constant: exactly, by an evaluator in Java where there is
/// one, else by the [NodeEvaluator] given, if any.
///
/// Quantizing and dequantizing are left alone on purpose: folded, a quantized weight would be a
/// float weight again. So is whatever gives another result every time.
public final class FoldConstants implements RewriteRule {
  /// Bytes a result may have that is larger than what it is made from.
  public static final long DEFAULT_LIMIT = 1 << 20;

  private static final List<ConstantEvaluator> EVALUATORS =
      List.of(
          new ArithmeticEvaluator(),
          new CastEvaluator(),
          new FillEvaluator(),
          new JoinEvaluator(),
          new ReshapeEvaluator(),
          new StridedEvaluator());

  private static final Map<String, ConstantEvaluator> BY_OPERATOR = byOperator();

  private static final Set<String> NEVER =
      Set.of(
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "QLinearConv",
          "QLinearMatMul",
          "ConvInteger",
          "MatMulInteger",
          "RandomNormalLike",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli",
          "Dropout");

  private final NodeEvaluator fallback;
  private final long limit;

  public FoldConstants() {
    this(NodeEvaluator.NONE, DEFAULT_LIMIT);
  }

  /// A rule that can compute more, or larger, results.
  ///
  /// @param fallback computes what no evaluator in Java does
  /// @param limit bytes a result may have that is larger than what it is made from
  public FoldConstants(NodeEvaluator fallback, long limit) {
    this.fallback = fallback;
    this.limit = limit;
  }

  @Override
  public String name() {
    return "fold-constants";
  }

  @Override
  public String description() {
    return "Operators on constants are computed once, here.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    if (!node.domain().isEmpty()
        || node.inputs().isEmpty()
        || NEVER.contains(node.opType())
        || !node.subgraphs().isEmpty()) {
      return RuleOutcome.noMatch();
    }
    List<@Nullable DenseTensor> inputs = new ArrayList<>();
    long inputBytes = 0;
    for (Value input : node.inputs()) {
      Optional<DenseTensor> data = input == null ? Optional.empty() : context.constant(input);
      if (input != null && data.isEmpty()) {
        return RuleOutcome.noMatch();
      }
      inputs.add(data.orElse(null));
      inputBytes += data.map(DenseTensor::byteSize).orElse(0L);
    }
    for (Value output : node.outputs()) {
      if (output != null && output.isGraphOutput()) {
        return RuleOutcome.declined("a graph output must be computed by a node", output.name());
      }
    }
    long allowed = Math.max(limit, inputBytes);
    long expected = expectedBytes(node);
    if (expected > allowed) {
      return tooLarge(expected, node);
    }
    Optional<List<@Nullable DenseTensor>> results = evaluate(node, inputs);
    if (results.isEmpty()) {
      return RuleOutcome.declined("nothing here computes it", node);
    }
    long bytes = 0;
    for (int i = 0; i < node.outputs().size(); i++) {
      DenseTensor result = i < results.get().size() ? results.get().get(i) : null;
      if (result == null && node.outputs().get(i) != null) {
        return RuleOutcome.declined("not all of its outputs are tensors of numbers", node);
      }
      bytes += result == null ? 0 : result.byteSize();
    }
    if (bytes > allowed) {
      return tooLarge(bytes, node);
    }
    return fold(node, results.get(), context);
  }

  /// Bytes of all results whose shape is known.
  private static long expectedBytes(Node node) {
    long bytes = 0;
    for (Value output : node.outputs()) {
      if (output != null && output.dataType().isPresent()) {
        OptionalLong count = output.shape().map(Shape::elementCount).orElseGet(OptionalLong::empty);
        bytes += count.isPresent() ? output.dataType().get().byteSize(count.getAsLong()) : 0;
      }
    }
    return bytes;
  }

  private RuleOutcome tooLarge(long bytes, Node node) {
    return RuleOutcome.declined(
        "its result of " + bytes + " bytes is over the limit of " + limit, node);
  }

  private Optional<List<@Nullable DenseTensor>> evaluate(
      Node node, List<@Nullable DenseTensor> inputs) {
    ConstantEvaluator exact = BY_OPERATOR.get(node.opType());
    Value output = node.output(0);
    Optional<Shape> shape = output.shape().filter(Shape::isStatic);
    if (exact != null && shape.isPresent() && node.outputs().size() == 1) {
      Optional<DenseTensor> result = exact.evaluate(node, inputs, shape.get().sizes());
      if (result.map(DenseTensor::dataType).equals(output.dataType()) && result.isPresent()) {
        List<@Nullable DenseTensor> only = new ArrayList<>();
        only.add(result.get());
        return Optional.of(only);
      }
    }
    return fallback.evaluate(node, inputs);
  }

  private static RuleOutcome fold(
      Node node, List<@Nullable DenseTensor> results, RewriteContext context) {
    GraphEditor editor = context.editor();
    Graph graph = node.graph();
    Map<Value, String> names = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      Value output = i < node.outputs().size() ? node.outputs().get(i) : null;
      DenseTensor result = results.get(i);
      if (output != null && result != null) {
        Value constant = editor.addInitializer(graph, output.name(), result);
        editor.replaceAllUses(output, constant);
        names.put(constant, output.name());
      }
    }
    editor.remove(node);
    names.forEach(editor::rename);
    return RuleOutcome.applied("computed, " + results.getFirst());
  }

  private static Map<String, ConstantEvaluator> byOperator() {
    Map<String, ConstantEvaluator> evaluators = new HashMap<>();
    for (ConstantEvaluator evaluator : EVALUATORS) {
      evaluator.operators().forEach(operator -> evaluators.put(operator, evaluator));
    }
    return Map.copyOf(evaluators);
  }
}
