package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.Aligner;
import dev.octet.align.Alignment;
import dev.octet.align.Tolerance;
import dev.octet.data.RandomSamples;
import dev.octet.data.SampleSource;
import dev.octet.ir.Model;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.torch.archive.CheckpointReader;
import dev.octet.torch.export.Export;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.StandardPipelines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A PyTorch program in, an ONNX model that computes the same out.
public final class ExportFlow {
  /// Sizes of every dynamic dimension that `--verify` runs.
  static final List<Integer> VERIFIED_SIZES = List.of(1, 3, 8);

  private static final long SEED = 0;

  /// Namespaces whose operators all quantize.
  private static final Set<String> QUANTIZING = Set.of("quantized_decomposed", "torchao");

  private ExportFlow() {}

  /// What becomes of batch normalization.
  public enum BatchNorm {
    FOLD,
    KEEP
  }

  /// What becomes of quantized activations with signed codes.
  public enum Activations {
    /// They move to UINT8, for which ONNX Runtime has its integer kernels on x86; the numbers they
    /// stand for stay the same.
    UINT8,
    /// They stay as the program has them.
    AS_TRAINED
  }

  /// Whether the model is run against its program.
  public enum Verification {
    NONE,
    THREE_SIZES
  }

  /// @param program .pt2 file
  /// @param weights checkpoint whose weights to take instead of the program's own
  /// @param output file to write
  /// @param opset version of ONNX's operators; empty for the exporter's choice
  /// @param dims names of dynamic dimensions; empty for the exporter's choice
  /// @param activations the codes of quantized activations
  /// @param rtol relative tolerance; empty for what fits the kind of program
  /// @param atol absolute tolerance; empty for what fits the kind of program
  public record Request(
      Path program,
      Optional<Path> weights,
      Path output,
      Optional<Integer> opset,
      List<String> dims,
      BatchNorm batchNorm,
      Activations activations,
      Verification verification,
      Optional<Double> rtol,
      Optional<Double> atol) {}

  /// @param alignments one for each size verified, in the order of the sizes
  public record Result(
      String output, long bytes, int nodes, List<String> notes, List<Alignment> alignments) {

    /// What `octet export --json` prints.
    public record Json(
        String output,
        long sizeBytes,
        int nodes,
        List<String> notes,
        List<AlignFlow.Summary> verified) {}

    public Json json() {
      return new Json(
          output, bytes, nodes, notes, alignments.stream().map(AlignFlow::summary).toList());
    }

    /// Whether every size verified agreed; true when none was.
    public boolean verified() {
      return alignments.stream().allMatch(Alignment::pass);
    }

    public Report report() {
      List<Section> sections = new ArrayList<>();
      sections.add(
          new Section.Paragraph(
              "", List.of("%d nodes, %s.".formatted(nodes, Figures.kilobytes(bytes)))));
      if (!notes.isEmpty()) {
        sections.add(new Section.Paragraph("Left out", notes));
      }
      if (!alignments.isEmpty()) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < alignments.size(); i++) {
          lines.add(
              "size %d: %s".formatted(VERIFIED_SIZES.get(i), AlignFlow.oneLine(alignments.get(i))));
        }
        sections.add(
            new Section.Paragraph("The program on libtorch and the model on ONNX Runtime", lines));
      }
      return new Report("Exported " + output, sections);
    }
  }

  /// @throws dev.octet.diagnostic.OctetException when the program cannot be read, holds operators
  ///     that have no translation (all are listed), or the result cannot be written
  public static Result run(Request request, Stages stages) {
    OutputFile.checked(request.output());
    ModelFile.Torch file = withWeights(ModelFile.readProgram(request.program()), request.weights());
    ExportOptions options = ExportOptions.standardFor(file.program());
    if (request.opset().isPresent()) {
      options = options.withOpset(request.opset().get());
    }
    if (!request.dims().isEmpty()) {
      options = options.withDimNames(request.dims());
    }
    options = options.withCleanUp(cleanUp(request));
    Export export = translate(file.program(), options, Lineage.fingerprint(request.program()));
    Model model = export.model();
    List<Alignment> alignments =
        switch (request.verification()) {
          case NONE -> List.of();
          case THREE_SIZES -> verify(file, model, tolerance(request, file.program()), stages);
        };
    long bytes = OnnxOutput.write(model, request.output(), OnnxOutput.Proof.OPENS);
    return new Result(
        String.valueOf(request.output().getFileName()),
        bytes,
        model.graph().nodeCount(),
        export.notes(),
        alignments);
  }

  private static Pipeline cleanUp(Request request) {
    Pipeline standard = StandardPipelines.export();
    Pipeline folding =
        switch (request.batchNorm()) {
          case FOLD -> standard;
          case KEEP -> standard.disable(List.of("fold-batch-norm-into-conv"));
        };
    return switch (request.activations()) {
      case UINT8 -> folding.enable(List.of("activations-to-uint8"));
      case AS_TRAINED -> folding;
    };
  }

  static ModelFile.Torch withWeights(ModelFile.Torch file, Optional<Path> weights) {
    return weights
        .map(
            checkpoint ->
                new ModelFile.Torch(
                    file.path(),
                    CheckpointReader.read(checkpoint)
                        .into(file.program(), String.valueOf(checkpoint.getFileName()))))
        .orElse(file);
  }

  /// Exports a program with its notes (labels, sample rate) and where it came from.
  ///
  /// @param source fingerprint of the program's file
  static Export translate(ExportedProgram program, ExportOptions options, String source) {
    Export export = TorchExporter.translate(program, options);
    export
        .model()
        .edit(
            editor -> {
              program
                  .extraFiles()
                  .forEach((key, text) -> editor.setMetadata(key, text.stripTrailing()));
              editor.setMetadata(Lineage.SOURCE, source);
            });
    return export;
  }

  private static List<Alignment> verify(
      ModelFile.Torch file, Model model, Tolerance tolerance, Stages stages) {
    Progress progress = stages.begin("verifying");
    List<Alignment> alignments = new ArrayList<>();
    try (ModelRunner program = file.open(SessionOptions.DEFAULT);
        ModelRunner exported =
            InferenceSession.open(model, "the exported model", SessionOptions.DEFAULT)) {
      for (int size : VERIFIED_SIZES) {
        SampleSource sample = RandomSamples.of(program.inputs(), size, SEED);
        alignments.add(
            Aligner.align(
                program,
                exported,
                sample,
                AlignOptions.DEFAULT.withTolerance(tolerance),
                Progress.NONE));
        progress.update(alignments.size(), VERIFIED_SIZES.size());
      }
    }
    return alignments;
  }

  private static Tolerance tolerance(Request request, ExportedProgram program) {
    boolean quantized =
        program.graph().nodes().stream()
            .map(AtenNode::op)
            .anyMatch(
                op ->
                    QUANTIZING.contains(op.namespace())
                        || op.name().contains("fake_quant")
                        || op.name().contains("_fq_helper"));
    Tolerance standard = quantized ? Tolerance.QUANTIZED : Tolerance.FLOAT32;
    return new Tolerance(
        request.rtol().orElse(standard.rtol()), request.atol().orElse(standard.atol()));
  }
}
