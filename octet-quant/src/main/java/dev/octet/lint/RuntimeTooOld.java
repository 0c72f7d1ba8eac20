package dev.octet.lint;

import java.util.ArrayList;
import java.util.List;

/// An opset or format version that the named release of ONNX Runtime refuses to load.
final class RuntimeTooOld implements LintRule {
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
              Fix.command(
                  "export",
                  Fix.PROGRAM,
                  "-o",
                  Fix.RESULT,
                  "--opset",
                  Integer.toString(runtime.opset()))));
    }
    long ir = subject.model().info().irVersion();
    if (ir > runtime.ir()) {
      findings.add(
          onModel(
              "is of format (IR) version %d, but ONNX Runtime %s takes %d at most"
                  .formatted(ir, runtime, runtime.ir()),
              Fix.change(
                  "export again with `ir_version` %d or less, or use ONNX Runtime %s or newer"
                      .formatted(
                          runtime.ir(),
                          RuntimeVersion.known().stream()
                              .filter(version -> version.ir() >= ir)
                              .map(RuntimeVersion::toString)
                              .findFirst()
                              .orElse("yet to come")))));
    }
  }
}
