package dev.octet.libtorch.exec;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.BodyNames;
import dev.octet.torch.graph.NamedArgument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A graph made ready to run: every node bound to its operator, every value to its last use.
///
/// Immutable, so that many threads may run one plan. Values die as soon as nothing reads them any
/// more, which keeps a run's memory at the graph's own width.
public final class GraphPlan {
  private final AtenGraph graph;
  private final List<Step> steps;

  private GraphPlan(AtenGraph graph, List<Step> steps) {
    this.graph = graph;
    this.steps = List.copyOf(steps);
  }

  /// A branch or body and what it is called; see [BodyNames].
  private record Body(String name, GraphPlan plan) {}

  /// One node, ready to call.
  ///
  /// @param bodies the graphs among the arguments, in order
  /// @param dying values nothing reads after this node
  private record Step(
      AtenNode node,
      @Nullable Kernel kernel,
      ControlFlow.@Nullable Form form,
      List<Body> bodies,
      List<String> dying) {}

  /// Binds a graph to libtorch.
  ///
  /// @throws OctetException (`BAD_INPUT`) listing every operator that neither libtorch nor Octet
  ///     knows, each with the modules that call it
  public static GraphPlan of(AtenGraph graph) {
    Map<AtenOp, List<AtenNode>> unknown = new LinkedHashMap<>();
    GraphPlan plan = bind(graph, unknown);
    if (!unknown.isEmpty()) {
      throw new OctetException(
          OctetException.Kind.BAD_INPUT,
          unknown.entrySet().stream()
              .map(entry -> unsupported(entry.getKey(), entry.getValue()))
              .toList(),
          null);
    }
    return plan;
  }

  /// The graph this plan runs.
  public AtenGraph graph() {
    return graph;
  }

  /// Names of the graph inputs that a run writes, directly or through a view.
  public Set<String> writtenInputs() {
    Map<String, Set<String>> origins = new HashMap<>();
    graph
        .inputs()
        .forEach(input -> input.references().forEach(name -> origins.put(name, Set.of(name))));
    Set<String> written = new LinkedHashSet<>();
    for (Step step : steps) {
      AtenNode node = step.node();
      if (step.bodies().stream().anyMatch(body -> !body.plan().writtenInputs().isEmpty())) {
        node.inputNames().forEach(name -> written.addAll(origins.getOrDefault(name, Set.of())));
      }
      Operator operator =
          Operator.find(node.op().dispatcherName(), node.op().dispatcherOverload()).orElse(null);
      if (operator == null) {
        continue;
      }
      Set<String> aliased = operator.aliasedParameters();
      Set<String> writes = operator.writtenParameters();
      Set<String> sources = new LinkedHashSet<>();
      for (NamedArgument argument : node.arguments()) {
        for (String name : argument.value().references()) {
          Set<String> from = origins.getOrDefault(name, Set.of());
          if (aliased.contains(argument.name())) {
            sources.addAll(from);
          }
          if (writes.contains(argument.name())) {
            written.addAll(from);
          }
        }
      }
      node.outputNames().forEach(name -> origins.put(name, sources));
    }
    return written;
  }

  /// Runs the graph in the innermost pointer scope.
  ///
  /// @param inputs one value for each graph input
  /// @return one value for each graph output
  /// @throws OctetException (`FAILURE`) naming node, module path and operator when an operator
  /// fails
  public List<TorchValue> run(List<TorchValue> inputs) {
    return run(inputs, ValueObserver.NONE);
  }

  /// Runs the graph and shows values on the way; they may be inputs or outputs too.
  ///
  /// @see #run(List)
  List<TorchValue> run(List<TorchValue> inputs, ValueObserver observer) {
    if (inputs.size() != graph.inputs().size()) {
      throw new IllegalArgumentException(
          "the graph takes " + graph.inputs().size() + " inputs, not " + inputs.size());
    }
    Environment values = new Environment(observer);
    for (int i = 0; i < inputs.size(); i++) {
      values.bind(graph.inputs().get(i), inputs.get(i));
    }
    for (Step step : steps) {
      execute(step, values);
    }
    return graph.outputs().stream().map(values::resolve).toList();
  }

  private void execute(Step step, Environment values) {
    AtenNode node = step.node();
    List<TorchValue> results;
    try {
      results = call(step, values);
      values.bindAll(node.outputs(), results);
    } catch (OctetException inner) {
      throw inner;
    } catch (RuntimeException e) {
      String path = node.modulePath().isEmpty() ? "" : " in " + node.modulePath();
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      throw OctetException.failure(
          "operator-failed",
          node.name() + path,
          node.op() + " failed: " + message.lines().findFirst().orElse(message),
          "",
          e);
    }
    step.dying().forEach(values::free);
  }

