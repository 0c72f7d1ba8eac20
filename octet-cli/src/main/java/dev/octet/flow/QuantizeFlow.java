package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.Aligner;
import dev.octet.align.Alignment;
import dev.octet.align.Tolerance;
import dev.octet.calibrate.Calibration;
import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.calibrate.ChannelReach;
import dev.octet.data.HeldBack;
import dev.octet.data.SampleSource;
import dev.octet.equalize.ChannelEqualization;
import dev.octet.inspect.ModelInspector;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelWriter;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.rewrite.QuantizedModel;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// A float model and samples in, a quantized model with a verdict out.
///
/// Unless the user names a method, several compete. One pass over the samples feeds all of them;
/// each candidate is then judged on samples that calibration has not seen, and the one whose output
/// is nearest to the float model's is written.
public final class QuantizeFlow {
  /// Share of the samples that judges instead of calibrating.
  private static final double HELD_BACK = 0.25;

  /// A difference in SQNR that is not worth a less simple method.
  private static final double EQUALLY_GOOD_DB = 0.5;

  private static final List<CalibrationMethod> COMPETING =
      List.of(
          CalibrationMethod.minMax(),
          CalibrationMethod.leastError(),
          CalibrationMethod.percentile(99.99));

  private QuantizeFlow() {}

  /// Whether weights share a scale.
  public enum Weights {
    PER_CHANNEL,
    PER_TENSOR
  }

  /// Whether channels are equalized first; see [ChannelEqualization].
  private enum Channels {
    AS_THEY_ARE,
    EQUALIZED
  }

  /// @param model float ONNX file
  /// @param output file to write
  /// @param samples to calibrate with and to judge by
  /// @param method how ranges are chosen; empty to let several compete
  /// @param activations UINT8 or INT8
  /// @param weights granularity of weight scales
  /// @param keepOps globs of operator types to keep in float
  /// @param keepNodes globs of nodes to keep in float
  /// @param style names and sharing in the file
  public record Request(
      Path model,
      Path output,
      SampleRequest samples,
      Optional<CalibrationMethod> method,
      QuantType activations,
      Weights weights,
      List<String> keepOps,
      List<String> keepNodes,
      OutputStyle style) {}

  /// One way of choosing ranges, tried.
  ///
  /// @param method how ranges were chosen, and whether channels were equalized first
  /// @param agreement share (0 to 1) of equal top-1 predictions on the held-back samples
  /// @param sqnrDb of the first output on the held-back samples
  public record Trial(String method, double agreement, double sqnrDb) {}

  /// @param chosen the trial whose model was written
  /// @param trials all of them
  /// @param calibrated samples that chose the ranges
  /// @param judged samples held back
  /// @param kept nodes left in float, with the reason, a line each
  public record Result(
      String output,
      long floatBytes,
      long bytes,
      Trial chosen,
      List<Trial> trials,
      long calibrated,
      long judged,
      double quantizedShare,
      List<String> kept,
      QuantizationPlan plan) {

    /// What `octet quantize --json` prints.
    public record Json(
        String output,
        long sizeBytes,
        long floatSizeBytes,
        Trial chosen,
        List<Trial> trials,
        long calibrationSamples,
        long heldBackSamples,
        double quantizedComputeShare,
        List<String> keptInFloat,
        String planHash) {}

    public Json json() {
      return new Json(
          output,
          bytes,
          floatBytes,
          chosen,
          trials,
          calibrated,
          judged,
          quantizedShare,
          kept,
          plan.hash());
    }

    /// Whether the held-back samples meet the bars asked for.
    public boolean meets(OptionalDouble minAgreement, OptionalDouble minSqnr) {
      return chosen.agreement() >= minAgreement.orElse(0)
          && chosen.sqnrDb() >= minSqnr.orElse(Double.NEGATIVE_INFINITY);
    }

    public Report report() {
      List<Section> sections = new ArrayList<>();
      sections.add(
          new Section.Paragraph(
              "",
              List.of(
                  Figures.kilobytes(floatBytes) + " became " + Figures.kilobytes(bytes) + ".",
                  "%s of the multiplications run on integers."
                      .formatted(Figures.percent(quantizedShare)),
                  "%s of top-1 predictions stay the same, SQNR %s, on %,d samples held back."
                      .formatted(
                          Figures.percent(chosen.agreement()),
                          Figures.decibels(chosen.sqnrDb()),
                          judged))));
      if (trials.size() > 1) {
        sections.add(
            new Section.Table(
                "Ranges from %,d samples, judged on %,d others".formatted(calibrated, judged),
                List.of("method", "top-1 agreement", "SQNR", ""),
                trials.stream().map(this::row).toList()));
      }
      if (!kept.isEmpty()) {
        sections.add(new Section.Paragraph("Kept in float", kept));
      }
      return new Report("Quantized to " + output, sections);
    }

    /// The report with every node and tensor of the plan.
    public Report reportWithPlan() {
      List<Section> sections = new ArrayList<>(report().sections());
      sections.add(new Section.Paragraph("Plan " + plan.hash(), plan.lines()));
      return new Report(report().title(), sections);
    }

    private List<String> row(Trial trial) {
      return List.of(
          trial.method(),
          Figures.percent(trial.agreement()),
          Figures.decibels(trial.sqnrDb()),
          trial == chosen ? "chosen" : "");
    }
  }

