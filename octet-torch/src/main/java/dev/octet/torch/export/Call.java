package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.Term;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One call as a translator sees it: arguments by schema name, defaults filled in, tensors and
/// sizes resolved to what has been translated. Reading an argument in a form it does not have
/// throws [UnsupportedArgument].
final class Call {
  private final AtenNode node;
  private final Scope scope;
  private final OnnxNodes onnx;
  private final GraphTranslation translation;

  Call(AtenNode node, Scope scope, OnnxNodes onnx, GraphTranslation translation) {
    this.node = node;
    this.scope = scope;
    this.onnx = onnx;
    this.translation = translation;
  }

  AtenNode node() {
    return node;
  }

  /// Operator name without namespace and overload.
  String op() {
    return node.op().name();
  }

  /// Overload name.
  String overload() {
    return node.op().overload();
  }

  /// This call on one part of each complex tensor.
  ///
  /// @param parts the part of each, and what else is to be replaced
  Call onParts(Map<String, Value> parts) {
    return new Call(node, scope.onParts(node, parts), onnx, translation);
  }

  /// Whether anything reads the result at this place.
  boolean isRead(int index) {
    List<String> names = node.outputNames();
    return index < names.size() && scope.isRead(names.get(index));
  }

  /// Whether the argument is something other than `None`.
  boolean given(String name) {
    return !(argument(name) instanceof AtenArgument.None);
  }

  /// Whether the argument is a tensor.
  boolean isTensor(String name) {
    return argument(name) instanceof AtenArgument.TensorRef;
  }

  /// The argument at this place, for higher-order operators: theirs have no names.
  AtenArgument positional(int index) {
    return node.arguments().get(index).value();
  }

  /// A condition: a BOOL tensor of one element.
  Value condition(AtenArgument argument) {
    return switch (argument) {
      case AtenArgument.TensorRef(String name) -> scope.tensor(name);
      case AtenArgument.SymBoolValue(Term.Named<Boolean>(String name)) -> scope.tensor(name);
      case AtenArgument.SymBoolValue(Term.Literal<Boolean>(Boolean value)) -> truth(value);
      case AtenArgument.BoolValue(boolean value) -> truth(value);
      default -> throw new UnsupportedArgument("a condition is " + argument);
    };
  }

  private Value truth(boolean value) {
    return onnx.scalar(DataType.BOOL, value ? 1 : 0);
  }

  /// Translates a branch or body.
  ///
  /// @param name what it is called from here; see [dev.octet.torch.graph.BodyNames]
  /// @param operands what its inputs stand for, in order
  /// @param inside writes to the ONNX graph that is to hold it
  /// @return its results, in order
  List<Value> nested(String name, AtenGraph body, List<Value> operands, OnnxNodes inside) {
    Scope inner = scope.within(name, body, inside.graph());
    for (int i = 0; i < body.inputs().size(); i++) {
      if (!(body.inputs().get(i) instanceof AtenArgument.TensorRef(String operand))) {
        throw new UnsupportedArgument("a branch or body takes something other than tensors");
      }
      inner.define(operand, operands.get(i));
    }
    translation.translate(body, inner, inside);
    return body.outputs().stream()
        .flatMap(output -> output.references().stream())
        .map(inner::tensor)
        .toList();
  }

  /// The ONNX type of a tensor that is recorded so.
  ValueType type(TensorMeta meta) {
    return translation.type(meta);
  }

  Value tensor(String name) {
    return maybeTensor(name).orElseThrow(() -> wrong(name, "a tensor"));
  }

  Optional<Value> maybeTensor(String name) {
    return tensorName(name).map(scope::tensor);
  }

  List<Value> tensors(String name) {
    return tensorNames(name).stream().map(scope::tensor).toList();
  }

  /// SSA names of every tensor the call reads, in order, one as often as it is read.
  List<String> tensorsRead() {
    return node.inputNames().stream().filter(name -> scope.find(name).isPresent()).toList();
  }

  /// SSA names of a list of tensors.
  List<String> tensorNames(String name) {
    return switch (argument(name)) {
      case AtenArgument.Tensors(List<String> names) -> names;
      case AtenArgument.Ints(List<Long> none) when none.isEmpty() -> List.of();
      default -> throw wrong(name, "a list of tensors");
    };
  }

