package dev.octet.transform.opset;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Attribute;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.schema.OperatorAdditions;
import dev.octet.ir.schema.OperatorHistory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The way to an older opset, open to a model whose nodes use nothing that came after it: each
/// means by the older definition what it means by the newer. Only attributes that state a newer
/// default are left out.
final class OpsetDescent {
  private final int from;
  private final int target;
  private final Map<Obstacle, List<Node>> obstacles = new LinkedHashMap<>();

  private OpsetDescent(int from, int target) {
    this.from = from;
    this.target = target;
  }

  /// What stands in the way: one entry for each operator and reason.
  static List<Diagnostic> obstacles(Model model, int target) {
    OpsetDescent descent = new OpsetDescent(model.opset().orElseThrow(), target);
    descent.look(model.graph());
    List<Diagnostic> all = new ArrayList<>();
    descent.obstacles.forEach((obstacle, nodes) -> all.add(obstacle.toDiagnostic(nodes)));
    return all;
  }

  /// Takes a model without [#obstacles] to the older opset.
  static void go(GraphEditor editor, int target) {
    OpsetDescent descent = new OpsetDescent(editor.model().opset().orElseThrow(), target);
    descent.leaveOutDefaults(editor, editor.graph());
    editor.setOpset("", target);
  }

  /// Why nodes of one operator cannot go.
  private record Obstacle(String operator, String reason) {
    Diagnostic toDiagnostic(List<Node> nodes) {
      int more = nodes.size() - 1;
      return new Diagnostic(
          "no-equal-in-opset",
          nodes.getFirst().describe()
              + (more == 0 ? "" : " and %d more %s".formatted(more, more == 1 ? "node" : "nodes")),
          reason,
          "export the model in the older opset instead");
    }
  }

