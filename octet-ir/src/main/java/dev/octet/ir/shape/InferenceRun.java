package dev.octet.ir.shape;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One inference over one model: what is known so far, and the walk that learns more. Nothing is
/// written to the model before [#writeTo].
///
/// The walk is repeated while operators force more sizes to be equal; it ends since each round has
/// a name less to replace.
final class InferenceRun {
  private static final int MAX_WALKS = 5;

  /// IR version from which an input with an initializer has a default.
  private static final int OVERRIDABLE = 4;

  private final Model model;
  private final ShapeHints hints;
  private final SizeEqualities equalities = new SizeEqualities();
  private final StatedFacts stated;
  private final Assumed assumed;
  private final FreshDims freshDims = new FreshDims();
  private final IdentityHashMap<Value, ValueType> types = new IdentityHashMap<>();
  private final IdentityHashMap<Value, KnownIntegers> integers = new IdentityHashMap<>();
  private final Map<Value, ShapeReport.Gap> gaps = new LinkedHashMap<>();
  private final Map<Value, ShapeReport.Hint> hinted = new LinkedHashMap<>();

  private int changed;

  /// @param mergeable where sizes of different names may be taken for one, if `assumptions` allow
  InferenceRun(
      Model model,
      ShapeHints hints,
      ShapeAssumptions assumptions,
      Predicate<Assumed.Place> mergeable) {
    this.model = model;
    this.hints = hints;
    this.stated =
        new StatedFacts(
            equalities,
            assumptions.equals(ShapeAssumptions.NONE)
                ? StatedFacts.Names.KEPT
                : StatedFacts.Names.FOUND_ANEW);
    this.assumed = new Assumed(assumptions, mergeable, equalities);
  }

  void infer() {
    for (int walk = 0; walk < MAX_WALKS; walk++) {
      int known = equalities.size();
      types.clear();
      integers.clear();
      gaps.clear();
      hinted.clear();
      stated.forget();
      assumed.forget();
      enter(model.graph());
      walk(model.graph());
      if (equalities.size() == known) {
        return;
      }
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
    return stated
        .of(value)
        .or(() -> value.initializer().map(data -> ValueType.tensor(data.dataType(), data.shape())));
  }

  Optional<KnownIntegers> integersOf(Value value) {
    KnownIntegers known = integers.get(value);
    if (known != null) {
      return Optional.of(known);
    }
    return isConstant(value) ? value.initializer().flatMap(KnownIntegers::of) : Optional.empty();
  }

  Optional<DenseTensor> constantOf(Value value) {
    return (isConstant(value)
            ? value.initializer()
            : value
                .producer()
                .filter(producer -> producer.is("Constant"))
                .flatMap(producer -> producer.tensorAttribute("value")))
        .filter(DenseTensor.class::isInstance)
        .map(DenseTensor.class::cast);
  }

  Dim freshDim(Node node, int output, int axis) {
    return freshDims.of(node.output(output), axis);
  }

  Assumed assumed() {
    return assumed;
  }

  /// Sizes taken for one.
  Map<Assumed.Place, Assumed.Merge> merges() {
    return assumed.merges();
  }

  List<Diagnostic> contradictions() {
    return stated.contradictions();
  }

  /// Adds to the contradictions reported.
  void note(List<Diagnostic> more) {
    more.forEach(stated::add);
  }

  /// An operator only works when these two sizes are one.
  void mustBeEqual(Dim left, Dim right) {
    equalities.equal(left, right);
  }

  /// What `subgraph`'s outputs hold when its inputs hold `in`. What an earlier round found
  /// out about the subgraph is forgotten first.
  List<@Nullable Output> inferSubgraph(Graph subgraph, List<? extends @Nullable ValueType> in) {
    forget(subgraph);
    List<Value> inputs = subgraph.inputs();
    for (int i = 0; i < Math.min(in.size(), inputs.size()); i++) {
      ValueType type = in.get(i);
      if (type != null) {
        Value input = inputs.get(i);
        types.put(input, freshDims.complete(input, stated.handedIn(input, type, subgraph)));
      }
    }
    walk(subgraph);
    List<@Nullable Output> outputs = new ArrayList<>();
    for (Value output : subgraph.outputs()) {
      ValueType type = typeOf(output).orElse(null);
      outputs.add(type == null ? null : new Output(type, integersOf(output).orElse(null), null));
    }
    return outputs;
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
    ShapeCounts counts = new ShapeCounts(this::typeOf);
    counts.add(model.graph());
    return new ShapeReport(
        counts.values(),
        counts.typed(),
        counts.ranked(),
        counts.shaped(),
        counts.derived(),
        changed,
        List.copyOf(gaps.values()),
        List.copyOf(hinted.values()),
        assumed.made(),
        stated.contradictions());
  }

  /// Whether a value is the same in every run. Before IR version 4 every initializer had to be an
  /// input too; ONNX Runtime takes none of them for a default that callers may replace.
  private boolean isConstant(Value value) {
    return value.isConstant()
        || (model.info().irVersion() < OVERRIDABLE && value.initializer().isPresent());
  }

  /// Sizes of inputs that the model leaves open get a symbol, so that what is equal to them is seen
  /// to be.
  private void enter(Graph graph) {
    for (Value input : graph.inputs()) {
      stated
          .of(input)
          .ifPresent(
              type -> {
                if (type instanceof ValueType.OfTensor(var _, var shape) && shape != null) {
                  shape.dims().forEach(equalities::prefer);
                }
                types.put(input, freshDims.complete(input, type));
              });
    }
  }

  private void walk(Graph graph) {
    for (Node node : graph.nodes()) {
      infer(node);
    }
  }

  private void infer(Node node) {
    ShapeOutcome outcome = ask(node);
    List<@Nullable Value> outputs = node.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      Value output = outputs.get(i);
      if (output == null) {
        continue;
      }
      Output found = null;
      String reason = null;
      switch (outcome) {
        case ShapeOutcome.Unknown(String why) -> reason = why;
        case ShapeOutcome.Inferred(List<@Nullable Output> all) -> {
          found = i < all.size() ? all.get(i) : null;
          reason = found == null ? "nothing is known about this output" : found.reason();
        }
      }
      if (found != null) {
        types.put(output, stated.merge(output, found.type(), node.describe()));
        if (found.integers() != null) {
          integers.put(output, found.integers());
        }
      }
      settle(node, output, reason);
    }
  }