  /// @throws dev.octet.diagnostic.OctetException when the model or a sample cannot be used, or the
  ///     options contradict each other
  public static Result run(Request request, Stages stages) {
    OutputFile.checked(request.output());
    ModelFile.Onnx file = ModelFile.readOnnx(request.model());
    SampleSource all;
    try (ModelRunner runner = file.open(SessionOptions.DEFAULT)) {
      all = Samples.open(request.samples(), file, runner);
    }
    HeldBack samples =
        all.size() < 2
            ? new HeldBack(all, all)
            : HeldBack.of(all, HELD_BACK, request.samples().seed());

    List<Attempt> attempts = new ArrayList<>();
    try (ModelRunner original =
        InferenceSession.open(file.model(), "the float model", SessionOptions.DEFAULT)) {
      for (Channels channels : Channels.values()) {
        attempts.addAll(attempts(request, file.model(), channels, samples, original, stages));
      }
    }
    Attempt best = best(attempts);
    Model model = best.quantized.model();
    model.edit(editor -> editor.setMetadata(Lineage.SOURCE, Lineage.fingerprint(request.model())));
    ModelWriter.write(model, request.output());
    return new Result(
        String.valueOf(request.output().getFileName()),
        file.sizeBytes(),
        ModelWriter.encode(model).length,
        best.trial,
        attempts.stream().map(each -> each.trial).toList(),
        samples.used().size(),
        samples.held().size(),
        ModelInspector.inspect(model).compute().quantizedShare(),
        kept(best.quantized.plan()),
        best.quantized.plan());
  }

  private record Attempt(QuantizedModel quantized, Trial trial) {}

  /// Quantizes with each method asked for, from one pass over the samples.
  private static List<Attempt> attempts(
      Request request,
      Model original,
      Channels channels,
      HeldBack samples,
      ModelRunner reference,
      Stages stages) {
    Model model = original;
    if (channels == Channels.EQUALIZED) {
      Set<String> values = ChannelEqualization.needs(original);
      if (values.isEmpty() || request.method().isPresent()) {
        return List.of();
      }
      Map<String, float[]> reach =
          ChannelReach.observe(
              original, "the float model", values, samples.used(), stages.begin("equalizing"));
      model = original.copy();
      ChannelEqualization.apply(model, reach);
    }
    List<CalibrationMethod> methods = request.method().map(List::of).orElse(COMPETING);
    CalibrationNeeds widest = QuantizationPlanner.needs(model, scheme(request, methods.getLast()));
    Calibration calibration =
        Calibrator.observe(
            model,
            "the float model",
            widest,
            samples.used(),
            CalibrationOptions.DEFAULT,
            stages.begin("calibrating"));
    List<Attempt> attempts = new ArrayList<>();
    for (CalibrationMethod method : methods) {
      QuantizationScheme scheme = scheme(request, method);
      CalibrationNeeds needs = QuantizationPlanner.needs(model, scheme);
      QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, calibration.table(needs));
      QuantizedModel quantized = PlanRewriter.rewrite(model, plan);
      String name = method + (channels == Channels.EQUALIZED ? ", channels equalized" : "");
      attempts.add(
          new Attempt(quantized, judge(name, reference, quantized, samples.held(), stages)));
    }
    return attempts;
  }

  /// The first, and so the simplest, of those that are as good as the best.
  private static Attempt best(List<Attempt> attempts) {
    double most = attempts.stream().mapToDouble(each -> each.trial.sqnrDb()).max().orElseThrow();
    return attempts.stream()
        .filter(each -> each.trial.sqnrDb() >= most - EQUALLY_GOOD_DB)
        .findFirst()
        .orElseThrow();
  }

  private static Trial judge(
      String name,
      ModelRunner reference,
      QuantizedModel quantized,
      SampleSource held,
      Stages stages) {
    try (ModelRunner runner =
        InferenceSession.open(quantized.model(), "the quantized model", SessionOptions.DEFAULT)) {
      Alignment alignment =
          Aligner.align(
              reference,
              runner,
              held,
              AlignOptions.DEFAULT.withTolerance(Tolerance.QUANTIZED),
              stages.begin("judging"));
      return new Trial(name, alignment.top1Agreement(), alignment.outputs().getFirst().sqnrDb());
    }
  }

  private static QuantizationScheme scheme(Request request, CalibrationMethod method) {
    Policy policy =
        Policy.OPEN
            .withCalibration(method)
            .withActivations(request.activations(), Symmetry.ASYMMETRIC)
            .withGranularity(
                switch (request.weights()) {
                  case PER_CHANNEL -> WeightGranularity.PER_CHANNEL;
                  case PER_TENSOR -> WeightGranularity.PER_TENSOR;
                });
    return QuantizationScheme.builder()
        .defaults(policy)
        .exceptOpTypes(request.keepOps())
        .exceptNodes(request.keepNodes())
        .style(request.style())
        .build();
  }

  private static List<String> kept(QuantizationPlan plan) {
    return plan.nodes().stream()
        .filter(node -> node.fate() instanceof NodePlan.Fate.Kept)
        .map(node -> node.opType() + " '" + node.node() + "': " + reason(node.fate()))
        .toList();
  }

  private static String reason(NodePlan.Fate fate) {
    return fate instanceof NodePlan.Fate.Kept(String reason) ? reason : "";
  }
}
