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

/// Attention in ONNX's form (opset 23) and in the many of ONNX Runtime.
final class AttentionRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "Attention",
        "com.microsoft:Attention",
        "com.microsoft:DecoderMaskedMultiHeadAttention",
        "com.microsoft:GatedRelativePositionBias",
        "com.microsoft:GroupQueryAttention",
        "com.microsoft:LongformerAttention",
        "com.microsoft:MultiHeadAttention",
        "com.microsoft:PackedAttention",
        "com.microsoft:PackedMultiHeadAttention",
        "com.microsoft:PagedAttention",
        "com.microsoft:QAttention",
        "com.microsoft:RelativePositionBias",
        "com.microsoft:SparseAttention");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    return switch (node.opType()) {
      case "DecoderMaskedMultiHeadAttention" ->
          ShapeOutcome.of(context.same(0), context.same(5), context.same(5));
      case "GatedRelativePositionBias" -> gatedBias(context);
      case "GroupQueryAttention", "SparseAttention" -> grouped(context);
      case "LongformerAttention" -> ShapeOutcome.of(context.same(0));
      case "MultiHeadAttention" -> multiHead(context);
      case "PackedMultiHeadAttention" -> packedMultiHead(context);
      case "PagedAttention" -> paged(context);
      case "QAttention" ->
          context.tensor(
              context.dataType(3),
              context.shape(0).map(input -> withLast(input, valueSize(context, 1, 2))));
      case "RelativePositionBias" -> positionBias(context);
      default -> node.domain().isEmpty() ? standard(context) : selfAttention(context);
    };
  }

  /// Opset 23: `[batch, heads, length, size]`, or `[batch, length, heads * size]`; then the present
  /// key and value `[batch, heads, past + length, size]`, and the products before the softmax.
  private static ShapeOutcome standard(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> query = context.shape(0);
    Optional<Shape> key = context.shape(1);
    Optional<Shape> value = context.shape(2);
    if (type.isEmpty() || query.isEmpty() || key.isEmpty() || value.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Node node = context.node();
    long heads = node.intAttribute("q_num_heads", 1);
    long valueHeads = node.intAttribute("kv_num_heads", 1);
    boolean split = query.get().rank() == 4;
    Dim size = split ? value.get().dim(3) : over(value.get().dim(2), valueHeads);
    Shape output =
        withLast(query.get(), split ? size : DimArithmetic.map(size, n -> n.times(heads)));
    Dim batch = query.get().dim(0);
    Dim keys = split ? key.get().dim(1) : Dim.of(valueHeads);
    Dim keySize = split ? key.get().dim(3) : over(key.get().dim(2), valueHeads);
    Dim length = key.get().dim(split ? 2 : 1);
    Dim total =
        context
            .shape(4)
            .filter(past -> past.rank() == 4)
            .map(past -> DimArithmetic.plus(past.dim(2), length))
            .orElse(length);
    Shape presentKey = Shape.of(List.of(batch, keys, total, keySize));
    Shape presentValue = Shape.of(List.of(batch, keys, total, size));
    Dim queries = split ? query.get().dim(1) : Dim.of(heads);
    Shape products = Shape.of(List.of(batch, queries, query.get().dim(split ? 2 : 1), total));
    return ShapeOutcome.of(
        Output.of(type.get(), output),
        Output.of(context.dataType(1).orElse(type.get()), presentKey),
        Output.of(context.dataType(2).orElse(type.get()), presentValue),
        Output.of(type.get(), products));
  }

  /// Weights, or else the bias, hold query, key and value side by side; the second output is the
  /// present key and value `[2, batch, heads, past + length, size]`.
  private static ShapeOutcome selfAttention(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> input = context.shape(0);
    if (type.isEmpty() || input.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Output output = Output.of(type.get(), withLast(input.get(), valueSize(context, 1, 2)));
    if (input.get().rank() != 3) {
      return ShapeOutcome.of(output);
    }
    long heads = context.node().intAttribute("num_heads", 1);
    Dim length = input.get().dim(1);
    Optional<Shape> past = context.shape(4).filter(shape -> shape.rank() == 5);
    Dim total = past.map(shape -> DimArithmetic.plus(shape.dim(3), length)).orElse(length);
    Dim size =
        past.map(shape -> shape.dim(4)).orElseGet(() -> over(valueSize(context, 1, 2), heads));
    return ShapeOutcome.of(
        output,
        Output.of(
            type.get(),
            Shape.of(List.of(Dim.of(2), input.get().dim(0), Dim.of(heads), total, size))));
  }

  private static ShapeOutcome multiHead(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> query = context.shape(0);
    if (type.isEmpty() || query.isEmpty() || query.get().rank() < 3) {
      return context.tensor(type, Optional.empty());
    }
    Shape input = query.get();
    Optional<Shape> key = context.shape(1);
    Optional<Shape> value = context.shape(2);
    Dim heads = Dim.of(context.node().intAttribute("num_heads", 1));
    boolean packed = input.rank() == 5;
    Dim hidden = packed ? DimArithmetic.times(input.dim(2), input.dim(4)) : input.dim(2);
    if (!packed && value.isPresent()) {
      hidden =
          value.get().rank() == 3
              ? value.get().dim(2)
              : DimArithmetic.times(heads, value.get().dim(3));
    }
    Dim length =
        packed
            ? input.dim(1)
            : key.map(shape -> shape.dim(shape.rank() == 4 ? 2 : 1)).orElseGet(Dim::unknown);
    Optional<Shape> past = context.shape(6).filter(shape -> shape.rank() == 4);
    Dim total = past.map(shape -> DimArithmetic.plus(shape.dim(2), length)).orElse(length);
    Dim size =
        packed ? input.dim(4) : DimArithmetic.combine(input.dim(2), heads, DimExpression::floorDiv);
    Dim valueSize = DimArithmetic.combine(hidden, heads, DimExpression::floorDiv);
    return ShapeOutcome.of(
        Output.of(type.get(), Shape.of(List.of(input.dim(0), input.dim(1), hidden))),
        Output.of(type.get(), Shape.of(List.of(input.dim(0), heads, total, size))),
        Output.of(type.get(), Shape.of(List.of(input.dim(0), heads, total, valueSize))));
  }

  /// Query alone, or query, keys and values packed in one; the present ones are as long as the past
  /// ones, which are buffers of the greatest length.
  private static ShapeOutcome grouped(ShapeContext context) {
    Output output = context.same(0);
    if (!context.has(1)) {
      long heads = context.node().intAttribute("num_heads", 1);
      long all = heads + 2 * context.node().intAttribute("kv_num_heads", 1);
      output =
          context
              .dataType(0)
              .map(
                  type ->
                      Output.of(
                          type,
                          context
                              .shape(0)
                              .map(input -> withLast(input, part(input, heads, all)))
                              .orElse(null)))
              .orElse(null);
    }
    return ShapeOutcome.of(output, context.same(3), context.same(4));
  }

  private static ShapeOutcome packedMultiHead(ShapeContext context) {
    Optional<Shape> value = context.shape(2).filter(shape -> shape.rank() == 2);
    return context.likeInput(
        value.or(
            () ->
                context
                    .shape(0)
                    .filter(query -> query.rank() == 4)
                    .map(
                        query ->
                            Shape.of(
                                List.of(
                                    query.dim(0),
                                    DimArithmetic.times(query.dim(1), query.dim(3)))))));
  }

  private static ShapeOutcome paged(ShapeContext context) {
    long heads = context.node().intAttribute("num_heads", 1);
    long all = heads + 2 * context.node().intAttribute("kv_num_heads", 1);
    Output output = context.same(0);
    if (!context.has(1) && context.dataType(0).isPresent()) {
      Shape shape = context.shape(0).map(q -> withLast(q, part(q, heads, all))).orElse(null);
      output = Output.of(context.dataType(0).get(), shape);
    }
    return ShapeOutcome.of(output, context.same(3), context.same(4));
  }

  private static ShapeOutcome gatedBias(ShapeContext context) {
    Dim heads = Dim.of(context.node().intAttribute("num_heads", 1));
    Optional<Shape> sizes = context.has(6) ? context.shape(6) : context.shape(0);
    return context.likeInput(
        sizes.map(shape -> Shape.of(List.of(shape.dim(0), heads, shape.dim(1), shape.dim(1)))));
  }

  /// Table `[buckets, heads]` and two lengths to `[1, heads, query length, key length]`.
  private static ShapeOutcome positionBias(ShapeContext context) {
    return context.likeInput(
        table ->
            Shape.of(List.of(Dim.of(1), table.dim(1), length(context, 1), length(context, 2))));
  }

  private static Dim length(ShapeContext context, int input) {
    return context
        .integers(input)
        .flatMap(known -> known.element(0))
        .map(DimExpression::toDim)
        .orElseGet(Dim::unknown);
  }

  /// Size of the value part of weights or bias that hold query, key and value.
  private static Dim valueSize(ShapeContext context, int weights, int bias) {
    long @Nullable [] stated = context.node().intsAttribute("qkv_hidden_sizes").orElse(null);
    if (stated != null && stated.length == 3) {
      return Dim.of(stated[2]);
    }
    return context
        .shape(weights)
        .filter(shape -> shape.rank() == 2)
        .map(shape -> shape.dim(1))
        .or(() -> context.shape(bias).filter(shape -> shape.rank() == 1).map(s -> s.dim(0)))
        .map(all -> over(all, 3))
        .orElseGet(Dim::unknown);
  }

  private static Dim part(Shape packed, long some, long all) {
    return DimArithmetic.map(packed.dims().getLast(), n -> n.floorDiv(all).times(some));
  }

  private static Dim over(Dim dim, long divisor) {
    return DimArithmetic.map(dim, n -> n.floorDiv(divisor));
  }

  private static Shape withLast(Shape shape, Dim last) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.set(dims.size() - 1, last);
    return Shape.of(dims);
  }
}
