package dev.octet.observe;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Attribute;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.plan.Places;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A graph that stands alone as a model, with values to look at in it and in the bodies of its
/// nodes.
final class ObservedGraph implements AutoCloseable {
  private final Model model;
  private final String description;
  private final SessionOptions options;
  private final boolean isBody;
  private final int ownInputs;
  private final List<String> results;

  /// Whole names of the values to look at in this graph, by their own.
  private final Map<String, String> wanted = new LinkedHashMap<>();

  private final List<ObservedNode> nodes = new ArrayList<>();
  private final Map<String, String> obstacles = new HashMap<>();
  private final Map<String, Tensor> constants = new HashMap<>();
  private final Set<String> computed = new HashSet<>();
  private @Nullable InferenceSession session;

  private ObservedGraph(
      Model model,
      String description,
      SessionOptions options,
      boolean isBody,
      int ownInputs,
      List<String> results) {
    this.isBody = isBody;
    this.model = model;
    this.description = description;
    this.options = options;
    this.ownInputs = ownInputs;
    this.results = List.copyOf(results);
    for (Value value : model.graph().values()) {
      value.initializer().ifPresent(data -> constants.put(value.name(), data));
      value.producer().ifPresent(node -> computed.add(value.name()));
    }
  }

  /// A model's main graph.
  ///
  /// @param wanted whole names of values by their places
  static ObservedGraph main(
      Model model, String description, SessionOptions options, Map<String, String> wanted) {
    int inputs = model.graph().inputs().size();
    ObservedGraph observed =
        new ObservedGraph(model, description, options, false, inputs, List.of());
    observed.find(wanted);
    return observed;
  }

  /// A branch or body.
  ///
  /// @param results how many of the graph's outputs the caller needs, from the first on
  private ObservedGraph body(Node node, Graph graph, int results, Map<String, String> inside) {
    Model alone = model.alone(graph);
    List<Value> outputs = alone.graph().outputs();
    List<String> names = outputs.subList(0, results).stream().map(Value::name).toList();
    alone.edit(
        editor -> {
          for (int i = outputs.size() - 1; i >= 0; i--) {
            if (i >= results || outputs.indexOf(outputs.get(i)) < i) {
              editor.removeOutput(alone.graph(), i);
            }
          }
        });
    ObservedGraph observed =
        new ObservedGraph(
            alone,
            description + ", in " + node.describe(),
            options,
            true,
            graph.inputs().size(),
            names);
    observed.find(inside);
    return observed;
  }

  private void find(Map<String, String> places) {
    Map<String, String> left = new LinkedHashMap<>(places);
    for (Value value : model.graph().values()) {
      String whole = left.remove(value.name());
      if (whole != null) {
        wanted.put(value.name(), whole);
      }
    }
    for (Node node : model.graph().nodes()) {
      Map<String, ObservedGraph> bodies = new LinkedHashMap<>();
      Set<String> inBodies = new LinkedHashSet<>();
      for (Map.Entry<String, Attribute> attribute : node.attributes().entrySet()) {
        String name = attribute.getKey();
        switch (attribute.getValue()) {
          case Attribute.OfGraph(Graph graph) -> {
            Map<String, String> inside = within(Places.way(node, name), left);
            if (!inside.isEmpty()) {
              bodies.put(name, body(node, graph, ObservedNode.results(node, graph), inside));
              inBodies.addAll(inside.values());
            }
          }
          case Attribute.OfGraphs(List<Graph> graphs) -> {
            for (int i = 0; i < graphs.size(); i++) {
              inBodies.addAll(within(Places.way(node, name + i), left).values());
            }
          }
          default -> {}
        }
      }
      if (!inBodies.isEmpty()) {
        nodes.add(ObservedNode.of(node, bodies, inBodies));
        left.values().removeAll(inBodies);
      }
    }
    if (!left.isEmpty()) {
      throw OctetException.usage(
          "value-unknown",
          description,
          "has no value " + String.join(", ", left.keySet()),
          "inspect lists the names");
    }
  }

  private static Map<String, String> within(String way, Map<String, String> places) {
    Map<String, String> inside = new LinkedHashMap<>();
    places.forEach(
        (place, whole) -> {
          if (place.startsWith(way)) {
            inside.put(place.substring(way.length()), whole);
          }
        });
    return inside;
  }

