package dev.octet.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything the rewriter needs and nothing it must decide: per node what happens, per tensor its
/// scales and zero points. Immutable; prints as text, compares with another, hashes stably.
///
/// @param format how integer arithmetic is written down
/// @param style how new things are named
/// @param qdq how quantizing nodes are written, where there are any
/// @param nodes every node of the main graph, in order
/// @param tensors every tensor stored as codes, in the order the graph needs them; keys are unique
public record QuantizationPlan(
    OutputFormat format,
    OutputStyle style,
    QdqForm qdq,
    List<NodePlan> nodes,
    List<TensorPlan> tensors) {
  public QuantizationPlan {
    nodes = List.copyOf(nodes);
    tensors = List.copyOf(tensors);
  }

  /// A plan whose quantizing nodes are written the standard way.
  public QuantizationPlan(
      OutputFormat format, OutputStyle style, List<NodePlan> nodes, List<TensorPlan> tensors) {
    this(format, style, QdqForm.STANDARD, nodes, tensors);
  }

  /// The tensor plan with this key. Looks through all of them; to look up many, see [#byKey].
  public Optional<TensorPlan> tensor(String key) {
    return tensors.stream().filter(tensor -> tensor.key().equals(key)).findFirst();
  }

  /// Every tensor plan by its key, in order.
  public Map<String, TensorPlan> byKey() {
    Map<String, TensorPlan> byKey = new LinkedHashMap<>();
    tensors.forEach(tensor -> byKey.put(tensor.key(), tensor));
    return byKey;
  }

  /// SHA-256 over every choice and every bit of every scale, in lower-case hexadecimal. Equal plans
  /// have equal hashes on every machine.
  public String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String line : PlanText.exact(this)) {
        digest.update(line.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// The plan for people: one line a node, one line a tensor.
  public List<String> lines() {
    return PlanText.readable(this);
  }

  /// What differs from another plan, line by line; empty when the plans are equal.
  public List<Difference> diff(QuantizationPlan other) {
    Map<String, String> left = PlanText.byPlace(this);
    Map<String, String> right = PlanText.byPlace(other);
    List<Difference> found = new ArrayList<>();
    Map<String, String> places = new LinkedHashMap<>(left);
    right.forEach(places::putIfAbsent);
    for (String place : places.keySet()) {
      String before = left.getOrDefault(place, "");
      String after = right.getOrDefault(place, "");
      if (!before.equals(after)) {
        found.add(new Difference(place, before, after));
      }
    }
    return found;
  }

  /// One place where two plans differ.
  ///
  /// @param place `node …` or `tensor …`
  /// @param before what the first plan says; empty when it has no such place
  /// @param after what the second plan says; empty when it has no such place
  public record Difference(String place, String before, String after) {
    @Override
    public String toString() {
      return place
          + ": "
          + (before.isEmpty() ? "-" : before)
          + " → "
          + (after.isEmpty() ? "-" : after);
    }
  }

  @Override
  public String toString() {
    return String.join("\n", lines());
  }
}
