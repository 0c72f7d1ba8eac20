package dev.octet.ir.io;

import dev.octet.ir.Graph;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Value;
import dev.octet.ir.ValueListing;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A graph's values as a file describes them: where it was read so, in the same place and words;
/// whatever is new comes after that, in the order of the nodes.
final class ValueDescriptions {
  private final Graph graph;

  ValueDescriptions(Graph graph) {
    this.graph = graph;
  }

  /// What of a file's descriptions the values do not say themselves.
  ///
  /// @param graph as read from `proto`; its values know all that they will
  /// @param proto the file's graph
  static ValueListing listing(Graph graph, GraphProto proto) {
    Map<String, Value> own = byName(graph);
    Set<Value> described = describedElsewhere(graph);
    List<ValueListing.Entry> valueInfo = new ArrayList<>(proto.getValueInfoCount());
    for (ValueInfoProto read : proto.getValueInfoList()) {
      Value value = own.get(read.getName());
      OpaqueFields asRead = OpaqueFields.of(read.toByteArray());
      if (value == null) {
        valueInfo.add(ValueListing.Entry.ofNothing(asRead));
      } else if (described.add(value)) {
        valueInfo.add(entry(value, read));
      } else {
        valueInfo.add(ValueListing.Entry.verbatim(value, asRead));
      }
    }
    return new ValueListing(
        entries(graph.inputs(), proto.getInputList()),
        entries(graph.outputs(), proto.getOutputList()),
        valueInfo);
  }

  List<ValueInfoProto> inputs() {
    return inPlaces(graph.inputs(), graph.listing().inputs());
  }

  List<ValueInfoProto> outputs() {
    return inPlaces(graph.outputs(), graph.listing().outputs());
  }

  List<ValueInfoProto> valueInfo() {
    Map<String, Value> own = byName(graph);
    List<ValueInfoProto> all = new ArrayList<>();
    Set<Value> described = describedElsewhere(graph);
    for (ValueListing.Entry entry : graph.listing().valueInfo()) {
      Value value = entry.value();
      if (value == null) {
        ValueInfoProto ofNothing = message(entry.asRead());
        if (!own.containsKey(ofNothing.getName())) {
          all.add(ofNothing);
        }
      } else if (own.get(value.name()) == value) {
        boolean first = described.add(value);
        if (entry.stands()) {
          all.add(verbatim(entry, value));
        } else if (first && (saysAnything(value) || entry.type() == null)) {
          all.add(encode(value));
        }
      }
    }
    for (Value value : own.values()) {
      if (described.add(value) && saysAnything(value)) {
        all.add(encode(value));
      }
    }
    return all;
  }

  /// Inputs, outputs and constants need no entry in `value_info`.
  private static Set<Value> describedElsewhere(Graph graph) {
    Set<Value> described = new HashSet<>(graph.inputs());
    described.addAll(graph.outputs());
    described.addAll(graph.constants());
    return described;
  }

  private static Map<String, Value> byName(Graph graph) {
    Map<String, Value> byName = new LinkedHashMap<>();
    graph.values().forEach(value -> byName.put(value.name(), value));
    return byName;
  }

  /// For inputs or outputs: nothing where all say what their values do.
  private static List<ValueListing.Entry> entries(List<Value> values, List<ValueInfoProto> read) {
    List<ValueListing.Entry> entries = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      entries.add(entry(values.get(i), read.get(i)));
    }
    return entries.stream().allMatch(entry -> entry.asRead().isEmpty()) ? List.of() : entries;
  }

  private static ValueListing.Entry entry(Value value, ValueInfoProto read) {
    return encode(value).equals(read)
        ? ValueListing.Entry.plain(value)
        : ValueListing.Entry.verbatim(value, OpaqueFields.of(read.toByteArray()));
  }

  /// A value may be listed more than once, each time in other words.
  private static List<ValueInfoProto> inPlaces(
      List<Value> values, List<ValueListing.Entry> entries) {
    Map<Value, Deque<ValueListing.Entry>> read = new HashMap<>();
    for (ValueListing.Entry entry : entries) {
      read.computeIfAbsent(entry.value(), _ -> new ArrayDeque<>()).add(entry);
    }
    List<ValueInfoProto> all = new ArrayList<>(values.size());
    for (Value value : values) {
      ValueListing.Entry entry = read.getOrDefault(value, new ArrayDeque<>()).poll();
      all.add(entry != null && entry.stands() ? verbatim(entry, value) : encode(value));
    }
    return all;
  }

  private static boolean saysAnything(Value value) {
    return value.type().isPresent() || !value.infoFields().isEmpty();
  }

  private static ValueInfoProto verbatim(ValueListing.Entry entry, Value value) {
    return message(entry.asRead()).toBuilder().setName(value.name()).build();
  }

  private static ValueInfoProto message(OpaqueFields fields) {
    return GraphWriter.decode(fields, ValueInfoProto.parser(), ValueInfoProto.getDefaultInstance());
  }

  /// The type as it was read is written while what is understood of it still holds.
  private static ValueInfoProto encode(Value value) {
    ValueInfoProto.Builder builder = message(value.infoFields()).toBuilder().setName(value.name());
    ValueType type = value.type().orElse(null);
    if (builder.hasType()) {
      ValueType understood = TypeCodec.decode(builder.getType());
      if (understood == null ? type == null : understood.equals(type)) {
        return builder.build();
      }
      builder.clearType();
    }
    if (type != null) {
      builder.setType(TypeCodec.encode(type));
    }
    return builder.build();
  }
}
