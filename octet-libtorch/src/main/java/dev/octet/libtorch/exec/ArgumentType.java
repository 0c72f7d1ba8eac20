package dev.octet.libtorch.exec;

import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/// A schema type, read once from libtorch, that knows how to box a value for the dispatcher.
sealed interface ArgumentType {
  /// Boxes `value`.
  ///
  /// @throws IllegalArgumentException when the value does not fit the type
  IValue box(TorchValue value);

  /// A tensor; a bare number becomes a "wrapped" scalar tensor, which takes part in type promotion
  /// as Python's numbers do.
  record OfTensor() implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      return switch (value) {
        case TorchValue.OfTensor(Tensor tensor) -> new IValue(tensor);
        case TorchValue.OfInt(long number) ->
            new IValue(torch.wrapped_scalar_tensor(new Scalar(number)));
        case TorchValue.OfFloat(double number) ->
            new IValue(torch.wrapped_scalar_tensor(new Scalar(number)));
        case TorchValue.OfBool(boolean number) ->
            new IValue(torch.wrapped_scalar_tensor(new Scalar((byte) (number ? 1 : 0))));
        case TorchValue.None _ -> new IValue();
        case TorchValue.Opaque(IValue opaque) -> opaque;
        case TorchValue.OfString _, TorchValue.OfList _ -> throw misfit("a tensor", value);
      };
    }
  }

  /// An integer, a symbolic integer or an enumeration number.
  record OfInt() implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      return new IValue(value.asInt());
    }
  }

  /// A double.
  record OfFloat() implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      return new IValue(value.asDouble());
    }
  }

  /// A truth value.
  record OfBool() implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      return new IValue(value.asBool());
    }
  }

  /// Text.
  record OfString() implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      if (value instanceof TorchValue.OfString(String text)) {
        return new IValue(text);
      }
      throw misfit("text", value);
    }
  }

  /// A device.
  record OfDevice() implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      if (value instanceof TorchValue.OfString(String text)) {
        return new IValue(new Device(text));
      }
      throw misfit("a device", value);
    }
  }

  /// A number whose type (integer, double, bool) is the value's own; also any type not modelled
  /// here, whose values are handed on unchanged.
  record OfAny(String name) implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      return switch (value) {
        case TorchValue.OfTensor(Tensor tensor) ->
            name.equals("NumberType") ? new IValue(tensor.item()) : new IValue(tensor);
        case TorchValue.OfInt(long number) -> new IValue(number);
        case TorchValue.OfFloat(double number) -> new IValue(number);
        case TorchValue.OfBool(boolean truth) -> new IValue(truth);
        case TorchValue.OfString(String text) -> new IValue(text);
        case TorchValue.None _ -> new IValue();
        case TorchValue.Opaque(IValue opaque) -> opaque;
        case TorchValue.OfList _ -> throw misfit(name, value);
      };
    }
  }

  /// A value or nothing.
  record OfOptional(ArgumentType of) implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      return value instanceof TorchValue.None ? new IValue() : of.box(value);
    }
  }

  /// A list.
  ///
  /// @param element type of each element
  /// @param nativeElement the same for libtorch; kept alive by the reference counted here
  /// @param length how often a bare value is repeated, as in `int[2] stride=1`; 0 when it may not
  /// be
  record OfList(ArgumentType element, Type.TypePtr nativeElement, int length)
      implements ArgumentType {
    @Override
    public IValue box(TorchValue value) {
      GenericList list = new GenericList(nativeElement);
      switch (value) {
        case TorchValue.OfList(List<TorchValue> values) ->
            values.forEach(item -> list.push_back(element.box(item)));
        case TorchValue.OfInt _, TorchValue.OfFloat _, TorchValue.OfBool _ -> {
          for (int i = 0; i < Math.max(length, 1); i++) {
            list.push_back(element.box(value));
          }
        }
        case TorchValue.OfTensor _ -> list.push_back(element.box(value));
        case TorchValue.Opaque(IValue opaque) -> {
          return opaque;
        }
        case TorchValue.OfString _, TorchValue.None _ -> throw misfit("a list", value);
      }
      return new IValue(list);
    }
  }

  /// Reads a schema type.
  ///
  /// @param length the list length the schema fixes, 0 when it fixes none
  static ArgumentType read(Type type, int length) {
    String kind = type.kind().intern().name();
    return switch (kind) {
      case "TensorType" -> new OfTensor();
      case "IntType", "SymIntType", "ScalarTypeType", "LayoutType", "MemoryFormatType" ->
          new OfInt();
      case "FloatType", "SymFloatType" -> new OfFloat();
      case "BoolType", "SymBoolType" -> new OfBool();
      case "StringType" -> new OfString();
      case "DeviceObjType" -> new OfDevice();
      case "OptionalType" -> new OfOptional(read(type.containedType(0).get(), length));
      case "ListType" -> {
        Type.TypePtr element = retained(type.containedType(0));
        yield new OfList(read(element.get(), 0), element, length);
      }
      default -> new OfAny(kind);
    };
  }

  /// Makes a pointer outlive the scope it was created in.
  static <P extends Pointer> P retained(P pointer) {
    pointer.retainReference();
    return pointer;
  }

  private static IllegalArgumentException misfit(String expected, TorchValue value) {
    return new IllegalArgumentException("expected " + expected + ", found " + value.describe());
  }
}
