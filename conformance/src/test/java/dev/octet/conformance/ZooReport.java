package dev.octet.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelWriter;
import dev.octet.testkit.ArchiveSamples;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.graph.ExportedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Exports every archive of a folder made by `make_zoo.py`, compares ONNX Runtime's results with
/// PyTorch's, and writes a table in Markdown.
public final class ZooReport {
  private static final double RTOL = 1e-3;
  private static final double ATOL = 1e-5;

  /// The opset that `torch.onnx.export` writes.
  private static final int OPSET = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  /// What names of quantized programs begin with.
  private static final String QUANTIZED = "q_";

  /// A tie rounded the other way moves a number by one step, as the last bits of its sum fall.
  private static final double MOST_STEPS = 1.1;

  /// Why some programs have more nodes than the peer makes of them.
  private static final Map<String, String> MORE_NODES =
      Map.of(
          "q_mlp_ao_int4_groups",
          "its weights stay in 4 bits, each with a DequantizeLinear and a MatMul, which ONNX"
              + " Runtime runs as one MatMulNBits; torch.onnx computes the float weights",
          "q_resnet_ptq_x86_reduced",
          "codes 0 to 127 of a type that has 256 are bounded by a Clip; torch.onnx drops the bound,"
              + " and larger numbers come out larger than PyTorch's");

  private ZooReport() {}

  /// How far results are from those expected.
  ///
  /// @param worst largest difference
  /// @param steps the same in steps, of which an output's range has 255
  /// @param outside numbers beyond the tolerances
  private record Gap(double worst, double steps, long outside) {
    static final Gap NONE = new Gap(0, 0, 0);

    static Gap between(DenseTensor actual, DenseTensor expected) {
      double worst = 0;
      long outside = 0;
      for (long k = 0; k < actual.elementCount(); k++) {
        double apart = Math.abs(actual.doubleAt(k) - expected.doubleAt(k));
        worst = Math.max(worst, apart);
        outside += apart <= ATOL + RTOL * Math.abs(expected.doubleAt(k)) ? 0 : 1;
      }
      return new Gap(worst, worst == 0 ? 0 : worst / step(expected), outside);
    }

    Gap and(Gap other) {
      return new Gap(
          Math.max(worst, other.worst), Math.max(steps, other.steps), outside + other.outside);
    }