  /// SSA names of a list of tensors with gaps.
  List<@Nullable String> optionalTensorNames(String name) {
    return switch (argument(name)) {
      case AtenArgument.Tensors(List<String> names) ->
          Collections.unmodifiableList(new ArrayList<@Nullable String>(names));
      case AtenArgument.OptionalTensors optional -> optional.names();
      default -> throw wrong(name, "a list of tensors");
    };
  }

  /// The translated tensor of this SSA name.
  Value named(String ssaName) {
    return scope.tensor(ssaName);
  }

  /// What is recorded about a tensor argument.
  TensorMeta meta(String name) {
    return scope.meta(tensorName(name).orElseThrow(() -> wrong(name, "a tensor")));
  }

  /// What is recorded about a tensor by SSA name.
  TensorMeta metaOf(String ssaName) {
    return scope.meta(ssaName);
  }

  /// What is recorded about the first result.
  TensorMeta result() {
    return scope.meta(node.output());
  }

  /// What is recorded about every result, in order.
  List<TensorMeta> results() {
    return node.outputNames().stream().map(scope::meta).toList();
  }

  /// What is recorded about the size this call computes, as text; empty for nothing.
  String resultExpression() {
    return scope.expression(node.output());
  }

  /// Rank of a tensor argument.
  int rank(String name) {
    return meta(name).rank();
  }

  /// An axis argument, counted from the front, for a tensor of this rank.
  int axis(String name, int rank) {
    return normalized(integer(name), rank);
  }

  /// Axes of an argument that may be one integer, a list or `None`, counted from the front.
  List<Long> axes(String name, int rank) {
    if (!given(name)) {
      return List.of();
    }
    return integers(name).stream().map(axis -> (long) normalized(axis, rank)).toList();
  }

  static int normalized(long axis, int rank) {
    return (int) (axis < 0 ? axis + Math.max(rank, 1) : axis);
  }

  long integer(String name) {
    return switch (size(name)) {
      case Size.Fixed(long value) -> value;
      case Size.Computed computed -> throw varying(name);
    };
  }

  /// Integers of a list argument; a bare integer is a list of one.
  List<Long> integers(String name) {
    return sizes(name).stream()
        .map(
            size ->
                switch (size) {
                  case Size.Fixed(long value) -> value;
                  case Size.Computed computed -> throw varying(name);
                })
        .toList();
  }

  /// Integers of a list argument, one repeated to `count`.
  List<Long> integers(String name, int count) {
    List<Long> values = integers(name);
    return values.size() == 1 ? Collections.nCopies(count, values.getFirst()) : values;
  }

  double number(String name) {
    return switch (argument(name)) {
      case AtenArgument.FloatValue(double value) -> value;
      case AtenArgument.SymFloatValue(Term.Literal<Double>(Double value)) -> value;
      case AtenArgument.BoolValue(boolean value) -> value ? 1 : 0;
      default -> integer(name);
    };
  }

  /// Numbers of a list argument.
  List<Double> numbers(String name) {
    return switch (argument(name)) {
      case AtenArgument.Floats(List<Double> values) -> values;
      default -> throw wrong(name, "a list of numbers");
    };
  }

  boolean flag(String name) {
    return switch (argument(name)) {
      case AtenArgument.BoolValue(boolean value) -> value;
      case AtenArgument.IntValue(long value) -> value != 0;
      default -> throw wrong(name, "a boolean");
    };
  }

  /// Truth values of a list argument.
  List<Boolean> flags(String name) {
    return switch (argument(name)) {
      case AtenArgument.Bools(List<Boolean> values) -> values;
      default -> throw wrong(name, "a list of booleans");
    };
  }

  String text(String name) {
    return switch (argument(name)) {
      case AtenArgument.StringValue(String value) -> value;
      default -> throw wrong(name, "a string");
    };
  }

  Optional<TorchDtype> dtype(String name) {
    return switch (argument(name)) {
      case AtenArgument.Dtype(TorchDtype dtype) -> Optional.of(dtype);
      case AtenArgument.None none -> Optional.empty();
      default -> throw wrong(name, "an element type");
    };
  }

