package dev.octet.ir;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Which names a model has given out, for values and for nodes. Unique names cost O(1) amortized.
final class Names {
  private final Set<String> values = new HashSet<>();
  private final Set<String> nodes = new HashSet<>();
  private final Map<String, Integer> nextSuffix = new HashMap<>();

  /// Takes `name` for a value when it is free.
  boolean claimValue(String name) {
    return values.add(name);
  }

  void releaseValue(String name) {
    values.remove(name);
  }

  /// `hint`, or `hint_1`, `hint_2`, … : the first that no value has.
  String uniqueValue(String hint) {
    return unique(hint.isEmpty() ? "value" : hint, values);
  }

  /// As [#uniqueValue], for nodes; an empty hint stays empty.
  String uniqueNode(String hint) {
    return hint.isEmpty() ? "" : unique(hint, nodes);
  }

  /// Notes a node name read from a file, where duplicates are legal.
  void noteNode(String name) {
    nodes.add(name);
  }

  private String unique(String hint, Set<String> taken) {
    if (taken.add(hint)) {
      return hint;
    }
    int suffix = nextSuffix.getOrDefault(hint, 1);
    while (!taken.add(hint + "_" + suffix)) {
      suffix++;
    }
    nextSuffix.put(hint, suffix + 1);
    return hint + "_" + suffix;
  }
}
