package dev.octet.ir.schema;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a new definition of an operator of `ai.onnx` allows beyond the one before. A node that uses
/// none of it means the same by both.
///
/// @param types element types, in ONNX's spelling: `float8e4m3fn`
/// @param kinds kinds of values: `seq`, `optional`
/// @param attributes new attributes, each with the default that means what was meant before; empty
///     where there is none
/// @param values new values of old attributes: `mode:wrap`
/// @param inputs inputs a node could have before
/// @param outputs outputs of a node that means the same by both
public record OperatorAdditions(
    Set<String> types,
    Set<String> kinds,
    Map<String, Optional<String>> attributes,
    Set<String> values,
    int inputs,
    int outputs) {
  private static final Map<String, OperatorAdditions> ALL = read();

  /// What the change in exactly this opset allows; empty when it says something else too, is older
  /// than opset 14, or there is none.
  public static Optional<OperatorAdditions> of(String operator, int opset) {
    return Optional.ofNullable(ALL.get(operator + " " + opset));
  }

  private static Map<String, OperatorAdditions> read() {
    Map<String, OperatorAdditions> all = new HashMap<>();
    for (List<String> words : SchemaTable.read("additions.txt")) {
      all.put(words.get(0) + " " + words.get(1), parse(words.subList(2, words.size())));
    }
    return Map.copyOf(all);
  }

  private static OperatorAdditions parse(List<String> words) {
    Map<String, List<String>> named =
        words.stream()
            .map(word -> word.split("=", 2))
            .collect(Collectors.toMap(parts -> parts[0], parts -> List.of(parts[1].split(","))));
    return new OperatorAdditions(
        Set.copyOf(named.getOrDefault("types", List.of())),
        Set.copyOf(named.getOrDefault("kinds", List.of())),
        named.getOrDefault("attributes", List.of()).stream()
            .map(word -> word.split(":", 2))
            .collect(
                Collectors.toUnmodifiableMap(
                    parts -> parts[0], parts -> Arrays.stream(parts).skip(1).findFirst())),
        Set.copyOf(named.getOrDefault("values", List.of())),
        number(named, "inputs"),
        number(named, "outputs"));
  }

  private static int number(Map<String, List<String>> named, String key) {
    return named.containsKey(key) ? Integer.parseInt(named.get(key).getFirst()) : Integer.MAX_VALUE;
  }
}