  Size size(String name) {
    return switch (argument(name)) {
      case AtenArgument.IntValue(long value) -> Size.of(value);
      case AtenArgument.BoolValue(boolean value) -> Size.of(value ? 1 : 0);
      case AtenArgument.SymIntValue(Term<Long> term) -> size(term);
      default -> throw wrong(name, "an integer");
    };
  }

  /// Sizes of a list argument; a bare integer is a list of one.
  List<Size> sizes(String name) {
    return switch (argument(name)) {
      case AtenArgument.Ints(List<Long> values) -> values.stream().map(Size::of).toList();
      case AtenArgument.SymInts(List<Term<Long>> terms) -> terms.stream().map(this::size).toList();
      default -> List.of(size(name));
    };
  }

  /// A tensor or scalar argument as a tensor of the given element type.
  Value operand(String name, TorchDtype type) {
    return switch (argument(name)) {
      case AtenArgument.TensorRef(String tensor) ->
          onnx.cast(scope.tensor(tensor), scope.meta(tensor).dtype(), type);
      case AtenArgument.SymIntValue value when size(name) instanceof Size.Computed computed ->
          onnx.cast(onnx.scalar(computed), TorchDtype.INT64, type);
      case AtenArgument.SymFloatValue(Term.Named<Double>(String number)) ->
          onnx.castTo(scope.tensor(number), OnnxNodes.onnx(type));
      case AtenArgument argument -> onnx.scalar(OnnxNodes.onnx(type), number(name));
    };
  }

  private Optional<String> tensorName(String name) {
    return switch (argument(name)) {
      case AtenArgument.TensorRef(String tensor) -> Optional.of(tensor);
      case AtenArgument.OptionalTensor optional -> Optional.ofNullable(optional.name());
      case AtenArgument.None none -> Optional.empty();
      default -> throw wrong(name, "a tensor");
    };
  }

  /// The argument as given, or the schema's default.
  AtenArgument argument(String name) {
    return node.argument(name).orElseGet(() -> defaultValue(name));
  }

  private AtenArgument defaultValue(String name) {
    AtenSchemas.Parameter parameter =
        AtenSchemas.standard()
            .parameter(node.op(), name)
            .filter(AtenSchemas.Parameter::hasDefault)
            .orElseThrow(
                () ->
                    new UnsupportedArgument("argument " + name + " is missing and has no default"));
    String text = parameter.defaultText();
    String type = parameter.type().replace("Optional[", "").replace("]", "");
    if (text.equals("None")) {
      return new AtenArgument.None();
    }
    if (text.startsWith("[")) {
      String inner = text.substring(1, text.length() - 1);
      List<String> items = inner.isEmpty() ? List.of() : Arrays.asList(inner.split(","));
      return type.contains("float")
          ? new AtenArgument.Floats(items.stream().map(Double::valueOf).toList())
          : new AtenArgument.Ints(items.stream().map(Long::valueOf).toList());
    }
    return switch (type) {
      case "bool" -> new AtenArgument.BoolValue(text.equals("True"));
      case "str" -> new AtenArgument.StringValue(text);
      case "int" -> new AtenArgument.IntValue(Long.parseLong(text));
      case "ScalarType" ->
          new AtenArgument.Dtype(TorchDtype.fromC10(Integer.parseInt(text)).orElseThrow());
      default ->
          text.contains(".") || text.contains("e") || type.equals("float")
              ? new AtenArgument.FloatValue(Double.parseDouble(text))
              : text.equals("True") || text.equals("False")
                  ? new AtenArgument.BoolValue(text.equals("True"))
                  : new AtenArgument.IntValue(Long.parseLong(text));
    };
  }

  /// The size a term stands for.
  Size size(Term<Long> term) {
    return switch (term) {
      case Term.Literal<Long>(Long value) -> Size.of(value);
      case Term.Named<Long>(String name) -> scope.size(name);
    };
  }

  private UnsupportedArgument wrong(String name, String expected) {
    return new UnsupportedArgument(
        "argument %s is %s, not %s".formatted(name, argument(name), expected));
  }

  private static UnsupportedArgument varying(String name) {
    return new UnsupportedArgument(
        "argument " + name + " depends on the sizes of the input, where ONNX needs a number");
  }
}
