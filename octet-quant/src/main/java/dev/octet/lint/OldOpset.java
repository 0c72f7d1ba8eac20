package dev.octet.lint;

import java.util.List;

/// An opset without scales per channel.
final class OldOpset implements LintRule {
  /// First opset whose DequantizeLinear takes a scale for each channel.
  private static final int PER_CHANNEL = 13;

  @Override
  public String name() {
    return "old-opset";
  }

  @Override
  public String description() {
    return "Before opset 13, DequantizeLinear takes one scale a tensor, so weights cannot be"
        + " quantized channel by channel.";
  }

  @Override
  public Severity severity() {
    return Severity.NOTE;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    int opset = subject.opset();
    if (opset == 0
        || opset >= PER_CHANNEL
        || subject.isQuantized()
        || subject.weights().isEmpty()) {
      return List.of();
    }
    return List.of(
        onModel(
            "imports opset %d: its %d weights can have one scale each, not one for each channel"
                .formatted(opset, subject.weights().size()),
            Fix.command(
                "prepare", Fix.MODEL, "-o", Fix.RESULT, "--opset", Integer.toString(PER_CHANNEL))));
  }
}