    private static double step(DenseTensor tensor) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (long k = 0; k < tensor.elementCount(); k++) {
        low = Math.min(low, tensor.doubleAt(k));
        high = Math.max(high, tensor.doubleAt(k));
      }
      return (high - low) / 255;
    }
  }

  private record Row(String name, String verdict, String error, String nodes, String peerNodes) {
    String line(ExportTimes times) {
      return "| %s | %s | %s | %s | %s | %s |"
          .formatted(name, verdict, error, nodes, peerNodes, times.columns(name));
    }

    /// Why this program has more nodes than the peer's, as a line; empty when it has not.
    Optional<String> excess() {
      boolean counted = !nodes.isEmpty() && peerNodes.matches("[0-9]+");
      return counted && Integer.parseInt(nodes) > Integer.parseInt(peerNodes)
          ? Optional.of("- %s: %s.".formatted(name, MORE_NODES.getOrDefault(name, "unexplained")))
          : Optional.empty();
    }

    boolean agrees() {
      return verdict.startsWith("agrees");
    }

    @Override
    public String toString() {
      return "%s: %s %s".formatted(name, verdict, error);
    }
  }

  /// Writes the page on what exports.
  ///
  /// @param args folder of the archives, zip of the operators' goldens, what `bench/export-time`
  ///     printed about the folder, file to write
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    Path folder = Path.of(args[0]);
    ExportTimes times = ExportTimes.read(Path.of(args[2]));
    List<Row> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path archive :
          files.filter(each -> each.toString().endsWith(".pt2")).sorted().toList()) {
        Row row = row(archive);
        System.err.println(row);
        rows.add(row);
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add("# What exports");
    lines.add("");
    lines.add(
        "Written by `ZooReport` from archives made with `conformance/python/make_zoo.py`: random"
            + " weights, traced at batch 2 and");
    lines.add(
        "compared at batch 3 with PyTorch's own results (rtol %s, atol %s). Columns named torch.onnx are"
            .formatted(RTOL, ATOL));
    lines.add("what `torch.onnx.export(dynamo=True)` makes of the same program.");
    lines.add(
        "Batch normalizations hold statistics that keep every layer's numbers near one: with the"
            + " initial ones those of a deep");
    lines.add("network grow or vanish beyond what any tolerance can judge.");
    lines.add("");
    lines.add(
        "Quantized programs (`q_…`) may differ by one step, a 255th of an output's range, where"
            + " PyTorch multiplies by the");
    lines.add(
        "reciprocal of a scale and ONNX divides by the scale: a tie then rounds the other way.");
    lines.add("");
    lines.add("%d of %d agree.".formatted(rows.stream().filter(Row::agrees).count(), rows.size()));
    lines.addAll(times.summary());
    lines.add("");
    lines.add(
        "| program | verdict | max abs error | nodes | torch.onnx nodes | s | torch.onnx s | ratio"
            + " | MB | torch.onnx MB |");
    lines.add("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    rows.forEach(row -> lines.add(row.line(times)));
    lines.add("");
    lines.add("More nodes than torch.onnx's, and why:");
    lines.add("");
    rows.forEach(row -> row.excess().ifPresent(lines::add));
    lines.addAll(OperatorTable.of(Path.of(args[1])));
    Files.write(Path.of(args[3]), lines);
  }

  private static ExportOptions options(ExportedProgram program) {
    ExportOptions standard = ExportOptions.standardFor(program);
    return standard.withOpset(Math.max(standard.opset(), OPSET));
  }

  private static Row row(Path archive) throws IOException {
    String name = String.valueOf(archive.getFileName()).replace(".pt2", "");
    String peer = peerNodes(archive.resolveSibling(name + ".json"));
    try {
      ExportedProgram program = Pt2Reader.read(archive);
      Model model = TorchExporter.export(program, options(program));
      if (System.getenv("ZOO_KEEP") != null) {
        ModelWriter.write(model, archive.resolveSibling(name + ".onnx"));
      }
      String nodes = String.valueOf(model.graph().nodeCount());
      ArchiveSamples samples = ArchiveSamples.beside(archive);
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (Value input : model.graph().inputs()) {
        inputs.put(input.name(), samples.inputs().get(inputs.size()));
      }
      List<Tensor> outputs = List.copyOf(OnnxRuntimeOracle.run(model, inputs).values());
      Gap gap = Gap.NONE;
      Gap fromExact = Gap.NONE;
      for (int i = 0; i < outputs.size(); i++) {
        DenseTensor actual = (DenseTensor) outputs.get(i);
        DenseTensor expected = samples.outputs().get(i);
        if (!actual.dims().equals(expected.dims())) {
          return new Row(
              name, "shape " + actual.dims() + " is not " + expected.dims(), "", nodes, peer);
        }
        gap = gap.and(Gap.between(actual, expected));
        if (!samples.exact().isEmpty()) {
          fromExact = fromExact.and(Gap.between(actual, samples.exact().get(i)));
        }
      }
      String verdict = gap.outside() + " numbers differ";
      if (gap.outside() == 0) {
        verdict = "agrees";
      } else if (name.startsWith(QUANTIZED) && gap.steps() < MOST_STEPS) {
        verdict = "agrees: %d numbers by up to %.2f steps".formatted(gap.outside(), gap.steps());
      } else if (!samples.exact().isEmpty() && fromExact.outside() == 0) {
        verdict =
            "agrees with PyTorch's doubles, by %.1e; %d of its floats do not"
                .formatted(fromExact.worst(), gap.outside());
      }
      return new Row(name, verdict, "%.1e".formatted(gap.worst()), nodes, peer);
    } catch (OctetException refusal) {
      List<String> reasons = refusal.diagnostics().stream().map(Object::toString).toList();
      return new Row(name, "refused: " + String.join("; ", reasons), "", "", peer);
    } catch (RuntimeException failure) {
      return new Row(name, "FAILS: " + failure, "", "", peer);
    }
  }

  private static String peerNodes(Path facts) throws IOException {
    if (!Files.exists(facts)) {
      return "";
    }
    JsonNode json = JSON.readTree(facts.toFile());
    return json.has("nodes")
        ? json.get("nodes").asText()
        : "fails: " + json.get("failure").asText().replaceAll("\\e\\[[0-9]*m", "");
  }
}
