package dev.octet.libtorch.exec;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.Term;
import dev.octet.torch.graph.TorchLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// The values of one run of one graph, by name.
final class Environment {
  /// c10's number of the strided layout; it counts from another zero than the archive.
  private static final long STRIDED = 0;

  private final Map<String, TorchValue> values = new HashMap<>();
  private final ValueObserver observer;

  Environment(ValueObserver observer) {
    this.observer = observer;
  }

  /// Who looks at the values.
  ValueObserver observer() {
    return observer;
  }

  /// Names the results of a call.
  ///
  /// @throws IllegalStateException when there are fewer results than names
  void bindAll(List<AtenArgument> targets, List<TorchValue> results) {
    List<TorchValue> spread =
        results.size() == 1
                && targets.size() > 1
                && results.getFirst() instanceof TorchValue.OfList(List<TorchValue> items)
            ? items
            : results;
    if (spread.size() < targets.size()) {
      throw new IllegalStateException(
          "gave " + spread.size() + " results where the graph names " + targets.size());
    }
    for (int i = 0; i < targets.size(); i++) {
      bind(targets.get(i), spread.get(i));
    }
  }

  /// Names a value; a list of names takes a list of values apart.
  void bind(AtenArgument target, TorchValue value) {
    List<String> names = target.references();
    if (target instanceof AtenArgument.Tensors) {
      List<TorchValue> items = value.asList();
      for (int i = 0; i < names.size(); i++) {
        bind(names.get(i), items.get(i));
      }
    } else if (!names.isEmpty()) {
      bind(names.getFirst(), value);
    }
  }

  /// Lets go of a value nothing reads any more.
  void free(String name) {
    if (values.remove(name) instanceof TorchValue.OfTensor(Tensor tensor)) {
      tensor.close();
    }
  }

  /// An argument's value.
  ///
  /// @throws IllegalStateException when it refers to a value that does not exist
  /// @throws IllegalArgumentException when libtorch has no such kind of argument
  TorchValue resolve(AtenArgument argument) {
    return switch (argument) {
      case AtenArgument.None _ -> TorchValue.none();
      case AtenArgument.TensorRef(String name) -> value(name);
      case AtenArgument.Tensors(List<String> names) -> list(names, this::value);
      case AtenArgument.OptionalTensors optional -> list(optional.names(), this::valueOrNone);
      case AtenArgument.OptionalTensor optional -> valueOrNone(optional.name());
      case AtenArgument.NestedTensors(List<List<String>> names) ->
          list(names, inner -> list(inner, this::value));
      case AtenArgument.IntValue(long value) -> TorchValue.of(value);
      case AtenArgument.Ints(List<Long> values) -> list(values, TorchValue.OfInt::new);
      case AtenArgument.FloatValue(double value) -> TorchValue.of(value);
      case AtenArgument.Floats(List<Double> values) -> list(values, TorchValue.OfFloat::new);
      case AtenArgument.Complex(double real, double imaginary) ->
          Compositions.aten("complex", "", TorchValue.of(real), TorchValue.of(imaginary));
      case AtenArgument.BoolValue(boolean value) -> TorchValue.of(value);
      case AtenArgument.Bools(List<Boolean> values) -> list(values, TorchValue.OfBool::new);
      case AtenArgument.StringValue(String value) -> TorchValue.of(value);
      case AtenArgument.Strings(List<String> values) -> list(values, TorchValue.OfString::new);
      case AtenArgument.SymIntValue(Term<Long> term) -> term(term, TorchValue.OfInt::new);
      case AtenArgument.SymInts(List<Term<Long>> terms) ->
          list(terms, term -> term(term, TorchValue.OfInt::new));
      case AtenArgument.SymFloatValue(Term<Double> term) -> term(term, TorchValue.OfFloat::new);
      case AtenArgument.SymFloats(List<Term<Double>> terms) ->
          list(terms, term -> term(term, TorchValue.OfFloat::new));
      case AtenArgument.SymBoolValue(Term<Boolean> term) -> term(term, TorchValue.OfBool::new);
      case AtenArgument.SymBools(List<Term<Boolean>> terms) ->
          list(terms, term -> term(term, TorchValue.OfBool::new));
      case AtenArgument.Dtype dtype -> TorchValue.of((long) dtype.dtype().c10Number());
      case AtenArgument.MemoryFormat format -> TorchValue.of((long) format.format().c10Number());
      case AtenArgument.Layout(TorchLayout layout) when layout == TorchLayout.STRIDED ->
          TorchValue.of(STRIDED);
      case AtenArgument.Layout(TorchLayout layout) ->
          throw new IllegalArgumentException("layout " + layout + " is not supported");
      // Everything runs on the CPU, wherever the program was exported.
      case AtenArgument.Device _ -> TorchValue.of("cpu");
      case AtenArgument.IntLists(List<List<Long>> lists) ->
          list(lists, inner -> list(inner, TorchValue.OfInt::new));
      case AtenArgument.FloatLists(List<List<Double>> lists) ->
          list(lists, inner -> list(inner, TorchValue.OfFloat::new));
      case AtenArgument.Subgraph _,
          AtenArgument.CustomObject _,
          AtenArgument.Operator _,
          AtenArgument.Arguments _ ->
          throw new IllegalArgumentException("an argument cannot be handed on: " + argument);
    };
  }

  private void bind(String name, TorchValue value) {
    values.put(name, value);
    observer.see(name, value);
  }

  private TorchValue value(String name) {
    TorchValue value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("the graph reads " + name + " before it is computed");
    }
    return value;
  }

  private TorchValue valueOrNone(@Nullable String name) {
    return name == null ? TorchValue.none() : value(name);
  }

  private <T> TorchValue term(Term<T> term, Function<T, TorchValue> literal) {
    return switch (term) {
      case Term.Literal<T> given -> literal.apply(given.value());
      case Term.Named<T> named -> value(named.name());
    };
  }

  private static <T> TorchValue list(
      List<? extends @Nullable T> items, Function<T, ? extends TorchValue> value) {
    java.util.ArrayList<TorchValue> values = new java.util.ArrayList<>();
    for (T item : items) {
      values.add(value.apply(item));
    }
    return TorchValue.ofList(values);
  }
}
