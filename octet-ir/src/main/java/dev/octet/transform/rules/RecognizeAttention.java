package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Recognizes `softmax(s·q·kᵀ + mask)·v`, for `[batch, heads, length, size]` each, as `Attention`
/// of opset 23 (Vaswani et al., "Attention Is All You Need", arXiv:1706.03762).
public final class RecognizeAttention implements RewriteRule {
  private static final int FIRST_OPSET = 23;
  private static final int RANK = 4;

  @Override
  public String name() {
    return "recognize-attention";
  }

  @Override
  public String description() {
    return "Scaled dot-product attention written out becomes one Attention (opset 23).";
  }

  @Override
  public RuleOutcome apply(Node last, RewriteContext context) {
    AttentionPattern found = AttentionPattern.at(last, context).orElse(null);
    if (found == null) {
      return RuleOutcome.noMatch();
    }
    if (context.opset() < FIRST_OPSET) {
      return RuleOutcome.declined(
          "Attention is new in opset 23, the model has " + context.opset() + ": ask for --opset 23",
          last);
    }
    String obstacle = obstacle(found);
    if (obstacle == null) {
      obstacle = found.fusion().obstacle(last);
    }
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, last);
    }
    Value key = key(found, last, context);
    NodeSpec attention =
        NodeSpec.of("Attention")
            .named(last.name())
            .inputs(
                found.mask() == null
                    ? List.of(found.query(), key, found.value())
                    : List.of(found.query(), key, found.value(), found.mask()))
            .attribute("scale", Attribute.of((float) found.scale()));
    int count = found.fusion().replaceBy(attention, last, context);
    return RuleOutcome.applied("one Attention in the place of " + count + " nodes");
  }

  private static @Nullable String obstacle(AttentionPattern found) {
    Value transposed = found.transposedKey();
    for (Value value : List.of(found.query(), transposed, found.value())) {
      if (value.dataType().filter(DataType.FLOAT::equals).isEmpty()) {
        return "'" + value.name() + "' is not known to be of type float";
      }
      if (value.shape().filter(shape -> shape.rank() == RANK).isEmpty()) {
        return "'"
            + value.name()
            + "' is "
            + value.shape().map(Shape::toString).orElse("of unknown rank")
            + ", not [batch, heads, length, size]";
      }
    }
    Shape query = found.query().shape().orElseThrow();
    Shape key = transposed.shape().orElseThrow();
    Shape value = found.value().shape().orElseThrow();
    if (!Reshapes.same(outer(query), outer(key)) || !Reshapes.same(outer(key), outer(value))) {
      return "batch and heads are not known to be equal: "
          + Stream.of(query, key, value).map(Shape::toString).toList();
    }
    long axis = found.softmax().intAttribute("axis", -1);
    if (axis != -1 && axis != RANK - 1) {
      return "its softmax is over axis " + axis + ", not the last";
    }
    // The operator multiplies query and key with the square root each.
    if (!(found.scale() > 0)) {
      return "the products are scaled by " + found.scale();
    }
    return found.mask() == null
        ? null
        : maskObstacle(
            found.mask(), Shape.of(List.of(query.dim(0), query.dim(1), query.dim(2), key.dim(3))));
  }

  /// What keeps `mask` from being one the operator takes: as the products, but for batch and heads,
  /// which it may leave out or have once. (That it is of the products' type, adding them says.)
  private static @Nullable String maskObstacle(Value mask, Shape products) {
    if (mask.shape().filter(shape -> covers(shape, products)).isPresent()) {
      return null;
    }
    return "the mask "
        + mask.shape().map(Shape::toString).orElse("of unknown shape")
        + " is not known to cover the products "
        + products;
  }

  private static boolean covers(Shape mask, Shape products) {
    if ((mask.rank() != 2 && mask.rank() != RANK) || !Reshapes.same(inner(mask), inner(products))) {
      return false;
    }
    for (int axis = 0; axis < mask.rank() - 2; axis++) {
      if (!mask.dim(axis).equals(Dim.of(1)) && !same(mask.dim(axis), products.dim(axis))) {
        return false;
      }
    }
    return true;
  }

  /// The key as `[batch, heads, length, size]`. A transpose that is still needed is added.
  private static Value key(AttentionPattern found, Node last, RewriteContext context) {
    int[] order = {0, 1, 3, 2};
    Value source = found.transposedKey();
    if (found.transpose() != null) {
      order = Permutations.compose(Permutations.of(found.transpose()).orElseThrow(), order);
      source = found.transpose().input(0).orElseThrow();
      if (Permutations.isIdentity(order)) {
        return source;
      }
    }
    Shape given = found.transposedKey().shape().orElseThrow();
    Shape shape = Shape.of(List.of(given.dim(0), given.dim(1), given.dim(3), given.dim(2)));
    Value key =
        context
            .editor()
            .newValue(source.name() + "_key", new ValueType.OfTensor(DataType.FLOAT, shape));
    context
        .editor()
        .insertBefore(
            last,
            NodeSpec.of("Transpose")
                .inputs(source)
                .outputs(key)
                .attribute("perm", Attribute.ints(Permutations.toLongs(order))));
    return key;
  }

  private static Shape outer(Shape shape) {
    return Shape.of(shape.dims().subList(0, 2));
  }

  private static Shape inner(Shape shape) {
    return Shape.of(shape.dims().subList(shape.rank() - 2, shape.rank()));
  }

  private static boolean same(Dim left, Dim right) {
    return Reshapes.same(Shape.of(List.of(left)), Shape.of(List.of(right)));
  }
}
