package dev.octet.flow;

import dev.octet.align.Tolerance;
import dev.octet.inspect.ModelDiff;
import dev.octet.inspect.ModelDifference;
import dev.octet.inspect.ModelDifference.LayerDifference;
import dev.octet.numeric.AllClose;
import dev.octet.report.Report;
import dev.octet.report.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Two ONNX models in, what differs between their weights and biases out.
public final class DiffFlow {
  private DiffFlow() {}

  /// @param first file name of the first model
  /// @param second file name of the second
  public record Result(String first, String second, ModelDifference difference) {

    /// What `octet diff --json` prints.
    public record Json(String first, String second, boolean pass, ModelDifference difference) {}

    public Json json() {
      return new Json(first, second, pass(), difference);
    }

    /// Whether every weight and bias has a partner within the tolerances.
    public boolean pass() {
      return difference.pass();
    }

    public Report report() {
      List<Section> sections = new ArrayList<>();
      long within = difference.layers().stream().filter(layer -> layer.close().pass()).count();
      sections.add(
          new Section.Paragraph(
              "",
              List.of(
                  "%d of %d weights and biases are within rtol %s, atol %s."
                      .formatted(
                          within,
                          difference.layers().size(),
                          difference.rtol(),
                          difference.atol()))));
      sections.add(
          new Section.Table(
              "Layers, paired by their place in the graph",
              List.of("layer", "what", "shape", "mismatched", "max abs", "max rel", "SQNR"),
              difference.layers().stream().map(Result::row).toList()));
      if (!difference.unmatched().isEmpty()) {
        sections.add(
            new Section.Paragraph(
                "Without a partner",
                difference.unmatched().stream()
                    .map(
                        each ->
                            each.location().node()
                                + " "
                                + each.role().name().toLowerCase(Locale.ROOT)
                                + ": "
                                + each.reason())
                    .toList()));
      }
      return new Report(first + " against " + second, sections);
    }

    private static List<String> row(LayerDifference layer) {
      AllClose close = layer.close();
      String node = layer.first().node();
      return List.of(
          layer.first().opType() + " " + (node.isEmpty() ? layer.first().tensor() : node),
          layer.role().name().toLowerCase(Locale.ROOT),
          layer.dims().toString(),
          "%,d / %,d (%.1f %%)"
              .formatted(
                  close.mismatched(),
                  close.elements(),
                  close.elements() == 0 ? 0 : 100.0 * close.mismatched() / close.elements()),
          String.format(Locale.ROOT, "%.4g", close.maxAbsolute()),
          String.format(Locale.ROOT, "%.4g", close.maxRelative()),
          Figures.decibels(layer.sqnr()));
    }
  }

  /// @throws dev.octet.diagnostic.OctetException when a model cannot be read
  public static Result run(Path first, Path second, Tolerance tolerance) {
    return new Result(
        String.valueOf(first.getFileName()),
        String.valueOf(second.getFileName()),
        ModelDiff.diff(
            ModelFile.readOnnx(first).model(),
            ModelFile.readOnnx(second).model(),
            tolerance.rtol(),
            tolerance.atol()));
  }
}
