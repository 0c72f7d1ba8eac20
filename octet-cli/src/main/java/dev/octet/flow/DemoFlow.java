package dev.octet.flow;

import dev.octet.align.Alignment;
import dev.octet.align.Tolerance;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.shape.ShapeAssumptions;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.libtorch.quantize.QatOptions;
import dev.octet.libtorch.train.TrainingListener;
import dev.octet.report.HtmlRenderer;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// The whole path on one trained program: export, prepare, quantize three ways, align, evaluate.
/// Runs what the commands run, in the order a user would.
public final class DemoFlow {
  private static final int CALIBRATION_SAMPLES = 1000;

  private DemoFlow() {}

  /// What the demo starts from and where it leaves its files.
  ///
  /// @param checkpoint trained float program
  /// @param train labelled samples to calibrate with and fine-tune on
  /// @param validation labelled samples that choose the best epoch of fine-tuning
  /// @param test labelled samples for the table
  /// @param folder where results go; made if absent
  /// @param qat how to fine-tune
  /// @param seed of every random choice
  public record Request(
      Path checkpoint,
      Path train,
      Path validation,
      Path test,
      Path folder,
      QatOptions qat,
      long seed) {}

  /// What the demo found.
  ///
  /// @param table the six columns
  /// @param alignments FP32, PTQ and QAT programs against their exports
  /// @param difference int8 from the ONNX side against int8 from the PyTorch side, layer by layer
  /// @param page HTML file written
  public record Result(
      EvaluateFlow.Result table,
      List<Alignment> alignments,
      DiffFlow.Result difference,
      Path page) {

    public Report report() {
      List<Section> sections = new ArrayList<>();
      sections.add(
          new Section.Table(
              "PyTorch side against ONNX side",
              List.of("model", "verdict", "top-1 agreement", "outside", "max abs"),
              alignments.stream().map(Result::row).toList()));
      sections.addAll(table.report().sections());
      return new Report("M5 on spoken words, " + table.report().title(), sections);
    }

    /// The report with the layer-by-layer comparison, as the page has it.
    Report wholeReport() {
      Report layers = difference.report();
      List<String> verdicts = new ArrayList<>();
      List<Section> sections = new ArrayList<>(report().sections());
      for (Section section : layers.sections()) {
        switch (section) {
          case Section.Paragraph(String _, List<String> lines) -> verdicts.addAll(lines);
          case Section.Table(String _, var columns, var rows, var _) ->
              sections.add(
                  new Section.Table(
                      "Weights and biases: " + layers.title(), columns, rows, verdicts));
          case Section.Bars bars -> sections.add(bars);
        }
      }
      return new Report(report().title(), sections);
    }

    private static String fileName(String model) {
      return String.valueOf(Path.of(model).getFileName());
    }

    private static List<String> row(Alignment alignment) {
      return List.of(
          fileName(alignment.other()) + " against " + fileName(alignment.reference()),
          alignment.pass() ? "agree" : "DIFFER",
          Figures.percent(alignment.top1Agreement()),
          "%,d of %,d at rtol %s, atol %s"
              .formatted(
                  alignment.mismatched(),
                  alignment.elements(),
                  alignment.tolerance().rtol(),
                  alignment.tolerance().atol()),
          String.format(Locale.ROOT, "%.3g", alignment.maxAbs()));
    }
  }

