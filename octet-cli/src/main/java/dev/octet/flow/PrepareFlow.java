package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.AlignmentVerifier;
import dev.octet.align.Tolerance;
import dev.octet.data.RandomSamples;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.ExternalData;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.shape.ShapeAssumptions;
import dev.octet.ir.shape.ShapeHints;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.ir.shape.ShapeReport;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Progress;
import dev.octet.runtime.RuntimeOptimizer;
import dev.octet.runtime.SessionOptions;
import dev.octet.transform.PassReport;
import dev.octet.transform.Pipeline;
import dev.octet.transform.PipelineReport;
import dev.octet.transform.VerifiedRun;
import dev.octet.transform.Verifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A model in, a model with known shapes and a graph that quantizes well out.
public final class PrepareFlow {
  /// Of every dimension that is not fixed, when the model is tried.
  private static final int SIZE = 2;

  private static final long SEED = 0;

  /// How far outputs may move, in any pass.
  private static final Tolerance TOLERANCE = Tolerance.FLOAT32;

  /// Bytes of a model up to which its passes are checked by running it.
  private static final long MOST_VERIFIED = 1L << 30;

  private PrepareFlow() {}

  /// @param model ONNX file
  /// @param output file to write; empty for a dry run
  /// @param passes which passes run
  /// @param external where to put tensor data; empty for the model itself, as long as it has room
  /// @param assumptions what is taken for granted of shapes, once all passes are done
  /// @param sample samples whose runs show the shapes that no rule knows; empty to go without
  public record Request(
      Path model,
      Optional<Path> output,
      PassChoice passes,
      Optional<ExternalData> external,
      ShapeAssumptions assumptions,
      Optional<SampleRequest> sample) {}

  /// @param before nodes in the input
  /// @param after nodes in the result
  /// @param passes what each pass did
  /// @param shapes what is known of the result's tensors
  /// @param bytes size of the result
  /// @param unverified why the passes could not be checked by running the model; empty if they were
  public record Result(
      String model,
      int before,
      int after,
      PipelineReport passes,
      ShapeReport shapes,
      long bytes,
      Optional<String> unverified) {

    /// What `octet prepare --json` prints.
    public record Json(
        String model,
        int nodesBefore,
        int nodesAfter,
        int tensors,
        int tensorsWithShape,
        List<ShapeReport.Hint> hints,
        List<ShapeReport.Assumption> assumptions,
        List<Diagnostic> contradictions,
        long sizeBytes,
        boolean verified,
        List<PassReport> passes) {}

    public Json json() {
      return new Json(
          model,
          before,
          after,
          shapes.values(),
          shapes.shaped(),
          shapes.hints(),
          shapes.assumptions(),
          shapes.contradictions(),
          bytes,
          unverified.isEmpty(),
          passes.passes());
    }

    public Report report() {
      return new Report(
          "Prepared " + model,
          List.of(
              new Section.Paragraph("", summary()),
              new Section.Paragraph("Passes", passes.summary().lines().toList())));
    }

    /// The report with every change and every refusal.
    public Report explanation() {
      List<String> lines = new ArrayList<>(passes.toString().lines().toList());
      lines.addAll(shapes.toString().lines().toList());
      return new Report(
          "Prepared " + model,
          List.of(new Section.Paragraph("", summary()), new Section.Paragraph("Passes", lines)));
    }

    private List<String> summary() {
      String hints =
          shapes.hints().isEmpty()
              ? ""
              : " %d of them only as real runs showed them.".formatted(shapes.hints().size());
      String assumed =
          shapes.assumptions().isEmpty()
              ? ""
              : " Taken for granted: %s."
                  .formatted(
                      shapes.assumptions().stream()
                          .map(ShapeReport.Assumption::toString)
                          .collect(Collectors.joining("; ")));
      return List.of(
          before + " nodes became " + after + "; " + Figures.kilobytes(bytes) + ".",
          "Full shapes known for %d of %d tensors.".formatted(shapes.shaped(), shapes.values())
              + hints
              + assumed,
          unverified
              .map(reason -> "NOT checked by running: " + reason)
              .orElse(
                  "Every pass was checked by running the model on random inputs; outputs equal within %s + %s * |x|."
                      .formatted(TOLERANCE.atol(), TOLERANCE.rtol())));
    }
  }

  /// @throws dev.octet.diagnostic.OctetException when the model cannot be read or the result
  ///     written
  public static Result run(Request request, Stages stages) {
    request.output().ifPresent(OutputFile::checked);
    Pipeline pipeline = request.passes().pipeline();
    ModelFile.Onnx file = ModelFile.readComputing(request.model());
    Model original = file.model();
    Progress progress = stages.begin("preparing");
    Model model = original.copy();
    if (request.passes().inferences().contains(PassChoice.Inference.BEFORE_REWRITES)) {
      ShapeInference.infer(model);
    }
    Check check = check(original, request.model());
    VerifiedRun run =
        switch (check) {
          case Check.Possible(SampleSource samples) -> {
            AlignOptions options = AlignOptions.DEFAULT.withTolerance(TOLERANCE);
            try (AlignmentVerifier verifier =
                AlignmentVerifier.against(original, samples, options)) {
              yield byRuntime(pipeline.run(model, verifier), request.passes(), verifier);
            }
          }
          case Check.Impossible _ ->
              byRuntime(
                  new VerifiedRun(model, pipeline.run(model)),
                  request.passes(),
                  (step, candidate) -> new Verifier.Verdict.Accepted());
        };
    requireOpset(run, request.passes());
    ShapeReport shapes = lastShapes(run.model(), request, file);
    progress.update(1, 1);
    request
        .output()
        .ifPresent(
            target -> OnnxOutput.write(run.model(), target, check.proof(), request.external()));
    return new Result(
        request.model().getFileName().toString(),
        original.graph().nodeCount(),
        run.model().graph().nodeCount(),
        run.report(),
        shapes,
        ModelWriter.size(run.model()),
        check instanceof Check.Impossible(String reason, _)
            ? Optional.of(reason)
            : Optional.empty());
  }

