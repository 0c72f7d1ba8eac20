package dev.octet.transform.rules;

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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Joins a `Slice` of a `Slice` into one where the two cut along different axes: what lies between
/// is never made.
public final class FuseSlices implements RewriteRule {
  private static final int FIRST_WITH_INPUTS = 10;

  /// Constant bounds of one `Slice`, all of one length.
  @SuppressWarnings("ArrayRecordComponent") // Never leaves this class, never compared.
  private record Bounds(long[] starts, long[] ends, long[] axes, long[] steps) {
    Bounds with(Bounds more) {
      return new Bounds(
          joined(starts, more.starts),
          joined(ends, more.ends),
          joined(axes, more.axes),
          joined(steps, more.steps));
    }

    private static long[] joined(long[] first, long[] second) {
      long[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }
  }

  @Override
  public String name() {
    return "fuse-slices";
  }

  @Override
  public String description() {
    return "A Slice of a Slice along other axes becomes one.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<Node> producer =
        node.input(0).flatMap(Value::producer).filter(before -> before.is("Slice"));
    Optional<Integer> rank = node.input(0).flatMap(Value::shape).map(Shape::rank);
    if (!node.is("Slice")
        || producer.isEmpty()
        || rank.isEmpty()
        || producer.get().graph() != node.graph()
        || context.opset() < FIRST_WITH_INPUTS) {
      return RuleOutcome.noMatch();
    }
    Node inner = producer.get();
    Bounds first = bounds(inner, rank.get(), context);
    Bounds second = bounds(node, rank.get(), context);
    if (first == null || second == null) {
      return RuleOutcome.declined("a bound is computed", node);
    }
    Set<Long> axes = new TreeSet<>();
    Bounds both = first.with(second);
    for (long axis : both.axes()) {
      if (!axes.add(axis)) {
        return RuleOutcome.declined("both cut along axis " + axis, node);
      }
    }
    String joined = inner.describe();
    String hint = node.output(0).name();
    var editor = context.editor();
    var graph = node.graph();
    NodeSpec spec =
        NodeSpec.of("Slice")
            .named(node.name())
            .inputs(
                inner.input(0).orElseThrow(),
                editor.addInitializer(graph, hint + "_starts", longs(both.starts())),
                editor.addInitializer(graph, hint + "_ends", longs(both.ends())),
                editor.addInitializer(graph, hint + "_axes", longs(both.axes())),
                editor.addInitializer(graph, hint + "_steps", longs(both.steps())))
            .extraFields(node.extraFields());
    context.replace(node, spec);
    if (inner.output(0).isUnused()) {
      editor.remove(inner);
    }
    return RuleOutcome.applied("joined with " + joined);
  }

  private static DenseTensor longs(long[] values) {
    return DenseTensor.ofLongs(values, values.length);
  }

  private static @Nullable Bounds bounds(Node slice, int rank, RewriteContext context) {
    long[] starts = constant(slice, 1, context);
    long[] ends = constant(slice, 2, context);
    if (starts == null || ends == null) {
      return null;
    }
    long[] axes = new long[starts.length];
    Arrays.setAll(axes, axis -> axis);
    long[] steps = new long[starts.length];
    Arrays.fill(steps, 1);
    if (slice.input(3).isPresent()) {
      axes = constant(slice, 3, context);
    }
    if (slice.input(4).isPresent()) {
      steps = constant(slice, 4, context);
    }
    if (axes == null || steps == null) {
      return null;
    }
    long[] positive = Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).toArray();
    return new Bounds(starts, ends, positive, steps);
  }

  private static long @Nullable [] constant(Node node, int input, RewriteContext context) {
    Optional<DenseTensor> data = context.constantInput(node, input);
    if (data.isEmpty()) {
      return null;
    }
    DenseTensor tensor = data.get();
    if (tensor.dataType() != DataType.INT64 && tensor.dataType() != DataType.INT32) {
      return null;
    }
    long[] values = new long[Math.toIntExact(tensor.elementCount())];
    Arrays.setAll(values, tensor::longAt);
    return values;
  }
}
