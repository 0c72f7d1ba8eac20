package dev.octet.lint;

import java.util.ArrayList;
import java.util.List;

/// Output channels whose weights are all zero, or too small to matter: they give their bias, and
/// nothing else.
final class DeadChannel implements LintRule {
  /// Below this share of the largest weight, a channel is lost in the rounding of a 32-bit float.
  private static final double LOST = 1.0 / (1 << 24);

  @Override
  public String name() {
    return "dead-channel";
  }

  @Override
  public String description() {
    return "An output channel whose weights are all zero (or under 2^-24 of the largest) gives its"
        + " bias whatever comes in: work and storage for a constant.";
  }

  @Override
  public Severity severity() {
    return Severity.NOTE;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    for (LayerWeight weight : subject.weights()) {
      double lost = weight.largestOfAll() * LOST;
      List<Integer> channels = new ArrayList<>();
      for (int i = 0; i < weight.channels(); i++) {
        if (weight.largest()[i] <= lost) {
          channels.add(i);
        }
      }
      boolean oneScale = weight.scales().isPresent() && !weight.isPerChannel();
      if (!channels.isEmpty()) {
        findings.add(
            at(
                weight.node(),
                weight.holder().name(),
                "%s of '%s' %s zero %s"
                    .formatted(
                        Channels.text(channels, weight.channels()),
                        weight.holder().name(),
                        channels.size() == 1 ? "has" : "have",
                        oneScale
                            ? "codes only: zero weights, or too small for the one scale"
                            : "weights only"),
                oneScale
                    ? Fix.command("quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)
                    : Fix.change(
                        "remove these channels from the layer and from the inputs of the next, and"
                            + " train on; quantization itself does no harm to them")));
      }
    }
    return findings;
  }
}
