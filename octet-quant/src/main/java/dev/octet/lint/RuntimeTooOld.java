package dev.octet.lint;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Model;
import dev.octet.transform.opset.OpsetConversion;
import dev.octet.transform.opset.OpsetOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// An opset or format version that the named release of ONNX Runtime refuses to load.
final class RuntimeTooOld implements LintRule {
  /// The oldest opset that `octet export` writes.
  private static final int FIRST_EXPORTED = 17;

  @Override
  public String name() {
    return "runtime-too-old";
  }

  @Override
  public String description() {
    return "The model's opset or format version is newer than the release of ONNX Runtime named by"
        + " --runtime takes; it would refuse to load the model.";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    subject.runtime().ifPresent(runtime -> compare(subject, runtime, findings));
    return findings;
  }

  private void compare(LintSubject subject, RuntimeVersion runtime, List<Finding> findings) {
    if (subject.opset() > runtime.opset()) {
      findings.add(
          onModel(
              "imports opset %d, but ONNX Runtime %s takes %d at most"
                  .formatted(subject.opset(), runtime, runtime.opset()),
              inOlderOpset(subject.model(), runtime)));
    }
    long ir = subject.model().info().irVersion();
    if (ir > runtime.ir()) {
      findings.add(
          onModel(
              "is of format (IR) version %d, but ONNX Runtime %s takes %d at most"
                  .formatted(ir, runtime, runtime.ir()),
              Fix.command(
                  "prepare",
                  Fix.MODEL,
                  "-o",
                  Fix.RESULT,
                  "--skip-optimization",
                  "--ir-version",
                  Integer.toString(runtime.ir()))));
    }
  }

  /// The first release that takes the model as it is, where one is known.
  private static String newer(Model model) {
    return RuntimeVersion.known().stream()
        .filter(release -> release.opset() >= model.opset().orElse(0))
        .findFirst()
        .map(release -> "use ONNX Runtime " + release + " or newer, or ")
        .orElse("");
  }

  /// The model itself in the older opset, else the program it came from, else what it must do
  /// without.
  private static Fix inOlderOpset(Model model, RuntimeVersion runtime) {
    String opset = Integer.toString(runtime.opset());
    return switch (OpsetConversion.to(model, runtime.opset())) {
      case OpsetOutcome.Converted _ ->
          Fix.command(
              "prepare", Fix.MODEL, "-o", Fix.RESULT, "--skip-optimization", "--opset", opset);
      case OpsetOutcome.Refused(List<Diagnostic> blockers) when runtime.opset() < FIRST_EXPORTED ->
          Fix.change(
              newer(model)
                  + "do without what opset "
                  + opset
                  + " lacks: "
                  + blockers.stream()
                      .map(blocker -> blocker.place() + ": " + blocker.message())
                      .collect(Collectors.joining("; ")));
      case OpsetOutcome.Refused _ ->
          Fix.command("export", Fix.PROGRAM, "-o", Fix.RESULT, "--opset", opset);
    };
  }
}
