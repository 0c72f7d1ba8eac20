package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.AlignmentVerifier;
import dev.octet.align.Tolerance;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.numeric.QuantType;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.Policy;
import dev.octet.plan.WeightGranularity;
import dev.octet.transform.Verifier;
import dev.octet.transform.opset.OpsetConversion;
import dev.octet.transform.opset.OpsetOutcome;
import dev.octet.transform.rules.StandardPipelines;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The float model as it is quantized: prepared, and in an opset that has what the scheme needs.
///
/// @param original the model as read
/// @param model the model to quantize
/// @param notes what was done and why, a sentence each; empty when nothing was
record FloatModel(Model original, Model model, List<String> notes) {
  /// Enough to tell a wrong rewrite from a right one.
  private static final int CHECKING_SAMPLES = 2;

  private static final int OLDEST = 10;
  private static final int PER_CHANNEL = 13;
  private static final int FLOAT8 = 19;
  private static final int BLOCKED = 21;

  FloatModel {
    notes = List.copyOf(notes);
  }

  /// This model with more to say, before the rest.
  FloatModel noting(List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(notes);
    return new FloatModel(original, model, all);
  }

  /// @param samples to check the changes with, if there are any
  /// @throws OctetException (FAILURE) when the model cannot be converted to the opset it needs
  static FloatModel of(
      Model original,
      QuantizeRequest.Changes changes,
      OutputFormat format,
      Policy policy,
      Optional<SampleSource> samples) {
    List<String> notes = new ArrayList<>();
    Model model = original;
    if (changes.prepare() == QuantizeRequest.Changes.Prepare.YES) {
      model = prepared(model, samples, notes);
    }
    model = converted(model, changes, format, policy, notes);
    return new FloatModel(original, model, notes);
  }

  private static Model prepared(
      Model original, Optional<SampleSource> samples, List<String> notes) {
    Model model = original.copy();
    boolean changed = StandardPipelines.prepare().run(model).changed();
    if (!changed) {
      return model;
    }
    Optional<String> wrong =
        samples.flatMap(
            source -> difference(original, model, source.balancedSample(CHECKING_SAMPLES, 0)));
    if (wrong.isPresent()) {
      notes.add(
          "Not prepared, as that would have changed what it computes: "
              + wrong.get()
              + "; octet prepare finds the pass that does.");
      return original;
    }
    int before = original.graph().nodeCount();
    int after = model.graph().nodeCount();
    if (before != after) {
      notes.add("Prepared first: %,d nodes became %,d.".formatted(before, after));
    }
    return model;
  }

  private static Optional<String> difference(Model original, Model model, SampleSource samples) {
    try (AlignmentVerifier verifier =
        AlignmentVerifier.against(
            original, samples, AlignOptions.DEFAULT.withTolerance(Tolerance.FLOAT32))) {
      return switch (verifier.check("preparing", model)) {
        case Verifier.Verdict.Accepted() -> Optional.empty();
        case Verifier.Verdict.Rejected(String reason) -> Optional.of(reason);
      };
    }
  }

  private static Model converted(
      Model model,
      QuantizeRequest.Changes changes,
      OutputFormat format,
      Policy policy,
      List<String> notes) {
    int from = model.opset().orElse(0);
    changes.opset().ifPresent(asked -> requireReached(from, asked));
    int needed = needed(format, policy);
    int to = Math.max(changes.opset().orElse(needed), needed);
    if (from >= to) {
      return model;
    }
    OpsetOutcome outcome = OpsetConversion.atLeast(model, to);
    Model converted = outcome.orElseThrow();
    notes.add("Opset %d became %d: %s.".formatted(from, to, reason(changes, needed, to)));
    return converted;
  }

  /// Models move upwards only: an older opset lacks what the model may use.
  private static void requireReached(int from, int asked) {
    if (asked < from) {
      throw OctetException.usage(
          "opset-too-old",
          "--opset",
          "the model is in opset %d, and moves upwards only, not to %d".formatted(from, asked),
          "leave --opset out");
    }
  }

  /// The oldest opset with what a scheme needs.
  static int needed(OutputFormat format, Policy policy) {
    int needed =
        switch (policy.granularity()) {
          case WeightGranularity.PerBlock _ -> BLOCKED;
          case WeightGranularity.PerChannel _ -> PER_CHANNEL;
          case WeightGranularity.PerTensor _ -> OLDEST;
          case null -> OLDEST;
        };
    boolean float8 =
        policy.weightType() == QuantType.FLOAT8E4M3FN
            || policy.activationType() == QuantType.FLOAT8E4M3FN;
    int typed = float8 ? Math.max(needed, FLOAT8) : needed;
    return format == OutputFormat.DYNAMIC ? Math.max(typed, OLDEST + 1) : typed;
  }

  private static String reason(QuantizeRequest.Changes changes, int needed, int to) {
    if (changes.opset().isPresent() && to > needed) {
      return "as asked for";
    }
    return switch (needed) {
      case PER_CHANNEL -> "a scale for each channel needs it";
      case FLOAT8 -> "float8 needs it";
      case BLOCKED -> "a scale for each block needs it";
      default -> "quantizing nodes need it";
    };
  }
}
