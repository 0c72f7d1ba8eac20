package dev.octet.torch.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Graph surgery: starts from a graph, takes edits, and builds another.
///
/// Nodes are found by name. Edits that name something absent throw [IllegalArgumentException].
public final class AtenGraphBuilder {
  private final AtenGraph origin;
  private final List<AtenArgument> inputs;
  private final List<AtenNode> nodes;
  private final List<AtenArgument> outputs;
  private final Map<String, TensorMeta> tensorValues;
  private final Map<String, SymInt> symIntValues;
  private final Set<String> taken = new HashSet<>();

  private AtenGraphBuilder(AtenGraph origin) {
    this.origin = origin;
    this.inputs = new ArrayList<>(origin.inputs());
    this.nodes = new ArrayList<>(origin.nodes());
    this.outputs = new ArrayList<>(origin.outputs());
    this.tensorValues = new LinkedHashMap<>(origin.tensorValues());
    this.symIntValues = new LinkedHashMap<>(origin.symIntValues());
    taken.addAll(tensorValues.keySet());
    taken.addAll(symIntValues.keySet());
    taken.addAll(origin.symBoolValues().keySet());
    taken.addAll(origin.symFloatValues().keySet());
    taken.addAll(origin.customObjectValues().keySet());
    nodes.forEach(node -> taken.add(node.name()));
  }

  /// A builder holding a copy of `graph`.
  public static AtenGraphBuilder of(AtenGraph graph) {
    return new AtenGraphBuilder(graph);
  }

  /// The nodes as edited so far, in order; a copy.
  public List<AtenNode> nodes() {
    return List.copyOf(nodes);
  }

  /// The node of this name as edited so far.
  public AtenNode node(String name) {
    return nodes.get(indexOf(name));
  }

  /// What is recorded about a tensor value as edited so far.
  public TensorMeta meta(String value) {
    TensorMeta meta = tensorValues.get(value);
    if (meta == null) {
      throw new IllegalArgumentException("no tensor named " + value + " in the graph");
    }
    return meta;
  }

  /// A name no value and no node has, made from `hint`; it is taken from now on.
  public String freshName(String hint) {
    String name = hint;
    for (int suffix = 1; !taken.add(name); suffix++) {
      name = hint + "_" + suffix;
    }
    return name;
  }

  /// Records facts about a tensor value, new or known.
  public AtenGraphBuilder setMeta(String value, TensorMeta meta) {
    taken.add(value);
    tensorValues.put(value, meta);
    return this;
  }

  /// Records an integer value, new or known.
  public AtenGraphBuilder setSymInt(String value, SymInt symInt) {
    taken.add(value);
    symIntValues.put(value, symInt);
    return this;
  }

  /// Adds a tensor input at `index`. The program's input specs must get their entry at the same
  /// place.
  public AtenGraphBuilder addInput(int index, String value, TensorMeta meta) {
    inputs.add(index, AtenArgument.tensor(value));
    return setMeta(value, meta);
  }

  /// Drops the input of this name and what is recorded about it.
  public AtenGraphBuilder removeInput(String value) {
    if (!inputs.removeIf(input -> input.references().contains(value))) {
      throw new IllegalArgumentException("no input named " + value);
    }
    tensorValues.remove(value);
    return this;
  }

  /// Adds a call before the node named `anchor`.
  public AtenGraphBuilder insertBefore(String anchor, AtenNode node) {
    return insert(indexOf(anchor), node);
  }

  /// Adds a call after the node named `anchor`.
  public AtenGraphBuilder insertAfter(String anchor, AtenNode node) {
    return insert(indexOf(anchor) + 1, node);
  }

  /// Adds a call before all others.
  public AtenGraphBuilder insertFirst(AtenNode node) {
    return insert(0, node);
  }

  /// Adds a call after all others.
  public AtenGraphBuilder append(AtenNode node) {
    return insert(nodes.size(), node);
  }

  /// Puts other calls in the place of the node named `name`.
  public AtenGraphBuilder replaceNode(String name, List<AtenNode> others) {
    int index = indexOf(name);
    nodes.remove(index);
    for (int i = 0; i < others.size(); i++) {
      insert(index + i, others.get(i));
    }
    return this;
  }

  /// Drops a call. Whoever still reads its results is left dangling until rewired.
  public AtenGraphBuilder removeNode(String name) {
    nodes.remove(indexOf(name));
    return this;
  }

  /// Makes every node and graph output that reads `value` read `replacement`.
  public AtenGraphBuilder replaceUses(String value, String replacement) {
    replaceUses(value, replacement, node -> true);
    return replaceOutput(value, replacement);
  }

  /// Makes the nodes that satisfy `where` read `replacement` instead of `value`; graph outputs
  /// stay.
  public AtenGraphBuilder replaceUses(String value, String replacement, Predicate<AtenNode> where) {
    nodes.replaceAll(
        node ->
            where.test(node) && node.inputNames().contains(value)
                ? node.withArguments(
                    node.arguments().stream()
                        .map(
                            argument ->
                                argument.withValue(
                                    argument
                                        .value()
                                        .renamed(name -> name.equals(value) ? replacement : name)))
                        .toList())
                : node);
    return this;
  }

  /// Makes graph outputs that return `value` return `replacement`. The program's output specs name
  /// values too and must follow.
  public AtenGraphBuilder replaceOutput(String value, String replacement) {
    outputs.replaceAll(output -> output.renamed(name -> name.equals(value) ? replacement : name));
    return this;
  }

  /// Nodes that read `value`, in order.
  public List<AtenNode> usersOf(String value) {
    return nodes.stream().filter(node -> node.inputNames().contains(value)).toList();
  }

  /// Drops calls nobody reads, repeatedly. In-place calls stay as long as the value they write is
  /// read after them, assertions and higher-order calls always.
  public AtenGraphBuilder dropDeadNodes() {
    Set<String> live = new HashSet<>();
    outputs.forEach(output -> live.addAll(output.references()));
    List<AtenNode> kept = new ArrayList<>();
    for (AtenNode node : nodes.reversed()) {
      if (isLive(node, live)) {
        live.addAll(node.inputNames());
        kept.add(node);
      } else {
        node.outputNames().forEach(tensorValues::remove);
        node.outputNames().forEach(symIntValues::remove);
      }
    }
    nodes.clear();
    nodes.addAll(kept.reversed());
    return this;
  }

  public AtenGraph build() {
    return new AtenGraph(
        inputs,
        nodes,
        outputs,
        tensorValues,
        symIntValues,
        origin.symBoolValues(),
        origin.symFloatValues(),
        origin.customObjectValues(),
        origin.singleTensorReturn());
  }

  private static boolean isLive(AtenNode node, Set<String> live) {
    boolean written = node.op().isInPlace() && intersects(node.inputNames(), live);
    boolean effect =
        node.outputs().isEmpty()
            || node.op().namespace().equals("higher_order")
            || node.op().name().startsWith("_assert");
    return written || effect || intersects(node.outputNames(), live);
  }

  private static boolean intersects(Collection<String> some, Set<String> others) {
    return some.stream().anyMatch(others::contains);
  }

  private AtenGraphBuilder insert(int index, AtenNode node) {
    nodes.add(index, node);
    taken.add(node.name());
    taken.addAll(node.outputNames());
    return this;
  }

  private int indexOf(String name) {
    for (int index = 0; index < nodes.size(); index++) {
      if (nodes.get(index).name().equals(name)) {
        return index;
      }
    }
    throw new IllegalArgumentException("no node named " + name);
  }
}