  private static List<TorchValue> call(Step step, Environment values) {
    List<TorchValue> positional = new ArrayList<>();
    Map<String, TorchValue> named = new LinkedHashMap<>();
    for (NamedArgument argument : step.node().arguments()) {
      if (argument.value() instanceof AtenArgument.Subgraph) {
        continue;
      }
      TorchValue value = values.resolve(argument.value());
      if (argument.name().isEmpty()) {
        positional.add(value);
      } else {
        named.put(argument.name(), value);
      }
    }
    if (step.form() != null) {
      List<ControlFlow.Body> bodies = new ArrayList<>();
      step.bodies()
          .forEach(
              body ->
                  bodies.add(
                      (part, round, operands) ->
                          body.plan()
                              .runAsBody(
                                  operands, values.observer().inside(body.name() + part, round))));
      positional.addAll(named.values());
      return step.form().call(bodies, positional);
    }
    return step.kernel() == null ? List.of() : step.kernel().call(positional, named);
  }

  /// Runs on operands that belong to the caller: a body that returns one unchanged returns a new
  /// handle to it.
  private List<TorchValue> runAsBody(List<TorchValue> operands, ValueObserver observer) {
    List<TorchValue> results = new ArrayList<>();
    for (TorchValue result : run(operands, observer)) {
      boolean passedThrough = operands.stream().anyMatch(operand -> operand.equals(result));
      results.add(
          passedThrough && result instanceof TorchValue.OfTensor(Tensor tensor)
              ? TorchValue.of(new Tensor(tensor))
              : result);
    }
    return results;
  }

  private static GraphPlan bind(AtenGraph graph, Map<AtenOp, List<AtenNode>> unknown) {
    Map<String, Integer> lastUse = lastUses(graph);
    Map<Integer, List<String>> dying = new HashMap<>();
    lastUse.forEach(
        (name, index) -> dying.computeIfAbsent(index, _ -> new ArrayList<>()).add(name));
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      AtenNode node = graph.nodes().get(i);
      List<Body> bodies = new ArrayList<>();
      for (NamedArgument argument : node.arguments()) {
        if (argument.value() instanceof AtenArgument.Subgraph(String name, AtenGraph body)) {
          bodies.add(new Body(BodyNames.body(node, name), bind(body, unknown)));
        }
      }
      Optional<ControlFlow.Form> form = ControlFlow.find(node.op());
      Optional<Kernel> kernel = form.isPresent() ? Optional.empty() : kernel(node.op());
      if (form.isEmpty() && kernel.isEmpty()) {
        unknown.computeIfAbsent(node.op(), _ -> new ArrayList<>()).add(node);
      }
      steps.add(
          new Step(
              node,
              kernel.orElse(null),
              form.orElse(null),
              bodies,
              dying.getOrDefault(i, List.of())));
    }
    return new GraphPlan(graph, steps);
  }

  private static Optional<Kernel> kernel(AtenOp op) {
    return Operator.find(op.dispatcherName(), op.dispatcherOverload())
        .<Kernel>map(operator -> operator::call)
        .or(() -> DecomposedQuantization.find(op))
        .or(() -> AffineQuantization.find(op))
        .or(() -> GroupedProducts.find(op))
        .or(() -> SizeArithmetic.find(op));
  }

  /// Index of the last node that reads or makes each value computed in the graph; graph inputs and
  /// outputs never die.
  private static Map<String, Integer> lastUses(AtenGraph graph) {
    Map<String, Integer> last = new LinkedHashMap<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      int index = i;
      AtenNode node = graph.nodes().get(i);
      node.arguments()
          .forEach(
              argument -> argument.value().references().forEach(name -> last.put(name, index)));
      node.outputs().forEach(output -> output.references().forEach(name -> last.put(name, index)));
    }
    graph.inputs().forEach(input -> input.references().forEach(last::remove));
    graph.outputs().forEach(output -> output.references().forEach(last::remove));
    return last;
  }

  private static Diagnostic unsupported(AtenOp op, List<AtenNode> nodes) {
    AtenNode first = nodes.getFirst();
    String place =
        first.modulePath().isEmpty() ? first.name() : first.name() + " in " + first.modulePath();
    String times = nodes.size() == 1 ? "once" : nodes.size() + " times";
    return new Diagnostic(
        "unsupported-operator",
        place,
        op + " is called " + times + " and neither libtorch nor Octet has it",
        "export the program with run_decompositions, or without the extension that defines it");
  }
}
