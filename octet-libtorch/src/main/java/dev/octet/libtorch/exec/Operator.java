package dev.octet.libtorch.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AliasInfo;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OperatorHandleOptional;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// An operator registered with libtorch's dispatcher, callable by name.
///
/// The schema is read once and kept for the life of the process, as libtorch keeps its operators.
/// A call boxes arguments by schema type, fills defaults (the boxed calling convention does not)
/// and runs under autograd like any other call.
public final class Operator {
  private static final Map<String, Optional<Operator>> KNOWN = new ConcurrentHashMap<>();

  private final String name;
  private final OperatorHandle handle;
  private final List<Parameter> parameters;

  private Operator(String name, OperatorHandle handle, List<Parameter> parameters) {
    this.name = name;
    this.handle = handle;
    this.parameters = List.copyOf(parameters);
  }

  /// One parameter of the schema.
  ///
  /// @param defaultValue null when an argument must be given
  /// @param aliased whether the schema says that a result may share its memory
  /// @param written whether the operator writes it
  private record Parameter(
      String name,
      ArgumentType type,
      @Nullable IValue defaultValue,
      boolean aliased,
      boolean written) {}

  /// Looks an operator up.
  ///
  /// @param qualified namespace and name, such as `aten::conv1d`
  /// @param overload overload name; `default` and the empty string mean the unnamed one
  /// @return empty when libtorch has no such operator
  public static Optional<Operator> find(String qualified, String overload) {
    String unnamed = overload.equals("default") ? "" : overload;
    return KNOWN.computeIfAbsent(qualified + "." + unnamed, key -> load(qualified, unnamed));
  }

  /// An operator this library itself relies on.
  ///
  /// @throws IllegalStateException when libtorch has no such operator
  public static Operator require(String qualified, String overload) {
    return find(qualified, overload)
        .orElseThrow(
            () -> new IllegalStateException("libtorch lacks " + qualified + "." + overload));
  }

  /// Namespace, name and overload, such as `aten::add.Tensor`.
  public String name() {
    return name;
  }

  /// Names of the parameters, in schema order.
  public List<String> parameterNames() {
    return parameters.stream().map(Parameter::name).toList();
  }

  /// Names of the parameters whose memory a result may share.
  Set<String> aliasedParameters() {
    return parameters.stream()
        .filter(Parameter::aliased)
        .map(Parameter::name)
        .collect(Collectors.toSet());
  }

  /// Names of the parameters the operator writes.
  Set<String> writtenParameters() {
    return parameters.stream()
        .filter(Parameter::written)
        .map(Parameter::name)
        .collect(Collectors.toSet());
  }

  /// Calls with positional arguments; the rest take their defaults.
  ///
  /// @return the results, in schema order; tensors belong to the innermost pointer scope
  /// @throws IllegalArgumentException when an argument is missing, unknown or does not fit
  /// @throws RuntimeException what the operator itself throws
  public List<TorchValue> call(TorchValue... positional) {
    return call(List.of(positional), Map.of());
  }

  /// Calls with positional arguments first and the others by name.
  ///
  /// @see #call(TorchValue...)
  public List<TorchValue> call(List<TorchValue> positional, Map<String, TorchValue> named) {
    PointerScope outer = PointerScope.getInnerScope();
    try (PointerScope scope = new PointerScope()) {
      IValueVector stack = new IValueVector();
      int used = 0;
      for (int i = 0; i < parameters.size(); i++) {
        Parameter parameter = parameters.get(i);
        TorchValue byName = named.get(parameter.name());
        if (i < positional.size()) {
          stack.push_back(box(parameter, positional.get(i)));
        } else if (byName != null) {
          stack.push_back(box(parameter, byName));
          used++;
        } else if (parameter.defaultValue() != null) {
          stack.push_back(parameter.defaultValue());
        } else {
          throw new IllegalArgumentException("argument '" + parameter.name() + "' is missing");
        }
      }
      if (used != named.size() || positional.size() > parameters.size()) {
        throw new IllegalArgumentException(
            "arguments " + named.keySet() + " do not fit the parameters " + parameterNames());
      }
      handle.callBoxed(stack);
      List<TorchValue> results = new ArrayList<>();
      for (long i = 0; i < stack.size(); i++) {
        results.add(unbox(stack.get(i), outer));
      }
      return results;
    }
  }

  private static IValue box(Parameter parameter, TorchValue value) {
    try {
      return parameter.type().box(value);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IllegalArgumentException(
          "argument '" + parameter.name() + "': " + e.getMessage(), e);
    }
  }

  private static TorchValue unbox(IValue value, @Nullable PointerScope outer) {
    if (value.isTensor()) {
      // A copy of the handle: what toTensor returns points into the stack that is about to go.
      Tensor tensor = new Tensor(value.toTensor());
      return tensor.defined() ? TorchValue.of(escaped(tensor, outer)) : TorchValue.none();
    } else if (value.isInt()) {
      return TorchValue.of(value.toInt());
    } else if (value.isDouble()) {
      return TorchValue.of(value.toDouble());
    } else if (value.isBool()) {
      return TorchValue.of(value.toBool());
    } else if (value.isNone()) {
      return TorchValue.none();
    } else if (value.isString()) {
      BytePointer text = value.toStringRef();
      return TorchValue.of(text == null || text.isNull() ? "" : text.getString());
    } else if (value.isList()) {
      IValueVector items = value.toList().vec();
      List<TorchValue> values = new ArrayList<>();
      for (long i = 0; i < items.size(); i++) {
        values.add(unbox(items.get(i), outer));
      }
      return TorchValue.ofList(values);
    }
    return new TorchValue.Opaque(escaped(new IValue(value), outer));
  }

  /// Hands a pointer from the scope of the call to the one around it.
  private static <P extends org.bytedeco.javacpp.Pointer> P escaped(
      P pointer, @Nullable PointerScope outer) {
    if (outer == null) {
      pointer.retainReference();
    } else {
      outer.attach(pointer);
    }
    return pointer;
  }

  private static Optional<Operator> load(String qualified, String overload) {
    Libtorch.load();
    try (PointerScope scope = new PointerScope()) {
      OperatorHandleOptional found =
          Dispatcher.singleton().findSchema(new OperatorName(qualified, overload));
      if (!found.has_value()) {
        return Optional.empty();
      }
      OperatorHandle handle = ArgumentType.retained(new OperatorHandle(found.get()));
      FunctionSchema schema = handle.schema();
      Argument arguments = schema.arguments();
      List<Parameter> parameters = new ArrayList<>();
      for (long i = 0; i < arguments.limit(); i++) {
        Argument argument = arguments.getPointer(i);
        int length = argument.N().has_value() ? argument.N().get() : 0;
        IValueOptional given = argument.default_value();
        IValue defaultValue =
            given.has_value() ? ArgumentType.retained(new IValue(given.get())) : null;
        AliasInfo alias = argument.alias_info();
        parameters.add(
            new Parameter(
                argument.name().getString(),
                ArgumentType.read(argument.type().get(), length),
                defaultValue,
                alias != null && !alias.isNull(),
                alias != null && !alias.isNull() && alias.isWrite()));
      }
      String label = overload.isEmpty() ? qualified : qualified + "." + overload;
      return Optional.of(new Operator(label, handle, parameters));
    }
  }
}
