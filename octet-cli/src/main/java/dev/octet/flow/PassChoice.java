package dev.octet.flow;

import dev.octet.runtime.RuntimeEvaluator;
import dev.octet.runtime.SessionOptions;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.ConvertIrVersion;
import dev.octet.transform.rules.ConvertOpset;
import dev.octet.transform.rules.FoldConstants;
import dev.octet.transform.rules.InferShapes;
import dev.octet.transform.rules.StandardPipelines;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Which passes preparing runs.
///
/// @param rewrites which rewrites run
/// @param inferences when shapes are inferred and stated
/// @param enable passes and rules that are off otherwise
/// @param disable passes and rules left out
/// @param opset the opset to move to first; empty to stay
/// @param irVersion the version of the file format to write; empty to stay
/// @param foldLimit bytes a computed constant may have that is larger than what it is made from
/// @param runtime how far ONNX Runtime's own optimizer goes afterwards; empty for not at all
public record PassChoice(
    Rewrites rewrites,
    Set<Inference> inferences,
    List<String> enable,
    List<String> disable,
    OptionalInt opset,
    OptionalInt irVersion,
    long foldLimit,
    Optional<SessionOptions.Optimization> runtime) {

  /// Which rewrites run.
  public enum Rewrites {
    /// The standard ones.
    STANDARD,
    /// None: types and shapes are inferred, and that is all.
    NONE
  }

  /// When shapes are inferred and stated. Rewrites that need the values of small integer tensors
  /// work these out for themselves in any case.
  public enum Inference {
    /// First, so that rewrites can ask for shapes.
    BEFORE_REWRITES,
    /// Last, for what rewrites changed, and with what is assumed or seen in runs.
    AFTER_REWRITES
  }

  /// The standard passes.
  public static final PassChoice STANDARD =
      new PassChoice(
          Rewrites.STANDARD,
          Set.of(Inference.values()),
          List.of(),
          List.of(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          FoldConstants.DEFAULT_LIMIT,
          Optional.empty());

  public PassChoice {
    inferences = Set.copyOf(inferences);
    enable = List.copyOf(enable);
    disable = List.copyOf(disable);
  }

  /// The pipeline chosen.
  ///
  /// @throws dev.octet.diagnostic.OctetException USAGE when a name is in no pass
  public Pipeline pipeline() {
    Pipeline standard = StandardPipelines.prepare(new RuntimeEvaluator(), foldLimit);
    Pipeline chosen =
        switch (rewrites) {
          case STANDARD -> inferring(standard.enable(enable).disable(disable));
          case NONE ->
              inferences.isEmpty() ? Pipeline.of() : Pipeline.of(Pass.of(new InferShapes()));
        };
    if (opset.isPresent()) {
      chosen = chosen.startingWith(Pass.of(ConvertOpset.to(opset.getAsInt())));
    }
    return irVersion.isPresent()
        ? chosen.endingWith(Pass.of(ConvertIrVersion.to(irVersion.getAsInt())))
        : chosen;
  }

  /// The pipeline without the inference at its start, or at its end, that is not wanted.
  private Pipeline inferring(Pipeline pipeline) {
    List<Pass> passes = new ArrayList<>(pipeline.passes());
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < passes.size(); i++) {
      if (passes.get(i) instanceof Pass.Whole(InferShapes _)) {
        places.add(i);
      }
    }
    if (!inferences.contains(Inference.AFTER_REWRITES)) {
      passes.remove((int) places.getLast());
    }
    if (!inferences.contains(Inference.BEFORE_REWRITES)) {
      passes.remove((int) places.getFirst());
    }
    return new Pipeline(passes, pipeline.off());
  }
}
