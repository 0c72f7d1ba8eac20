package dev.octet.ir;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Copies a model's structure, sharing its tensors.
final class ModelCopy {
  private final GraphEditor editor;
  private final Map<Value, Value> copies = new IdentityHashMap<>();

  private ModelCopy(GraphEditor editor) {
    this.editor = editor;
  }

  static Model of(Model source) {
    return filled(
        source,
        source.graph().name(),
        (editor, copy) -> {
          source.metadata().forEach(editor::setMetadata);
          new ModelCopy(editor).copyInto(copy.graph(), source.graph());
        });
  }

  static Model alone(Model source, Graph subgraph) {
    return filled(
        source,
        subgraph.name(),
        (editor, model) -> {
          ModelCopy copy = new ModelCopy(editor);
          copy.copyInto(model.graph(), subgraph);
          for (Value outer : readFromAround(subgraph)) {
            if (outer.isConstant()) {
              copy.copyConstant(model.graph(), outer);
            } else {
              editor.addInput(model.graph(), copy.copyOf(outer));
            }
          }
        });
  }

  private static Model filled(Model source, String name, BiConsumer<GraphEditor, Model> filling) {
    Model copy = Model.create(source.info(), 1, name);
    copy.edit(
        editor -> {
          editor.removeOpset("");
          source.opsets().forEach(editor::setOpset);
          editor.setExtraFields(source.extraFields());
          filling.accept(editor, copy);
        });
    return copy;
  }

  private static Set<Value> readFromAround(Graph subgraph) {
    Set<Value> read = new LinkedHashSet<>();
    Set<Value> defined = new HashSet<>();
    addReads(subgraph, read, defined);
    read.removeAll(defined);
    return read;
  }

  private static void addReads(Graph graph, Set<Value> read, Set<Value> defined) {
    defined.addAll(graph.values());
    for (Node node : graph.nodes()) {
      node.inputs().stream().filter(Objects::nonNull).forEach(read::add);
      node.subgraphs().forEach(inner -> addReads(inner, read, defined));
    }
    read.addAll(graph.outputs());
  }

  private void copyInto(Graph target, Graph source) {
    editor.setExtraFields(target, source.extraFields());
    for (Value input : source.inputs()) {
      editor.addInput(target, copyOf(input));
    }
    for (Value value : source.constants()) {
      copyConstant(target, value);
    }
    for (Node node : source.nodes()) {
      editor.appendNamed(target, copyOf(node));
    }
    for (Value output : source.outputs()) {
      editor.addOutput(target, copyOf(output));
    }
    ValueListing listing = source.listing();
    editor.setListing(
        target,
        new ValueListing(
            copyAllThatAre(listing.inputs()),
            copyAllThatAre(listing.outputs()),
            copyAllThatAre(listing.valueInfo())));
  }

  private void copyConstant(Graph target, Value value) {
    Value copy = copyOf(value);
    value
        .initializer()
        .ifPresent(data -> editor.setInitializer(target, copy, data, value.initializerFields()));
    value.opaqueInitializer().ifPresent(data -> editor.setOpaqueInitializer(target, copy, data));
  }

  /// Leaves out descriptions of values that the source has lost.
  private List<ValueListing.Entry> copyAllThatAre(List<ValueListing.Entry> entries) {
    List<ValueListing.Entry> all = new ArrayList<>(entries.size());
    for (ValueListing.Entry entry : entries) {
      Value copy = entry.value() == null ? null : copies.get(entry.value());
      if (copy != null || entry.value() == null) {
        all.add(new ValueListing.Entry(copy, entry.type(), entry.asRead()));
      }
    }
    return all;
  }

  private NodeSpec copyOf(Node node) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes().forEach((name, value) -> attributes.put(name, copyOf(value)));
    return new NodeSpec(
        node.domain(),
        node.opType(),
        node.name(),
        copyAll(node.inputs()),
        copyAll(node.outputs()),
        attributes,
        node.extraFields());
  }

  private Attribute copyOf(Attribute attribute) {
    return switch (attribute) {
      case Attribute.OfGraph(Graph graph) -> Attribute.of(copyOf(graph));
      case Attribute.OfGraphs(List<Graph> graphs) ->
          new Attribute.OfGraphs(graphs.stream().map(this::copyOf).toList());
      default -> attribute;
    };
  }

  private Graph copyOf(Graph graph) {
    Graph copy = editor.newSubgraph(graph.name());
    copyInto(copy, graph);
    return copy;
  }

  private List<@Nullable Value> copyAll(List<@Nullable Value> values) {
    List<@Nullable Value> all = new ArrayList<>(values.size());
    for (Value value : values) {
      all.add(value == null ? null : copyOf(value));
    }
    return all;
  }

  private Value copyOf(Value value) {
    Value known = copies.get(value);
    if (known != null) {
      return known;
    }
    Value copy = editor.namedValue(value.name(), value.type().orElse(null));
    editor.setInfoFields(copy, value.infoFields());
    copies.put(value, copy);
    return copy;
  }
}
