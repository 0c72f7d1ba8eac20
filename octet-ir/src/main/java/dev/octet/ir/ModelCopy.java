package dev.octet.ir;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Copies a model's structure, sharing its tensors.
final class ModelCopy {
  private final GraphEditor editor;
  private final Map<Value, Value> copies = new IdentityHashMap<>();

  private ModelCopy(GraphEditor editor) {
    this.editor = editor;
  }

  static Model of(Model source) {
    Model copy = Model.create(source.info(), 1, source.graph().name());
    copy.edit(
        editor -> {
          editor.removeOpset("");
          source.opsets().forEach(editor::setOpset);
          source.metadata().forEach(editor::setMetadata);
          editor.setExtraFields(source.extraFields());
          new ModelCopy(editor).copyInto(copy.graph(), source.graph());
        });
    return copy;
  }

  private void copyInto(Graph target, Graph source) {
    editor.setExtraFields(target, source.extraFields());
    for (Value input : source.inputs()) {
      editor.addInput(target, copyOf(input));
    }
    for (Value value : source.constants()) {
      Value copy = copyOf(value);
      value
          .initializer()
          .ifPresent(data -> editor.setInitializer(target, copy, data, value.initializerFields()));
      value.opaqueInitializer().ifPresent(data -> editor.setOpaqueInitializer(target, copy, data));
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
