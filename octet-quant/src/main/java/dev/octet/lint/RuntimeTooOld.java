package dev.octet.lint;

import java.util.ArrayList;
import java.util.List;

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
              inOlderOpset(runtime)));
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

  /// Nothing moves a model downwards, but the program it came from can be exported anew.
  private static Fix inOlderOpset(RuntimeVersion runtime) {
    return runtime.opset() >= FIRST_EXPORTED
        ? Fix.command(
            "export", Fix.PROGRAM, "-o", Fix.RESULT, "--opset", Integer.toString(runtime.opset()))
        : Fix.change(
            "use ONNX Runtime 1.12 or newer, for which `octet export` writes opset "
                + FIRST_EXPORTED
                + "; opset "
                + runtime.opset()
                + " is for another exporter");
  }
}
