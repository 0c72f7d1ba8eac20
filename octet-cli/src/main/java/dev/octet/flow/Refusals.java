package dev.octet.flow;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.WeightGranularity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Combinations of options that cannot work, all found before any work and told at once, each with
/// its fix.
final class Refusals {
  private final QuantizeRequest request;
  private final List<Diagnostic> found = new ArrayList<>();

  private Refusals(QuantizeRequest request) {
    this.request = request;
  }

  /// @throws OctetException (USAGE) with everything that cannot work
  static void check(QuantizeRequest request) {
    Refusals refusals = new Refusals(request);
    refusals.look();
    if (!refusals.found.isEmpty()) {
      throw new OctetException(OctetException.Kind.USAGE, refusals.found, null);
    }
  }

  private void look() {
    Wishes wishes = request.wishes();
    boolean dynamic = wishes.format() == OutputFormat.DYNAMIC;
    boolean table = request.ranges() instanceof QuantizeRequest.Ranges.Table;
    if (dynamic && !(request.ranges() instanceof QuantizeRequest.Ranges.Competition)) {
      refuse(
          "--dynamic",
          "takes ranges from each run, so there is nothing to calibrate",
          table ? "leave out --calibration" : "leave out --method");
    }
    if (dynamic
        && wishes.policy().activationType() != null
        && wishes.policy().activationType() != QuantType.UINT8) {
      refuse(
          "--activations",
          "a model quantized while it runs has UINT8 activations",
          "leave out --activations, or quantize statically");
    }
    if (!dynamic && !table && request.samples().isEmpty()) {
      refuse(
          "--data",
          "static quantization learns ranges from samples, and there are none",
          "name samples with --data, or ranges with --calibration, or ask for --dynamic");
    }
    boolean barred =
        request.bars().minAgreement().isPresent() || request.bars().minSqnr().isPresent();
    if (barred && request.samples().isEmpty()) {
      refuse(
          "--min-sqnr, --min-agreement",
          "a verdict needs samples to judge by",
          "name samples with --data");
    }
    budget(dynamic || table);
    if (wishes.manner() instanceof Wishes.Manner.OnnxRuntime) {
      peer(wishes);
    }
    if (request.changes().opset().isPresent()
        && wishes.manner() instanceof Wishes.Manner.Octet
        && request.changes().opset().getAsInt()
            < FloatModel.needed(wishes.format(), wishes.complete())) {
      int needed = FloatModel.needed(wishes.format(), wishes.complete());
      refuse(
          "--opset",
          "%d lacks what these types and scales need, which opset %d has"
              .formatted(request.changes().opset().getAsInt(), needed),
          "ask for %d or more, or leave --opset out".formatted(needed));
    }
    if (wishes.manner() instanceof Wishes.Manner.Octet
        && wishes.policy().weightSymmetry() == Symmetry.ASYMMETRIC
        && wishes.complete().granularity() instanceof WeightGranularity.PerChannel) {
      refuse(
          "--weight-symmetry",
          "scales per channel are symmetric: kernels take one zero point for the whole weight",
          "add --per-tensor or --block, or leave --weight-symmetry out");
    }
    if (isSameFile(request.model(), request.output())) {
      refuse(
          "-o",
          "is the float model itself, which could then not be quantized again",
          "name another file");
    }
    share("--min-agreement", request.bars().minAgreement().orElse(0));
    scheme();
  }

  private void budget(boolean withoutSamples) {
    if (request.floatBudget().isEmpty()) {
      return;
    }
    double budget = request.floatBudget().getAsDouble();
    if (!(budget >= 0 && budget <= 1)) {
      refuse("--float-budget", "is a share from 0 to 1, not " + budget, "such as 0.25");
    }
    if (withoutSamples) {
      refuse(
          "--float-budget",
          "is spent on what suffers, which only calibrating finds, and nothing is calibrated",
          "leave it out, or name what is to stay in float with --keep-node");
    }
  }

  /// What the peer has no word for, or no use.
  private void peer(Wishes wishes) {
    if (request.floatBudget().isPresent()) {
      idle("--float-budget", "leave it out, and name what is to stay in float with --keep-node");
    }
    if (wishes.askedTarget().isPresent()) {
      idle("--target", "leave it out; --reduce-range is what suits processors without VNNI");
    }
    if (wishes.askedStyle().isPresent()) {
      idle("--style", "leave it out: names are onnxruntime.quantization's");
    }
    request
        .changes()
        .opset()
        .ifPresent(opset -> idle("--opset", "run octet prepare --opset %d first".formatted(opset)));
    if (!wishes.keepOps().isEmpty()) {
      refuse(
          "--keep-op",
          "onnxruntime.quantization cannot leave out a type of operator",
          "name the nodes with --keep-node, or the other types with --only-op");
    }
    if (!wishes.overrides().isEmpty()) {
      idle("--overrides", "say it with TensorQuantOverrides in --peer-options");
    }
    names("--only-op", wishes.onlyOps());
    names("--only-node", wishes.onlyNodes());
    names("--keep-node", wishes.keepNodes());
  }

  private void idle(String option, String hint) {
    refuse(option, "has no effect with --compat onnxruntime", hint);
  }

  private void names(String option, List<String> names) {
    for (String name : names) {
      if (name.contains("*") || name.contains("?")) {
        refuse(
            option,
            "'" + name + "' is a pattern, and onnxruntime.quantization compares whole names",
            "write the names out, one option each");
      }
    }
  }

  private static boolean isSameFile(Path one, Path other) {
    try {
      return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException unknown) {
      return false;
    }
  }

  private void share(String option, double share) {
    if (!(share >= 0 && share <= 1)) {
      refuse(option, "is a share from 0 to 1, not " + share, "such as 0.99");
    }
  }

  /// What the scheme finds wrong with itself.
  private void scheme() {
    CalibrationMethod method =
        request.ranges() instanceof QuantizeRequest.Ranges.Method(CalibrationMethod asked)
            ? asked
            : CalibrationMethod.minMax();
    try {
      request.wishes().scheme(method);
    } catch (OctetException mistakes) {
      found.addAll(mistakes.diagnostics());
    }
  }

  private void refuse(String place, String message, String hint) {
    found.add(new Diagnostic("options-contradict", place, message, hint));
  }
}
