package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.transform.RewriteContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The nodes that a `Transpose` can move through: operators free of axis order, or working along an
/// axis that can be named anew ([TransposePassage]), fed by `Transpose` nodes of one order and by
/// constants alone.
///
/// On its edge are readers that make do without a `Transpose`: another one, with which it joins,
/// and reductions that drop their axes. Every other reader outside gets its operand transposed.
final class TransposedRegion {
  /// Nodes between a `Transpose` and where its way meets that of another.
  private static final int MAX_DEPTH = 32;

  private final RewriteContext context;
  private final Graph graph;
  private final int[] order;
  private final Set<Node> inside = new LinkedHashSet<>();
  private final Set<Node> sources = new LinkedHashSet<>();

  // What values inside were called while they were transposed: a name means one content.
  private final Map<Value, String> names = new HashMap<>();

  private TransposedRegion(Graph graph, int[] order, RewriteContext context) {
    this.graph = graph;
    this.order = order;
    this.context = context;
  }

  /// The region below one `Transpose`; empty when its order is not known.
  static TransposedRegion below(Node transpose, RewriteContext context) {
    Optional<int[]> order = Permutations.of(transpose);
    TransposedRegion region =
        new TransposedRegion(transpose.graph(), order.orElse(new int[0]), context);
    if (order.isPresent() && transpose.input(0).isPresent()) {
      region.grow(transpose);
    }
    return region;
  }

  /// How many `Transpose` nodes fewer there would be.
  int saved() {
    if (sources.stream().anyMatch(source -> isInside(source.input(0).orElseThrow()))) {
      // An order that is its own opposite: the region has grown past the node that would undo it.
      return 0;
    }
    int saved = 0;
    for (Node source : sources) {
      Value output = source.output(0);
      boolean dies =
          !output.isGraphOutput()
              && output.uses().stream().allMatch(use -> dispensesWith(use.node()));
      saved += dies ? 1 : 0;
      saved += cancelled(output);
    }
    for (Node node : inside) {
      Value output = node.output(0);
      boolean needsOne = output.uses().stream().anyMatch(use -> !dispensesWith(use.node()));
      saved -= needsOne ? 1 : 0;
      saved += cancelled(output);
    }
    return saved;
  }

  /// Why the way down is not taken, where there is one.
  Optional<String> loss() {
    return inside.isEmpty()
        ? Optional.empty()
        : Optional.of("moved through %d nodes, no fewer would be left".formatted(inside.size()));
  }

  /// Rewrites the region and its edge.
  ///
  /// @return what was done, in a few words
  String apply() {
    List<Value> values = new ArrayList<>();
    sources.forEach(source -> values.add(source.output(0)));
    inside.forEach(node -> values.add(node.output(0)));
    int moved = inside.size();
    for (Node node : List.copyOf(inside)) {
      reorder(node);
    }
    for (Value value : values) {
      Optional<Node> source = value.producer().filter(sources::contains);
      if (source.isPresent()) {
        finishSource(source.get(), value);
      } else {
        finishInside(value);
      }
    }
    return moved == 0 ? "joined with what reads it" : "moved through " + moved + " nodes";
  }

  private void grow(Node transpose) {
    sources.add(transpose);
    Deque<Node> open = new ArrayDeque<>(readersOf(transpose.output(0)));
    while (!open.isEmpty()) {
      Node node = open.poll();
      Set<Node> joining = new LinkedHashSet<>();
      if (inside.contains(node) || !canJoin(node, joining, MAX_DEPTH)) {
        continue;
      }
      for (Node joined : joining) {
        for (Value input : operands(joined)) {
          if (input != null && isTransposed(input)) {
            sources.add(input.producer().orElseThrow());
          }
        }
        inside.add(joined);
        open.addAll(readersOf(joined.output(0)));
      }
    }
  }

  private static List<Node> readersOf(Value value) {
    return value.uses().stream().map(Use::node).distinct().toList();
  }

