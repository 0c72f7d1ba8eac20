package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.DimExpression;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns a linear layer over tensors of rank 3 and more, whose input is reshaped anyway, into one
/// over matrices: `Reshape → MatMul → Add` becomes `Reshape → MatMul → Add → Reshape` on a matrix,
/// which then becomes `Reshape → Gemm → Reshape`.
///
/// The same number of nodes in the end, and a `Gemm` for the quantizer. Without a `Reshape` before
/// it, the layer is left alone. In a quantized model a `QuantizeLinear` and `DequantizeLinear` with
/// one scale may lie between the two; they then work on the matrix as well, since rounding does not
/// depend on shape.
public final class MatMulOfReshapeToMatrix implements RewriteRule {
  @Override
  public String name() {
    return "matmul-of-reshape-to-matrix";
  }

  @Override
  public String description() {
    return "A linear layer over a reshaped tensor of rank 3 or more works on a matrix instead.";
  }

  @Override
  public RuleOutcome apply(Node add, RewriteContext context) {
    return MatMulAdd.of(add)
        .map(both -> flatten(both.matMul(), add, both.bias(), context))
        .orElseGet(RuleOutcome::noMatch);
  }

  private static RuleOutcome flatten(Node matMul, Node add, Value bias, RewriteContext context) {
    Value data = matMul.input(0).orElseThrow();
    Value weights = matMul.input(1).orElseThrow();
    Optional<Shape> a = data.shape();
    Optional<Shape> b = weights.shape();
    Optional<Shape> output = add.output(0).shape();
    Optional<Value> reshaped = reshaped(data, context);
    if (reshaped.isEmpty()
        || a.filter(shape -> shape.rank() > 2).isEmpty()
        || b.filter(shape -> shape.rank() == 2 && shape.isStatic()).isEmpty()) {
      return RuleOutcome.noMatch();
    }
    if (!readOnlyOnTheWay(reshaped.get(), data, context)
        || context.onlyReader(matMul.output(0)).isEmpty()) {
      return RuleOutcome.declined("a value within the layer has other readers", matMul);
    }
    // Along the last axis only, so that rows stay rows.
    Dim columns = b.get().dim(1);
    boolean plainBias =
        bias.shape()
            .filter(s -> s.rank() == 1 && (s.dim(0).equals(columns) || s.dim(0).equals(Dim.of(1))))
            .isPresent();
    if (!plainBias) {
      return RuleOutcome.declined("what is added is no bias over the last axis", add);
    }
    List<Dim> dims = new ArrayList<>(a.get().dims().subList(0, a.get().rank() - 1));
    dims.add(columns);
    Shape result = output.orElse(Shape.of(dims));
    Optional<long[]> back = Reshapes.target(result);
    Optional<DataType> type = data.dataType();
    if (back.isEmpty() || type.isEmpty() || result.rank() != dims.size()) {
      return RuleOutcome.declined("more than one dimension of " + result + " is dynamic", add);
    }
    rewrite(matMul, add, bias, reshaped.get(), rows(a.get()), back.get(), context);
    return RuleOutcome.applied("works on a matrix, reshaped to " + result + " afterwards");
  }

  /// The reshaped tensor that `data` is, or is the rounded form of.
  private static Optional<Value> reshaped(Value data, RewriteContext context) {
    if (data.producer().filter(Reshapes::is).isPresent()) {
      return Optional.of(data);
    }
    return data.producer()
        .filter(node -> node.is("DequantizeLinear") && hasOneScale(node, context))
        .flatMap(node -> node.input(0))
        .flatMap(Value::producer)
        .filter(node -> node.is("QuantizeLinear") && hasOneScale(node, context))
        .flatMap(node -> node.input(0))
        .filter(value -> value.producer().filter(Reshapes::is).isPresent());
  }

  private static boolean hasOneScale(Node node, RewriteContext context) {
    return context.constantInput(node, 1).filter(scale -> scale.elementCount() == 1).isPresent();
  }

