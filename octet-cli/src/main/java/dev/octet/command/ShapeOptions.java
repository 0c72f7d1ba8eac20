package dev.octet.command;

import dev.octet.flow.PassChoice.Inference;
import dev.octet.ir.shape.ShapeAssumptions;
import dev.octet.ir.shape.ShapeAssumptions.Broadcasts;
import dev.octet.ir.shape.ShapeAssumptions.WithoutRule;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Option;

/// When shapes are inferred, and what may be assumed of them.
final class ShapeOptions {
  @Option(
      names = "--skip-symbolic-shape",
      description =
          "Leave out the inference before the rewrites: they know only the shapes the model"
              + " states.")
  private boolean skipBefore;

  @Option(
      names = "--skip-onnx-shape",
      description =
          "Leave out the inference after the rewrites: what they make is written without shapes.")
  private boolean skipAfter;

  @Option(
      names = "--auto-merge",
      description = {
        "Take sizes of different names that are broadcast together for one size. Each is reported;"
            + " what contradicts the model is given up."
      })
  private boolean autoMerge;

  @Option(
      names = "--int-max",
      paramLabel = "N",
      description = {
        "From this number on, a bound of Slice or one side of Min means that there is no bound"
            + " (default: ${DEFAULT-VALUE}). Reported where it matters."
      })
  private long intMax = ShapeAssumptions.BOUNDLESS;

  @Option(
      names = "--guess-output-rank",
      description =
          "Take operators that no rule knows to compute what their first input is in type and"
              + " rank.")
  private boolean guessOutputRank;

  Set<Inference> inferences() {
    Set<Inference> wanted = EnumSet.allOf(Inference.class);
    if (skipBefore) {
      wanted.remove(Inference.BEFORE_REWRITES);
    }
    if (skipAfter) {
      wanted.remove(Inference.AFTER_REWRITES);
    }
    return wanted;
  }

  ShapeAssumptions assumptions() {
    return Options.checked(
        "--int-max",
        () ->
            new ShapeAssumptions(
                autoMerge ? Broadcasts.MERGED : Broadcasts.OPEN,
                intMax,
                guessOutputRank ? WithoutRule.LIKE_FIRST_INPUT : WithoutRule.UNKNOWN));
  }
}
