package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// ONNX Runtime's own operators of transformers and of n-bit weights, and ONNX's `Attention`.
final class ContribRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "Attention",
        "com.microsoft:Attention",
        "com.microsoft:FusedMatMul",
        "com.microsoft:GatherBlockQuantized",
        "com.microsoft:GroupQueryAttention",
        "com.microsoft:MatMulBnb4",
        "com.microsoft:MatMulNBits",
        "com.microsoft:MultiHeadAttention",
        "com.microsoft:QAttention");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    return switch (node.opType()) {
      case "MatMulNBits", "MatMulBnb4" ->
          context.likeInput(input -> withLast(input, Dim.of(node.intAttribute("N", 0))));
      case "FusedMatMul" -> fusedMatMul(context);
      case "GatherBlockQuantized" -> gatherBlocks(context);
      case "GroupQueryAttention" ->
          ShapeOutcome.of(context.same(0), context.same(3), context.same(4));
      case "MultiHeadAttention" -> {
        Dim hidden =
            context.shape(2).filter(v -> v.rank() == 3).map(v -> v.dim(2)).orElseGet(Dim::unknown);
        yield context.likeInput(input -> input.rank() == 3 ? withLast(input, hidden) : input);
      }
      case "QAttention" -> {
        Dim hidden = third(context.shape(1));
        yield context.tensor(context.dataType(3), context.shape(0).map(s -> withLast(s, hidden)));
      }
      default -> node.domain().isEmpty() ? attention(context) : packedAttention(context);
    };
  }

  private static ShapeOutcome packedAttention(ShapeContext context) {
    Dim hidden = third(context.shape(1));
    return context.likeInput(input -> withLast(input, hidden));
  }

  /// Weights hold query, key and value side by side.
  private static Dim third(Optional<Shape> weights) {
    return weights
        .filter(shape -> shape.rank() == 2)
        .map(shape -> DimArithmetic.map(shape.dim(1), n -> n.floorDiv(3)))
        .orElseGet(Dim::unknown);
  }

  /// Opset 23: `[batch, heads, length, size]`, or `[batch, length, heads * size]`.
  private static ShapeOutcome attention(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> query = context.shape(0);
    Optional<Shape> value = context.shape(2);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    @Nullable Shape output = null;
    if (query.isPresent() && value.isPresent()) {
      if (query.get().rank() == 4) {
        output = withLast(query.get(), value.get().dims().getLast());
      } else {
        long heads = context.node().intAttribute("q_num_heads", 1);
        long valueHeads = context.node().intAttribute("kv_num_heads", 1);
        output =
            withLast(
                query.get(),
                DimArithmetic.map(
                    value.get().dims().getLast(), n -> n.floorDiv(valueHeads).times(heads)));
      }
    }
    return ShapeOutcome.of(Output.of(type.get(), output));
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
