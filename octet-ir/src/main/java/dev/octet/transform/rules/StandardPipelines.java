package dev.octet.transform.rules;

import dev.octet.transform.NodeEvaluator;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import java.util.List;

/// The pipelines Octet itself runs.
public final class StandardPipelines {
  private StandardPipelines() {}

  /// Light clean-up right after an export: what is constant is computed, batch normalization,
  /// padding and a constant for each channel are folded, what does nothing is gone, shapes stated.
  /// Changes nothing a reader of the exported model would look for.
  ///
  /// Off until enabled: `activations-to-uint8` and `weights-to-uint8`, which depend on the
  /// processor.
  public static Pipeline export() {
    return Pipeline.of(
            Pass.of(new ConstantToInitializer()),
            Pass.of(new InferShapes()),
            Pass.of(new FoldBatchNormIntoConv()),
            Pass.of(new FoldShapes()),
            Pass.of(new FoldConstants()),
            Pass.of(
                "fold-into-weights",
                "Affine operators next to a layer, and padding before it, become part of it.",
                new FoldPadIntoWindow(),
                new FoldChannelArithmeticIntoConv()),
            Pass.of(
                "no-ops",
                "Nodes that pass their input on unchanged go.",
                new RemoveNoOpCast(),
                new RemoveNoOpConcat(),
                new RemoveNoOpSlice(),
                new RemoveNoOpReshape(),
                new FuseTransposes(),
                new RemoveNoOpTranspose(),
                new FuseSqueezes(),
                new FuseReshapes()),
            Pass.of(MergeEqualNodes.ofDequantizers()),
            Pass.of(new DequantizeMisscaledBias()),
            Pass.of(new ActivationsToUint8()),
            Pass.of(new WeightsToUint8()),
            Pass.of(new RemoveUnused()),
            Pass.of(new InferShapes()))
        .disable(List.of("activations-to-uint8", "weights-to-uint8"));
  }

  /// As [#prepare(NodeEvaluator, long)], computing with what there is in Java, and with the
  /// standard limit.
  public static Pipeline prepare() {
    return prepare(NodeEvaluator.NONE, FoldConstants.DEFAULT_LIMIT);
  }

  /// Everything that makes a model quantize well: constants first, for other rules ask for them;
  /// then what does nothing; then folding and canonical forms; cleaning up last.
  ///
  /// Off until enabled, since layers lose channels that whoever trains on may want:
  /// `prune-dead-channels`. Since callers or older runtimes would notice: `remove-unused-inputs`,
  /// and
  /// what recognizes operators of newer opsets in what is written out: `recognize-layer-norm`
  /// (17), `recognize-gelu` (20) and `recognize-attention` (23). These never raise the opset
  /// themselves.
  ///
  /// @param evaluator computes operators on constants that have no evaluator in Java
  /// @param foldLimit bytes a computed constant may have that is larger than what it is made from
  public static Pipeline prepare(NodeEvaluator evaluator, long foldLimit) {
    return Pipeline.of(
            Pass.of(new FreezeInputDefaults()),
            Pass.of(new ConstantToInitializer()),
            Pass.of(ConvertOpset.ofUpsample()),
            Pass.of(new InferShapes()),
            Pass.of(new FoldShapes()),
            Pass.of(
                "fold",
                "What is constant is computed now.",
                new FoldConstants(evaluator, foldLimit),
                new ConstantReshapeTarget()),
            Pass.of(
                "no-ops",
                "Nodes that pass their input on unchanged go.",
                new RemoveIdentity(),
                new RemoveDropout(),
                new RemoveNeutralArithmetic(),
                new RemoveNoOpCast(),
                new RemoveNoOpConcat(),
                new RemoveNoOpExpand(),
                new RemoveNoOpPad(),
                new RemoveNoOpSlice(),
                new RemoveNoOpTranspose(),
                new RemoveNoOpReshape(),
                new RemoveUnitPool()),
            Pass.of(new MergeEqualNodes()),
            Pass.of(new RecognizeLayerNorm()),
            Pass.of(new RecognizeGelu()),
            Pass.of(new RecognizeAttention()),
            Pass.of(
                "fold-into-weights",
                "Affine operators next to a layer, and padding before it, become part of it.",
                new FoldPadIntoWindow(),
                new FoldBatchNormIntoConv(),
                new FoldChannelArithmeticIntoConv(),
                new FoldBatchNormIntoLinear(),
                new FoldBatchNormIntoNext()),
            Pass.of(new PushTransposes()),
            Pass.of(
                "canonical-forms",
                "Equal computations take the form that fuses and quantizes best.",
                new AveragePoolToGlobal(),
                new FuseTransposes(),
                new TransposeToReshape(),
                new RemoveNoOpTranspose(),
                new RemoveNoOpReshape(),
                new FuseSqueezes(),
                new FuseReshapes(),
                new FuseSlices(),
                new MatMulOfReshapeToMatrix(),
                new FuseMatMulAddIntoGemm()),
            Pass.of(new PruneDeadChannels()),
            Pass.of(new RemoveUnused()),
            Pass.of(new RemoveUnusedInputs()),
            Pass.of(new DeduplicateInitializers()),
            Pass.of(new InferShapes()))
        .disable(
            List.of(
                "prune-dead-channels",
                "remove-unused-inputs",
                "recognize-layer-norm",
                "recognize-gelu",
                "recognize-attention"));
  }
}