  /// Whether a node can be inside together with what computes its operands.
  ///
  /// @param joining told of all those nodes
  /// @param depth how far up to look
  private boolean canJoin(Node node, Set<Node> joining, int depth) {
    if (joining.contains(node)) {
      return true;
    }
    Optional<TransposePassage> passage = passage(node);
    if (depth == 0
        || passage.isEmpty()
        || node.output(0).isGraphOutput()
        || node.graph() != graph) {
      return false;
    }
    for (Value input : operands(node)) {
      boolean fits =
          input == null
              || isTransposed(input)
              || isInside(input)
              || (passage.get().broadcasts() && spreads(input))
              || input
                  .producer()
                  .filter(producer -> canJoin(producer, joining, depth - 1))
                  .isPresent();
      if (!fits) {
        return false;
      }
    }
    joining.add(node);
    return true;
  }

  private Optional<TransposePassage> passage(Node node) {
    return TransposePassage.through(node, order.length, context.opset());
  }

  /// The inputs whose axes are those of the output.
  private List<@Nullable Value> operands(Node node) {
    int count = passage(node).orElseThrow().operands();
    return node.inputs().subList(0, Math.min(count, node.inputs().size()));
  }

  /// Whether a value is what a `Transpose` of this order yields.
  private boolean isTransposed(Value value) {
    Optional<Node> producer = value.producer();
    return producer
            .filter(node -> node.graph() == graph)
            .flatMap(Permutations::of)
            .filter(found -> Arrays.equals(found, order))
            .isPresent()
        && producer.flatMap(node -> node.input(0)).filter(this::isInside).isEmpty();
  }

  private boolean isInside(Value value) {
    return value.producer().filter(inside::contains).isPresent();
  }

  /// Whether a constant varies along one axis at most, so that another order of axes is but another
  /// shape.
  private boolean spreads(Value value) {
    Optional<DenseTensor> constant = context.constant(value);
    return constant
        .filter(tensor -> tensor.dims().size() <= order.length)
        .filter(tensor -> tensor.dims().stream().filter(size -> size != 1).count() <= 1)
        .isPresent();
  }

  /// Whether a reader of a value of this region needs no `Transpose` before it.
  private boolean dispensesWith(Node reader) {
    return inside.contains(reader) || joins(reader) || reducedAxes(reader).isPresent();
  }

  private boolean joins(Node reader) {
    return reader.graph() == graph
        && Permutations.of(reader).filter(next -> next.length == order.length).isPresent()
        && !sources.contains(reader);
  }

  private boolean cancels(Node reader) {
    return joins(reader)
        && Permutations.isIdentity(
            Permutations.compose(order, Permutations.of(reader).orElseThrow()))
        && !reader.output(0).isGraphOutput();
  }

  private int cancelled(Value value) {
    return (int) readersOf(value).stream().filter(this::cancels).count();
  }

  /// The axes a reduction has to work on when its input is not transposed; empty where it is none,
  /// keeps its axes, or would put the axes left in another order.
  private Optional<long[]> reducedAxes(Node reader) {
    if (!reader.domain().isEmpty()
        || !reader.opType().startsWith("Reduce")
        || reader.intAttribute("keepdims", 1) != 0
        || reader.graph() != graph) {
      return Optional.empty();
    }
    Optional<long[]> axes =
        reader
            .intsAttribute("axes")
            .or(() -> context.constantInput(reader, 1).map(DenseTensor::toLongArray));
    if (axes.isEmpty() || axes.get().length == 0) {
      return Optional.empty();
    }
    boolean[] reduced = new boolean[order.length];
    long[] before = new long[axes.get().length];
    for (int i = 0; i < before.length; i++) {
      int axis = Math.toIntExact(axes.get()[i] < 0 ? axes.get()[i] + order.length : axes.get()[i]);
      reduced[axis] = true;
      before[i] = order[axis];
    }
    int last = -1;
    for (int axis = 0; axis < order.length; axis++) {
      if (!reduced[axis] && order[axis] < last) {
        return Optional.empty();
      }
      last = reduced[axis] ? last : order[axis];
    }
    Arrays.sort(before);
    return Optional.of(before);
  }

