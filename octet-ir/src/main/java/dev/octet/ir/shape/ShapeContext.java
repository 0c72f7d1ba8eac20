package dev.octet.ir.shape;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What a [ShapeRule] can ask about the node in front of it.
final class ShapeContext {
  private final Node node;
  private final InferenceRun run;

  ShapeContext(Node node, InferenceRun run) {
    this.node = node;
    this.run = run;
  }

  Node node() {
    return node;
  }

  /// Imported version of the node's domain; 0 when the model imports none.
  int opset() {
    return run.opset(node.domain());
  }

  int inputCount() {
    return node.inputs().size();
  }

  int outputCount() {
    return node.outputs().size();
  }

  boolean has(int input) {
    return node.input(input).isPresent();
  }

  Optional<ValueType> type(int input) {
    return node.input(input).flatMap(run::typeOf);
  }

  Optional<DataType> dataType(int input) {
    return type(input)
        .map(
            type -> type instanceof ValueType.OfTensor(DataType dataType, var s) ? dataType : null);
  }

  Optional<Shape> shape(int input) {
    return type(input)
        .map(type -> type instanceof ValueType.OfTensor(var t, Shape shape) ? shape : null);
  }

  Optional<Integer> rank(int input) {
    return shape(input).map(Shape::rank);
  }

  /// Constant data of an input.
  Optional<DenseTensor> constant(int input) {
    return node.input(input).flatMap(run::constantOf);
  }

  /// Elements of a small integer or BOOL input, as far as known.
  Optional<KnownIntegers> integers(int input) {
    return node.input(input).flatMap(run::integersOf);
  }

  /// Elements of an integer input, when all are plain numbers.
  Optional<long[]> numbers(int input) {
    return integers(input).flatMap(KnownIntegers::numbers);
  }

  /// Integers given by attribute `name` in old opsets and by input `input` in newer ones. Empty
  /// when neither is there or the input's elements are not known; [#has] tells the two apart.
  Optional<long[]> numbers(int input, String name) {
    return has(input) ? numbers(input) : node.intsAttribute(name);
  }

  /// `axis` counted from the front.
  ///
  /// @throws ImpossibleShape when a tensor of this rank has no such axis
  int axis(long axis, int rank) {
    long fromFront = axis < 0 ? axis + rank : axis;
    if (fromFront < 0 || fromFront >= rank) {
      throw new ImpossibleShape("axis " + axis + " of a tensor of rank " + rank);
    }
    return (int) fromFront;
  }

  /// A symbol for a size only the data tells; the same whenever the model is inferred.
  Dim freshDim(int output, int axis) {
    return run.freshDim(node, output, axis);
  }

  /// One tensor; nothing but a reason when the element type is not known.
  ShapeOutcome tensor(Optional<DataType> dataType, Optional<Shape> shape) {
    return dataType.isEmpty()
        ? ShapeOutcome.unknown("the element type of its input is not known")
        : ShapeOutcome.of(dataType.get(), shape.orElse(null));
  }

  /// One tensor of input 0's element type.
  ShapeOutcome likeInput(Optional<Shape> shape) {
    return tensor(dataType(0), shape);
  }

  /// One tensor of input 0's element type, with its elements where they are known.
  ShapeOutcome likeInput(Shape shape, Optional<KnownIntegers> elements) {
    Optional<DataType> type = dataType(0);
    return type.isPresent() && elements.isPresent()
        ? ShapeOutcome.of(type.get(), elements.get())
        : tensor(type, Optional.of(shape));
  }

  /// One tensor of input 0's element type and changed shape.
  ShapeOutcome likeInput(UnaryOperator<Shape> shape) {
    return tensor(dataType(0), shape(0).map(shape));
  }

  /// What an input holds, as an output of the node.
  @Nullable Output same(int input) {
    return type(input)
        .map(type -> new Output(type, integers(input).orElse(null), null))
        .orElse(null);
  }

  /// The operator only works when these two sizes are one: remembered for the whole model.
  ///
  /// @throws ImpossibleShape when both are known and differ
  void mustBeEqual(Dim left, Dim right) {
    if (left instanceof Dim.Known(long a) && right instanceof Dim.Known(long b) && a != b) {
      throw new ImpossibleShape("sizes " + a + " and " + b + " must be equal");
    }
    run.mustBeEqual(left, right);
  }

  /// The shape two shapes broadcast to. A size is left open where which of two names wins is not
  /// known, and not assumed.
  ///
  /// @throws ImpossibleShape when two known sizes do not go together
  Shape broadcast(Shape left, Shape right) {
    return run.assumed().broadcast(node, left, right);
  }

  /// Whether a number used as a bound on `size` means that there is none.
  boolean isBoundless(long bound, DimExpression size) {
    return run.assumed().isBoundless(node, bound, size);
  }

  /// The subgraph an attribute holds.
  ///
  /// @throws ImpossibleShape when there is none
  Graph subgraph(String name) {
    if (node.attributes().get(name) instanceof Attribute.OfGraph(Graph graph)) {
      return graph;
    }
    throw new ImpossibleShape("subgraph '" + name + "' is missing");
  }

  /// Whether a value of a subgraph inferred before is known to be `true`.
  boolean isAlwaysTrue(Value value) {
    return run.integersOf(value)
        .flatMap(known -> known.element(0))
        .filter(t -> t.is(1))
        .isPresent();
  }

  /// Infers a subgraph whose inputs hold the given types, and returns what its outputs hold.
  List<@Nullable Output> inferSubgraph(Graph subgraph, List<? extends @Nullable ValueType> in) {
    return run.inferSubgraph(subgraph, in);
  }

  /// The element type a `dtype`-like attribute names.
  Optional<DataType> dataTypeAttribute(String name, DataType fallback) {
    return DataType.fromOnnx((int) node.intAttribute(name, fallback.onnxNumber()));
  }
}