  /// Shapes as the result states them. Hints and assumptions come last: no pass may rely on them.
  private static ShapeReport lastShapes(Model model, Request request, ModelFile file) {
    if (!request.passes().inferences().contains(PassChoice.Inference.AFTER_REWRITES)) {
      return ShapeInference.stated(model);
    }
    ShapeHints hints =
        request
            .sample()
            .map(samples -> SeenShapes.of(model, samples, file))
            .orElse(ShapeHints.NONE);
    return ShapeInference.infer(model, hints, request.assumptions());
  }

  /// Whether passes can be checked by running the model.
  private sealed interface Check {
    /// What of the result must hold before it is written: it opens wherever the original did.
    OnnxOutput.Proof proof();

    record Possible(SampleSource samples) implements Check {
      @Override
      public OnnxOutput.Proof proof() {
        return OnnxOutput.Proof.OPENS;
      }
    }

    record Impossible(String reason, OnnxOutput.Proof proof) implements Check {}
  }

  /// Tries the model on made-up inputs, which not every model takes.
  private static Check check(Model original, Path file) {
    long bytes = ModelWriter.size(original);
    if (bytes > MOST_VERIFIED) {
      return new Check.Impossible(
          "it takes "
              + Figures.gigabytes(bytes)
              + ", and running it after every pass would take far longer than the passes",
          opens(file) ? OnnxOutput.Proof.OPENS : OnnxOutput.Proof.SOUND);
    }
    OnnxOutput.Proof proof = OnnxOutput.Proof.SOUND;
    try (ModelRunner runner =
        InferenceSession.open(original, "the model", SessionOptions.UNCHANGED)) {
      proof = OnnxOutput.Proof.OPENS;
      SampleSource samples = RandomSamples.of(runner.inputs(), SIZE, SEED);
      try (Stream<Sample> stream = samples.samples()) {
        stream.forEach(sample -> runner.run(sample.inputs()));
      }
      return new Check.Possible(samples);
    } catch (OctetException refusal) {
      return new Check.Impossible(refusal.diagnostics().getFirst().message(), proof);
    }
  }

  /// Too large to be copied into a session, it is opened where it is.
  private static boolean opens(Path file) {
    try (InferenceSession session = InferenceSession.open(file, SessionOptions.ONLY_OPEN)) {
      return !session.outputs().isEmpty();
    } catch (OctetException _) {
      return false;
    }
  }

  /// The model after ONNX Runtime's own optimizer too, where that is asked for and accepted.
  private static VerifiedRun byRuntime(VerifiedRun run, PassChoice passes, Verifier verifier) {
    if (passes.runtime().isEmpty()) {
      return run;
    }
    SessionOptions.Optimization level = passes.runtime().get();
    String name = "onnxruntime-" + level.name().toLowerCase(Locale.ROOT);
    Model optimized = RuntimeOptimizer.optimize(run.model(), level);
    int before = run.model().graph().nodeCount();
    int after = optimized.graph().nodeCount();
    List<PassReport> reports = new ArrayList<>(run.report().passes());
    return switch (verifier.check(name, optimized)) {
      case Verifier.Verdict.Accepted() -> {
        PassReport.Firing firing =
            new PassReport.Firing(name, "model", before + " → " + after + " nodes");
        reports.add(
            new PassReport(name, List.of(firing), List.of(), before, after, Optional.empty()));
        yield new VerifiedRun(optimized, new PipelineReport(reports));
      }
      case Verifier.Verdict.Rejected(String reason) -> {
        reports.add(
            new PassReport(name, List.of(), List.of(), before, before, Optional.of(reason)));
        yield new VerifiedRun(run.model(), new PipelineReport(reports));
      }
    };
  }

  /// An opset asked for by number is no wish: without it there is no result.
  private static void requireOpset(VerifiedRun run, PassChoice passes) {
    int found = run.model().opset().orElse(0);
    if (passes.opset().isEmpty() || passes.opset().getAsInt() == found) {
      return;
    }
    List<Diagnostic> reasons = new ArrayList<>();
    PassReport conversion = run.report().passes().getFirst();
    conversion
        .declined()
        .forEach(
            refusal ->
                reasons.add(
                    new Diagnostic("opset-not-reached", refusal.where(), refusal.reason(), "")));
    conversion
        .rolledBack()
        .ifPresent(reason -> reasons.add(new Diagnostic("opset-not-reached", "model", reason, "")));
    if (reasons.isEmpty()) {
      reasons.add(
          new Diagnostic(
              "opset-not-reached",
              "model",
              "is in opset " + found + " and moves upwards only",
              "leave --opset out, or name a newer one"));
    }
    throw new OctetException(OctetException.Kind.FAILURE, reasons, null);
  }
}
