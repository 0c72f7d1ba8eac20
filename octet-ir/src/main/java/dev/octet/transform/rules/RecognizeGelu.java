package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Recognizes `x·½·(1 + erf(x/√2))`, and its approximation
/// `x·½·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`, as `Gelu`, whatever the order and grouping of
/// factors (Hendrycks and Gimpel, "Gaussian Error Linear Units", arXiv:1606.08415).
public final class RecognizeGelu implements RewriteRule {
  private static final int FIRST_OPSET = 20;
  private static final double TANH_FACTOR = Math.sqrt(2 / Math.PI);

  /// `½·x + ½·x·g`.
  private static final GatedPolynomial WHOLE =
      GatedPolynomial.zero().plus(0.5, 1, 0).plus(0.5, 1, 1);

  private static final GatedPolynomial ERF_ARGUMENT =
      GatedPolynomial.zero().plus(Math.sqrt(0.5), 1, 0);
  private static final GatedPolynomial TANH_ARGUMENT =
      GatedPolynomial.zero().plus(TANH_FACTOR, 1, 0).plus(TANH_FACTOR * 0.044715, 3, 0);

  @Override
  public String name() {
    return "recognize-gelu";
  }

  @Override
  public String description() {
    return "Gelu written out with Erf or Tanh becomes one Gelu (opset 20).";
  }

  @Override
  public RuleOutcome apply(Node last, RewriteContext context) {
    if (!last.is("Mul") && !last.is("Div") && !last.is("Add")) {
      return RuleOutcome.noMatch();
    }
    for (Value gate : upstream(last.output(0))) {
      Optional<Node> gating = gate.producer().filter(node -> node.is("Erf") || node.is("Tanh"));
      if (gating.isPresent()) {
        RuleOutcome outcome = around(gating.get(), last, context);
        if (!(outcome instanceof RuleOutcome.NoMatch)) {
          return outcome;
        }
      }
    }
    return RuleOutcome.noMatch();
  }

  private static RuleOutcome around(Node gating, Node last, RewriteContext context) {
    boolean exact = gating.is("Erf");
    Value argument = gating.input(0).orElseThrow();
    for (Value x : upstream(argument)) {
      GatedPolynomial.Reader inside = new GatedPolynomial.Reader(x, null, context);
      GatedPolynomial.Reader outside = new GatedPolynomial.Reader(x, gating.output(0), context);
      GatedPolynomial wanted = exact ? ERF_ARGUMENT : TANH_ARGUMENT;
      if (inside.read(argument).filter(found -> found.isClose(wanted)).isPresent()
          && outside.read(last.output(0)).filter(found -> found.isClose(WHOLE)).isPresent()) {
        Fusion fusion = new Fusion();
        fusion.add(gating);
        fusion.addAll(inside.nodes());
        fusion.addAll(outside.nodes());
        return fuse(fusion, x, exact, last, context);
      }
    }
    return RuleOutcome.noMatch();
  }

  private static RuleOutcome fuse(
      Fusion fusion, Value x, boolean exact, Node last, RewriteContext context) {
    if (context.opset() < FIRST_OPSET) {
      return RuleOutcome.declined(
          "Gelu is new in opset 20, the model has " + context.opset() + ": ask for --opset 20",
          last);
    }
    if (x.dataType().filter(DataType.FLOAT::equals).isEmpty()) {
      return RuleOutcome.declined("'" + x.name() + "' is not known to be of type float", last);
    }
    String obstacle = fusion.obstacle(last);
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, last);
    }
    NodeSpec gelu = NodeSpec.of("Gelu").named(last.name()).inputs(x);
    if (!exact) {
      gelu = gelu.attribute("approximate", Attribute.of("tanh"));
    }
    int count = fusion.replaceBy(gelu, last, context);
    return RuleOutcome.applied("one Gelu in the place of " + count + " nodes");
  }

  /// `value` and what it is made from by arithmetic, nearest first.
  private static Set<Value> upstream(Value value) {
    Set<Value> found = new LinkedHashSet<>();
    found.add(value);
    Set<Value> edge = found;
    for (int depth = 0; depth < GatedPolynomial.MAX_DEPTH && !edge.isEmpty(); depth++) {
      Set<Value> next = new LinkedHashSet<>();
      for (Value reached : edge) {
        reached
            .producer()
            .filter(GatedPolynomial::isArithmetic)
            .ifPresent(
                node ->
                    node.inputs().stream()
                        .filter(Objects::nonNull)
                        .filter(input -> !found.contains(input))
                        .forEach(next::add));
      }
      found.addAll(next);
      edge = next;
    }
    return found;
  }
}
