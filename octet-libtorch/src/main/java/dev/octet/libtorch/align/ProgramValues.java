package dev.octet.libtorch.align;

import dev.octet.align.layers.Place;
import dev.octet.torch.export.UserLine;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.BodyNames;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The tensors a program computes, in order, those of branches and bodies before the results of
/// the call that runs them.
final class ProgramValues {
  private static final Set<String> LOOPS = Set.of("while_loop", "map", "map_impl", "scan");

  private final Map<String, Computed> byName = new LinkedHashMap<>();

  /// One tensor.
  ///
  /// @param name the way there included; see [BodyNames]
  /// @param node that computes it
  /// @param around the graph it is in
  record Computed(String name, AtenNode node, Around around) {
    Place place() {
      return new Place(
          name,
          node.op().toString(),
          node.modulePath().isEmpty() ? around.module() : node.modulePath(),
          UserLine.of(node),
          around.bodies());
    }

    /// The way to another value of the same graph.
    String beside(String other) {
      return around.way().apply(other);
    }
  }

  /// A graph of the program.
  ///
  /// @param way from a name in the graph to the one that includes the way there
  /// @param module of the call that runs it
  /// @param bodies the graph itself and those around it, outermost first; none for the main graph
  record Around(UnaryOperator<String> way, String module, List<Place.Body> bodies) {
    Around body(AtenNode call, String name, String part) {
      List<Place.Body> all = new ArrayList<>(bodies);
      all.add(new Place.Body(call.name(), name, LOOPS.contains(call.op().name())));
      String body = BodyNames.body(call, name) + part;
      return new Around(
          inner -> way.apply(BodyNames.value(body, inner)),
          call.modulePath().isEmpty() ? module : call.modulePath(),
          List.copyOf(all));
    }
  }

  private ProgramValues() {}

  static ProgramValues of(ExportedProgram program) {
    ProgramValues values = new ProgramValues();
    values.walk(program.graph(), new Around(name -> name, "", List.of()));
    return values;
  }

  /// By name, the way there included.
  Map<String, Computed> byName() {
    return Collections.unmodifiableMap(byName);
  }

  /// The calls of the main graph by the names of their tensors.
  Map<String, AtenNode> mainGraph() {
    Map<String, AtenNode> calls = new LinkedHashMap<>();
    byName.forEach(
        (name, computed) -> {
          if (computed.around().bodies().isEmpty()) {
            calls.put(name, computed.node());
          }
        });
    return calls;
  }

  private void walk(AtenGraph graph, Around around) {
    for (AtenNode node : graph.nodes()) {
      boolean asks = node.op().name().equals("while_loop");
      for (NamedArgument argument : node.arguments()) {
        if (argument.value() instanceof AtenArgument.Subgraph(String name, AtenGraph body)) {
          if (asks) {
            walk(body, around.body(node, name, BodyNames.before("")));
            walk(body, around.body(node, name, BodyNames.after("")));
          } else {
            walk(body, around.body(node, name, ""));
          }
          asks = false;
        }
      }
      for (String output : node.outputNames()) {
        if (graph.tensorValues().containsKey(output)) {
          String name = around.way().apply(output);
          byName.put(name, new Computed(name, node, around));
        }
      }
    }
  }
}
