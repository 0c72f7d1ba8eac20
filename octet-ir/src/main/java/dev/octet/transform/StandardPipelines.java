package dev.octet.transform;

import dev.octet.transform.rules.AveragePoolToGlobal;
import dev.octet.transform.rules.ConstantReshapeTarget;
import dev.octet.transform.rules.ConstantToInitializer;
import dev.octet.transform.rules.DeduplicateInitializers;
import dev.octet.transform.rules.FoldBatchNormIntoConv;
import dev.octet.transform.rules.FoldChannelArithmeticIntoConv;
import dev.octet.transform.rules.FoldConstants;
import dev.octet.transform.rules.FoldShapes;
import dev.octet.transform.rules.FreezeInputDefaults;
import dev.octet.transform.rules.FuseMatMulAddIntoGemm;
import dev.octet.transform.rules.FuseReshapes;
import dev.octet.transform.rules.FuseTransposes;
import dev.octet.transform.rules.InferShapes;
import dev.octet.transform.rules.MatMulOfReshapeToMatrix;
import dev.octet.transform.rules.RemoveDropout;
import dev.octet.transform.rules.RemoveIdentity;
import dev.octet.transform.rules.RemoveNoOpCast;
import dev.octet.transform.rules.RemoveNoOpConcat;
import dev.octet.transform.rules.RemoveNoOpPad;
import dev.octet.transform.rules.RemoveNoOpReshape;
import dev.octet.transform.rules.RemoveNoOpSlice;
import dev.octet.transform.rules.RemoveNoOpTranspose;
import dev.octet.transform.rules.RemoveUnitPool;
import dev.octet.transform.rules.RemoveUnused;
import dev.octet.transform.rules.TransposeToReshape;

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