  private void look(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.domain().isEmpty()) {
        obstacle(node)
            .ifPresent(
                reason ->
                    obstacles
                        .computeIfAbsent(
                            new Obstacle(node.opType(), reason), _ -> new ArrayList<>())
                        .add(node));
      }
      node.subgraphs().forEach(this::look);
    }
  }

  private Optional<String> obstacle(Node node) {
    Optional<OperatorHistory> history = OperatorHistory.of(node.opType());
    if (history.isEmpty()) {
      return Optional.of("opset " + from + " has no such operator");
    }
    if (history.get().definitionIn(target).isEmpty()) {
      return Optional.of("came with opset " + history.get().changes().getFirst().opset());
    }
    return changes(node).map(opset -> obstacle(node, opset)).flatMap(Optional::stream).findFirst();
  }

  /// The opsets on the way that changed a node's operator.
  private Stream<Integer> changes(Node node) {
    return OperatorHistory.of(node.opType()).stream()
        .flatMap(history -> history.changes().stream())
        .map(OperatorHistory.Change::opset)
        .filter(opset -> target < opset && opset <= from);
  }

  /// What a node uses that came with a change of its operator.
  private static Optional<String> obstacle(Node node, int opset) {
    Optional<OperatorAdditions> found = OperatorAdditions.of(node.opType(), opset);
    if (found.isEmpty()) {
      return Optional.of("is defined otherwise since opset " + opset);
    }
    OperatorAdditions additions = found.get();
    for (Map.Entry<String, Attribute> attribute : node.attributes().entrySet()) {
      String name = attribute.getKey();
      String value = text(attribute.getValue());
      boolean added = additions.attributes().containsKey(name);
      boolean implied = isDefault(additions, name, value) || isPartsOfOneSize(node, name);
      if ((added && !implied) || additions.values().contains(name + ":" + value)) {
        return Optional.of(
            "its attribute '%s'%s came with opset %d"
                .formatted(name, value.isEmpty() ? "" : " of " + value, opset));
      }
    }
    if (node.inputs().size() > additions.inputs() || node.outputs().size() > additions.outputs()) {
      boolean inputs = node.inputs().size() > additions.inputs();
      return Optional.of(
          "%s were others before opset %d".formatted(inputs ? "its inputs" : "its outputs", opset));
    }
    return additions.types().isEmpty() && additions.kinds().isEmpty()
        ? Optional.empty()
        : Stream.concat(node.inputs().stream(), node.outputs().stream())
            .flatMap(Stream::ofNullable)
            .map(value -> obstacle(value, additions, opset))
            .flatMap(Optional::stream)
            .findFirst();
  }

  private static Optional<String> obstacle(Value value, OperatorAdditions additions, int opset) {
    Optional<ValueType> type =
        value.type().or(() -> value.dataType().map(known -> ValueType.tensor(known, null)));
    List<String> words = new ArrayList<>();
    if (type.isEmpty() || !name(type.get(), words)) {
      return Optional.of(
          "what '%s' holds is not known, and opset %d brought types"
              .formatted(value.name(), opset));
    }
    return words.stream()
        .filter(word -> additions.types().contains(word) || additions.kinds().contains(word))
        .findFirst()
        .map(word -> "takes %s since opset %d".formatted(word, opset));
  }

  /// The words for a type and what it consists of, as ONNX spells them.
  ///
  /// @return whether all of it is known
  private static boolean name(ValueType type, List<String> words) {
    return switch (type) {
      case ValueType.OfTensor(var dataType, _) -> {
        words.add("tensor");
        words.add(name(dataType));
        yield true;
      }
      case ValueType.OfSparseTensor(var dataType, _) -> {
        words.add("sparse_tensor");
        words.add(name(dataType));
        yield true;
      }
      case ValueType.OfSequence(ValueType element) -> {
        words.add("seq");
        yield element != null && name(element, words);
      }
      case ValueType.OfOptional(ValueType element) -> {
        words.add("optional");
        yield element != null && name(element, words);
      }
      case ValueType.OfMap(var key, ValueType element) -> {
        words.add("map");
        words.add(name(key));
        yield element != null && name(element, words);
      }
    };
  }

  private static String name(Enum<?> dataType) {
    return dataType.name().toLowerCase(Locale.ROOT);
  }

  private void leaveOutDefaults(GraphEditor editor, Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.domain().isEmpty()) {
        changes(node)
            .map(opset -> OperatorAdditions.of(node.opType(), opset))
            .flatMap(Optional::stream)
            .flatMap(additions -> additions.attributes().keySet().stream())
            .filter(node.attributes()::containsKey)
            .toList()
            .forEach(name -> editor.removeAttribute(node, name));
      }
      node.subgraphs().forEach(subgraph -> leaveOutDefaults(editor, subgraph));
    }
  }

  private static boolean isDefault(OperatorAdditions additions, String name, String value) {
    return additions
        .attributes()
        .getOrDefault(name, Optional.empty())
        .filter(value::equals)
        .isPresent();
  }

  /// Whether a `Split` counts its parts, which are all of one size: so they were, uncounted.
  private static boolean isPartsOfOneSize(Node node, String attribute) {
    if (!node.is("Split") || !attribute.equals("num_outputs")) {
      return false;
    }
    int parts = node.outputs().size();
    long axis = node.intAttribute("axis", 0);
    Optional<Dim> along =
        node.input(0)
            .flatMap(Value::shape)
            .map(shape -> shape.dim(Math.toIntExact(axis < 0 ? axis + shape.rank() : axis)));
    return node.intAttribute(attribute, 0) == parts
        && along
            .filter(dim -> dim instanceof Dim.Known(long size) && size % parts == 0)
            .isPresent();
  }

  /// A number or word; empty for anything longer.
  private static String text(Attribute attribute) {
    return switch (attribute) {
      case Attribute.OfInt(long value) -> Long.toString(value);
      case Attribute.OfString(String value) -> value;
      default -> "";
    };
  }
}
