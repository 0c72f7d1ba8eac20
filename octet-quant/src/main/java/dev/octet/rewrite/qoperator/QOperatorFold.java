package dev.octet.rewrite.qoperator;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.rewrite.qoperator.IntegerForm.Folded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes the operators of a model with `QuantizeLinear` nodes in integer form, subgraphs included,
/// and clears away the conversions that nothing reads any more.
public final class QOperatorFold {
  private final GraphEditor editor;
  private final Predicate<Node> wanted;
  private final Names names;
  private final Map<Value, Node> conversions = new LinkedHashMap<>();

  /// What folded nodes read and may have been the last to read.
  private final Set<Value> orphans = new LinkedHashSet<>();

  /// How what a fold adds is named.
  public interface Names {
    /// The name of an integer operator.
    ///
    /// @param floatName the float operator's name, not empty
    String node(String floatName);

    /// The name of the codes that an integer operator computes.
    ///
    /// @param name the name they had when `QuantizeLinear` computed them
    /// @param node the float operator
    String codes(String name, Node node);
  }

  private QOperatorFold(GraphEditor editor, Predicate<Node> wanted, Names names) {
    this.editor = editor;
    this.wanted = wanted;
    this.names = names;
  }

  /// Folds what has an integer form.
  ///
  /// @param wanted which float operators may be folded
  /// @return the dequantized values that are gone, with the codes that stand for them
  public static Map<String, Value> fold(GraphEditor editor, Predicate<Node> wanted, Names names) {
    QOperatorFold fold = new QOperatorFold(editor, wanted, names);
    fold.foldAll(editor.graph());
    return fold.removeUnread();
  }

  private void foldAll(Graph graph) {
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(this::foldAll);
      CodedNode coded = new CodedNode(editor, node);
      StandardForms.of(node)
          .filter(form -> wanted.test(node))
          .flatMap(form -> form.write(coded))
          .ifPresent(folded -> put(coded, folded));
    }
  }

  private void put(CodedNode coded, Folded folded) {
    Node node = coded.node();
    for (Value input : node.inputs()) {
      if (input != null) {
        input
            .producer()
            .filter(Operators::isDequantize)
            .ifPresent(conversion -> conversions.put(input, conversion));
      }
    }
    switch (folded) {
      case IntegerForm.Operator operator -> put(coded, operator);
      case IntegerForm.Nothing(Value codes) -> skip(coded, codes);
    }
  }

  /// Lets the codes that a node reads stand for those of its result.
  private void skip(CodedNode coded, Value codes) {
    Node quantizer = coded.quantizer(0).orElseThrow();
    editor.replaceAllUses(quantizer.output(0), codes);
    noteReaders(codes);
    editor.remove(quantizer);
    remove(coded.node());
  }

  private void noteReaders(Value codes) {
    codes.uses().stream()
        .map(Use::node)
        .filter(Operators::isDequantize)
        .forEach(reader -> conversions.put(reader.output(0), reader));
  }

  private void put(CodedNode coded, IntegerForm.Operator folded) {
    Node node = coded.node();
    NodeSpec spec = folded.spec().named("").outputs(freshValues(node));
    if (spec.domain().equals(Operators.MICROSOFT)) {
      importMicrosoft();
    }
    Node integer = editor.insertBefore(node, spec);
    switch (folded.result()) {
      case CODES -> takeCodes(coded, integer);
      case REAL -> takeReal(node, integer);
    }
    String name = node.name();
    String wanted =
        switch (folded.naming()) {
          case QUANTIZED -> name.isEmpty() ? "" : names.node(name);
          case KEPT -> name;
        };
    editor.rename(integer, wanted);
  }

  private List<@Nullable Value> freshValues(Node node) {
    List<@Nullable Value> fresh = new ArrayList<>();
    for (Value output : node.outputs()) {
      fresh.add(output == null ? null : editor.newValue(output.name(), null));
    }
    return fresh;
  }

  /// Lets the integer node's outputs be the codes that the float node's were quantized to.
  private void takeCodes(CodedNode coded, Node integer) {
    Node node = coded.node();
    Map<Value, String> wishes = new LinkedHashMap<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.outputs().get(i);
      if (output == null) {
        continue;
      }
      Optional<Node> quantizer = coded.quantizer(i);
      if (quantizer.isEmpty()) {
        // Not a number that is quantized: indices, say.
        takeReal(output, integer.output(i), wishes);
        continue;
      }
      Value codes = quantizer.get().output(0);
      wishes.put(integer.output(i), names.codes(codes.name(), node));
      editor.replaceAllUses(codes, integer.output(i));
      noteReaders(integer.output(i));
      editor.remove(quantizer.get());
    }
    remove(node);
    wishes.forEach(this::rename);
  }

  private void takeReal(Node node, Node integer) {
    Map<Value, String> wishes = new LinkedHashMap<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.outputs().get(i);
      if (output != null) {
        takeReal(output, integer.output(i), wishes);
      }
    }
    remove(node);
    wishes.forEach(this::rename);
  }

  private void remove(Node node) {
    node.inputs().stream().filter(Objects::nonNull).forEach(orphans::add);
    editor.remove(node);
  }

  private void takeReal(Value output, Value replacement, Map<Value, String> wishes) {
    String name = output.name();
    editor.setType(replacement, output.type().orElse(null));
    editor.replaceAllUses(output, replacement);
    wishes.put(replacement, name);
  }

  private void rename(Value value, String wanted) {
    if (!value.name().equals(wanted)) {
      editor.renameLike(value, wanted);
    }
  }

  /// Removes conversions that were read by folded nodes only, and the constants they alone used.
  private Map<String, Value> removeUnread() {
    Map<String, Value> gone = new LinkedHashMap<>();
    Set<Value> constants = new LinkedHashSet<>(orphans);
    conversions.forEach(
        (result, conversion) -> {
          if (result.isUnused() && conversion.isInGraph()) {
            gone.put(result.name(), conversion.input(0).orElseThrow());
            conversion.inputs().stream().filter(Objects::nonNull).forEach(constants::add);
            editor.remove(conversion);
          }
        });
    removeUnread(editor.graph(), constants);
    return gone;
  }

  private void removeUnread(Graph graph, Set<Value> constants) {
    for (Value value : graph.initializers()) {
      if (constants.contains(value) && value.isConstant() && value.isUnused()) {
        editor.removeInitializer(graph, value);
      }
    }
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(subgraph -> removeUnread(subgraph, constants));
    }
  }

  private void importMicrosoft() {
    if (!editor.model().opsets().containsKey(Operators.MICROSOFT)) {
      editor.setOpset(Operators.MICROSOFT, 1);
    }
  }
}
