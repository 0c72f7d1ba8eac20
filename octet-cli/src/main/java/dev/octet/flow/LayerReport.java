package dev.octet.flow;

import static java.util.stream.Collectors.joining;

import dev.octet.align.layers.LayerAgreement;
import dev.octet.align.layers.LayerAligner;
import dev.octet.align.layers.LayerAlignment;
import dev.octet.align.layers.Place;
import dev.octet.align.layers.Times;
import dev.octet.align.layers.UnseenBody;
import dev.octet.numeric.GridSteps;
import dev.octet.numeric.UlpDistance;
import dev.octet.report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How the agreement of layers is shown and stored.
final class LayerReport {
  /// Numbers that are farther apart on average differ in the first digits; counting says no more.
  private static final int MOST_ULPS = 1 << 16;

  private static final int TIMES_COLUMN = 3;

  private LayerReport() {}

  /// What `--json` prints of all layers.
  ///
  /// @param pass whether every number compared is within the tolerance
  /// @param pairs pairs of values compared
  /// @param how what told which values denote the same
  /// @param referenceAlone values the reference computes that have no counterpart
  /// @param otherAlone values the other model computes that have none
  /// @param unseen branches and bodies of control flow whose values could not be compared, and why
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
  /// @param bodies the branches and bodies of the reference around the value, outermost first
  /// @param times how often it was computed, and where the two depart first; empty for a value of
  /// the
  /// main graph
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
      Optional<GridSteps> steps,
      List<Place.Body> bodies,
      Optional<Times> times) {}

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
          "Not compared: "
              + alignment.unseen().stream().map(UnseenBody::toString).collect(joining("; "))
              + ".");
    }
    cut(alignment).ifPresent(lines::add);
    steps(alignment).ifPresent(steps -> lines.add("Quantized values: " + steps + "."));
    return lines;
  }

  /// What is said where rounds were left out.
  private static Optional<String> cut(LayerAlignment alignment) {
    List<LayerAgreement> cut =
        alignment.layers().stream()
            .filter(layer -> layer.times().filter(Times::areCut).isPresent())
            .toList();
    return cut.stream()
        .findFirst()
        .map(
            first ->
                "Later rounds are left out of %,d values, the first of them '%s': %,d MB of a value are kept a run."
                    .formatted(
                        cut.size(),
                        first.pair().reference().value(),
                        LayerAligner.MOST_BYTES >> 20));
  }

  /// With a column of how often values were compared, where that is not always once a sample.
  static Section table(LayerAlignment alignment) {
    boolean rounds = alignment.layers().stream().anyMatch(layer -> layer.times().isPresent());
    List<String> columns =
        new ArrayList<>(
            List.of("value", "module", "computed by", "outside", "max abs", "SQNR", "distance"));
    List<List<String>> rows = new ArrayList<>();
    alignment.layers().forEach(layer -> rows.add(new ArrayList<>(row(layer))));
    if (rounds) {
      columns.add(TIMES_COLUMN, "times");
      for (int i = 0; i < rows.size(); i++) {
        rows.get(i).add(TIMES_COLUMN, times(alignment.layers().get(i)));
      }
    }
    return new Section.Table("", columns, rows);
  }

  private static String times(LayerAgreement layer) {
    return layer
        .times()
        .map(
            times ->
                times.areCut()
                    ? "%,d of %,d".formatted(times.compared(), times.reference())
                    : "%,d".formatted(times.compared()))
        .orElse("");
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
        Stream.of(LayerReport.when(layer), reference.module(), reference.line())
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

  /// In which round of which bodies the two depart first; empty in the main graph.
  private static String when(LayerAgreement layer) {
    List<Place.Body> bodies = layer.pair().reference().bodies();
    List<Long> rounds =
        layer.times().flatMap(Times::departure).map(Times.Departure::rounds).orElse(List.of());
    return IntStream.range(0, Math.min(bodies.size(), rounds.size()))
        .mapToObj(
            i ->
                (bodies.get(i).isLoop() ? "round %,d of ".formatted(rounds.get(i)) : "")
                    + bodies.get(i))
        .collect(joining(", "));
  }

  private static String distance(LayerAgreement layer) {
    Optional<Times> uneven = layer.times().filter(times -> !times.areEqual());
    return uneven
            .map(
                times ->
                    "computed %,d times against %,d; ".formatted(times.reference(), times.other()))
            .orElse("")
        + numbers(layer);
  }

  private static String numbers(LayerAgreement layer) {
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
        layer.steps(),
        reference.bodies(),
        layer.times());
  }
}
