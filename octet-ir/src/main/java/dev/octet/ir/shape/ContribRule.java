package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// ONNX Runtime's own operators of transformers and of n-bit weights; attention has a rule of its
/// own.
final class ContribRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "com.microsoft:BiasSplitGelu",
        "com.microsoft:DynamicTimeWarping",
        "com.microsoft:FusedMatMul",
        "com.microsoft:GatherBlockQuantized",
        "com.microsoft:GemmFastGelu",
        "com.microsoft:GemmFloat8",
        "com.microsoft:MatMulBnb4",
        "com.microsoft:MatMulNBits",
        "com.microsoft:NegativeLogLikelihoodLossInternal",
        "com.microsoft:PythonOp",
        "com.microsoft:RemovePadding",
        "com.microsoft:RestorePadding",
        "com.microsoft:SoftmaxCrossEntropyLossInternal",
        "com.microsoft:UnfoldTensor");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    return switch (node.opType()) {
      case "BiasSplitGelu" ->
          context.likeInput(
              input ->
                  withLast(
                      input,
                      context
                          .shape(1)
                          .map(bias -> DimArithmetic.map(bias.dim(0), n -> n.floorDiv(2)))
                          .orElseGet(Dim::unknown)));
      case "DynamicTimeWarping" ->
          ShapeOutcome.of(
              Output.of(DataType.INT32, Shape.of(List.of(Dim.of(2), context.freshDim(0, 1))))
                  .because("how long the path is depends on data"));
      case "FusedMatMul", "GemmFastGelu", "GemmFloat8" -> fusedMatMul(context);
      case "GatherBlockQuantized" -> gatherBlocks(context);
      case "MatMulNBits", "MatMulBnb4" ->
          context.likeInput(input -> withLast(input, Dim.of(node.intAttribute("N", 0))));
      case "PythonOp" -> pythonOp(context);
      case "RemovePadding" -> removePadding(context);
      case "RestorePadding" ->
          context.likeInput(
              tokens ->
                  context
                      .shape(1)
                      .map(places -> Shape.of(List.of(places.dim(0), places.dim(1), tokens.dim(1))))
                      .orElseGet(
                          () -> Shape.of(List.of(Dim.unknown(), Dim.unknown(), tokens.dim(1)))));
      case "UnfoldTensor" -> unfold(context);
      default -> loss(context);
    };
  }

  /// `[batch, length, size]` to the tokens there are `[tokens, size]`, their places, the sums of
  /// lengths `[batch + 1]` and the greatest length.
  private static ShapeOutcome removePadding(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> input = context.shape(0).filter(shape -> shape.rank() == 3);
    if (type.isEmpty() || input.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Dim batch = input.get().dim(0);
    return ShapeOutcome.of(
        Output.of(type.get(), Shape.of(List.of(context.freshDim(0, 0), input.get().dim(2))))
            .because("how many tokens are no padding depends on data"),
        Output.of(DataType.INT32, Shape.of(List.of(batch, input.get().dim(1)))),
        Output.of(DataType.INT32, Shape.of(List.of(DimArithmetic.plus(batch, Dim.of(1))))),
        Output.of(DataType.INT32, Shape.of(1)));
  }

  /// What Python code computes that is not in the model: a context, and tensors of stated types and
  /// ranks.
  private static ShapeOutcome pythonOp(ShapeContext context) {
    long[] types = context.node().intsAttribute("output_tensor_types").orElse(new long[0]);
    long[] ranks = context.node().intsAttribute("output_tensor_ranks").orElse(new long[0]);
    List<@Nullable Output> outputs = new ArrayList<>();
    outputs.add(Output.of(DataType.INT64, Shape.of()));
    for (int i = 0; i < Math.min(types.length, ranks.length); i++) {
      List<Dim> dims = Collections.nCopies((int) ranks[i], Dim.unknown());
      outputs.add(
          DataType.fromOnnx((int) types[i])
              .map(type -> Output.of(type, Shape.of(dims)))
              .map(output -> output.because("what it computes is Python code"))
              .orElse(null));
    }
    return new ShapeOutcome.Inferred(outputs);
  }

  /// Windows along an axis: their number there, their size as a last axis.
  private static ShapeOutcome unfold(ShapeContext context) {
    return context.likeInput(
        input -> {
          int axis = context.axis(context.node().intAttribute("dim", -1), input.rank());
          long size = context.node().intAttribute("size", 1);
          long step = context.node().intAttribute("step", 1);
          List<Dim> dims = new ArrayList<>(input.dims());
          dims.set(
              axis, DimArithmetic.map(dims.get(axis), n -> n.plus(-size).floorDiv(step).plus(1)));
          dims.add(Dim.of(size));
          return Shape.of(dims);
        });
  }

  private static ShapeOutcome loss(ShapeContext context) {
    Optional<DataType> type =
        context.node().attributes().containsKey("output_type")
            ? context.dataTypeAttribute("output_type", DataType.FLOAT)
            : context.dataType(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    boolean reduced = !context.node().stringAttribute("reduction", "mean").equals("none");
    Shape loss = reduced ? Shape.of() : context.shape(1).orElse(null);
    return ShapeOutcome.of(
        Output.of(type.get(), loss), Output.of(type.get(), context.shape(0).orElse(null)));
  }

  private static ShapeOutcome fusedMatMul(ShapeContext context) {
    Node node = context.node();
    Optional<Shape> a = context.shape(0);
    Optional<Shape> b = context.shape(1);
    if (a.isEmpty()
        || b.isEmpty()
        || node.intAttribute("transBatchA", 0) != 0
        || node.intAttribute("transBatchB", 0) != 0) {
      return context.likeInput(Optional.empty());
    }
    Shape left = node.intAttribute("transA", 0) != 0 ? swapped(a.get()) : a.get();
    Shape right = node.intAttribute("transB", 0) != 0 ? swapped(b.get()) : b.get();
    return context.likeInput(Optional.of(MatMulRule.product(context, left, right)));
  }

  private static ShapeOutcome gatherBlocks(ShapeContext context) {
    Optional<Shape> data = context.shape(0);
    Optional<Shape> indices = context.shape(1);
    if (data.isEmpty() || indices.isEmpty()) {
      return context.tensor(context.dataType(2), Optional.empty());
    }
    int axis = context.axis(context.node().intAttribute("gather_axis", 0), data.get().rank());
    List<Dim> dims = new ArrayList<>(data.get().dims().subList(0, axis));
    dims.addAll(indices.get().dims());
    dims.addAll(data.get().dims().subList(axis + 1, data.get().rank()));
    // Bytes hold several numbers along the last axis.
    long each =
        context.dataType(0).equals(Optional.of(DataType.UINT8))
            ? 8 / context.node().intAttribute("bits", 4)
            : 1;
    dims.set(dims.size() - 1, DimArithmetic.times(dims.getLast(), Dim.of(each)));
    return context.tensor(context.dataType(2), Optional.of(Shape.of(dims)));
  }

  private static Shape swapped(Shape shape) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    if (dims.size() > 1) {
      Dim last = dims.removeLast();
      dims.add(dims.size() - 1, last);
    }
    return Shape.of(dims);
  }

  private static Shape withLast(Shape shape, Dim last) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.set(dims.size() - 1, last);
    return Shape.of(dims);
  }
}
