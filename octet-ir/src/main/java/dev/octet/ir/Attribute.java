package dev.octet.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node's attribute value, one record per kind that ONNX knows (`AttributeProto.AttributeType`).
/// Names live in [Node#attributes()]; arrays are exposed as immutable lists.
public sealed interface Attribute {
  record OfInt(long value) implements Attribute {}

  record OfFloat(float value) implements Attribute {}

  /// @param value bytes decoded as UTF-8
  record OfString(String value) implements Attribute {}

  record OfTensor(Tensor value) implements Attribute {}

  /// A subgraph, as `If`, `Loop` and `Scan` have.
  record OfGraph(Graph value) implements Attribute {}

  record OfType(@Nullable ValueType value) implements Attribute {}

  record OfInts(List<Long> values) implements Attribute {
    public OfInts {
      values = List.copyOf(values);
    }
  }

  record OfFloats(List<Float> values) implements Attribute {
    public OfFloats {
      values = List.copyOf(values);
    }
  }

  record OfStrings(List<String> values) implements Attribute {
    public OfStrings {
      values = List.copyOf(values);
    }
  }

  record OfTensors(List<Tensor> values) implements Attribute {
    public OfTensors {
      values = List.copyOf(values);
    }
  }

  record OfGraphs(List<Graph> values) implements Attribute {
    public OfGraphs {
      values = List.copyOf(values);
    }
  }

  record OfTypes(List<ValueType> values) implements Attribute {
    public OfTypes {
      values = List.copyOf(values);
    }
  }

  /// In a function body: the value of the calling node's attribute `name`.
  record Reference(String name) implements Attribute {}

  /// A kind of attribute this version cannot interpret (sparse tensors, binary strings); written
  /// back as it was read.
  record Opaque(OpaqueFields encoded) implements Attribute {}

  static Attribute of(long value) {
    return new OfInt(value);
  }

  static Attribute of(float value) {
    return new OfFloat(value);
  }

  static Attribute of(String value) {
    return new OfString(value);
  }

  static Attribute of(Tensor value) {
    return new OfTensor(value);
  }

  static Attribute of(Graph value) {
    return new OfGraph(value);
  }

  static Attribute ints(long... values) {
    return new OfInts(java.util.Arrays.stream(values).boxed().toList());
  }

  static Attribute floats(List<Float> values) {
    return new OfFloats(values);
  }

  static Attribute strings(List<String> values) {
    return new OfStrings(values);
  }
}
