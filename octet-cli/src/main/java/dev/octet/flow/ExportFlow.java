package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.Tolerance;
import dev.octet.data.SampleSource;
import dev.octet.ir.Model;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import dev.octet.target.Target;
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
import java.util.function.Supplier;

/// A PyTorch program in, an ONNX model that computes the same out.
public final class ExportFlow {
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
    /// Its outputs, at three sizes of every dynamic dimension.
    OUTPUTS,
    /// Every value inside it too.
    LAYERS
  }

  /// @param program .pt2 file
  /// @param weights checkpoint whose weights to take instead of the program's own
  /// @param output file to write
  /// @param opset version of ONNX's operators; empty for the exporter's choice
  /// @param dims names of dynamic dimensions; empty for the exporter's choice
  /// @param activations the codes of quantized activations
  /// @param target processor whose integer kernels are to get a quantized model right
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
      Target target,
      Verification verification,
      Optional<Double> rtol,
      Optional<Double> atol) {}

  /// @param evidence of computing the same; empty when it was not verified
  public record Result(
      String output, long bytes, int nodes, List<String> notes, Optional<Evidence> evidence) {

    /// What `octet export --json` prints.
    ///
    /// @param verified one for each way of running; none when it was not verified
    record Json(
        String output,
        long sizeBytes,
        int nodes,
        List<String> notes,
        List<AlignFlow.RunJson> verified) {}

    public Object json() {
      return new Json(output, bytes, nodes, notes, evidence.map(AlignFlow::runs).orElse(List.of()));
    }

    /// Whether all that was verified agreed; true when nothing was.
    public boolean verified() {
      return evidence.map(Evidence::pass).orElse(true);
    }

    /// Sizes that were verified.
    public int sizes() {
      return evidence.map(found -> found.asUsersRun().size()).orElse(0);
    }

    public Report report() {
      List<Section> sections = new ArrayList<>();
      sections.add(
          new Section.Paragraph(
              "", List.of("%d nodes, %s.".formatted(nodes, Figures.kilobytes(bytes)))));
      if (!notes.isEmpty()) {
        sections.add(new Section.Paragraph("Left out", notes));
      }
      if (evidence.isPresent()) {
        sections.add(
            new Section.Paragraph(
                "",
                List.of(
                    "The program on libtorch and the model on ONNX Runtime "
                        + (verified() ? "agree." : "DIFFER."))));
        sections.addAll(AlignFlow.sections(evidence.get()));
      }
      return new Report("Exported " + output, sections);
    }
  }

  /// @throws dev.octet.diagnostic.OctetException when the program cannot be read, holds operators
  ///     that have no translation (all are listed), or the result cannot be written
  public static Result run(Request request, Stages stages) {
    OutputFile.checked(request.output());
    Meanwhile<String> source = Meanwhile.begin(() -> Lineage.fingerprint(request.program()));
    ModelFile.Torch file = withWeights(ModelFile.readProgram(request.program()), request.weights());
    ExportOptions options = ExportOptions.standardFor(file.program());
    if (request.opset().isPresent()) {
      options = options.withOpset(request.opset().get());
    }
    if (!request.dims().isEmpty()) {
      options = options.withDimNames(request.dims());
    }
    options = options.withCleanUp(cleanUp(request));
    Export export = translate(file.program(), options, source::result);
    Model model = export.model();
    long bytes = OnnxOutput.write(model, request.output(), OnnxOutput.Proof.OPENS);
    Tolerance tolerance = tolerance(request, file.program());
    Optional<Evidence> evidence =
        switch (request.verification()) {
          case NONE -> Optional.empty();
          case OUTPUTS ->
              Optional.of(
                  verify(file, request.output(), Evidence.Depth.OUTPUTS, tolerance, stages));
          case LAYERS ->
              Optional.of(verify(file, request.output(), Evidence.Depth.LAYERS, tolerance, stages));
        };
    return new Result(
        String.valueOf(request.output().getFileName()),
        bytes,
        model.graph().nodeCount(),
        export.notes(),
        evidence);
  }

  private static Pipeline cleanUp(Request request) {
    Pipeline standard = StandardPipelines.export();
    Pipeline folding =
        switch (request.batchNorm()) {
          case FOLD -> standard;
          case KEEP -> standard.disable(List.of("fold-batch-norm-into-conv"));
        };
    Pipeline unsigned =
        switch (request.activations()) {
          case UINT8 -> folding.enable(List.of("activations-to-uint8"));
          case AS_TRAINED -> folding;
        };
    return switch (request.target().pairs()) {
      case SATURATE -> unsigned.enable(List.of("weights-to-uint8"));
      case EXACT -> unsigned;
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
  /// @param source asked for the fingerprint of the program's file, once it is translated
  static Export translate(ExportedProgram program, ExportOptions options, Supplier<String> source) {
    Export export = TorchExporter.translate(program, options);
    export
        .model()
        .edit(
            editor -> {
              program
                  .extraFiles()
                  .forEach((key, text) -> editor.setMetadata(key, text.stripTrailing()));
              editor.setMetadata(Lineage.SOURCE, source.get());
            });
    return export;
  }

  private static Evidence verify(
      ModelFile.Torch program,
      Path exported,
      Evidence.Depth depth,
      Tolerance tolerance,
      Stages stages) {
    List<SampleSource> samples;
    try (ModelRunner runner = program.open(SessionOptions.DEFAULT)) {
      samples = ProofSamples.of(program, runner);
    }
    return Evidence.gather(
        program,
        ModelFile.readOnnx(exported),
        samples,
        List.of(Evidence.Optimizer.values()),
        depth,
        AlignOptions.DEFAULT.withTolerance(tolerance),
        stages);
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
