package dev.octet.libtorch.exec;

import dev.octet.torch.graph.AtenArgument;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/// What flows between operators: a tensor, a number, a list, or something only libtorch
/// understands.
///
/// Values hold libtorch tensors without owning them; the [org.bytedeco.javacpp.PointerScope] around
/// the run does.
public sealed interface TorchValue {
  /// A tensor of any type and layout.
  record OfTensor(Tensor tensor) implements TorchValue {}

  /// An integer, a symbolic size that has been computed, or the number of an enumeration member
  /// (scalar type, layout, memory format; PyTorch's own numbers, not the archive's).
  record OfInt(long value) implements TorchValue {}

  /// A double-precision number.
  record OfFloat(double value) implements TorchValue {}

  /// A truth value.
  record OfBool(boolean value) implements TorchValue {}

  /// Text; also a device, such as `cpu`.
  record OfString(String value) implements TorchValue {}

  /// A list of any values, nested at will.
  record OfList(List<TorchValue> values) implements TorchValue {
    public OfList {
      values = List.copyOf(values);
    }
  }

  /// No value: what an optional argument is when it is not given.
  record None() implements TorchValue {
    static final None INSTANCE = new None();
  }

  /// A value that can only be handed on, such as packed weights.
  record Opaque(IValue value) implements TorchValue {}

  /// No value.
  static TorchValue none() {
    return None.INSTANCE;
  }

  /// A tensor.
  static TorchValue of(Tensor tensor) {
    return new OfTensor(tensor);
  }

  /// An integer.
  static TorchValue of(long value) {
    return new OfInt(value);
  }

  /// A double-precision number.
  static TorchValue of(double value) {
    return new OfFloat(value);
  }

  /// A truth value.
  static TorchValue of(boolean value) {
    return new OfBool(value);
  }

  /// Text, or a device.
  static TorchValue of(String value) {
    return new OfString(value);
  }

  /// A value the program fixes.
  ///
  /// @param argument refers to no value of a graph
  static TorchValue constant(AtenArgument argument) {
    return new Environment(ValueObserver.NONE).resolve(argument);
  }

  /// A list of integers.
  static TorchValue ofInts(long... values) {
    return new OfList(java.util.Arrays.stream(values).mapToObj(TorchValue::of).toList());
  }

  /// A list of any values.
  static TorchValue ofList(List<? extends TorchValue> values) {
    return new OfList(List.copyOf(values));
  }

  /// The tensor this value holds.
  ///
  /// @throws IllegalStateException when it is no tensor
  default Tensor asTensor() {
    if (this instanceof OfTensor(Tensor tensor)) {
      return tensor;
    }
    throw new IllegalStateException("expected a tensor, found " + describe());
  }

  /// The integer this value holds; a one-element integer tensor counts.
  ///
  /// @throws IllegalStateException when it is no integer
  default long asInt() {
    return switch (this) {
      case OfInt(long value) -> value;
      case OfBool(boolean value) -> value ? 1 : 0;
      case OfTensor(Tensor tensor) when tensor.numel() == 1 -> tensor.item().toLong();
      case OfTensor _, OfFloat _, OfString _, OfList _, None _, Opaque _ ->
          throw new IllegalStateException("expected an integer, found " + describe());
    };
  }

  /// The number this value holds; a one-element tensor counts.
  ///
  /// @throws IllegalStateException when it is no number
  default double asDouble() {
    return switch (this) {
      case OfInt(long value) -> value;
      case OfFloat(double value) -> value;
      case OfBool(boolean value) -> value ? 1 : 0;
      case OfTensor(Tensor tensor) when tensor.numel() == 1 -> tensor.item().toDouble();
      case OfTensor _, OfString _, OfList _, None _, Opaque _ ->
          throw new IllegalStateException("expected a number, found " + describe());
    };
  }

  /// The truth value this value holds, by Python's rule for numbers and one-element tensors.
  ///
  /// @throws IllegalStateException when it has none
  default boolean asBool() {
    return asDouble() != 0;
  }

  /// The elements of a list.
  ///
  /// @throws IllegalStateException when it is no list
  default List<TorchValue> asList() {
    if (this instanceof OfList(List<TorchValue> values)) {
      return values;
    }
    throw new IllegalStateException("expected a list, found " + describe());
  }

  /// The value as a message would show it: type and size, not contents of tensors.
  default String describe() {
    return switch (this) {
      case OfTensor(Tensor tensor) ->
          "a tensor "
              + tensor.scalar_type().intern().name()
              + java.util.Arrays.toString(Tensors.sizes(tensor));
      case OfInt(long value) -> "the integer " + value;
      case OfFloat(double value) -> "the number " + value;
      case OfBool(boolean value) -> "the truth value " + value;
      case OfString(String value) -> "the text '" + value + "'";
      case OfList(List<TorchValue> values) -> "a list of " + values.size();
      case None _ -> "nothing";
      case Opaque _ -> "an opaque object";
    };
  }
}
