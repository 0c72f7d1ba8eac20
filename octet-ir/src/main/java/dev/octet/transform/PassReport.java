package dev.octet.transform;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one pass did to one model.
///
/// @param pass name of the pass
/// @param fired every change, in the order made; empty after a rollback
/// @param declined every refusal still standing when the pass ended, in graph order
/// @param nodesBefore nodes in the main graph and all subgraphs before the pass
/// @param nodesAfter the same afterwards
/// @param rolledBack why the verifier had the pass undone; empty when it stands
public record PassReport(
    String pass,
    List<Firing> fired,
    List<Refusal> declined,
    int nodesBefore,
    int nodesAfter,
    Optional<String> rolledBack) {

  /// A rule that changed the graph.
  ///
  /// @param rule name of the rule
  /// @param where node or tensor it was tried at
  /// @param what the change in a few words
  public record Firing(String rule, String where, String what) {
    @Override
    public String toString() {
      return rule + " at " + where + ": " + what;
    }
  }

  /// A rule that found its form but would not rewrite it.
  ///
  /// @param rule name of the rule
  /// @param where node or tensor that stands in the way
  /// @param reason what stands in the way
  public record Refusal(String rule, String where, String reason) {
    @Override
    public String toString() {
      return rule + " declined at " + where + ": " + reason;
    }
  }

  public PassReport {
    fired = List.copyOf(fired);
    declined = List.copyOf(declined);
  }

  /// Whether the pass changed the model.
  public boolean changed() {
    return !fired.isEmpty();
  }

  /// How often each rule fired, in the order of first firing.
  public Map<String, Integer> firedByRule() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    fired.forEach(firing -> counts.merge(firing.rule(), 1, Integer::sum));
    return counts;
  }

  /// One line: `no-ops: 12 → 10 nodes; remove-identity ×2; 1 declined`.
  public String summary() {
    StringBuilder text = new StringBuilder(pass).append(": ");
    if (rolledBack.isPresent()) {
      return text.append("rolled back, ").append(rolledBack.get()).toString();
    }
    if (!changed() && declined.isEmpty()) {
      return text.append("nothing to do").toString();
    }
    text.append(nodesBefore).append(" → ").append(nodesAfter).append(" nodes");
    firedByRule()
        .forEach((rule, count) -> text.append("; ").append(rule).append(" ×").append(count));
    if (!declined.isEmpty()) {
      text.append("; ").append(declined.size()).append(" declined");
    }
    return text.toString();
  }

  /// The summary, then one indented line for each change and each refusal.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(summary());
    fired.forEach(firing -> text.append("\n  ").append(firing));
    declined.forEach(refusal -> text.append("\n  ").append(refusal));
    return text.toString();
  }
}
