package dev.octet.conformance;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.testkit.ArchiveSamples;
import dev.octet.testkit.GoldenVerdict;
import dev.octet.testkit.OperatorGoldens;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// What became of every Core ATen operator, from the goldens of `make_operator_goldens.py`.
final class OperatorTable {
  private OperatorTable() {}

  /// @param operator such as `add.Tensor`
  /// @param verdict `agrees`, or what is in the way
  private record Row(String operator, int programs, String types, String verdict, String error) {
    boolean agrees() {
      return verdict.startsWith("agrees");
    }
  }

  /// The chapter on operators, in Markdown.
  static List<String> of(Path zip) throws IOException {
    Path folder = Files.createTempDirectory("operators");
    SortedMap<String, List<Path>> goldens;
    try (InputStream stream = Files.newInputStream(zip)) {
      goldens = OperatorGoldens.unpack(stream, folder);
    }
    List<Row> rows = new ArrayList<>();
    goldens.forEach((operator, archives) -> rows.add(row(operator, archives)));
    int programs = rows.stream().mapToInt(Row::programs).sum();
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("## Core ATen, operator by operator");
    lines.add("");
    long agreeing = rows.stream().filter(Row::agrees).count();
    lines.add(
        "%d programs of one operator each, made with `make_operator_goldens.py`: %d of %d operators"
            .formatted(programs, agreeing, rows.size()));
    lines.add(
        "agree in every shape and every type ONNX Runtime computes%s. The error is the greatest of"
                .formatted(agreeing == rows.size() ? "" : "; the others are refused")
            + " float32 numbers.");
    lines.add("");
    lines.add("| operator | programs | types | verdict | max abs error |");
    lines.add("|---|---:|---|---|---:|");
    for (Row row : rows) {
      lines.add(
          "| %s | %d | %s | %s | %s |"
              .formatted(row.operator, row.programs, row.types, row.verdict, row.error));
    }
    lines.add("");
    lines.add(
        "`sym_is_contiguous` has no program: what it asks, how memory is laid out, is answered"
            + " while tracing.");
    return lines;
  }

  private static Row row(String operator, List<Path> archives) {
    double worst = 0;
    boolean floats = false;
    Set<String> types = new TreeSet<>();
    Set<String> troubles = new LinkedHashSet<>();
    Set<String> missing = new TreeSet<>();
    for (Path archive : archives) {
      ArchiveSamples samples = ArchiveSamples.beside(archive);
      samples.inputs().stream()
          .findFirst()
          .map(DenseTensor::dataType)
          .ifPresent(type -> types.add(type.name().toLowerCase(Locale.ROOT)));
      try {
        GoldenVerdict verdict =
            GoldenVerdict.of(
                TorchExporter.export(Pt2Reader.read(archive), ExportOptions.standard()), samples);
        switch (verdict) {
          case GoldenVerdict.Agrees(double apart) -> {
            boolean single =
                samples.outputs().stream().allMatch(tensor -> tensor.dataType() == DataType.FLOAT);
            floats |= single;
            worst = single ? Math.max(worst, apart) : worst;
          }
          case GoldenVerdict.NoKernel(String op, boolean doubles) ->
              missing.add(doubles ? op + " of doubles" : op);
          case GoldenVerdict.Departs(String how) -> troubles.add(how);
        }
      } catch (OctetException refusal) {
        troubles.add("refused: " + refusal.diagnostics().getFirst().message());
      }
    }
    String agreement =
        missing.isEmpty()
            ? "agrees"
            : "agrees; ONNX Runtime has no " + String.join(", no ", missing);
    return new Row(
        operator,
        archives.size(),
        String.join(", ", types),
        troubles.isEmpty() ? agreement : String.join("; ", troubles),
        troubles.isEmpty() && floats ? "%.1e".formatted(worst) : "");
  }
}