  /// Whether each value from `reshaped` to `data` is read by the next step only.
  private static boolean readOnlyOnTheWay(Value reshaped, Value data, RewriteContext context) {
    Value value = data;
    while (context.onlyReader(value).isPresent()) {
      if (value == reshaped) {
        return true;
      }
      value = value.producer().orElseThrow().input(0).orElseThrow();
    }
    return false;
  }

  /// `matrix`, rounded as `data` is where it is.
  private static Value rounded(
      Value data, Value reshaped, Value matrix, Node before, RewriteContext context) {
    if (data == reshaped) {
      return matrix;
    }
    Node dequantize = data.producer().orElseThrow();
    Node quantize = dequantize.input(0).flatMap(Value::producer).orElseThrow();
    Value codes = sameOn(quantize, matrix, before, context);
    return sameOn(dequantize, codes, before, context);
  }

  /// The result of another node like `node`, working on `data`.
  private static Value sameOn(Node node, Value data, Node before, RewriteContext context) {
    List<@Nullable Value> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, data);
    @Nullable ValueType type =
        node.output(0)
            .dataType()
            .map(element -> ValueType.tensor(element, data.shape().orElse(null)))
            .orElse(null);
    Value result = context.editor().newValue(node.output(0).name() + "_matrix", type);
    context
        .editor()
        .insertBefore(
            before,
            NodeSpec.of(node.opType())
                .named(node.name())
                .inputs(inputs)
                .outputs(result)
                .attributes(node.attributes()));
    return result;
  }

  private static void rewrite(
      Node matMul,
      Node add,
      Value bias,
      Value reshaped,
      Dim rows,
      long[] back,
      RewriteContext context) {
    Value data = matMul.input(0).orElseThrow();
    DataType type = data.dataType().orElseThrow();
    Value weights = matMul.input(1).orElseThrow();
    Shape factor = weights.shape().orElseThrow();
    long[] target = {rows instanceof Dim.Known(long known) ? known : -1, factor.sizes()[0]};
    var editor = context.editor();
    var graph = add.graph();
    Value matrix =
        editor.newValue(
            reshaped.name() + "_matrix",
            ValueType.tensor(type, Shape.of(List.of(rows, factor.dim(0)))));
    ValueType productType = ValueType.tensor(type, Shape.of(List.of(rows, factor.dim(1))));
    Value product = editor.newValue(matMul.output(0).name() + "_matrix", productType);
    Value sum = editor.newValue(add.output(0).name() + "_matrix", productType);
    editor.insertBefore(
        matMul, Reshapes.spec(editor, graph, reshaped, target, matrix.name()).outputs(matrix));
    Value rounded = rounded(data, reshaped, matrix, matMul, context);
    Node flatMatMul =
        editor.insertBefore(add, NodeSpec.of("MatMul").inputs(rounded, weights).outputs(product));
    Node flatAdd = editor.insertBefore(add, NodeSpec.of("Add").inputs(product, bias).outputs(sum));
    context.replace(add, Reshapes.spec(editor, graph, sum, back, add.output(0).name()));
    editor.remove(matMul);
    if (data != reshaped) {
      Node dequantize = data.producer().orElseThrow();
      Node quantize = dequantize.input(0).flatMap(Value::producer).orElseThrow();
      editor.remove(dequantize);
      editor.remove(quantize);
    }
    // The layer's names stay with the nodes that do its work.
    editor.rename(flatMatMul, matMul.name());
    editor.rename(flatAdd, add.name());
  }

  private static Dim rows(Shape shape) {
    DimExpression product = DimExpression.of(1);
    for (Dim dim : shape.dims().subList(0, shape.rank() - 1)) {
      Optional<DimExpression> factor = DimExpression.of(dim);
      if (factor.isEmpty()) {
        return Dim.unknown();
      }
      product = product.times(factor.get());
    }
    return product.toDim();
  }
}
