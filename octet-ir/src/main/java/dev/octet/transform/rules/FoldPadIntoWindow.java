package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Lets a `Conv`, `AveragePool` or `MaxPool` do the padding that a `Pad` before it does: with zeros
/// for the first two, with the lowest number there is for the last.
public final class FoldPadIntoWindow implements RewriteRule {
  @Override
  public String name() {
    return "fold-pad-into-window";
  }

  @Override
  public String description() {
    return "A Pad before a convolution or pool becomes the padding of that.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    if (!node.is("Conv") && !node.is("AveragePool") && !node.is("MaxPool")) {
      return RuleOutcome.noMatch();
    }
    Optional<Node> producer =
        node.input(0).flatMap(Value::producer).filter(before -> before.is("Pad"));
    Optional<Integer> rank = node.input(0).flatMap(Value::shape).map(Shape::rank);
    if (producer.isEmpty() || rank.isEmpty()) {
      return RuleOutcome.noMatch();
    }
    Node pad = producer.get();
    Optional<long[]> amounts = Padding.of(pad, rank.get(), context);
    if (amounts.isEmpty()) {
      return RuleOutcome.declined("it pads by amounts that are computed", pad);
    }
    if (!pad.stringAttribute("mode", "constant").equals("constant")) {
      return RuleOutcome.declined("it does not pad with a constant", pad);
    }
    String obstacle = obstacle(node, pad, amounts.get(), rank.get(), context);
    if (obstacle != null) {
      return RuleOutcome.declined(obstacle, pad);
    }
    return fold(node, pad, amounts.get(), rank.get(), context);
  }

  private static @Nullable String obstacle(
      Node node, Node pad, long[] amounts, int rank, RewriteContext context) {
    if (Arrays.stream(amounts).anyMatch(amount -> amount < 0)) {
      return "it crops";
    }
    for (int axis = 0; axis < 2; axis++) {
      if (amounts[axis] != 0 || amounts[axis + rank] != 0) {
        return "it pads more than the axes a window moves along";
      }
    }
    String automatic = node.stringAttribute("auto_pad", "NOTSET");
    if (!automatic.equals("NOTSET") && !automatic.equals("VALID")) {
      return node.describe() + " works its padding out itself";
    }
    Optional<Double> value = Padding.value(pad, context);
    if (value.isEmpty()) {
      return "it pads with a value that is computed";
    }
    if (node.is("MaxPool")) {
      return value.get() > -Float.MAX_VALUE
          ? "only the lowest number cannot win in a MaxPool"
          : tooWide(node, amounts, rank);
    }
    if (value.get() != 0) {
      return "it does not pad with zeros";
    }
    if (node.is("AveragePool")) {
      boolean padded =
          Arrays.stream(node.intsAttribute("pads").orElse(new long[0])).anyMatch(p -> p != 0);
      boolean counted = node.intAttribute("count_include_pad", 0) != 0;
      if ((padded && !counted) || node.intAttribute("ceil_mode", 0) != 0) {
        return node.describe() + " pads too, without counting what it adds";
      }
      return tooWide(node, amounts, rank);
    }
    return null;
  }

  /// Pools want at least one real element in each window.
  private static @Nullable String tooWide(Node node, long[] amounts, int rank) {
    long[] kernel = node.intsAttribute("kernel_shape").orElse(new long[rank - 2]);
    long[] pads = joined(node, amounts, rank);
    for (int axis = 0; axis < rank - 2; axis++) {
      if (pads[axis] >= kernel[axis] || pads[axis + rank - 2] >= kernel[axis]) {
        return "some windows of " + node.describe() + " would be all padding";
      }
    }
    return null;
  }

  private static long[] joined(Node node, long[] amounts, int rank) {
    int spatial = rank - 2;
    long[] pads = node.intsAttribute("pads").orElse(new long[2 * spatial]).clone();
    for (int axis = 0; axis < spatial; axis++) {
      pads[axis] += amounts[axis + 2];
      pads[axis + spatial] += amounts[axis + 2 + rank];
    }
    return pads;
  }

  private static RuleOutcome fold(
      Node node, Node pad, long[] amounts, int rank, RewriteContext context) {
    GraphEditor editor = context.editor();
    String joined = pad.describe();
    editor.setAttribute(node, "pads", Attribute.ints(joined(node, amounts, rank)));
    editor.removeAttribute(node, "auto_pad");
    if (node.is("AveragePool")) {
      editor.setAttribute(node, "count_include_pad", Attribute.of(1));
    }
    editor.setInput(node, 0, pad.input(0).orElseThrow());
    if (pad.output(0).isUnused()) {
      editor.remove(pad);
    }
    return RuleOutcome.applied("does the padding of " + joined);
  }
}
