package dev.octet.flow;

import dev.octet.align.AlignmentVerifier;
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
import dev.octet.runtime.Progress;
import dev.octet.runtime.RuntimeOptimizer;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import dev.octet.transform.PassReport;
import dev.octet.transform.PipelineReport;
import dev.octet.transform.VerifiedRun;
import dev.octet.transform.Verifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// A model in, a model with known shapes and a graph that quantizes well out.
public final class PrepareFlow {
  /// A pass is checked on so many samples, and shapes are looked at in their runs.
  static final int MOST_SAMPLES = 4;

  private PrepareFlow() {}

  /// What to prepare and how.
  ///
  /// @param model ONNX file
  /// @param output file to write; empty for a dry run
  /// @param passes which passes run
  /// @param external where to put tensor data; empty for the model itself, as long as it has room
  /// @param assumptions what is taken for granted of shapes, once all passes are done
  /// @param sample samples the passes are checked on, and whose runs show the shapes that no rule
  ///     knows; empty for made-up inputs, and to do without such shapes
  /// @param mostEachPass bytes of a model up to which it is copied and run after every pass; a
  ///     larger one is run once, as it is written
  public record Request(
      Path model,
      Optional<Path> output,
      PassChoice passes,
      Optional<ExternalData> external,
      ShapeAssumptions assumptions,
      Optional<SampleRequest> sample,
      long mostEachPass) {
    /// Of what is checked after every pass, unless said otherwise.
    public static final long MOST_EACH_PASS = 1L << 30;
  }

