package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.Aligner;
import dev.octet.align.Alignment;
import dev.octet.align.TensorAlignment;
import dev.octet.align.Tolerance;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Two models and samples in, how far their outputs agree out.
public final class AlignFlow {
  private AlignFlow() {}

  /// What `octet align --json` prints.
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

  /// @throws dev.octet.diagnostic.OctetException when a model or sample cannot be used
  public static Alignment run(
      Path reference, Path other, SampleRequest samples, Tolerance tolerance, Stages stages) {
    ModelFile first = ModelFile.read(reference);
    ModelFile second = ModelFile.read(other);
    try (ModelRunner a = first.open(SessionOptions.DEFAULT);
        ModelRunner b = second.open(SessionOptions.DEFAULT)) {
      return Aligner.align(
          a,
          b,
          Samples.open(samples, first, a),
          AlignOptions.DEFAULT.withTolerance(tolerance),
          stages.begin("comparing"));
    }
  }

  public static Summary summary(Alignment alignment) {
    return new Summary(
        alignment.pass(),
        alignment.mismatched(),
        alignment.elements(),
        alignment.maxAbs(),
        alignment.maxRel(),
        alignment.top1Agreement());
  }

  public static Report report(Alignment alignment) {
    List<List<String>> rows = alignment.outputs().stream().map(AlignFlow::row).toList();
    String verdict =
        alignment.pass()
            ? "They agree: every number is within the tolerance."
            : "They differ: %,d of %,d numbers are outside the tolerance."
                .formatted(alignment.mismatched(), alignment.elements());
    return new Report(
        alignment.other() + " against " + alignment.reference(),
        List.of(
            new Section.Paragraph(
                "",
                List.of(
                    verdict,
                    "Top-1 agreement %.2f %% on %,d samples; rtol %s, atol %s."
                        .formatted(
                            100 * alignment.top1Agreement(),
                            alignment.samples(),
                            alignment.tolerance().rtol(),
                            alignment.tolerance().atol()))),
            new Section.Table(
                "Outputs",
                List.of("output", "mismatched", "max abs", "max rel", "SQNR", "worst sample"),
                rows)));
  }

  /// The verdict and its figures in a line.
  static String oneLine(Alignment alignment) {
    return "%s; %,d of %,d numbers outside rtol %s, atol %s; max abs %.3g, max rel %.3g"
        .formatted(
            alignment.pass() ? "agree" : "DIFFER",
            alignment.mismatched(),
            alignment.elements(),
            alignment.tolerance().rtol(),
            alignment.tolerance().atol(),
            alignment.maxAbs(),
            alignment.maxRel());
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
