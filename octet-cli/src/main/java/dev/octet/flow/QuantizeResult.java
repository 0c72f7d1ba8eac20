package dev.octet.flow;

import dev.octet.align.TensorAlignment;
import dev.octet.evaluate.SpeedComparison;
import dev.octet.plan.QuantizationPlan;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.target.Saturation.UnsafeLayer;
import dev.octet.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What [QuantizeFlow] did.
///
/// @param output name of the file written
/// @param floatBytes size of the float model's file
/// @param bytes size of the file written
/// @param choices what was chosen and why, a sentence each
/// @param trials every way that was tried, by what the choosing samples say
/// @param chosen which of them was written
/// @param verdict what the judging samples say of it; empty without samples to judge by
/// @param counts how many samples did what
/// @param inputs statistics of the first samples' inputs, a line each; none without samples
/// @param compute where the multiplications run
/// @param unsafe layers that saturate on processors without dot-product instructions
/// @param speed both models' time for one sample; empty where it means nothing
/// @param processors whose the model is to be, and whose kernels it was judged on
/// @param worst tensors inside the models that differ most; told when the quality is low
/// @param met whether the verdict reaches the bars asked for
public record QuantizeResult(
    String output,
    long floatBytes,
    long bytes,
    List<String> choices,
    List<Trial> trials,
    int chosen,
    Optional<Trial> verdict,
    Counts counts,
    List<String> inputs,
    ComputeShares compute,
    List<UnsafeLayer> unsafe,
    Optional<SpeedComparison> speed,
    Processors processors,
    List<TensorAlignment> worst,
    boolean met,
    QuantizationPlan plan) {
  /// A speed-up below it is a loss, and no chance of measuring.
  private static final double EVEN = 0.95;

  private static final int LAYERS_LISTED = 20;

  public QuantizeResult {
    choices = List.copyOf(choices);
    trials = List.copyOf(trials);
    inputs = List.copyOf(inputs);
    unsafe = List.copyOf(unsafe);
    worst = List.copyOf(worst);
  }

  /// How many samples did what.
  ///
  /// @param calibrated chose the ranges
  /// @param chose compared the ways of quantizing
  /// @param judged gave the verdict
  /// @param judgedOn what these are to the others
  public record Counts(long calibrated, long chose, long judged, JudgedOn judgedOn) {
    static final Counts NONE = new Counts(0, 0, 0, JudgedOn.ANY);
  }

  /// @param target the processor the model is to run on
  /// @param judgedOn the processor of this machine
  public record Processors(Target target, Target judgedOn) {
    /// What a verdict of another processor's kernels leaves open; empty where it was the target's.
    Optional<String> reservation() {
      if (target == judgedOn || target == Target.PORTABLE) {
        return Optional.empty();
      }
      boolean saturatesHereOnly =
          judgedOn.pairs() == Target.Pairs.SATURATE && target.pairs() == Target.Pairs.EXACT;
      return Optional.of(
          "Judged on this machine's processor (%s), not on the target (%s): the speed is this one's%s."
              .formatted(
                  judgedOn,
                  target,
                  saturatesHereOnly
                      ? ", and sums that leave 16 bits are wrong on this one and exact there"
                      : ""));
    }
  }

  /// What `octet quantize --json` prints.
  public record Json(
      String output,
      long sizeBytes,
      long floatSizeBytes,
      List<String> choices,
      @Nullable Trial chosen,
      List<Trial> trials,
      long calibrationSamples,
      long choosingSamples,
      long judgingSamples,
      long heldBackSamples,
      double quantizedComputeShare,
      List<ComputeShares.Kept> keptInFloat,
      List<UnsafeLayer> saturatingWithoutDotProduct,
      @Nullable Double speedRatio,
      String target,
      String judgedOn,
      List<TensorAlignment> worstTensors,
      boolean met,
      String planHash) {}

  public Json json() {
    return new Json(
        output,
        bytes,
        floatBytes,
        choices,
        verdict.orElse(null),
        trials,
        counts.calibrated,
        trials.size() > 1 ? counts.chose : 0,
        counts.judged,
        counts.judgedOn == JudgedOn.HELD_BACK ? counts.judged : 0,
        compute.quantizedShare(),
        compute.kept(),
        unsafe,
        speed.map(SpeedComparison::ratio).orElse(null),
        processors.target.toString(),
        processors.judgedOn.toString(),
        worst,
        met,
        plan.hash());
  }

  public Report report() {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section.Paragraph("", choices));
    if (!inputs.isEmpty()) {
      sections.add(new Section.Paragraph("Inputs of the first samples", inputs));
    }
    if (trials.size() > 1) {
      sections.add(
          new Section.Table(
              "Ranges from %,d samples, compared on %,d others"
                  .formatted(counts.calibrated, counts.chose),
              List.of("method", "top-1 agreement", "SQNR", ""),
              IntStream.range(0, trials.size()).mapToObj(this::row).toList()));
    }
    if (!compute.kept().isEmpty()) {
      sections.add(new Section.Paragraph("Kept in float", compute.lines()));
    }
    if (!worst.isEmpty()) {
      sections.add(
          new Section.Table(
              "Tensors that differ most",
              List.of("tensor", "SQNR", "largest difference", "in sample"),
              worst.stream().map(QuantizeResult::row).toList()));
    }
    sections.add(new Section.Paragraph("Verdict", verdictLines()));
    return new Report("Quantized to " + output, sections);
  }

  /// The report with every node and tensor of the plan, and the layers that could saturate.
  public Report reportWithPlan() {
    List<Section> sections = new ArrayList<>(report().sections());
    if (!unsafe.isEmpty()) {
      List<String> lines =
          new ArrayList<>(unsafe.stream().limit(LAYERS_LISTED).map(UnsafeLayer::toString).toList());
      if (unsafe.size() > LAYERS_LISTED) {
        lines.add("… and %,d more".formatted(unsafe.size() - LAYERS_LISTED));
      }
      sections.add(new Section.Paragraph("Could saturate without dot-product instructions", lines));
    }
    sections.add(new Section.Paragraph("Plan " + plan.hash(), plan.lines()));
    return new Report(report().title(), sections);
  }

  private List<String> verdictLines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s became %s; %s of the multiplications run on integers."
            .formatted(
                Figures.kilobytes(floatBytes),
                Figures.kilobytes(bytes),
                Figures.percent(compute.quantizedShare())));
    lines.add(
        verdict
            .map(
                trial ->
                    "%s%s of top-1 predictions the same, on %,d samples%s."
                        .formatted(
                            Double.isNaN(trial.sqnrDb())
                                ? ""
                                : "SQNR " + Figures.decibels(trial.sqnrDb()) + ", ",
                            Figures.percent(trial.agreement()),
                            counts.judged,
                            counts.judgedOn.words()))
            .orElse("UNVERIFIED: no samples to compare it with the float model on."));
    speed.ifPresent(
        each ->
            lines.add(
                "%.2f× as fast as the float model (%s to %s a sample, one thread, in turns)."
                    .formatted(
                        each.ratio(),
                        Figures.milliseconds(each.referenceMillis()),
                        Figures.milliseconds(each.otherMillis()))));
    speed
        .filter(each -> each.ratio() < EVEN)
        .ifPresent(
            _ ->
                lines.add(
                    "SLOWER than the float model here: integers pay in large layers, and on"
                        + " processors with dot products (VNNI). Use it where size counts."));
    verdict.flatMap(_ -> processors.reservation()).ifPresent(lines::add);
    if (!met) {
      lines.add("NOT MET: below the bar asked for.");
    }
    return lines;
  }

  private List<String> row(int index) {
    Trial trial = trials.get(index);
    return List.of(
        trial.method(),
        Figures.percent(trial.agreement()),
        Figures.decibels(trial.sqnrDb()),
        index == chosen ? "chosen" : "");
  }

  private static List<String> row(TensorAlignment tensor) {
    return List.of(
        tensor.name(),
        Figures.decibels(tensor.sqnrDb()),
        String.format(java.util.Locale.ROOT, "%.3g", tensor.maxAbs()),
        tensor.worstSample());
  }
}
