package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.Alignment;
import dev.octet.align.TensorAlignment;
import dev.octet.align.Tolerance;
import dev.octet.align.layers.LayerAlignment;
import dev.octet.data.SampleSource;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Two models in, how far they agree out: their outputs, and on demand every value inside them.
public final class AlignFlow {
  private AlignFlow() {}

  /// @param samples empty for random ones, in three sizes of every dynamic dimension
  public record Request(
      Path reference,
      Path other,
      Optional<SampleRequest> samples,
      Tolerance tolerance,
      Evidence.Depth depth) {}

  /// What `octet align --json` prints. The figures beside the runs are those of the outputs, over
  /// all samples, as users run the models.
  ///
  /// @param pass whether every number is within the tolerance, in each run
  /// @param mismatched numbers that are not
  /// @param elements numbers compared
  /// @param maxAbs largest absolute difference
  /// @param maxRel largest relative difference
  /// @param top1Agreement share (0 to 1) of equal top-1 predictions
  record Json(
      boolean pass,
      long mismatched,
      long elements,
      double maxAbs,
      double maxRel,
      double top1Agreement,
      List<RunJson> runs) {}

  /// @param optimizer whether ONNX Runtime's optimizer was off or on
  /// @param outputs one for each size, or one for all samples
  record RunJson(
      Evidence.Optimizer optimizer,
      boolean pass,
      List<Summary> outputs,
      Optional<LayerReport.Summary> layers) {}

  /// The agreement of the outputs in figures.
  ///
  /// @param pass whether every number is within the tolerance
  /// @param mismatched numbers that are not
  /// @param elements numbers compared
  /// @param maxAbs largest absolute difference
  /// @param maxRel largest relative difference
  /// @param top1Agreement share (0 to 1) of equal top-1 predictions
  public record Summary(
      boolean pass,
      long mismatched,
      long elements,
      double maxAbs,
      double maxRel,
      double top1Agreement) {}

  /// @param evidence what was found, run by run
  public record Result(Evidence evidence) {

    /// Whether every number compared is within the tolerance, in each run.
    public boolean pass() {
      return evidence.pass();
    }

    /// Share (0 to 1) of equal top-1 predictions, as users run the models.
    public double top1Agreement() {
      List<Alignment> outputs = evidence.asUsersRun();
      long samples = outputs.stream().mapToLong(Alignment::samples).sum();
      return outputs.stream()
          .mapToDouble(each -> each.top1Agreement() * each.samples() / samples)
          .sum();
    }

    /// What `--json` prints.
    public Object json() {
      List<Alignment> outputs = evidence.asUsersRun();
      return new Json(
          pass(),
          outputs.stream().mapToLong(Alignment::mismatched).sum(),
          outputs.stream().mapToLong(Alignment::elements).sum(),
          outputs.stream().mapToDouble(Alignment::maxAbs).max().orElse(0),
          outputs.stream().mapToDouble(Alignment::maxRel).max().orElse(0),
          top1Agreement(),
          runs(evidence));
    }

    public Report report() {
      Alignment any = evidence.asUsersRun().getFirst();
      List<Section> sections = new ArrayList<>();
      sections.add(
          new Section.Paragraph(
              "",
              List.of(
                  pass()
                      ? "They agree: every number is within the tolerance."
                      : "They differ: some numbers are outside the tolerance.",
                  "Top-1 agreement %.2f %% on %,d samples; rtol %s, atol %s."
                      .formatted(
                          100 * top1Agreement(),
                          evidence.asUsersRun().stream().mapToLong(Alignment::samples).sum(),
                          any.tolerance().rtol(),
                          any.tolerance().atol()))));
      sections.addAll(AlignFlow.sections(evidence));
      return new Report(any.other() + " against " + any.reference(), sections);
    }
  }

  /// @throws dev.octet.diagnostic.OctetException when a model or sample cannot be used
  public static Result run(Request request, Stages stages) {
    ModelFile reference = ModelFile.read(request.reference());
    ModelFile other = ModelFile.read(request.other());
    List<SampleSource> samples;
    try (ModelRunner runner = reference.open(SessionOptions.DEFAULT)) {
      samples =
          request
              .samples()
              .map(given -> List.of(Samples.open(given, reference, runner)))
              .orElseGet(() -> ProofSamples.of(reference, runner));
    }
    // On samples of the user's own the question is what the models do in use, unless it is where
    // they part.
    boolean inUse = request.samples().isPresent() && request.depth() == Evidence.Depth.OUTPUTS;
    return new Result(
        Evidence.gather(
            reference,
            other,
            samples,
            inUse ? List.of(Evidence.Optimizer.ON) : List.of(Evidence.Optimizer.values()),
            request.depth(),
            AlignOptions.DEFAULT.withTolerance(request.tolerance()),
            stages));
  }

  static List<RunJson> runs(Evidence evidence) {
    return evidence.runs().stream()
        .map(
            run ->
                new RunJson(
                    run.optimizer(),
                    run.pass(),
                    run.outputs().stream().map(AlignFlow::summary).toList(),
                    run.layers().map(LayerReport::summary)))
        .toList();
  }

  /// A part for each run: its outputs, and its layers if they were compared.
  static List<Section> sections(Evidence evidence) {
    List<Section> sections = new ArrayList<>();
    for (Evidence.Run run : evidence.runs()) {
      String optimizer =
          "ONNX Runtime's optimizer " + run.optimizer().name().toLowerCase(Locale.ROOT);
      sections.add(
          new Section.Table(
              "Outputs, " + optimizer,
              List.of("output", "mismatched", "max abs", "max rel", "SQNR", "worst sample"),
              run.outputs().stream()
                  .flatMap(alignment -> alignment.outputs().stream())
                  .map(AlignFlow::row)
                  .toList()));
      if (run.layers().isPresent()) {
        LayerAlignment layers = run.layers().get();
        sections.add(new Section.Paragraph("Layers, " + optimizer, LayerReport.verdict(layers)));
        sections.add(LayerReport.table(layers));
      }
    }
    return sections;
  }

  private static Summary summary(Alignment alignment) {
    return new Summary(
        alignment.pass(),
        alignment.mismatched(),
        alignment.elements(),
        alignment.maxAbs(),
        alignment.maxRel(),
        alignment.top1Agreement());
  }

  private static List<String> row(TensorAlignment tensor) {
    return List.of(
        tensor.name().equals(tensor.otherName())
            ? tensor.name()
            : tensor.name() + " / " + tensor.otherName(),
        "%,d / %,d (%.2f %%)"
            .formatted(
                tensor.mismatched(),
                tensor.elements(),
                tensor.elements() == 0 ? 0 : 100.0 * tensor.mismatched() / tensor.elements()),
        String.format(Locale.ROOT, "%.4g", tensor.maxAbs()),
        String.format(Locale.ROOT, "%.4g", tensor.maxRel()),
        Figures.decibels(tensor.sqnrDb()),
        tensor.worstSample());
  }
}