  /// Runs the whole path.
  ///
  /// @param say hears a line after each step
  /// @throws OctetException when a file is missing or a step fails
  public static Result run(Request request, Stages stages, Consumer<String> say) {
    makeFolder(request.folder());
    Path exported = request.folder().resolve("m5_exported.onnx");
    Path fp32 = request.folder().resolve("m5_fp32.onnx");
    Path int8 = request.folder().resolve("m5_int8.onnx");
    Path ptq = request.folder().resolve("m5_ptq.onnx");
    Path ptqProgram = request.folder().resolve("m5_ptq.pt2");
    Path qat = request.folder().resolve("m5_qat.onnx");
    Path qatProgram = request.folder().resolve("m5_qat.pt2");
    Steps steps = new Steps(say);

    ExportFlow.Result export =
        ExportFlow.run(
            new ExportFlow.Request(
                request.checkpoint(),
                Optional.empty(),
                exported,
                Optional.empty(),
                List.of(),
                ExportFlow.BatchNorm.FOLD,
                ExportFlow.Activations.AS_TRAINED,
                Target.here(),
                ExportFlow.Verification.OUTPUTS,
                Optional.empty(),
                Optional.empty()),
            stages);
    steps.done(
        "export",
        "%d nodes, %s the program at %d batch sizes"
            .formatted(
                export.nodes(),
                export.verified() ? "agrees with" : "DIFFERS from",
                export.sizes()));

    PrepareFlow.Result prepared =
        PrepareFlow.run(
            new PrepareFlow.Request(
                exported,
                Optional.of(fp32),
                PassChoice.STANDARD,
                Optional.empty(),
                ShapeAssumptions.NONE,
                Optional.empty(),
                PrepareFlow.Request.MOST_EACH_PASS),
            stages);
    steps.done(
        "prepare",
        "%d nodes, %s, all shapes known: %s"
            .formatted(
                prepared.after(),
                Figures.kilobytes(prepared.bytes()),
                prepared.shapes().isComplete() ? "yes" : "no"));

    QuantizeResult quantized =
        QuantizeFlow.run(
            QuantizeRequest.of(
                fp32,
                int8,
                samples(request.train(), OptionalInt.of(CALIBRATION_SAMPLES), request.seed())),
            stages);
    Trial verdict = quantized.verdict().orElseThrow();
    steps.done(
        "quantize",
        "%s, ranges by %s, %s top-1 agreement on held-back samples"
            .formatted(
                Figures.kilobytes(quantized.bytes()),
                verdict.method(),
                Figures.percent(verdict.agreement())));

    QuantizedOutput converted =
        PtqFlow.run(
            new PtqFlow.Request(
                new ProgramRequest(
                    request.checkpoint(),
                    Optional.empty(),
                    ptq,
                    Optional.of(ptqProgram),
                    Target.here()),
                samples(request.train(), OptionalInt.of(CALIBRATION_SAMPLES), request.seed()),
                PtqOptions.STANDARD),
            stages);
    steps.done("ptq", Figures.kilobytes(converted.bytes()));

    QatFlow.Result tuned =
        QatFlow.run(
            new QatFlow.Request(
                new ProgramRequest(
                    request.checkpoint(),
                    Optional.empty(),
                    qat,
                    Optional.of(qatProgram),
                    Target.here()),
                samples(request.train(), OptionalInt.empty(), request.seed()),
                Optional.of(samples(request.validation(), OptionalInt.empty(), request.seed())),
                request.qat()),
            stages,
            TrainingListener.SILENT);
    steps.done(
        "qat",
        "%s, %d epochs".formatted(Figures.kilobytes(tuned.output().bytes()), tuned.epochs()));

    SampleRequest test = samples(request.test(), OptionalInt.empty(), request.seed());
    List<Alignment> alignments =
        List.of(
            align(request.checkpoint(), fp32, test, Tolerance.FLOAT32, stages),
            align(ptqProgram, ptq, test, Tolerance.QUANTIZED, stages),
            align(qatProgram, qat, test, Tolerance.QUANTIZED, stages));
    steps.done(
        "align",
        "%d of %d pairs agree"
            .formatted(alignments.stream().filter(Alignment::pass).count(), alignments.size()));

    DiffFlow.Result difference = DiffFlow.run(int8, ptq, Tolerance.FLOAT32);
    EvaluateFlow.Result table =
        EvaluateFlow.run(
            new EvaluateFlow.Request(
                List.of(
                    new EvaluateFlow.Contestant("FP32 ONNX", fp32),
                    new EvaluateFlow.Contestant("Int8 ONNX", int8),
                    new EvaluateFlow.Contestant("QAT PyTorch", qatProgram),
                    new EvaluateFlow.Contestant("QAT ONNX", qat),
                    new EvaluateFlow.Contestant("PTQ PyTorch", ptqProgram),
                    new EvaluateFlow.Contestant("PTQ ONNX", ptq)),
                test,
                1),
            stages);
    steps.done("evaluate", "%d models".formatted(table.scores().rows().size()));

    Path page = request.folder().resolve("report.html");
    Result result = new Result(table, alignments, difference, page);
    OutputFile.write(page, new HtmlRenderer().render(result.wholeReport()));
    return result;
  }

  /// Tells of steps and how long they took.
  private static final class Steps {
    private final Consumer<String> say;
    private Instant start = Instant.now();

    Steps(Consumer<String> say) {
      this.say = say;
    }

    void done(String step, String outcome) {
      Instant now = Instant.now();
      double seconds = Duration.between(start, now).toMillis() / 1000.0;
      say.accept(String.format(Locale.ROOT, "%-9s %6.1f s  %s", step, seconds, outcome));
      start = now;
    }
  }

  private static Alignment align(
      Path reference, Path other, SampleRequest samples, Tolerance tolerance, Stages stages) {
    AlignFlow.Request request =
        new AlignFlow.Request(
            reference, other, Optional.of(samples), tolerance, Evidence.Depth.OUTPUTS);
    return AlignFlow.run(request, stages).evidence().asUsersRun().getFirst();
  }

  private static SampleRequest samples(Path data, OptionalInt count, long seed) {
    return new SampleRequest(data, count, seed, OptionalInt.empty(), Optional.empty());
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw OctetException.failure(
          "unwritable", folder.toString(), "the folder cannot be made: " + e.getMessage(), "", e);
    }
  }
}
