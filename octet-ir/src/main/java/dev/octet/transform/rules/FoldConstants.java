package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Computes nodes whose inputs are all constant, where a Java evaluator gives the result exactly.
///
/// Quantizing and dequantizing have no evaluator on purpose: folded, a quantized weight would be a
/// float weight again.
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

  private final long limit;

  public FoldConstants() {
    this(DEFAULT_LIMIT);
  }

  /// @param limit bytes a result may have that is larger than what it is made from
  public FoldConstants(long limit) {
    this.limit = limit;
  }

  @Override
  public String name() {
    return "fold-constants";
  }

  @Override
  public String description() {
    return "Cheap operators on constants are computed once, here.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    ConstantEvaluator evaluator = node.domain().isEmpty() ? BY_OPERATOR.get(node.opType()) : null;
    if (evaluator == null) {
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
    Value output = node.output(0);
    if (inputs.isEmpty()) {
      return RuleOutcome.noMatch();
    }
    if (output.isGraphOutput()) {
      return RuleOutcome.declined("a graph output must be computed by a node", output.name());
    }
    Optional<Shape> shape = output.shape().filter(Shape::isStatic);
    if (shape.isEmpty() || output.dataType().isEmpty()) {
      return RuleOutcome.declined("the shape of its result is not known", node);
    }
    long bytes = output.dataType().get().byteSize(shape.get().elementCount().orElseThrow());
    if (bytes > Math.max(limit, inputBytes)) {
      return RuleOutcome.declined(
          "its result of " + bytes + " bytes is over the limit of " + limit, node);
    }
    Optional<DenseTensor> result = evaluator.evaluate(node, inputs, shape.get().sizes());
    if (result.isEmpty() || result.get().dataType() != output.dataType().get()) {
      return RuleOutcome.declined("no evaluator for its element type", node);
    }
    String name = output.name();
    Value constant = context.editor().addInitializer(node.graph(), name, result.get());
    context.bypass(node, constant);
    context.editor().rename(constant, name);
    return RuleOutcome.applied("computed, " + result.get());
  }

  private static Map<String, ConstantEvaluator> byOperator() {
    Map<String, ConstantEvaluator> evaluators = new HashMap<>();
    for (ConstantEvaluator evaluator : EVALUATORS) {
      evaluator.operators().forEach(operator -> evaluators.put(operator, evaluator));
    }
    return Map.copyOf(evaluators);
  }
}
