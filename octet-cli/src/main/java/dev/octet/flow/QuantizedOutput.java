package dev.octet.flow;

import dev.octet.ir.Model;
import dev.octet.libtorch.quantize.QuantizedProgram;
import dev.octet.numeric.QuantType;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.target.Target;
import dev.octet.torch.archive.Pt2Writer;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.ActivationsToUint8;
import dev.octet.transform.rules.RemoveUnused;
import dev.octet.transform.rules.StandardPipelines;
import dev.octet.transform.rules.WeightsToUint8;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What PyTorch-side quantization leaves: the quantized program, if asked for, and its export.
///
/// @param output ONNX file written
/// @param program program file written; empty when none was asked for
/// @param kept nodes left in float, with the reason, a line each
public record QuantizedOutput(
    String output, long bytes, Optional<String> program, List<String> kept) {

  /// Writes both files, each naming what it was made from.
  ///
  /// @param request the float program's file and the files to write
  static QuantizedOutput write(QuantizedProgram quantized, ProgramRequest request) {
    Path onnx = request.output();
    Optional<Path> pt2 = request.quantizedProgram();
    Map<String, String> notes = new LinkedHashMap<>(quantized.program().extraFiles());
    String origin = Lineage.fingerprint(request.program());
    notes.put(Lineage.SOURCE, origin);
    ExportedProgram program = quantized.program().withExtraFiles(notes);
    if (pt2.isPresent()) {
      Pt2Writer.write(program, pt2.get());
      origin = Lineage.fingerprint(pt2.get());
    }
    String source = origin;
    Model model =
        ExportFlow.translate(
                program,
                ExportOptions.standardFor(program).withCleanUp(cleanUp(request.target())),
                () -> source)
            .model();
    long bytes = OnnxOutput.write(model, onnx, OnnxOutput.Proof.OPENS);
    return new QuantizedOutput(
        String.valueOf(onnx.getFileName()),
        bytes,
        pt2.map(path -> String.valueOf(path.getFileName())),
        quantized.kept().stream().map(each -> each.node() + ": " + each.reason()).toList());
  }

  /// Codes move to the types that the processor's kernels multiply, which changes no result: signed
  /// activations become unsigned where those are wanted, and weights become unsigned where pairs of
  /// products are added in 16 bits, which signed ones could leave.
  private static Pipeline cleanUp(Target target) {
    Pipeline standard = StandardPipelines.prepare();
    Pipeline activations =
        target.activations() == QuantType.UINT8
            ? standard.endingWith(Pass.of(new ActivationsToUint8()))
            : standard;
    Pipeline weights =
        switch (target.pairs()) {
          case SATURATE -> activations.endingWith(Pass.of(new WeightsToUint8()));
          case EXACT -> activations;
        };
    return weights.endingWith(Pass.of(new RemoveUnused()));
  }

  /// The same for people.
  public Report report(List<Section> before) {
    List<Section> sections = new ArrayList<>();
    List<String> written = new ArrayList<>();
    written.add(output + ": " + Figures.kilobytes(bytes));
    program.ifPresent(name -> written.add(name + ": the quantized program, for PyTorch"));
    sections.add(new Section.Paragraph("", written));
    sections.addAll(before);
    if (!kept.isEmpty()) {
      sections.add(new Section.Paragraph("Kept in float", kept));
    }
    return new Report("Quantized to " + output, sections);
  }
}
