package dev.octet.ir;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where and how a file describes the values of a graph, as far as the values do not say it
/// themselves: the order of `value_info`, what it says a second time, and what it says of no value
/// at all. Only [dev.octet.ir.io] makes and reads these.
///
/// @param inputs descriptions of the inputs in order; empty when each is what its value says
/// @param outputs the same of the outputs
/// @param valueInfo every entry of `value_info` in order
public record ValueListing(List<Entry> inputs, List<Entry> outputs, List<Entry> valueInfo) {
  /// Nothing that the values do not say.
  public static final ValueListing NONE = new ValueListing(List.of(), List.of(), List.of());

  public ValueListing {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    valueInfo = List.copyOf(valueInfo);
  }

  /// One description.
  ///
  /// @param value what it describes; null where the graph has no value of that name
  /// @param type the value's type when this was read
  /// @param asRead the encoded message, or [OpaqueFields#NONE] where it is what the value says
  public record Entry(@Nullable Value value, @Nullable ValueType type, OpaqueFields asRead) {
    /// What the value says by itself, wherever it is.
    public static Entry plain(Value value) {
      return new Entry(value, value.type().orElse(null), OpaqueFields.NONE);
    }

    /// @param asRead the encoded message
    public static Entry verbatim(Value value, OpaqueFields asRead) {
      return new Entry(value, value.type().orElse(null), asRead);
    }

    /// A description of no value.
    ///
    /// @param asRead the encoded message
    public static Entry ofNothing(OpaqueFields asRead) {
      return new Entry(null, null, asRead);
    }

    /// Whether this is to be written as it was read: it says something of its own about a value
    /// whose type is still the same.
    public boolean stands() {
      return value != null && !asRead.isEmpty() && value.type().equals(Optional.ofNullable(type));
    }
  }
}