  /// What was done.
  ///
  /// @param before nodes in the input
  /// @param after nodes in the result
  /// @param passes what each pass did
  /// @param shapes what is known of the result's tensors
  /// @param bytes size of the result
  /// @param checked how far the result was checked by running it
  public record Result(
      String model,
      int before,
      int after,
      PipelineReport passes,
      ShapeReport shapes,
      long bytes,
      Checked checked) {

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
        String checked,
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
          !(checked instanceof Checked.Not),
          checked.name(),
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
          checked.sentence());
    }
  }

  /// How far a result was checked by running it.
  public sealed interface Checked {
    /// After each pass.
    ///
    /// @param inputs what it ran on
    record EachPass(String inputs) implements Checked {}

    /// Once, as it was written.
    ///
    /// @param inputs what it ran on
    record AsAWhole(String inputs) implements Checked {}

    /// Not at all, and why.
    record Not(String reason) implements Checked {}

    /// For scripts.
    default String name() {
      return switch (this) {
        case EachPass _ -> "each pass";
        case AsAWhole _ -> "as a whole";
        case Not(String reason) -> reason;
      };
    }

    /// For people.
    default String sentence() {
      String equal =
          "; outputs equal within %s + %s * |x|."
              .formatted(PrepareCheck.TOLERANCE.atol(), PrepareCheck.TOLERANCE.rtol());
      return switch (this) {
        case EachPass(String inputs) ->
            "Every pass was checked by running the model on " + inputs + equal;
        case AsAWhole(String inputs) ->
            "The file as written was checked by running it and the original once, for its size not"
                + " after every pass, on "
                + inputs
                + equal;
        case Not(String reason) -> "NOT checked by running: " + reason;
      };
    }
  }

  /// Prepares a model.
  ///
  /// @throws dev.octet.diagnostic.OctetException when the model cannot be read or the result
  ///     written
  public static Result run(Request request, Stages stages) {
    request.output().ifPresent(OutputFile::checked);
    ModelFile.Onnx file = ModelFile.readComputing(request.model());
    Model original = file.model();
    Progress progress = stages.begin("preparing");
    Optional<SampleSource> given =
        request
            .sample()
            .map(
                samples ->
                    Samples.first(MOST_SAMPLES, samples, file, TensorSpec.inputsOf(original)));
    String inputs = given.isPresent() ? "the first samples" : "random inputs";
    PrepareCheck check = PrepareCheck.of(original, request.model(), given, request.mostEachPass());
    Prepared prepared = prepare(request, file, check);
    progress.update(1, 1);
    Checked checked =
        switch (check) {
          case PrepareCheck.EachPass _ -> {
            write(prepared, request, OnnxOutput.Proof.OPENS);
            yield new Checked.EachPass(inputs);
          }
          case PrepareCheck.Impossible(String reason, OnnxOutput.Proof proof) -> {
            write(prepared, request, proof);
            yield new Checked.Not(reason);
          }
          case PrepareCheck.AsAWhole whole -> {
            if (request.output().isEmpty()) {
              yield new Checked.Not("so large a model is checked as it is written");
            }
            Optional<String> objection =
                OnnxOutput.writeUnless(
                    prepared.run().model(),
                    request.output().get(),
                    request.external(),
                    whole::objection);
            if (objection.isEmpty()) {
              yield new Checked.AsAWhole(inputs);
            }
            Optional<String> refusal = whole.refusal();
            if (refusal.isEmpty()) {
              prepared = prepare(request, file, whole.verifier());
            }
            write(prepared, request, OnnxOutput.Proof.OPENS);
            yield refusal.isEmpty() ? new Checked.EachPass(inputs) : new Checked.Not(refusal.get());
          }
        };
    return new Result(
        request.model().getFileName().toString(),
        original.graph().nodeCount(),
        prepared.run().model().graph().nodeCount(),
        prepared.run().report(),
        prepared.shapes(),
        ModelWriter.size(prepared.run().model()),
        checked);
  }

  /// What came of the passes, and what is known of shapes in the end.
  private record Prepared(VerifiedRun run, ShapeReport shapes) {}

  private static Prepared prepare(Request request, ModelFile.Onnx file, PrepareCheck check) {
    if (check instanceof PrepareCheck.EachPass each) {
      return prepare(request, file, each.verifier(file.model()));
    }
    Model model = copied(request, file);
    VerifiedRun run = new VerifiedRun(model, request.passes().pipeline().run(model));
    return finished(
        byRuntime(run, request.passes(), (step, candidate) -> new Verifier.Verdict.Accepted()),
        request,
        file);
  }

  /// @param verifier asked after each pass; closed in the end
  private static Prepared prepare(
      Request request, ModelFile.Onnx file, AlignmentVerifier verifier) {
    try (verifier) {
      VerifiedRun run = request.passes().pipeline().run(copied(request, file), verifier);
      return finished(byRuntime(run, request.passes(), verifier), request, file);
    }
  }

  private static Model copied(Request request, ModelFile.Onnx file) {
    Model model = file.model().copy();
    if (request.passes().inferences().contains(PassChoice.Inference.BEFORE_REWRITES)) {
      ShapeInference.infer(model);
    }
    return model;
  }

  private static Prepared finished(VerifiedRun run, Request request, ModelFile file) {
    requireVersions(run, request.passes());
    return new Prepared(run, lastShapes(run.model(), request, file));
  }

  private static void write(Prepared prepared, Request request, OnnxOutput.Proof proof) {
    request
        .output()
        .ifPresent(
            target -> OnnxOutput.write(prepared.run().model(), target, proof, request.external()));
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

  /// An opset or format asked for by number is no wish: without it there is no result.
  private static void requireVersions(VerifiedRun run, PassChoice passes) {
    int opset = run.model().opset().orElse(0);
    if (passes.opset().isPresent() && passes.opset().getAsInt() != opset) {
      throw notReached(
          run,
          "convert-opset",
          new Diagnostic(
              "opset-not-reached",
              "model",
              "stays in opset " + opset,
              "leave --opset out, or name another, from 7 to 23"));
    }
    long format = run.model().info().irVersion();
    if (passes.irVersion().isPresent() && passes.irVersion().getAsInt() != format) {
      throw notReached(
          run,
          "convert-ir-version",
          new Diagnostic(
              "ir-version-not-reached",
              "model",
              "stays in IR version " + format,
              "leave --ir-version out, or name another"));
    }
  }

  /// @param pass name of the pass that was to reach it, and may say why it did not
  /// @param otherwise what is said when it does not
  private static OctetException notReached(VerifiedRun run, String pass, Diagnostic otherwise) {
    List<Diagnostic> all = new ArrayList<>();
    for (PassReport report : run.report().passes()) {
      if (report.pass().equals(pass)) {
        report
            .declined()
            .forEach(
                refusal ->
                    all.add(
                        new Diagnostic(
                            otherwise.code(),
                            refusal.where(),
                            refusal.reason(),
                            otherwise.hint())));
        report
            .rolledBack()
            .ifPresent(
                reason ->
                    all.add(new Diagnostic(otherwise.code(), "model", reason, otherwise.hint())));
      }
    }
    if (all.isEmpty()) {
      all.add(otherwise);
    }
    return new OctetException(OctetException.Kind.FAILURE, all, null);
  }
}
