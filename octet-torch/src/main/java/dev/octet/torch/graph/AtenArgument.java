package dev.octet.torch.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One argument or result of a node: every form the file schema knows.
public sealed interface AtenArgument {

  /// Python's `None`.
  record None() implements AtenArgument {}

  /// A tensor value by SSA name.
  record TensorRef(String name) implements AtenArgument {}

  /// A list of tensor values; also the single result of operators that return `Tensor[]`.
  record Tensors(List<String> names) implements AtenArgument {
    public Tensors {
      names = List.copyOf(names);
    }
  }

  /// A list of tensor values with gaps (`Tensor?[]`), such as the indices of `aten.index`.
  record OptionalTensors(List<@Nullable String> names) implements AtenArgument {
    public OptionalTensors {
      names = Collections.unmodifiableList(new ArrayList<>(names));
    }
  }

  /// A tensor value that may be missing, where the schema keeps that distinction.
  record OptionalTensor(@Nullable String name) implements AtenArgument {}

  /// A list of lists of tensor values.
  record NestedTensors(List<List<String>> names) implements AtenArgument {
    public NestedTensors {
      names = names.stream().map(List::copyOf).toList();
    }
  }

  record IntValue(long value) implements AtenArgument {}

  record Ints(List<Long> values) implements AtenArgument {
    public Ints {
      values = List.copyOf(values);
    }
  }

  record FloatValue(double value) implements AtenArgument {}

  record Floats(List<Double> values) implements AtenArgument {
    public Floats {
      values = List.copyOf(values);
    }
  }

  record BoolValue(boolean value) implements AtenArgument {}

  record Bools(List<Boolean> values) implements AtenArgument {
    public Bools {
      values = List.copyOf(values);
    }
  }

  record StringValue(String value) implements AtenArgument {}

  record Strings(List<String> values) implements AtenArgument {
    public Strings {
      values = List.copyOf(values);
    }
  }

  /// An integer that may be computed by the graph.
  record SymIntValue(Term<Long> term) implements AtenArgument {}

  /// Integers of which at least one may be computed by the graph, such as the sizes of a view.
  record SymInts(List<Term<Long>> terms) implements AtenArgument {
    public SymInts {
      terms = List.copyOf(terms);
    }
  }

  record SymFloatValue(Term<Double> term) implements AtenArgument {}

  record SymFloats(List<Term<Double>> terms) implements AtenArgument {
    public SymFloats {
      terms = List.copyOf(terms);
    }
  }

  record SymBoolValue(Term<Boolean> term) implements AtenArgument {}

  record SymBools(List<Term<Boolean>> terms) implements AtenArgument {
    public SymBools {
      terms = List.copyOf(terms);
    }
  }

  record Dtype(TorchDtype dtype) implements AtenArgument {}

  record MemoryFormat(TorchMemoryFormat format) implements AtenArgument {}

  record Layout(TorchLayout layout) implements AtenArgument {}

  record Device(TorchDevice device) implements AtenArgument {}

  /// A branch or body of a higher-order operator. Its names are its own: nothing of the outer graph
  /// is visible inside but what is passed as operands.
  record Subgraph(String name, AtenGraph graph) implements AtenArgument {}

  /// A scripted object, which Octet can name but not run.
  record CustomObject(String name, String classFqn) implements AtenArgument {}

  /// A function passed as an argument, in the file's form.
  record Operator(String target) implements AtenArgument {}

  record Complex(double real, double imaginary) implements AtenArgument {}

  record IntLists(List<List<Long>> values) implements AtenArgument {
    public IntLists {
      values = values.stream().map(List::copyOf).toList();
    }
  }

  record FloatLists(List<List<Double>> values) implements AtenArgument {
    public FloatLists {
      values = values.stream().map(List::copyOf).toList();
    }
  }

  /// Arguments by name.
  record Arguments(Map<String, AtenArgument> values) implements AtenArgument {
    public Arguments {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  /// SSA names this argument refers to, in order, repeats included. Those inside a [Subgraph] are
  /// another scope's and not listed.
  default List<String> references() {
    List<String> found = new ArrayList<>();
    renamed(
        name -> {
          found.add(name);
          return name;
        });
    return found;
  }

  /// This argument with every SSA name mapped, tensors and scalars alike.
  default AtenArgument renamed(UnaryOperator<String> mapping) {
    return switch (this) {
      case TensorRef(String name) -> new TensorRef(mapping.apply(name));
      case Tensors(List<String> names) -> new Tensors(names.stream().map(mapping).toList());
      case OptionalTensors optional -> {
        List<@Nullable String> mapped = new ArrayList<>();
        for (String name : optional.names()) {
          mapped.add(name == null ? null : mapping.apply(name));
        }
        yield new OptionalTensors(mapped);
      }
      case OptionalTensor optional -> {
        String name = optional.name();
        yield name == null ? optional : new OptionalTensor(mapping.apply(name));
      }
      case NestedTensors(List<List<String>> names) ->
          new NestedTensors(
              names.stream().map(list -> list.stream().map(mapping).toList()).toList());
      case SymIntValue(Term<Long> term) -> new SymIntValue(renamed(term, mapping));
      case SymInts(List<Term<Long>> terms) ->
          new SymInts(terms.stream().map(term -> renamed(term, mapping)).toList());
      case SymFloatValue(Term<Double> term) -> new SymFloatValue(renamed(term, mapping));
      case SymFloats(List<Term<Double>> terms) ->
          new SymFloats(terms.stream().map(term -> renamed(term, mapping)).toList());
      case SymBoolValue(Term<Boolean> term) -> new SymBoolValue(renamed(term, mapping));
      case SymBools(List<Term<Boolean>> terms) ->
          new SymBools(terms.stream().map(term -> renamed(term, mapping)).toList());
      case CustomObject(String name, String classFqn) ->
          new CustomObject(mapping.apply(name), classFqn);
      case Arguments(Map<String, AtenArgument> values) -> {
        Map<String, AtenArgument> mapped = new LinkedHashMap<>();
        values.forEach((key, value) -> mapped.put(key, value.renamed(mapping)));
        yield new Arguments(mapped);
      }
      case None none -> none;
      case IntValue value -> value;
      case Ints values -> values;
      case FloatValue value -> value;
      case Floats values -> values;
      case BoolValue value -> value;
      case Bools values -> values;
      case StringValue value -> value;
      case Strings values -> values;
      case Dtype dtype -> dtype;
      case MemoryFormat format -> format;
      case Layout layout -> layout;
      case Device device -> device;
      case Subgraph subgraph -> subgraph;
      case Operator operator -> operator;
      case Complex complex -> complex;
      case IntLists lists -> lists;
      case FloatLists lists -> lists;
    };
  }

  static AtenArgument of(long value) {
    return new IntValue(value);
  }

  static AtenArgument of(double value) {
    return new FloatValue(value);
  }

  static AtenArgument of(boolean value) {
    return new BoolValue(value);
  }

  /// A tensor value by SSA name.
  static AtenArgument tensor(String name) {
    return new TensorRef(name);
  }

  static AtenArgument of(TorchDtype dtype) {
    return new Dtype(dtype);
  }

  /// A list of integers.
  static AtenArgument ints(long... values) {
    return new Ints(java.util.Arrays.stream(values).boxed().toList());
  }

  private static <T> Term<T> renamed(Term<T> term, UnaryOperator<String> mapping) {
    return switch (term) {
      case Term.Literal<T> literal -> literal;
      case Term.Named<T> named -> new Term.Named<>(mapping.apply(named.name()));
    };
  }
}
