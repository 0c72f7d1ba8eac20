package dev.octet.lint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A weight of which some output channels are far larger than most: with one scale for all, the
/// others are left with a few codes.
final class OutlierChannel implements LintRule {
  /// The largest channel against the middle one: beyond this, the middle one has less than 4 of 8
  /// bits left.
  private static final double RATIO = 16;

  @Override
  public String name() {
    return "outlier-channel";
  }

  @Override
  public String description() {
    return "Some output channels of the weight are over %.0f times as large as the middle one: with"
            .formatted(RATIO)
        + " one scale for the whole tensor, half the channels have less than 4 bits left.";
  }

  @Override
  public Severity severity() {
    return Severity.NOTE;
  }

  /// A note on a float weight, which can still get a scale for each channel; a warning where the
  /// codes have one scale already.
  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    for (LayerWeight weight : subject.weights()) {
      if (!weight.isPerChannel()) {
        find(weight).ifPresent(findings::add);
      }
    }
    return findings;
  }

  private Optional<Finding> find(LayerWeight weight) {
    float[] sorted = weight.largest().clone();
    Arrays.sort(sorted);
    float middle = sorted[sorted.length / 2];
    float most = sorted[sorted.length - 1];
    // Dead channels are another rule's.
    if (sorted.length < 4 || middle == 0 || most < RATIO * middle || Float.isInfinite(most)) {
      return Optional.empty();
    }
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < sorted.length; i++) {
      if (weight.largest()[i] >= RATIO * middle) {
        channels.add(i);
      }
    }
    boolean codes = weight.scales().isPresent();
    String reason =
        String.format(
            Locale.ROOT,
            "%s: the largest weight is %.0f times that of the middle channel; with one scale for"
                + " all, half the channels have %.1f bits left",
            Channels.text(channels, sorted.length),
            most / middle,
            Math.max(0, 8 - Math.log(most / middle) / Math.log(2)));
    return Optional.of(
        at(
            codes ? Severity.WARNING : Severity.NOTE,
            weight.node(),
            weight.holder().name(),
            reason,
            Fix.command(
                "quantize",
                codes ? Fix.FLOAT_MODEL : Fix.MODEL,
                "--data",
                Fix.DATA,
                "-o",
                Fix.RESULT)));
  }
}
