package dev.octet.ir.shape;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One inference over one model: what is known so far, and the walk that learns more. Nothing is
/// written to the model before [#writeTo].
final class InferenceRun {
  private final Model model;
  private final IdentityHashMap<Value, ValueType> types = new IdentityHashMap<>();
  private final IdentityHashMap<Value, KnownIntegers> integers = new IdentityHashMap<>();
  private final Map<Value, ShapeReport.Gap> gaps = new LinkedHashMap<>();
  private final Set<Diagnostic> contradictions = new LinkedHashSet<>();
  private final IdentityHashMap<Value, Map<Integer, Dim>> freshDims = new IdentityHashMap<>();
  private final Map<String, Integer> freshNames = new HashMap<>();

  private int changed;

  InferenceRun(Model model) {
    this.model = model;
  }

  void infer(Graph graph) {
    for (Node node : graph.nodes()) {
      infer(node);
    }
  }

  int opset(String domain) {
    return model.opsets().getOrDefault(domain, 0);
  }

  Optional<ValueType> typeOf(Value value) {
    ValueType inferred = types.get(value);
    if (inferred != null) {
      return Optional.of(inferred);
    }
    return value
        .type()
        .or(() -> value.initializer().map(data -> ValueType.tensor(data.dataType(), data.shape())));
  }

  Optional<KnownIntegers> integersOf(Value value) {
    KnownIntegers known = integers.get(value);
    if (known != null) {
      return Optional.of(known);
    }
    return value.isConstant() ? value.initializer().flatMap(KnownIntegers::of) : Optional.empty();
  }

  Optional<DenseTensor> constantOf(Value value) {
    return (value.isConstant()
            ? value.initializer()
            : value
                .producer()
                .filter(producer -> producer.is("Constant"))
                .flatMap(producer -> producer.tensorAttribute("value")))
        .filter(DenseTensor.class::isInstance)
        .map(DenseTensor.class::cast);
  }

  Dim freshDim(Node node, int output, int axis) {
    Value value = node.output(output);
    return freshDims
        .computeIfAbsent(value, _ -> new HashMap<>())
        .computeIfAbsent(axis, _ -> Dim.of(freshName(value, axis)));
  }

  /// The types of `subgraph`'s outputs when its inputs hold `in`. What an earlier round found out
  /// about the subgraph is forgotten first.
  List<Optional<ValueType>> inferSubgraph(Graph subgraph, List<? extends @Nullable ValueType> in) {
    forget(subgraph);
    List<Value> inputs = subgraph.inputs();
    for (int i = 0; i < Math.min(in.size(), inputs.size()); i++) {
      ValueType type = in.get(i);
      if (type != null) {
        types.put(inputs.get(i), handedIn(inputs.get(i), type, subgraph));
      }
    }
    infer(subgraph);
    return subgraph.outputs().stream().map(this::typeOf).toList();
  }

  /// States what was found on the model's values.
  void writeTo(GraphEditor editor) {
    write(editor, model.graph());
  }

  /// The integer tensors computed by nodes whose every element is known to be one number.
  Map<Value, Tensor> knownIntegers() {
    Map<Value, Tensor> known = new LinkedHashMap<>();
    collectKnown(model.graph(), known);
    return known;
  }

  ShapeReport report() {
    int[] counts = new int[4];
    count(model.graph(), counts);
    return new ShapeReport(
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        changed,
        List.copyOf(gaps.values()),
        List.copyOf(contradictions));
  }

