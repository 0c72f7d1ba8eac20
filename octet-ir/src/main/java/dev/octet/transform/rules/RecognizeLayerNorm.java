package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Recognizes `(x - mean) / √(variance + ε)` over the last axes, with the factors and summands
/// after it, as `LayerNormalization` (Ba, Kiros and Hinton, "Layer Normalization",
/// arXiv:1607.06450).
public final class RecognizeLayerNorm implements RewriteRule {
  private static final int FIRST_OPSET = 17;

  @Override
  public String name() {
    return "recognize-layer-norm";
  }

  @Override
  public String description() {
    return "Layer normalization written out becomes one LayerNormalization (opset 17).";
  }

  @Override
  public RuleOutcome apply(Node quotient, RewriteContext context) {
    Optional<StandardizationPattern> match = StandardizationPattern.at(quotient, context);
    if (match.isEmpty()) {
      return RuleOutcome.noMatch();
    }
    StandardizationPattern found = match.get();
    if (context.opset() < FIRST_OPSET) {
      return RuleOutcome.declined(
          "LayerNormalization is new in opset 17, the model has "
              + context.opset()
              + ": ask for --opset 17",
          quotient);
    }
    Value x = found.x();
    if (x.dataType().filter(DataType.FLOAT::equals).isEmpty()) {
      return RuleOutcome.declined("'" + x.name() + "' is not known to be of type float", quotient);
    }
    Shape shape = x.shape().orElse(null);
    if (shape == null) {
      return RuleOutcome.declined("the rank of '" + x.name() + "' is not known", quotient);
    }
    int first = firstOfLast(found.axes(), shape.rank());
    if (first < 0) {
      return RuleOutcome.declined(
          "it takes the mean over axes " + found.axes() + ", which are not the last of " + shape,
          quotient);
    }
    Shape normalized = Shape.of(shape.dims().subList(first, shape.rank()));
    if (!normalized.isStatic()) {
      return RuleOutcome.declined(
          "the sizes it takes the mean over, " + normalized + ", are not known", quotient);
    }
    return fuse(found, quotient, shape.rank(), normalized, context);
  }

  private static RuleOutcome fuse(
      StandardizationPattern found,
      Node quotient,
      int rank,
      Shape normalized,
      RewriteContext context) {
    Fusion fusion = new Fusion();
    fusion.addAll(found.nodes());
    Node last = quotient;
    DenseTensor scale = null;
    DenseTensor bias = null;
    Node next = context.onlyReader(last.output(0)).orElse(null);
    if (next != null && next.is("Mul")) {
      scale = parameter(next, last, rank, normalized, context);
      if (scale != null) {
        fusion.add(next);
        last = next;
        next = context.onlyReader(last.output(0)).orElse(null);
      }
    }
    if (next != null && next.is("Add")) {
      bias = parameter(next, last, rank, normalized, context);
      if (bias != null) {
        fusion.add(next);
        last = next;
      }
    }
    String obstacle = fusion.obstacle(last);
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, quotient);
    }
    String hint = last.output(0).name();
    Value scaleValue =
        context
            .editor()
            .addInitializer(
                last.graph(), hint + "_scale", scale == null ? ones(normalized) : scale);
    Value biasValue =
        bias == null ? null : context.editor().addInitializer(last.graph(), hint + "_bias", bias);
    NodeSpec norm =
        NodeSpec.of("LayerNormalization")
            .named(quotient.name())
            .inputs(
                biasValue == null
                    ? List.of(found.x(), scaleValue)
                    : List.of(found.x(), scaleValue, biasValue))
            .attribute("axis", -normalized.rank())
            .attribute("epsilon", Attribute.of((float) found.epsilon()));
    int count = fusion.replaceBy(norm, last, context);
    return RuleOutcome.applied("one LayerNormalization in the place of " + count + " nodes");
  }

  /// The constant a node combines `before` with, in the normalized shape; null when it is none that
  /// varies along the normalized axes alone. The data is shared, not copied.
  private static @Nullable DenseTensor parameter(
      Node node, Node before, int rank, Shape normalized, RewriteContext context) {
    int side = node.input(0).filter(before.output(0)::equals).isPresent() ? 1 : 0;
    DenseTensor tensor = context.constantInput(node, side).orElse(null);
    if (tensor == null || tensor.dataType() != DataType.FLOAT || tensor.dims().size() > rank) {
      return null;
    }
    List<Long> dims = tensor.dims();
    List<Long> wanted = Arrays.stream(normalized.sizes()).boxed().toList();
    int leading = dims.size() - wanted.size();
    boolean fits =
        leading >= 0
            && dims.subList(leading, dims.size()).equals(wanted)
            && dims.subList(0, leading).stream().allMatch(size -> size == 1);
    return fits ? new DenseTensor(tensor.dataType(), wanted, tensor.data()) : null;
  }

  private static DenseTensor ones(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.elementCount().orElseThrow())];
    Arrays.fill(values, 1);
    return DenseTensor.ofFloats(values, shape.sizes());
  }

  /// The first of `axes` when they are all axes from there on, else -1.
  private static int firstOfLast(List<Long> axes, int rank) {
    long[] sorted = axes.stream().mapToLong(a -> a < 0 ? a + rank : a).sorted().toArray();
    if (sorted.length == 0) {
      return rank == 0 ? -1 : 0;
    }
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] != rank - sorted.length + i) {
        return -1;
      }
    }
    return rank - sorted.length;
  }
}