  private ShapeOutcome ask(Node node) {
    Optional<ShapeRule> rule = ShapeRules.find(node);
    ShapeContext context = new ShapeContext(node, this);
    if (rule.isEmpty()) {
      return assumed.withoutRule(node, context);
    }
    try {
      return rule.get().infer(context);
    } catch (ImpossibleShape
        | ArithmeticException
        | IllegalStateException
        | OctetException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NoSuchElementException e) {
      // Only a model that breaks its operator's contract gets here; say so and go on.
      String found = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      stated.add(new Diagnostic("impossible-shape", node.describe(), found, ""));
      return ShapeOutcome.unknown(found);
    }
  }

  /// Completes what the rule left open: by a hint, else by symbols. Notes why either was needed.
  private void settle(Node node, Value output, @Nullable String reason) {
    Optional<ValueType> found = typeOf(output);
    if (ShapeCounts.isFull(found)) {
      // Complete although the rule has a reason: it made up a symbol, unless the model itself knew.
      if (reason != null && !ShapeCounts.isFull(output.type())) {
        gaps.put(output, new ShapeReport.Gap(output.name(), node.describe(), reason));
      }
      return;
    }
    String why = reason == null ? "depends on data, or on what is not stated" : reason;
    boolean hint = takeHint(node, output, why);
    if (!hint && (reason != null || !inherits(node))) {
      gaps.put(output, new ShapeReport.Gap(output.name(), node.describe(), why));
    }
    typeOf(output).ifPresent(type -> types.put(output, freshDims.complete(output, type)));
  }

  private boolean takeHint(Node node, Value output, String why) {
    ValueType hint = hints.types().get(output.name());
    if (hint == null || !node.graph().equals(model.graph())) {
      return false;
    }
    Optional<ValueType> known = typeOf(output);
    ValueType completed =
        known.isEmpty() ? hint : TypeJoin.complete(known.get(), hint).orElse(known.get());
    if (known.isPresent() && known.get().equals(completed)) {
      return false;
    }
    types.put(output, completed);
    hinted.put(output, new ShapeReport.Hint(output.name(), node.describe(), completed, why));
    return ShapeCounts.isFull(Optional.of(completed));
  }

  private boolean inherits(Node node) {
    for (Value input : node.inputs()) {
      if (input != null && !isConstant(input) && !ShapeCounts.isFull(typeOf(input))) {
        return true;
      }
    }
    return false;
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
}