  private void infer(Node node) {
    ShapeOutcome outcome = ask(node);
    List<@Nullable Value> outputs = node.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      Value output = outputs.get(i);
      if (output == null) {
        continue;
      }
      ShapeOutcome.Output found = null;
      String reason = null;
      switch (outcome) {
        case ShapeOutcome.Unknown(String why) -> reason = why;
        case ShapeOutcome.Inferred(List<ShapeOutcome.@Nullable Output> all) -> {
          found = i < all.size() ? all.get(i) : null;
          reason = found == null ? "nothing is known about this output" : found.reason();
        }
      }
      if (found != null) {
        types.put(output, merge(output, found.type(), node.describe()));
        if (found.integers() != null) {
          integers.put(output, found.integers());
        }
      }
      noteGap(node, output, reason);
    }
  }

  private ShapeOutcome ask(Node node) {
    Optional<ShapeRule> rule = ShapeRules.find(node);
    if (rule.isEmpty()) {
      return ShapeOutcome.unknown("no shape rule for this operator");
    }
    try {
      return rule.get().infer(new ShapeContext(node, this));
    } catch (ImpossibleShape
        | ArithmeticException
        | IllegalStateException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NoSuchElementException e) {
      // Only a model that breaks its operator's contract gets here; say so and go on.
      String found = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      contradictions.add(new Diagnostic("impossible-shape", node.describe(), found, ""));
      return ShapeOutcome.unknown(found);
    }
  }

  private void noteGap(Node node, Value output, @Nullable String reason) {
    if (isFull(typeOf(output))) {
      // Complete although the rule has a reason: it made up a symbol, unless the model itself knew.
      if (reason != null && !isFull(output.type())) {
        gaps.put(output, new ShapeReport.Gap(output.name(), node.describe(), reason));
      }
      return;
    }
    boolean inherited = false;
    for (Value input : node.inputs()) {
      inherited |= input != null && !input.isConstant() && !isFull(typeOf(input));
    }
    if (reason != null || !inherited) {
      String why = reason == null ? "depends on data, or on what is not stated" : reason;
      gaps.put(output, new ShapeReport.Gap(output.name(), node.describe(), why));
    }
  }

  /// What `value` is stated to hold, completed by what was inferred. A stated fact stays.
  private ValueType merge(Value value, ValueType inferred, String who) {
    Optional<ValueType> stated = value.type();
    if (stated.isEmpty()) {
      return inferred;
    }
    if (!(stated.get() instanceof ValueType.OfTensor(DataType dataType, Shape shape))
        || !(inferred instanceof ValueType.OfTensor(DataType foundType, Shape foundShape))) {
      return stated.get();
    }
    if (dataType != foundType) {
      contradict(value, who, dataType.name(), foundType.name());
      return stated.get();
    }
    if (shape == null || foundShape == null) {
      return shape == null ? inferred : stated.get();
    }
    Optional<Shape> merged = DimArithmetic.unify(shape, foundShape);
    if (merged.isEmpty() || clash(shape, foundShape)) {
      contradict(value, who, shape.toString(), foundShape.toString());
      return stated.get();
    }
    return ValueType.tensor(dataType, merged.get());
  }

  /// What a subgraph's input holds: what it is stated to hold, but with the caller's symbols, which
  /// say more than those a subgraph makes up for itself.
  private ValueType handedIn(Value input, ValueType type, Graph subgraph) {
    ValueType merged = merge(input, type, "the caller of subgraph '" + subgraph.name() + "'");
    if (!(merged instanceof ValueType.OfTensor(DataType dataType, Shape stated))
        || !(type instanceof ValueType.OfTensor(DataType ignored, Shape given))
        || stated == null
        || given == null
        || stated.rank() != given.rank()) {
      return merged;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < stated.rank(); i++) {
      boolean outer = stated.dim(i) instanceof Dim.Symbol && given.dim(i) instanceof Dim.Symbol;
      dims.add(outer ? given.dim(i) : stated.dim(i));
    }
    return ValueType.tensor(dataType, Shape.of(dims));
  }

  private static boolean clash(Shape stated, Shape found) {
    for (int i = 0; i < stated.rank(); i++) {
      if (stated.dim(i) instanceof Dim.Known(long a)
          && found.dim(i) instanceof Dim.Known(long b)
          && a != b) {
        return true;
      }
    }
    return false;
  }

  private void contradict(Value value, String who, String stated, String found) {
    contradictions.add(
        new Diagnostic(
            "shape-contradiction",
            value.name(),
            "stated to be " + stated + ", but " + who + " makes it " + found,
            "the stated type was kept"));
  }

  private String freshName(Value value, int axis) {
    String name = "unk." + value.name().replaceAll("[^A-Za-z0-9_.]", "_") + "." + axis;
    int copies = freshNames.merge(name, 1, Integer::sum);
    return copies == 1 ? name : name + "." + copies;
  }

  private void forget(Graph graph) {
    for (Value value : graph.values()) {
      types.remove(value);
      integers.remove(value);
      gaps.remove(value);
    }
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(this::forget);
    }
  }

  private void collectKnown(Graph graph, Map<Value, Tensor> known) {
    for (Node node : graph.nodes()) {
      for (Value output : node.outputs()) {
        KnownIntegers elements = output == null ? null : integers.get(output);
        if (output != null && elements != null) {
          typeOf(output).flatMap(elements::toTensor).ifPresent(data -> known.put(output, data));
        }
      }
      node.subgraphs().forEach(subgraph -> collectKnown(subgraph, known));
    }
  }

  private void write(GraphEditor editor, Graph graph) {
    for (Value value : graph.values()) {
      ValueType found = types.get(value);
      // An input's stated shape is its interface; only what is missing is filled in.
      boolean settled = value.isConstant() || (value.isGraphInput() && value.shape().isPresent());
      if (found != null && !settled && !value.type().equals(Optional.of(found))) {
        editor.setType(value, found);
        changed++;
      }
    }
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(subgraph -> write(editor, subgraph));
    }
  }

  private void count(Graph graph, int[] counts) {
    for (Node node : graph.nodes()) {
      for (Value output : node.outputs()) {
        if (output != null) {
          Optional<ValueType> type = typeOf(output);
          counts[0]++;
          counts[1] += type.isPresent() ? 1 : 0;
          counts[2] += isRanked(type) ? 1 : 0;
          counts[3] += isFull(type) ? 1 : 0;
        }
      }
      node.subgraphs().forEach(subgraph -> count(subgraph, counts));
    }
  }

  private static boolean isRanked(Optional<ValueType> type) {
    return type.isPresent()
        && !(type.get() instanceof ValueType.OfTensor(var dataType, var shape) && shape == null);
  }

  private static boolean isFull(Optional<ValueType> type) {
    if (!isRanked(type)) {
      return false;
    }
    return !(type.get() instanceof ValueType.OfTensor(DataType ignored, Shape shape))
        || shape == null
        || shape.dims().stream().noneMatch(Dim.Unknown.class::isInstance);
  }
}
