package dev.octet.parity;

import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.OutputFormat;
import dev.octet.transform.opset.OpsetConversion;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// What the peer does to a float model before it plans.
final class PeerPreparation {
  private PeerPreparation() {}

  /// A copy in the opset the peer asks for, in which initializers that will be stored as codes are
  /// no graph inputs.
  static Model prepare(Model model, PeerOptions options) {
    OptionalInt opset = options.neededOpset(model);
    Model prepared =
        opset.isPresent()
            ? OpsetConversion.to(model, opset.getAsInt()).orElseThrow()
            : model.copy();
    Set<Value> stored = stored(new PeerGraph(prepared, options), options);
    prepared.edit(
        editor ->
            stored.stream()
                .filter(value -> value.isGraphInput() && value.initializer().isPresent())
                .forEach(value -> editor.removeInput(prepared.graph(), value)));
    return prepared;
  }

  private static Set<Value> stored(PeerGraph graph, PeerOptions options) {
    PeerOperators operators = new PeerOperators(options);
    Set<Value> stored = new LinkedHashSet<>();
    if (options.format() == OutputFormat.DYNAMIC) {
      for (Node node : graph.nodes()) {
        if (operators.takes(node)) {
          node.input(node.opType().equals("Gather") ? 0 : 1).ifPresent(stored::add);
        }
      }
      return stored;
    }
    CalibrationTable none = new CalibrationTable(Map.of());
    PeerGrids grids = new PeerGrids(graph, options, operators, none);
    PeerMarks marks = new PeerMarker(graph, options, operators, grids).run();
    stored.addAll(marks.tensors().keySet());
    marks.biases().values().forEach(bias -> stored.add(bias.value()));
    return stored;
  }
}
