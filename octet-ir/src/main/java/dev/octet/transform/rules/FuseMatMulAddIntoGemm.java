package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Joins `MatMul` and the `Add` of a bias into `Gemm`, where both factors are matrices.
public final class FuseMatMulAddIntoGemm implements RewriteRule {
  /// First opset whose `Gemm` broadcasts its third input by itself.
  private static final int FIRST_BROADCASTING_OPSET = 7;

  private static final Set<DataType> GEMM_TYPES =
      Set.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);

  @Override
  public String name() {
    return "fuse-matmul-add-into-gemm";
  }

  @Override
  public String description() {
    return "MatMul of two matrices and the Add of a bias become one Gemm.";
  }

  @Override
  public RuleOutcome apply(Node add, RewriteContext context) {
    return context.opset() < FIRST_BROADCASTING_OPSET
        ? RuleOutcome.noMatch()
        : MatMulAdd.of(add)
            .map(both -> fuse(both.matMul(), add, both.bias(), context))
            .orElseGet(RuleOutcome::noMatch);
  }

  private static RuleOutcome fuse(Node matMul, Node add, Value bias, RewriteContext context) {
    Value left = matMul.input(0).orElseThrow();
    Value right = matMul.input(1).orElseThrow();
    Optional<Shape> a = left.shape();
    Optional<Shape> b = right.shape();
    if (a.isEmpty() || b.isEmpty()) {
      return RuleOutcome.declined("the ranks of its factors are not known", matMul);
    }
    if (a.get().rank() != 2 || b.get().rank() != 2) {
      return RuleOutcome.declined(
          "Gemm multiplies matrices only, not " + a.get() + " by " + b.get(), matMul);
    }
    if (left.dataType().filter(GEMM_TYPES::contains).isEmpty()) {
      return RuleOutcome.declined("Gemm is for floating point", matMul);
    }
    if (context.onlyReader(matMul.output(0)).isEmpty()) {
      return RuleOutcome.declined("the product has other readers", matMul);
    }
    Shape product = Shape.of(List.of(a.get().dim(0), b.get().dim(1)));
    if (bias.shape().filter(shape -> spreadsOver(shape, product)).isEmpty()) {
      return RuleOutcome.declined(
          "what is added, "
              + bias.shape().map(Shape::toString).orElse("of unknown shape")
              + ", may change the shape of the product "
              + product,
          add);
    }
    String joined = matMul.describe();
    // Named after the product: that is the layer's name.
    context.replace(add, NodeSpec.of("Gemm").named(matMul.name()).inputs(left, right, bias));
    context.editor().remove(matMul);
    return RuleOutcome.applied("joined with " + joined);
  }

  /// Whether `bias` broadcasts to `product` without enlarging it.
  private static boolean spreadsOver(Shape bias, Shape product) {
    if (bias.rank() > 2) {
      return false;
    }
    int offset = 2 - bias.rank();
    for (int i = 0; i < bias.rank(); i++) {
      boolean one = bias.dim(i).equals(Dim.of(1));
      boolean equal =
          Reshapes.same(Shape.of(List.of(bias.dim(i))), Shape.of(List.of(product.dim(offset + i))));
      if (!one && !equal) {
        return false;
      }
    }
    return true;
  }
}
