package dev.octet.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a node to be added should be. Immutable; each method returns a changed copy.
///
/// @param domain operator domain; empty for `ai.onnx`
/// @param opType operator
/// @param name wanted node name; made unique when the node is added, left empty when empty
/// @param inputs values read; `null` where an optional input is left out
/// @param outputs values computed, each without a producer so far; an empty list asks for one fresh
///     value named after the node
/// @param attributes attributes by name
/// @param extraFields uninterpreted file-format fields
public record NodeSpec(
    String domain,
    String opType,
    String name,
    List<@Nullable Value> inputs,
    List<@Nullable Value> outputs,
    Map<String, Attribute> attributes,
    OpaqueFields extraFields) {

  public NodeSpec {
    inputs = java.util.Collections.unmodifiableList(new ArrayList<>(inputs));
    outputs = java.util.Collections.unmodifiableList(new ArrayList<>(outputs));
    attributes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /// An operator of the default domain, without inputs or attributes so far.
  public static NodeSpec of(String opType) {
    return of("", opType);
  }

  /// An operator of any domain, without inputs or attributes so far.
  public static NodeSpec of(String domain, String opType) {
    return new NodeSpec(domain, opType, "", List.of(), List.of(), Map.of(), OpaqueFields.NONE);
  }

  public NodeSpec named(String newName) {
    return new NodeSpec(domain, opType, newName, inputs, outputs, attributes, extraFields);
  }

  public NodeSpec inputs(@Nullable Value... values) {
    return inputs(Arrays.asList(values));
  }

  public NodeSpec inputs(List<? extends @Nullable Value> values) {
    return new NodeSpec(
        domain, opType, name, new ArrayList<>(values), outputs, attributes, extraFields);
  }

  public NodeSpec outputs(@Nullable Value... values) {
    return outputs(Arrays.asList(values));
  }

  public NodeSpec outputs(List<? extends @Nullable Value> values) {
    return new NodeSpec(
        domain, opType, name, inputs, new ArrayList<>(values), attributes, extraFields);
  }

  public NodeSpec attribute(String attribute, Attribute value) {
    Map<String, Attribute> more = new LinkedHashMap<>(attributes);
    more.put(attribute, value);
    return attributes(more);
  }

  public NodeSpec attribute(String attribute, long value) {
    return attribute(attribute, Attribute.of(value));
  }

  public NodeSpec attributes(Map<String, Attribute> values) {
    return new NodeSpec(domain, opType, name, inputs, outputs, values, extraFields);
  }

  public NodeSpec extraFields(OpaqueFields fields) {
    return new NodeSpec(domain, opType, name, inputs, outputs, attributes, fields);
  }
}
