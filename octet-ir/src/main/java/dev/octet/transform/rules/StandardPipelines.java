package dev.octet.transform.rules;

import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;

/// The pipelines Octet itself runs.
public final class StandardPipelines {
  private StandardPipelines() {}

  /// Light clean-up right after an export: batch normalization folded, constants as initializers,
  /// dead code gone, shapes stated. Changes nothing a reader of the exported model would look for.
  public static Pipeline export() {
    return Pipeline.of(
        Pass.of(new ConstantToInitializer()),
        Pass.of(new InferShapes()),
        Pass.of(new FoldBatchNormIntoConv()),
        Pass.of(new RemoveUnused()),
        Pass.of(new InferShapes()));
  }

  /// Everything that makes a model quantize well: constants first, for other rules ask for them;
  /// then what does nothing; then folding and canonical forms; cleaning up last.
  public static Pipeline prepare() {
    return Pipeline.of(
        Pass.of(new FreezeInputDefaults()),
        Pass.of(new ConstantToInitializer()),
        Pass.of(new InferShapes()),
        Pass.of(new FoldShapes()),
        Pass.of(
            "fold",
            "What is constant is computed now.",
            new FoldConstants(),
            new ConstantReshapeTarget()),
        Pass.of(
            "no-ops",
            "Nodes that pass their input on unchanged go.",
            new RemoveIdentity(),
            new RemoveDropout(),
            new RemoveNoOpCast(),
            new RemoveNoOpConcat(),
            new RemoveNoOpPad(),
            new RemoveNoOpSlice(),
            new RemoveNoOpTranspose(),
            new RemoveNoOpReshape(),
            new RemoveUnitPool()),
        Pass.of(
            "fold-into-conv",
            "Affine operators after a convolution become part of its weights.",
            new FoldBatchNormIntoConv(),
            new FoldChannelArithmeticIntoConv()),
        Pass.of(
            "canonical-forms",
            "Equal computations take the form that fuses and quantizes best.",
            new AveragePoolToGlobal(),
            new FuseTransposes(),
            new TransposeToReshape(),
            new RemoveNoOpTranspose(),
            new RemoveNoOpReshape(),
            new FuseReshapes(),
            new MatMulOfReshapeToMatrix(),
            new FuseMatMulAddIntoGemm()),
        Pass.of(new RemoveUnused()),
        Pass.of(new DeduplicateInitializers()),
        Pass.of(new InferShapes()));
  }
}
