package dev.octet.flow;

import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.evaluate.AccuracyChange;
import dev.octet.evaluate.Candidate;
import dev.octet.evaluate.EvaluationOptions;
import dev.octet.evaluate.Evaluator;
import dev.octet.evaluate.Latency;
import dev.octet.evaluate.ModelScore;
import dev.octet.evaluate.Scores;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Models and samples in, one table out: a column a model, as the eye compares.
public final class EvaluateFlow {
  private EvaluateFlow() {}

  /// A model to evaluate.
  ///
  /// @param title what its column is called
  /// @param file .onnx or .pt2
  public record Contestant(String title, Path file) {
    /// Reads `title=file` or `file`.
    ///
    /// @throws IllegalArgumentException when the title is empty
    public static Contestant parse(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        Path file = Path.of(text);
        return new Contestant(String.valueOf(file.getFileName()), file);
      }
      if (equals == 0) {
        throw new IllegalArgumentException("'" + text + "' has no title before the '='");
      }
      return new Contestant(text.substring(0, equals), Path.of(text.substring(equals + 1)));
    }
  }

  /// @param contestants at least one; the others are compared with the first
  /// @param samples what to measure on
  /// @param threads a model may use, at least 1
  public record Request(List<Contestant> contestants, SampleRequest samples, int threads) {
    public Request {
      contestants = List.copyOf(contestants);
      if (threads < 1) {
        throw new IllegalArgumentException("threads must be at least 1, not " + threads);
      }
    }
  }

  /// @param scores one row a model
  /// @param threads each had while timed
  public record Result(Scores scores, int threads) {

    /// What `octet evaluate --json` prints.
    public record Json(List<Row> rows) {}

    /// @param accuracy share (0 to 1); `null` without labels
    /// @param latencyMs `null` for a model whose speed means nothing
    /// @param agreement share of samples with the same top-1 as the first model
    /// @param sourceAgreement the same with the model it was made from; `null` if that is not here
    /// @param change accuracy against the first model; `null` without labels
    public record Row(
        String model,
        long sizeBytes,
        OptionalDouble accuracy,
        long samples,
        Optional<Latency> latencyMs,
        double agreement,
        OptionalDouble sourceAgreement,
        Optional<AccuracyChange> change) {}

    public Json json() {
      return new Json(
          scores.rows().stream()
              .map(
                  row ->
                      new Row(
                          row.model(),
                          row.sizeBytes(),
                          row.accuracy(),
                          row.samples(),
                          row.latency(),
                          row.agreement(),
                          row.sourceAgreement(),
                          row.change()))
              .toList());
    }

    /// The most accuracy any model loses against the first, in points; 0 when none does.
    public double largestDrop() {
      return scores.rows().stream()
          .flatMap(row -> row.change().stream())
          .mapToDouble(change -> -change.points())
          .reduce(0, Math::max);
    }

    public Report report() {
      List<ModelScore> rows = scores.rows();
      List<String> columns = new ArrayList<>(List.of("Metrics"));
      rows.forEach(row -> columns.add(row.model()));
      List<List<String>> lines = new ArrayList<>();
      lines.add(line("Model size", row -> Figures.kilobytes(row.sizeBytes())));
      lines.add(line("Accuracy", row -> share(row.accuracy())));
      lines.add(line("Average inference time, batch 1", row -> time(row, Latency::batch1)));
      lines.add(line("  speed-up", row -> speedUp(row, Latency::batch1)));
      lines.add(line("Average inference time, batch 32", row -> time(row, Latency::batch32)));
      lines.add(line("  speed-up", row -> speedUp(row, Latency::batch32)));
      lines.add(line("Top-1 agreement with " + rows.getFirst().model(), EvaluateFlow::agreement));
      lines.add(line("Top-1 agreement with its source", row -> share(row.sourceAgreement())));
      lines.add(line("Accuracy change, points", EvaluateFlow::change));
      lines.add(line("  95 % interval", EvaluateFlow::interval));
      return new Report(
          "%,d samples".formatted(rows.getFirst().samples()),
          List.of(
              new Section.Table("Side by side", columns, lines, notes()),
              bars("Model size", "KB", row -> row.sizeBytes() / 1024.0),
              bars(
                  "Inference time, batch 1",
                  "ms",
                  row -> row.latency().map(Latency::batch1).orElse(Double.NaN))));
    }

    private List<String> line(String title, Function<ModelScore, String> cell) {
      List<String> cells = new ArrayList<>(List.of(title));
      scores.rows().forEach(row -> cells.add(cell.apply(row)));
      return cells;
    }

    private String speedUp(ModelScore row, Function<Latency, Double> batch) {
      Optional<Double> base = scores.rows().getFirst().latency().map(batch);
      return row.latency()
          .map(batch)
          .filter(ms -> !ms.isNaN() && base.isPresent() && !base.get().isNaN())
          .map(ms -> String.format(Locale.ROOT, "%.2f×", base.orElseThrow() / ms))
          .orElse("–");
    }

    private List<String> notes() {
      List<String> notes = new ArrayList<>();
      notes.add(
          "Times: medians of interleaved runs, %d thread%s, the whole batch."
              .formatted(threads, threads == 1 ? "" : "s"));
      boolean clear =
          scores.rows().stream()
              .skip(1)
              .flatMap(row -> row.change().stream())
              .anyMatch(change -> change.low() > 0 || change.high() < 0);
      if (scores.rows().size() > 1 && scores.rows().getFirst().accuracy().isPresent()) {
        notes.add(
            clear
                ? "An accuracy change is more than chance where its paired interval leaves out 0."
                : "Every paired interval holds 0: no accuracy change here is more than chance.");
      }
      return notes;
    }

    private Section.Bars bars(String heading, String unit, Function<ModelScore, Double> figure) {
      List<ModelScore> measured =
          scores.rows().stream().filter(row -> !figure.apply(row).isNaN()).toList();
      double longest = measured.stream().mapToDouble(figure::apply).max().orElse(1);
      return new Section.Bars(
          heading,
          unit,
          measured.stream()
              .map(
                  row ->
                      new Section.Bar(
                          row.model(),
                          String.format(Locale.ROOT, "%.4g", figure.apply(row)),
                          Math.round(1000 * figure.apply(row) / longest) / 10.0))
              .toList());
    }
  }

  /// @throws OctetException when a model or sample cannot be used
  public static Result run(Request request, Stages stages) {
    List<ModelFile> files =
        request.contestants().stream().map(each -> ModelFile.read(each.file())).toList();
    Map<String, Integer> byFingerprint = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      byFingerprint.putIfAbsent(Lineage.fingerprint(files.get(i).path()), i);
    }
    List<ModelRunner> runners = new ArrayList<>();
    try {
      SessionOptions session = SessionOptions.DEFAULT.withThreads(request.threads());
      files.forEach(file -> runners.add(file.open(session)));
      SampleSource samples = Samples.open(request.samples(), files.getFirst(), runners.getFirst());
      List<Candidate> candidates =
          IntStream.range(0, files.size())
              .mapToObj(
                  i ->
                      new Candidate(
                          request.contestants().get(i).title(),
                          files.get(i).sizeBytes(),
                          runners.get(i),
                          Lineage.source(files.get(i))
                              .map(byFingerprint::get)
                              .map(java.util.OptionalInt::of)
                              .orElse(java.util.OptionalInt.empty())))
              .toList();
      Scores scores =
          Evaluator.evaluate(
              candidates, samples, EvaluationOptions.DEFAULT, stages.begin("evaluating"));
      return new Result(scores, request.threads());
    } finally {
      runners.forEach(ModelRunner::close);
    }
  }

  private static String agreement(ModelScore row) {
    return Figures.percent(row.agreement());
  }

  private static String share(OptionalDouble share) {
    return share.isPresent() ? Figures.percent(share.getAsDouble()) : "–";
  }

  private static String time(ModelScore row, Function<Latency, Double> batch) {
    return row.latency().map(batch).map(Figures::milliseconds).orElse("–");
  }

  private static String change(ModelScore row) {
    return row.change().map(change -> Figures.points(change.points())).orElse("–");
  }

  private static String interval(ModelScore row) {
    return row.change()
        .map(change -> Figures.points(change.low()) + " … " + Figures.points(change.high()))
        .orElse("–");
  }
}
