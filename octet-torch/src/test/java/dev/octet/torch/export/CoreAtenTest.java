package dev.octet.torch.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.testkit.ArchiveSamples;
import dev.octet.testkit.GoldenVerdict;
import dev.octet.testkit.OperatorGoldens;
import dev.octet.torch.archive.Pt2Reader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every Core ATen operator, in several element types and shapes, computes in ONNX Runtime what it
/// computed in PyTorch.
class CoreAtenTest {
  /// Operators that ONNX Runtime computes on floats only; in doubles the model is valid, but cannot
  /// run there.
  private static final Set<String> NO_DOUBLES =
      Set.of(
          "Acos",
          "Acosh",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "AveragePool",
          "Col2Im",
          "Conv",
          "ConvTranspose",
          "Cosh",
          "Elu",
          "Erf",
          "GlobalAveragePool",
          "GridSample",
          "LeakyRelu",
          "Sinh",
          "Tan");

  @TestFactory
  List<DynamicTest> operatorComputesTheSame(@TempDir Path folder) throws IOException {
    try (InputStream zip =
        Objects.requireNonNull(CoreAtenTest.class.getResourceAsStream("/core-aten.zip"))) {
      SortedMap<String, List<Path>> goldens = OperatorGoldens.unpack(zip, folder);
      List<DynamicTest> tests = new ArrayList<>();
      goldens.forEach(
          (operator, archives) ->
              tests.add(
                  DynamicTest.dynamicTest(
                      operator, () -> assertThat(departures(archives)).isEmpty())));
      return tests;
    }
  }

  // Each archive in one opset, all opsets in turn: every operator has several.
  private static List<String> departures(List<Path> archives) {
    List<String> departures = new ArrayList<>();
    int opsets = ExportOptions.NEWEST_OPSET - ExportOptions.OLDEST_OPSET + 1;
    for (int i = 0; i < archives.size(); i++) {
      int opset = ExportOptions.OLDEST_OPSET + i % opsets;
      String found = departure(archives.get(i), opset);
      if (!found.isEmpty()) {
        departures.add(archives.get(i).getFileName() + " in opset " + opset + ": " + found);
      }
    }
    return departures;
  }

  /// How the model departs from PyTorch; empty when it does not.
  private static String departure(Path archive, int opset) {
    Model model;
    try {
      model =
          TorchExporter.export(Pt2Reader.read(archive), ExportOptions.standard().withOpset(opset));
    } catch (OctetException refusal) {
      return refusal.toString();
    }
    return switch (GoldenVerdict.of(model, ArchiveSamples.beside(archive))) {
      case GoldenVerdict.Agrees _ -> "";
      case GoldenVerdict.Departs(String how) -> how;
      case GoldenVerdict.NoKernel(String operator, boolean doubles) ->
          doubles && NO_DOUBLES.contains(operator) ? "" : "no kernel for " + operator;
    };
  }
}
