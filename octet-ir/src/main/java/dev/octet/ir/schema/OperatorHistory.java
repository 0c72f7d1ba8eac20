package dev.octet.ir.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The opsets of `ai.onnx` in which one operator's definition changed.
///
/// @param operator name
/// @param changes rising; the first is the opset that introduced it
public record OperatorHistory(String operator, List<Change> changes) {
  /// The newest opset the table knows.
  public static final int LAST_OPSET = 26;

  private static final Map<String, OperatorHistory> ALL = read();

  /// A new definition.
  ///
  /// @param opset the first opset with it
  /// @param deprecates whether it says the operator is not to be used any more
  public record Change(int opset, boolean deprecates) {}

  public OperatorHistory {
    changes = List.copyOf(changes);
  }

  /// The history of an operator of the default domain; empty when there is no such operator.
  public static Optional<OperatorHistory> of(String operator) {
    return Optional.ofNullable(ALL.get(operator));
  }

  /// The opset whose definition is in force in `opset`; empty when the operator came later.
  public OptionalInt definitionIn(int opset) {
    return changes.stream().mapToInt(Change::opset).filter(since -> since <= opset).max();
  }

  /// The change in exactly this opset, if there is one.
  public Optional<Change> changeIn(int opset) {
    return changes.stream().filter(change -> change.opset() == opset).findFirst();
  }

  private static Map<String, OperatorHistory> read() {
    Map<String, OperatorHistory> all = new HashMap<>();
    for (List<String> words : SchemaTable.read("operators.txt")) {
      all.put(words.getFirst(), parse(words));
    }
    return Map.copyOf(all);
  }

  private static OperatorHistory parse(List<String> words) {
    List<Change> changes =
        words.stream()
            .skip(1)
            .map(
                word ->
                    word.endsWith("x")
                        ? new Change(Integer.parseInt(word.substring(0, word.length() - 1)), true)
                        : new Change(Integer.parseInt(word), false))
            .toList();
    return new OperatorHistory(words.getFirst(), changes);
  }
}
