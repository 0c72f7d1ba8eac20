package dev.octet.ir;

import java.util.HashMap;
import java.util.Map;

/// Which names a model has given out, for values and for nodes. Names made here are unique in the
/// whole model; names read from a file need not be (two branches of an `If` may both compute `y`),
/// so each name is counted. Unique names cost O(1) amortized.
final class Names {
  private final Map<String, Integer> values = new HashMap<>();
  private final Map<String, Integer> nodes = new HashMap<>();
  private final Map<String, Integer> nextSuffix = new HashMap<>();

  /// Takes `name` for a value when it is free.
  boolean claimValue(String name) {
    return values.putIfAbsent(name, 1) == null;
  }

  /// Takes `name` for a value whether it is free or not.
  void noteValue(String name) {
    values.merge(name, 1, Integer::sum);
  }

  void releaseValue(String name) {
    release(name, values);
  }

  /// `hint`, or `hint_1`, `hint_2`, … : the first that no value has.
  String uniqueValue(String hint) {
    return unique(hint.isEmpty() ? "value" : hint, values);
  }

  /// As [#uniqueValue], for nodes; an empty hint stays empty.
  String uniqueNode(String hint) {
    return hint.isEmpty() ? "" : unique(hint, nodes);
  }

  /// Takes `name` for a node whether it is free or not; duplicates are legal in files.
  void noteNode(String name) {
    nodes.merge(name, 1, Integer::sum);
  }

  void releaseNode(String name) {
    release(name, nodes);
  }

  private String unique(String hint, Map<String, Integer> taken) {
    if (taken.putIfAbsent(hint, 1) == null) {
      return hint;
    }
    int suffix = nextSuffix.getOrDefault(hint, 1);
    while (taken.putIfAbsent(hint + "_" + suffix, 1) != null) {
      suffix++;
    }
    nextSuffix.put(hint, suffix + 1);
    return hint + "_" + suffix;
  }

  private static void release(String name, Map<String, Integer> taken) {
    taken.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
  }
}
