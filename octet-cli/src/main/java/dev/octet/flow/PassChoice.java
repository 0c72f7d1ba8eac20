package dev.octet.flow;

import dev.octet.runtime.RuntimeEvaluator;
import dev.octet.runtime.SessionOptions;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.ConvertOpset;
import dev.octet.transform.rules.FoldConstants;
import dev.octet.transform.rules.InferShapes;
import dev.octet.transform.rules.StandardPipelines;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Which passes preparing runs.
///
/// @param rewrites which rewrites run
/// @param enable passes and rules that are off otherwise
/// @param disable passes and rules left out
/// @param opset the opset to move to first; empty to stay
/// @param foldLimit bytes a computed constant may have that is larger than what it is made from
/// @param runtime how far ONNX Runtime's own optimizer goes afterwards; empty for not at all
public record PassChoice(
    Rewrites rewrites,
    List<String> enable,
    List<String> disable,
    OptionalInt opset,
    long foldLimit,
    Optional<SessionOptions.Optimization> runtime) {

  /// Which rewrites run.
  public enum Rewrites {
    /// The standard ones.
    STANDARD,
    /// None: types and shapes are inferred, and that is all.
    NONE
  }

  /// The standard passes.
  public static final PassChoice STANDARD =
      new PassChoice(
          Rewrites.STANDARD,
          List.of(),
          List.of(),
          OptionalInt.empty(),
          FoldConstants.DEFAULT_LIMIT,
          Optional.empty());

  public PassChoice {
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
          case STANDARD -> standard.enable(enable).disable(disable);
          case NONE -> Pipeline.of(Pass.of(new InferShapes()));
        };
    return opset.isPresent()
        ? chosen.startingWith(Pass.of(ConvertOpset.to(opset.getAsInt())))
        : chosen;
  }
}
