package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Joins two `Squeeze` or two `Unsqueeze` nodes in a row, and takes out a `Squeeze` of the very
/// axes that an `Unsqueeze` put in. Works on any number of dynamic dimensions, which [FuseReshapes]
/// does not.
public final class FuseSqueezes implements RewriteRule {
  private static final int FIRST_WITH_INPUTS = 13;

  @Override
  public String name() {
    return "fuse-squeezes";
  }

  @Override
  public String description() {
    return "Squeeze and Unsqueeze nodes in a row become one or none.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<Node> producer = node.input(0).flatMap(Value::producer);
    if (!(node.is("Squeeze") || node.is("Unsqueeze"))
        || producer.filter(before -> before.is("Squeeze") || before.is("Unsqueeze")).isEmpty()
        || producer.get().graph() != node.graph()) {
      return RuleOutcome.noMatch();
    }
    Node inner = producer.get();
    Optional<boolean[]> first = axes(inner, context);
    Optional<boolean[]> second = axes(node, context);
    if (first.isEmpty() || second.isEmpty()) {
      return RuleOutcome.declined("axes or ranks are not known", node);
    }
    String joined = inner.describe();
    if (!inner.opType().equals(node.opType())) {
      Value source = inner.input(0).orElseThrow();
      boolean opposite =
          inner.is("Unsqueeze")
              && Arrays.equals(first.get(), second.get())
              && context.canReplace(node.output(0), source);
      if (!opposite) {
        return RuleOutcome.noMatch();
      }
      context.bypass(node, source);
      dropUnread(inner, context.editor());
      return RuleOutcome.applied("removed together with " + joined);
    }
    if (context.onlyReader(inner.output(0)).isEmpty()) {
      return RuleOutcome.declined("the first of them has other readers", inner);
    }
    // Axes of the larger tensor: a Squeeze names those it has before, an Unsqueeze after.
    boolean squeeze = node.is("Squeeze");
    boolean[] outer = squeeze ? first.get() : second.get();
    boolean[] within = squeeze ? second.get() : first.get();
    setAxes(node, union(outer, within), context);
    context.editor().setInput(node, 0, inner.input(0).orElseThrow());
    dropUnread(inner, context.editor());
    return RuleOutcome.applied("joined with " + joined);
  }

  private static void dropUnread(Node inner, GraphEditor editor) {
    if (inner.output(0).isUnused()) {
      editor.remove(inner);
    }
  }

  /// Which axes of the larger tensor are of size 1 and come or go.
  private static Optional<boolean[]> axes(Node node, RewriteContext context) {
    Value larger = node.is("Squeeze") ? node.input(0).orElseThrow() : node.output(0);
    Optional<Integer> rank = larger.shape().map(Shape::rank);
    Optional<long[]> axes =
        node.intsAttribute("axes")
            .or(
                () ->
                    context
                        .constantInput(node, 1)
                        .filter(tensor -> tensor.dataType() == DataType.INT64)
                        .map(DenseTensor::toLongArray));
    if (rank.isEmpty() || axes.isEmpty()) {
      return Optional.empty();
    }
    boolean[] marked = new boolean[rank.get()];
    for (long axis : axes.get()) {
      marked[Math.toIntExact(axis < 0 ? axis + rank.get() : axis)] = true;
    }
    return Optional.of(marked);
  }

  /// Marks of `within` put where `outer` has none.
  private static long[] union(boolean[] outer, boolean[] within) {
    List<Long> axes = new ArrayList<>();
    int next = 0;
    for (int axis = 0; axis < outer.length; axis++) {
      if (outer[axis] || within[next++]) {
        axes.add((long) axis);
      }
    }
    return axes.stream().mapToLong(Long::longValue).toArray();
  }

  private static void setAxes(Node node, long[] axes, RewriteContext context) {
    GraphEditor editor = context.editor();
    if (context.opset() < FIRST_WITH_INPUTS) {
      editor.setAttribute(node, "axes", Attribute.ints(axes));
      return;
    }
    String hint = node.output(0).name() + "_axes";
    DenseTensor tensor = DenseTensor.ofLongs(axes, axes.length);
    editor.setInput(node, 1, editor.addInitializer(node.graph(), hint, tensor));
  }
}
