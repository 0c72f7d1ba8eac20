package dev.octet.align.layers;

import dev.octet.equalize.ChannelEqualization;
import dev.octet.inspect.CodeGrids;
import dev.octet.inspect.ModelDiff;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.transform.SourceValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which values of two ONNX models denote the same: those that both say hold the same value of the
/// program they were made from, and those of one name that the same operator computes. Where
/// neither
/// tells anything, what layers compute that stand at the same place in both graphs, and what equal
/// operators compute from values that are paired already.
///
/// A value that the other model quantizes is compared in its quantized form. Values whose channels
/// were rescaled for quantization have no counterpart.
public final class OnnxPairs {
  private final Model reference;
  private final Model other;
  private final ComputedValues ourValues;
  private final ComputedValues theirValues;
  private final Map<String, Value> ours;
  private final Map<String, Value> theirs;
  private final Map<Value, Value> partners = new HashMap<>();
  private final Set<String> rescaled;

  private OnnxPairs(Model reference, Model other) {
    this.reference = reference;
    this.other = other;
    this.ourValues = ComputedValues.of(reference);
    this.theirValues = ComputedValues.of(other);
    this.ours = ourValues.byName();
    this.theirs = theirValues.byName();
    this.rescaled = new HashSet<>(ChannelEqualization.rescaled(reference));
    rescaled.addAll(ChannelEqualization.rescaled(other));
  }

  /// Pairs the values of the graphs, those of branches and bodies included.
  ///
  /// @param visible whether a value of the other model, called by its place, can be observed
  public static ValuePairs of(Model reference, Model other, Predicate<String> visible) {
    OnnxPairs found = new OnnxPairs(reference, other);
    String how = found.pairAll();
    return found.pairs(visible, how);
  }

  /// Where a value can be looked at: read back from codes where it is quantized, else the codes,
  /// else the value itself; empty where none of them is visible.
  ///
  /// @param visible whether a value can be observed
  public static Optional<Value> shown(Value value, Predicate<Value> visible) {
    return forms(value).filter(visible).findFirst();
  }

  private String pairAll() {
    Map<String, Value> sources = SourceValues.of(other).values();
    SourceValues.of(reference).values().forEach((name, value) -> pair(value, sources.get(name)));
    int recorded = partners.size();
    ours.forEach((name, value) -> pairAlike(value, theirs.get(name)));
    int named = partners.size() - recorded;
    boolean onlyOutputs = partners.keySet().stream().allMatch(Value::isGraphOutput);
    if (onlyOutputs) {
      ModelDiff.pairedResults(reference, other)
          .forEach((name, otherName) -> pairAlike(ours.get(name), theirs.get(otherName)));
      pairReaders();
    }
    return "%d by the program both come from, %d by name, %d by place"
        .formatted(recorded, named, partners.size() - recorded - named);
  }

  /// Pairs results of equal operators, each the only one of its kind that reads values paired
  /// already.
  private void pairReaders() {
    List<Value> inputs = reference.graph().inputs();
    List<Value> otherInputs = other.graph().inputs();
    for (int i = 0; i < Math.min(inputs.size(), otherInputs.size()); i++) {
      partners.put(inputs.get(i), otherInputs.get(i));
    }
    for (Node node : reference.graph().nodes()) {
      Value read = node.input(0).orElse(null);
      Value partner = read == null ? null : partners.get(read);
      if (read == null || partner == null || readersLike(node, read).size() != 1) {
        continue;
      }
      List<Node> candidates = readersLike(node, partner);
      if (candidates.size() == 1 && readsSamePartners(node, candidates.getFirst())) {
        pairAlike(node.output(0), candidates.getFirst().output(0));
      }
    }
    inputs.forEach(partners::remove);
  }

  private static List<Node> readersLike(Node node, Value value) {
    return value.uses().stream()
        .filter(use -> use.index() == 0 && use.node().opType().equals(node.opType()))
        .map(Use::node)
        .toList();
  }

  private boolean readsSamePartners(Node node, Node candidate) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Value input = node.inputs().get(i);
      if (input != null
          && partners.containsKey(input)
          && candidate.input(i).orElse(null) != partners.get(input)) {
        return false;
      }
    }
    return true;
  }

  private void pairAlike(@Nullable Value one, @Nullable Value two) {
    if (one != null && two != null && operator(one).equals(operator(two))) {
      pair(one, two);
    }
  }

  private void pair(Value one, @Nullable Value two) {
    if (two != null && !rescaled.contains(one.name()) && !rescaled.contains(two.name())) {
      partners.putIfAbsent(one, two);
    }
  }

  private ValuePairs pairs(Predicate<String> visible, String how) {
    List<ValuePair> pairs = new ArrayList<>();
    Set<Value> used = new HashSet<>();
    for (Value value : ours.values()) {
      Value partner = partners.get(value);
      if (partner != null) {
        used.add(partner);
        shown(partner, form -> visible.test(theirValues.name(form)))
            .ifPresent(
                shown -> {
                  used.add(shown);
                  pairs.add(
                      ValuePair.of(ourValues.place(value), theirValues.place(shown))
                          .onGrid(CodeGrids.of(shown)));
                });
      }
    }
    long otherAlone = theirs.values().stream().filter(value -> !used.contains(value)).count();
    return new ValuePairs(pairs, ours.size() - pairs.size(), (int) otherAlone, how);
  }

  private static Stream<Value> forms(Value value) {
    Node producer = value.producer().orElse(null);
    if (producer != null && producer.is("DequantizeLinear")) {
      return Stream.concat(Stream.of(value), producer.input(0).filter(OnnxPairs::onGrid).stream());
    }
    Optional<Value> codes = reader(value, "QuantizeLinear").filter(OnnxPairs::onGrid);
    Optional<Value> readBack = codes.flatMap(found -> reader(found, "DequantizeLinear"));
    return Stream.of(readBack, codes, Optional.of(value)).flatMap(Optional::stream);
  }

  private static boolean onGrid(Value value) {
    return CodeGrids.of(value).isPresent();
  }

  private static Optional<Value> reader(Value value, String opType) {
    return value.uses().stream()
        .filter(use -> use.index() == 0 && use.node().is(opType))
        .map(Use::node)
        .filter(node -> value.producer().map(Node::graph).filter(node.graph()::equals).isPresent())
        .map(node -> node.output(0))
        .findFirst();
  }

  private static String operator(Value value) {
    String type = value.producer().map(Node::opType).orElse("");
    return type.startsWith("QLinear") ? type.substring("QLinear".length()) : type;
  }
}
