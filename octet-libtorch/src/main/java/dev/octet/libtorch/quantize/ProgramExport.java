package dev.octet.libtorch.quantize;

import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.torch.export.Export;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A program beside its ONNX model, cleaned up no further than any export is, so that as many
/// values
/// as may be have a counterpart: which value of the one holds what a value of the other holds, and
/// which call a node is part of. What is known about
/// ONNX operators is thereby known about programs, and need not be said twice.
final class ProgramExport {
  private final ExportedProgram program;
  private final Model model;
  private final Map<Value, List<String>> names = new LinkedHashMap<>();
  private final Map<String, AtenNode> producers = new HashMap<>();

  private ProgramExport(ExportedProgram program, Export export) {
    this.program = program;
    this.model = export.model();
    for (String input : program.userInputNames()) {
      model
          .graph()
          .findValue(input)
          .ifPresent(value -> names.put(value, new ArrayList<>(List.of(input))));
    }
    export
        .values()
        .forEach((name, value) -> names.computeIfAbsent(value, _ -> new ArrayList<>()).add(name));
    program
        .graph()
        .nodes()
        .forEach(node -> node.outputNames().forEach(name -> producers.put(name, node)));
  }

  /// @throws dev.octet.diagnostic.OctetException (`FAILURE`) when some calls cannot be exported
  static ProgramExport of(ExportedProgram program) {
    Export export = TorchExporter.translate(program, ExportOptions.standard());
    ShapeInference.infer(export.model());
    return new ProgramExport(program, export);
  }

  ExportedProgram program() {
    return program;
  }

  Model model() {
    return model;
  }

  /// The program's values that hold what a value of the model holds, in order; empty when there is
  /// none.
  List<String> names(Value value) {
    return names.getOrDefault(value, List.of());
  }

  /// As [#names(Value)], for the value of this name.
  List<String> names(String value) {
    return model.graph().findValue(value).map(this::names).orElse(List.of());
  }

  /// The call that computes a value; null for inputs.
  @Nullable AtenNode producer(String name) {
    return producers.get(name);
  }

  /// The calls a node of the model is part of, in the order they are found.
  Set<AtenNode> calls(Node node) {
    Set<AtenNode> calls = new LinkedHashSet<>();
    Set<Node> seen = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      Node next = open.removeFirst();
      if (!seen.add(next)) {
        continue;
      }
      for (Value output : next.outputs()) {
        if (output == null) {
          continue;
        }
        Optional<AtenNode> call = names(output).stream().findFirst().map(producers::get);
        if (call.isPresent()) {
          calls.add(call.get());
        } else {
          output.uses().stream().map(Use::node).forEach(open::add);
        }
      }
    }
    return calls;
  }

  /// The call a node of the model is part of, if there is exactly one.
  Optional<AtenNode> call(Node node) {
    Set<AtenNode> calls = calls(node);
    return calls.size() == 1 ? calls.stream().findFirst() : Optional.empty();
  }
}
