package dev.octet.testkit;

import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether two models are the same graph **by name**: opsets, graph inputs and outputs, every node
/// with its name, its operands' names and its attributes, every initializer bit for bit. Only the
/// order of nodes and of initializers does not count, nor do stated types of values.
///
/// [ModelComparison] compares shape and ignores names; this is for outputs whose names are part of
/// a convention.
public final class GraphComparison {
  private final Map<String, Fingerprint> known;
  private final List<String> differences = new ArrayList<>();

  private GraphComparison(Map<String, Fingerprint> known) {
    this.known = known;
  }

  /// What an initializer holds, without its data.
  ///
  /// @param type name of the element type, such as `INT8`
  /// @param dims dimensions, outermost first
  /// @param sha256 of the raw little-endian data, in lower-case hexadecimal
  public record Fingerprint(String type, List<Long> dims, String sha256) {
    public Fingerprint {
      dims = List.copyOf(dims);
    }

    /// Of a tensor that holds numbers.
    public static Fingerprint of(Tensor tensor) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(tensor.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
        return new Fingerprint(
            tensor.dataType().name(), tensor.dims(), HexFormat.of().formatHex(digest.digest()));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }

  /// Every difference in words; empty when there is none.
  public static List<String> differences(Model actual, Model expected) {
    return differences(actual, expected, Map.of());
  }

  /// As [#differences(Model, Model)], where `expected` leaves the data of some initializers out.
  ///
  /// @param known by the initializer's name, what its data is instead
  public static List<String> differences(
      Model actual, Model expected, Map<String, Fingerprint> known) {
    GraphComparison comparison = new GraphComparison(known);
    comparison.same("opsets", new TreeMap<>(actual.opsets()), new TreeMap<>(expected.opsets()));
    comparison.graphs("", actual.graph(), expected.graph());
    return List.copyOf(comparison.differences);
  }

  private void graphs(String place, Graph actual, Graph expected) {
    same(place + "inputs", names(actual.inputs()), names(expected.inputs()));
    same(place + "outputs", names(actual.outputs()), names(expected.outputs()));
    Map<String, Integer> found = counted(actual);
    Map<String, Integer> wanted = counted(expected);
    wanted.forEach((line, count) -> missing(place, line, count, found.getOrDefault(line, 0)));
    found.forEach((line, count) -> surplus(place, line, count, wanted.getOrDefault(line, 0)));
    Map<String, Tensor> ours = initializers(actual);
    Map<String, Tensor> theirs = initializers(expected);
    theirs.forEach((name, tensor) -> initializer(place, name, ours.get(name), tensor));
    ours.keySet().stream()
        .filter(name -> !theirs.containsKey(name))
        .forEach(name -> differences.add(place + "initializer " + name + " too many"));
  }

  private void missing(String place, String line, int expected, int actual) {
    if (actual < expected) {
      differences.add(place + "missing node " + line);
    }
  }

  private void surplus(String place, String line, int actual, int expected) {
    if (actual > expected) {
      differences.add(place + "surplus node " + line);
    }
  }

  private void initializer(String place, String name, @Nullable Tensor actual, Tensor expected) {
    String what = place + "initializer " + name;
    if (actual == null) {
      differences.add(what + " is missing");
      return;
    }
    if (known.containsKey(name)) {
      same(what, Fingerprint.of(actual), known.get(name));
    } else if (actual instanceof StringTensor || expected instanceof StringTensor) {
      same(what, actual, expected);
    } else {
      same(what, text(actual), text(expected));
    }
  }

  private void same(String what, Object actual, @Nullable Object expected) {
    if (!actual.equals(expected)) {
      differences.add(what + ": expected " + expected + ", found " + actual);
    }
  }

  private static Map<String, Integer> counted(Graph graph) {
    Map<String, Integer> lines = new TreeMap<>();
    graph.nodes().forEach(node -> lines.merge(line(node), 1, Integer::sum));
    return lines;
  }

  private static String line(Node node) {
    String attributes =
        new TreeMap<>(node.attributes())
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                .collect(Collectors.joining(", "));
    return "%s%s '%s' (%s) -> (%s) {%s}"
        .formatted(
            node.domain().isEmpty() ? "" : node.domain() + ".",
            node.opType(),
            node.name(),
            names(node.inputs()),
            names(node.outputs()),
            attributes);
  }

  private static String text(Attribute attribute) {
    return switch (attribute) {
      case Attribute.OfTensor(Tensor tensor) -> text(tensor);
      case Attribute.OfGraph(Graph graph) -> text(graph);
      case Attribute.OfGraphs(List<Graph> graphs) ->
          graphs.stream().map(GraphComparison::text).collect(Collectors.joining("; "));
      case Attribute other -> other.toString();
    };
  }

  private static String text(Graph graph) {
    return "graph "
        + names(graph.inputs())
        + " -> "
        + names(graph.outputs())
        + new TreeMap<>(counted(graph))
        + new TreeMap<>(initializers(graph))
            .entrySet().stream()
                .map(entry -> entry.getKey() + " " + text(entry.getValue()))
                .toList();
  }

  /// Type, dimensions and every byte, of larger tensors the first and a digest of all.
  private static String text(Tensor tensor) {
    if (tensor instanceof StringTensor) {
      return tensor.toString();
    }
    byte[] raw = tensor.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    String hex = HexFormat.of().formatHex(raw, 0, Math.min(raw.length, 48));
    return tensor.dataType()
        + tensor.dims().toString()
        + " "
        + hex
        + (raw.length > 48 ? "… " + Fingerprint.of(tensor).sha256().substring(0, 16) : "");
  }

  private static Map<String, Tensor> initializers(Graph graph) {
    Map<String, Tensor> found = new TreeMap<>();
    for (Value value : graph.initializers()) {
      value.initializer().ifPresent(tensor -> found.put(value.name(), tensor));
    }
    return found;
  }

  private static String names(List<? extends @Nullable Value> values) {
    return values.stream()
        .map(value -> value == null ? "" : value.name())
        .collect(Collectors.joining(", "));
  }
}