  /// What the graph is fed: a body's own inputs first, then what it reads from around it.
  List<String> inputs() {
    return model.graph().inputs().stream().map(Value::name).toList();
  }

  /// How many of the inputs are the body's own.
  int ownInputs() {
    return ownInputs;
  }

  /// Names of the results that the node needs to go on.
  List<String> results() {
    return results;
  }

  /// Number of dimensions an input is stated to have; 0 where nothing is stated.
  int rank(int input) {
    return model.graph().inputs().get(input).shape().map(Shape::rank).orElse(0);
  }

  /// Opens the graph, unless it is open. What a body reads may be no tensor; then it is not looked
  /// into.
  ///
  /// @param feeds what it is to be run on, for the types of a body's inputs
  InferenceSession open(Map<String, Tensor> feeds) {
    if (session == null) {
      try {
        session = opened(feeds, nodes);
      } catch (OctetException failure) {
        if (nodes.isEmpty()) {
          throw failure;
        }
        keepReadable(feeds);
        session = opened(feeds, nodes);
      }
    }
    return session;
  }

  private void keepReadable(Map<String, Tensor> feeds) {
    for (ObservedNode node : List.copyOf(nodes)) {
      try {
        opened(feeds, List.of(node)).close();
      } catch (OctetException failure) {
        node.values().forEach(value -> obstacles.put(value, obstacle(failure)));
        node.close();
        nodes.remove(node);
      }
    }
  }

  private InferenceSession opened(Map<String, Tensor> feeds, List<ObservedNode> looking) {
    Set<String> observed = observed(looking);
    return InferenceSession.observing(
        isBody ? typed(feeds) : model, description, options, observed);
  }

  /// Runs the graph once, and the bodies in it.
  ///
  /// @param rounds of the bodies around this graph
  /// @return what is known by name afterwards: what was fed, constants, results, and what bodies
  ///     read
  Map<String, Tensor> run(Map<String, Tensor> feeds, List<Long> rounds, Recorder recorder) {
    Map<String, Tensor> known = new HashMap<>(constants);
    known.putAll(feeds);
    known.putAll(computed(feeds));
    obstacles.forEach(recorder::giveUp);
    wanted.forEach(
        (name, whole) -> {
          Tensor value = known.get(name);
          if (value != null) {
            recorder.record(whole, rounds, () -> value);
          }
        });
    for (ObservedNode node : nodes) {
      try {
        node.run(Collections.unmodifiableMap(known), rounds, recorder);
      } catch (OctetException failure) {
        node.values().forEach(value -> recorder.giveUp(value, obstacle(failure)));
      }
    }
    return known;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
      session = null;
    }
    nodes.forEach(ObservedNode::close);
  }

  private Map<String, Tensor> computed(Map<String, Tensor> feeds) {
    boolean nothing = model.graph().outputs().isEmpty() && observed(nodes).isEmpty();
    return nothing ? Map.of() : open(feeds).run(feeds);
  }

  private Set<String> observed(List<ObservedNode> looking) {
    Set<String> observed = new LinkedHashSet<>(wanted.keySet());
    looking.forEach(node -> observed.addAll(node.reads()));
    observed.retainAll(computed);
    return observed;
  }

  /// Inputs of a body are of the types it is given; of sizes that may change by round.
  private Model typed(Map<String, Tensor> feeds) {
    Model typed = model.copy();
    typed.edit(
        editor ->
            feeds.forEach(
                (name, tensor) ->
                    typed.graph().inputs().stream()
                        .filter(input -> input.name().equals(name))
                        .forEach(
                            input ->
                                editor.setType(
                                    input,
                                    ValueType.tensor(
                                        tensor.dataType(),
                                        Shape.of(
                                            Collections.nCopies(
                                                tensor.dims().size(), Dim.unknown())))))));
    return typed;
  }

  private static String obstacle(OctetException failure) {
    return failure.diagnostics().isEmpty()
        ? String.valueOf(failure.getMessage())
        : failure.diagnostics().getFirst().toString();
  }
}