  /// Makes a node inside read what its operands were before they were transposed.
  private void reorder(Node node) {
    GraphEditor editor = context.editor();
    List<@Nullable Value> operands = operands(node);
    passage(node)
        .orElseThrow()
        .axis()
        .ifPresent(axis -> editor.setAttribute(node, "axis", Attribute.of(order[axis])));
    for (int i = 0; i < operands.size(); i++) {
      Value input = operands.get(i);
      if (input == null || isInside(input)) {
        continue;
      }
      if (isTransposed(input)) {
        editor.setInput(node, i, input.producer().orElseThrow().input(0).orElseThrow());
      } else {
        editor.setInput(node, i, reshaped(input, node));
      }
    }
    Value output = node.output(0);
    names.put(output, output.name());
    editor.renameLike(output, output.name() + "_untransposed");
    output
        .dataType()
        .ifPresent(
            type ->
                editor.setType(
                    output, ValueType.tensor(type, output.shape().map(this::before).orElse(null))));
  }

  /// A constant with its one long axis where it was before.
  private Value reshaped(Value constant, Node node) {
    DenseTensor tensor = context.constant(constant).orElseThrow();
    if (tensor.elementCount() == 1) {
      return constant;
    }
    long[] dims = new long[order.length];
    Arrays.fill(dims, 1);
    int offset = order.length - tensor.dims().size();
    for (int i = 0; i < tensor.dims().size(); i++) {
      if (tensor.dims().get(i) != 1) {
        dims[order[i + offset]] = tensor.dims().get(i);
      }
    }
    DenseTensor same =
        new DenseTensor(tensor.dataType(), Arrays.stream(dims).boxed().toList(), tensor.data());
    return context.editor().addInitializer(node.graph(), constant.name() + "_reordered", same);
  }

  private Shape before(Shape shape) {
    Dim[] dims = new Dim[shape.rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[order[i]] = shape.dim(i);
    }
    return Shape.of(List.of(dims));
  }

  private Shape after(Shape shape) {
    return Shape.of(Arrays.stream(order).mapToObj(shape::dim).toList());
  }

  /// The edge below a `Transpose` that feeds the region; it goes when nothing else reads it.
  private void finishSource(Node source, Value transposed) {
    finishEdge(transposed, source.input(0).orElseThrow());
    if (transposed.isUnused()) {
      context.editor().remove(source);
    }
  }

  /// The edge below a node inside, whose value is no longer transposed.
  private void finishInside(Value value) {
    GraphEditor editor = context.editor();
    List<Use> outside = value.uses().stream().filter(use -> !dispensesWith(use.node())).toList();
    finishEdge(value, value);
    if (outside.isEmpty()) {
      return;
    }
    ValueType type =
        value
            .dataType()
            .map(element -> ValueType.tensor(element, value.shape().map(this::after).orElse(null)))
            .orElse(null);
    Value again = editor.newValue(Objects.requireNonNull(names.get(value)), type);
    editor.insertAfter(
        value.producer().orElseThrow(),
        NodeSpec.of("Transpose")
            .inputs(value)
            .outputs(again)
            .attribute("perm", Attribute.ints(Permutations.toLongs(order))));
    outside.forEach(use -> editor.setInput(use.node(), use.index(), again));
  }

  /// Makes readers of `value` that dispense with a `Transpose` read `plain`.
  private void finishEdge(Value value, Value plain) {
    GraphEditor editor = context.editor();
    for (Node reader : readersOf(value)) {
      Optional<long[]> axes = reducedAxes(reader);
      if (inside.contains(reader)) {
        continue;
      }
      if (axes.isPresent()) {
        reduceBefore(reader, axes.get(), plain);
      } else if (joins(reader)) {
        int[] joined = Permutations.compose(order, Permutations.of(reader).orElseThrow());
        editor.setInput(reader, 0, plain);
        editor.setAttribute(reader, "perm", Attribute.ints(Permutations.toLongs(joined)));
        if (Permutations.isIdentity(joined) && context.canReplace(reader.output(0), plain)) {
          context.bypass(reader, plain);
        }
      }
    }
  }

  private void reduceBefore(Node reduction, long[] axes, Value plain) {
    GraphEditor editor = context.editor();
    editor.setInput(reduction, 0, plain);
    if (reduction.intsAttribute("axes").isPresent()) {
      editor.setAttribute(reduction, "axes", Attribute.ints(axes));
    } else {
      String hint = reduction.output(0).name() + "_axes";
      Value constant =
          editor.addInitializer(reduction.graph(), hint, DenseTensor.ofLongs(axes, axes.length));
      editor.setInput(reduction, 1, constant);
    }
  }
}
