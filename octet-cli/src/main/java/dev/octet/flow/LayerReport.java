package dev.octet.flow;

import static java.util.stream.Collectors.joining;

import dev.octet.align.layers.LayerAgreement;
import dev.octet.align.layers.LayerAlignment;
import dev.octet.align.layers.Place;
import dev.octet.align.layers.UnseenBody;
import dev.octet.numeric.GridSteps;
import dev.octet.numeric.UlpDistance;
import dev.octet.report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// How the agreement of layers is shown and stored.
final class LayerReport {
  /// Numbers that are farther apart on average differ in the first digits; counting says no more.
  private static final int MOST_ULPS = 1 << 16;

  private LayerReport() {}

  /// What `--json` prints of all layers.
  ///
  /// @param pass whether every number compared is within the tolerance
  /// @param pairs pairs of values compared
  /// @param how what told which values denote the same
  /// @param referenceAlone values the reference computes that have no counterpart
  /// @param otherAlone values the other model computes that have none
  /// @param unseen bodies of control flow in the other model, whose values were not compared
  /// @param firstDeparture the first layer that is not within the tolerance
  record Summary(
      boolean pass,
      int pairs,
      String how,
      int referenceAlone,
      int otherAlone,
      List<UnseenBody> unseen,
      Optional<Layer> firstDeparture,
      List<Layer> layers) {}

  /// @param module path in the tree of modules; empty where none is recorded
  /// @param line file and line of the user's own code; empty where none is recorded
  /// @param reference name of the value in the reference
  /// @param other its name in the other model
  /// @param maxUlps largest number of representable numbers between; empty on a grid
  /// @param steps how far apart in steps of the quantization grid; empty where there is none
  record Layer(
      boolean pass,
      String module,
      String line,
      String reference,
      String referenceOperator,
      String other,
      String otherOperator,
      long elements,
      long mismatched,
      double maxAbs,
      double maxRel,
      double sqnrDb,
      Optional<Long> maxUlps,
      Optional<Double> meanUlps,
      Optional<GridSteps> steps) {}

  static Summary summary(LayerAlignment alignment) {
    return new Summary(
        alignment.pass(),
        alignment.layers().size(),
        alignment.how(),
        alignment.referenceAlone(),
        alignment.otherAlone(),
        alignment.unseen(),
        alignment.firstDeparture().map(LayerReport::layer),
        alignment.layers().stream().map(LayerReport::layer).toList());
  }

  /// What is said first: the layer to look at, or that there is none.
  static List<String> verdict(LayerAlignment alignment) {
    List<String> lines = new ArrayList<>();
    lines.add(
        alignment
            .firstDeparture()
            .map(layer -> "First to depart: " + named(layer) + "; " + distance(layer) + ".")
            .orElse(
                "Layers: all %,d pairs are within the tolerance."
                    .formatted(alignment.layers().size())));
    lines.add(
        "Pairs: %s. Without a counterpart: %,d values of the reference, %,d of the other."
            .formatted(alignment.how(), alignment.referenceAlone(), alignment.otherAlone()));
    if (!alignment.unseen().isEmpty()) {
      lines.add(
          "Not compared, for bodies run any number of times or not at all: "
              + alignment.unseen().stream().map(UnseenBody::toString).collect(joining(", "))
              + ".");
    }
    steps(alignment).ifPresent(steps -> lines.add("Quantized values: " + steps + "."));
    return lines;
  }

  static Section table(LayerAlignment alignment) {
    return new Section.Table(
        "",
        List.of("value", "module", "computed by", "outside", "max abs", "SQNR", "distance"),
        alignment.layers().stream().map(LayerReport::row).toList());
  }

  /// All quantized values as one.
  private static Optional<GridSteps> steps(LayerAlignment alignment) {
    return alignment.layers().stream()
        .flatMap(layer -> layer.steps().stream())
        .reduce(GridSteps::plus);
  }

  private static String named(LayerAgreement layer) {
    Place reference = layer.pair().reference();
    Place other = layer.pair().other();
    String place =
        Stream.of(reference.module(), reference.line())
            .filter(text -> !text.isEmpty())
            .reduce("", (one, two) -> one + (one.isEmpty() ? "" : ", ") + two);
    String value =
        reference.operator().contains("'" + reference.value() + "'")
            ? ""
            : " '" + reference.value() + "'";
    return "%s%s%s, against %s"
        .formatted(
            reference.operator(),
            value,
            place.isEmpty() ? "" : " (" + place + ")",
            other.operator());
  }

  private static String distance(LayerAgreement layer) {
    return "%,d of %,d numbers outside, max abs %s%s"
        .formatted(
            layer.numbers().mismatched(),
            layer.numbers().elements(),
            figure(layer.numbers().maxAbs()),
            layer.steps().map(steps -> ", " + steps).orElse(""));
  }

  private static List<String> row(LayerAgreement layer) {
    return List.of(
        (layer.pass() ? "" : "! ") + layer.pair().reference().value(),
        layer.pair().reference().module(),
        layer.pair().other().operator(),
        layer.pass()
            ? "0"
            : "%,d / %,d".formatted(layer.numbers().mismatched(), layer.numbers().elements()),
        figure(layer.numbers().maxAbs()),
        Figures.decibels(layer.numbers().sqnrDb()),
        layer
            .steps()
            .map(GridSteps::toString)
            .or(() -> layer.ulps().map(LayerReport::ulps))
            .orElse(""));
  }

  private static String ulps(UlpDistance distance) {
    if (distance.mean() > MOST_ULPS) {
      return "over 2^16 ULP";
    }
    return distance.max() == 0
        ? "same numbers"
        : String.format(
            Locale.ROOT, "%.3g ULP on average, at most %,d", distance.mean(), distance.max());
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  private static Layer layer(LayerAgreement layer) {
    Place reference = layer.pair().reference();
    Place other = layer.pair().other();
    return new Layer(
        layer.pass(),
        reference.module(),
        reference.line(),
        reference.value(),
        reference.operator(),
        other.value(),
        other.operator(),
        layer.numbers().elements(),
        layer.numbers().mismatched(),
        layer.numbers().maxAbs(),
        layer.numbers().maxRel(),
        layer.numbers().sqnrDb(),
        layer.ulps().map(UlpDistance::max),
        layer.ulps().map(UlpDistance::mean),
        layer.steps());
  }
}
