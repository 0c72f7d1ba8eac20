package dev.octet.ir.shape;

import dev.octet.ir.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Every shape rule there is. To teach Octet an operator, add it to its family's class, or a class
/// to this list.
final class ShapeRules {
  private static final List<ShapeRule> ALL =
      List.of(
          new AtenRule(),
          new AttentionRule(),
          new BroadcastRule(),
          new CastRule(),
          new ConcatRule(),
          new ConstantRule(),
          new ContribRule(),
          new ConvRule(),
          new ConvTransposeRule(),
          new DataDependentRule(),
          new EinsumRule(),
          new ExpandRule(),
          new FlattenRule(),
          new GatherRule(),
          new GemmRule(),
          new GlobalPoolRule(),
          new IfRule(),
          new LabelRule(),
          new LoopRule(),
          new MatMulRule(),
          new NormalizationRule(),
          new OneHotRule(),
          new PadRule(),
          new PoolRule(),
          new QLinearBinaryRule(),
          new QLinearReductionRule(),
          new QuantizeRule(),
          new RandomRule(),
          new RangeRule(),
          new RecurrentRule(),
          new ReductionRule(),
          new ReshapeRule(),
          new ResizeRule(),
          new SameShapeRule(),
          new ScanRule(),
          new SequenceMapRule(),
          new SequenceRule(),
          new ShapeOfRule(),
          new SignalRule(),
          new SliceRule(),
          new SpaceDepthRule(),
          new SplitRule(),
          new SqueezeRule(),
          new StringRule(),
          new TopKRule(),
          new TransposeRule(),
          new VisionRule());

  private static final Map<String, ShapeRule> BY_OPERATOR = byOperator();

  private ShapeRules() {}

  static Optional<ShapeRule> find(Node node) {
    String domain = node.domain();
    String operator = domain.isEmpty() ? node.opType() : domain + ":" + node.opType();
    return Optional.ofNullable(BY_OPERATOR.get(operator));
  }

  /// Every operator with a rule, sorted: the bare name in the default domain, else `domain:name`.
  static Set<String> operators() {
    return new TreeSet<>(BY_OPERATOR.keySet());
  }

  private static Map<String, ShapeRule> byOperator() {
    Map<String, ShapeRule> rules = new HashMap<>();
    for (ShapeRule rule : ALL) {
      for (String operator : rule.operators()) {
        if (rules.put(operator, rule) != null) {
          throw new IllegalStateException("two shape rules for " + operator);
        }
      }
    }
    return Map.copyOf(rules);
  }
}
