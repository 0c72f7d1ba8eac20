package dev.octet.flow;

import dev.octet.align.TensorAlignment;
import dev.octet.calibrate.CalibrationFile;
import dev.octet.calibrate.ChannelReach;
import dev.octet.data.InputStatistics;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.equalize.ChannelEqualization;
import dev.octet.evaluate.SpeedComparison;
import dev.octet.ir.Model;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.rewrite.QuantizedModel;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import dev.octet.target.Saturation;
import dev.octet.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A float model and samples in, a quantized model with a verdict out.
///
/// Unless the user says how ranges are chosen, several methods compete. One pass over the samples
/// feeds all of them; each candidate is then judged on samples that calibration has not seen, and
/// the one whose output is nearest to the float model's is taken. Where even that is not near
/// enough, the parts that lose most by being quantized are found and kept in float. What is written
/// has been opened by ONNX Runtime first.
public final class QuantizeFlow {
  /// A difference in SQNR that is not worth a less simple method.
  private static final double EQUALLY_GOOD_DB = 0.5;

  /// The quality that is aimed at where the user sets no bar: noise a hundredth of the signal.
  private static final double GOAL_DB = 20;

  /// How often the parts kept in float are chosen anew, when noise did not add up as foretold.
  private static final int ROUNDS = 3;

  private static final int WORST_TENSORS = 5;

  /// Samples whose inputs are looked at before the work.
  private static final int LOOKED_AT = 32;

  private static final List<CalibrationMethod> COMPETING =
      List.of(
          CalibrationMethod.minMax(),
          CalibrationMethod.leastError(),
          CalibrationMethod.percentile(99.99));

  private final QuantizeRequest request;
  private final Stages stages;
  private final FloatModel model;
  private final Optional<SampleParts> samples;
  private final Optional<Judge> judge;
  private final List<String> inputs;

  private QuantizeFlow(
      QuantizeRequest request,
      Stages stages,
      FloatModel model,
      Optional<SampleParts> samples,
      Optional<Judge> judge,
      List<String> inputs) {
    this.request = request;
    this.stages = stages;
    this.model = model;
    this.samples = samples;
    this.judge = judge;
    this.inputs = inputs;
  }

  /// @throws dev.octet.diagnostic.OctetException when the model or a sample cannot be used, or the
  ///     options contradict each other
  public static QuantizeResult run(QuantizeRequest request, Stages stages) {
    OutputFile.checked(request.output());
    Refusals.check(request);
    ModelFile.Onnx file = ModelFile.readComputing(request.model());
    List<String> before = QuantizedBefore.noted(file);
    Optional<SampleSource> all =
        request
            .samples()
            .map(asked -> Samples.open(asked, file, TensorSpec.inputsOf(file.model())));
    List<String> inputs =
        all.map(source -> lookedAt(source, request, file.model())).orElse(List.of());
    Optional<SampleParts> samples = all.map(source -> parts(source, request));
    FloatModel model =
        switch (request.wishes().manner()) {
          case Wishes.Manner.Octet() ->
              FloatModel.of(
                  file.model(),
                  request.changes(),
                  request.wishes().format(),
                  request.wishes().complete(),
                  samples.map(SampleParts::calibrating));
          case Wishes.Manner.OnnxRuntime _ -> PeerManner.prepare(file.model(), request);
        };
    try (OptionalJudge judge = OptionalJudge.of(file.model(), samples)) {
      judge.judge().ifPresent(each -> each.check(request.bars()));
      return new QuantizeFlow(request, stages, model.noting(before), samples, judge.judge(), inputs)
          .run(file);
    }
  }

  /// Samples that calibrate nothing all judge. In the peer's manner all calibrate, as there.
  private static SampleParts parts(SampleSource all, QuantizeRequest request) {
    if (!calibrates(request)) {
      return SampleParts.undivided(all, JudgedOn.ANY);
    }
    if (request.wishes().manner() instanceof Wishes.Manner.OnnxRuntime) {
      return SampleParts.undivided(all, JudgedOn.CALIBRATED);
    }
    boolean chooses =
        request.ranges() instanceof QuantizeRequest.Ranges.Competition || request.budget() > 0;
    return SampleParts.of(
        all,
        chooses ? SampleParts.Choosing.AMONG_WAYS : SampleParts.Choosing.NOTHING,
        request.samples().orElseThrow().seed());
  }

  private static boolean calibrates(QuantizeRequest request) {
    return request.wishes().format().needsCalibration()
        && !(request.ranges() instanceof QuantizeRequest.Ranges.Table);
  }

  /// What the samples look like; refuses, before any work, those that do not fit the model.
  private static List<String> lookedAt(
      SampleSource samples, QuantizeRequest request, Model original) {
    String name = String.valueOf(request.model().getFileName());
    return InputStatistics.of(name, TensorSpec.inputsOf(original), samples, LOOKED_AT).lines();
  }

  /// A judge, closed with the flow, where there is something to judge by.
  private record OptionalJudge(Optional<Judge> judge) implements AutoCloseable {
    static OptionalJudge of(Model original, Optional<SampleParts> samples) {
      return new OptionalJudge(samples.map(parts -> new Judge(original, parts)));
    }

    @Override
    public void close() {
      judge.ifPresent(Judge::close);
    }
  }

  /// One way of quantizing, done.
  ///
  /// @param kept nodes kept in float because they suffer
  /// @param model the float model it was made from
  /// @param trial what the choosing samples say; empty without samples
  private record Attempt(
      String name, Set<String> kept, Model model, QuantizedModel quantized, Optional<Trial> trial) {
    double quality() {
      return trial.map(Trial::qualityDb).orElse(0.0);
    }
  }

  private QuantizeResult run(ModelFile.Onnx file) {
    List<Attempt> attempts = attempts();
    Attempt chosen = best(attempts);
    Model result = chosen.quantized.model();
    result.edit(
        editor -> {
          editor.setMetadata(Lineage.SOURCE, Lineage.fingerprint(request.model()));
          if (request.wishes().manner() instanceof Wishes.Manner.Octet) {
            editor.setMetadata(Lineage.TARGET, request.wishes().target().toString());
          }
        });
    Optional<Trial> verdict =
        chosen.trial.flatMap(
            trial ->
                judge.map(each -> each.verdict(trial, chosen.quantized, stages.begin("judging"))));
    Optional<SpeedComparison> speed = judge.flatMap(each -> each.speed(chosen.quantized));
    boolean met = verdict.map(request.bars()::met).orElse(true);
    boolean poor =
        request.ranges() instanceof QuantizeRequest.Ranges.Competition
            && verdict.map(Trial::qualityDb).orElse(0.0) < GOAL_DB;
    List<TensorAlignment> worst =
        judge
            .filter(_ -> !met || poor)
            .map(each -> each.worstTensors(chosen.model, chosen.quantized, WORST_TENSORS))
            .orElse(List.of());
    QuantizationPlan plan = chosen.quantized.plan();
    // Last: where a judging sample cannot be used, there is no file either.
    long bytes = write(result, file);
    return new QuantizeResult(
        String.valueOf(request.output().getFileName()),
        file.sizeBytes(),
        bytes,
        choices(plan, chosen),
        attempts.stream().flatMap(each -> each.trial.stream()).toList(),
        attempts.indexOf(chosen),
        verdict,
        counts(),
        inputs,
        ComputeShares.of(chosen.model, plan, chosen.kept),
        Saturation.unsafeLayers(chosen.model, plan),
        speed,
        new QuantizeResult.Processors(request.wishes().target(), Target.here()),
        worst,
        met,
        plan);
  }

  private QuantizeResult.Counts counts() {
    return samples
        .map(
            parts ->
                new QuantizeResult.Counts(
                    calibrates(request) ? parts.calibrating().size() : 0,
                    parts.choosing().size(),
                    parts.judging().size(),
                    parts.judgedOn()))
        .orElse(QuantizeResult.Counts.NONE);
  }

  private List<Attempt> attempts() {
    List<Attempt> attempts = new ArrayList<>();
    if (request.wishes().manner() instanceof Wishes.Manner.OnnxRuntime) {
      QuantizationPlan plan =
          PeerManner.plan(model.model(), request, samples.map(SampleParts::calibrating), stages);
      attempts.add(attempt("as onnxruntime.quantization", Set.of(), model.model(), plan));
      return attempts;
    }
    if (!request.wishes().format().needsCalibration()) {
      QuantizationScheme scheme = request.wishes().scheme(CalibrationMethod.minMax());
      attempts.add(
          attempt("dynamic", Set.of(), model.model(), scheme, new CalibrationTable(Map.of())));
      return attempts;
    }
    switch (request.ranges()) {
      case QuantizeRequest.Ranges.Table(var path) -> {
        CalibrationTable table = CalibrationFile.readAny(path);
        QuantizationScheme scheme =
            request.wishes().scheme(CalibrationMethod.minMax(), model.model());
        attempts.add(
            attempt("ranges of " + path.getFileName(), Set.of(), model.model(), scheme, table));
      }
      case QuantizeRequest.Ranges.Method(CalibrationMethod method) ->
          calibrated(List.of(method), attempts);
      case QuantizeRequest.Ranges.Competition() -> calibrated(COMPETING, attempts);
    }
    return attempts;
  }

  /// Tries several methods from one pass over the samples, on the model as it is and with its
  /// channels equalized; then keeps in float what it must.
  private void calibrated(List<CalibrationMethod> methods, List<Attempt> attempts) {
    SampleSource used = samples.orElseThrow().calibrating();
    ObservedRanges ranges = observed(model.model(), methods.getLast(), used);
    List<ObservedRanges> origins = new ArrayList<>();
    for (CalibrationMethod method : methods) {
      attempts.add(attempt(method.toString(), ranges, method));
      origins.add(ranges);
    }
    if (methods.size() > 1) {
      equalized(used)
          .ifPresent(
              other -> {
                for (CalibrationMethod method : methods) {
                  attempts.add(attempt(method + ", channels equalized", other, method));
                  origins.add(other);
                }
              });
    }
    Attempt best = best(attempts);
    double goal = request.bars().minSqnr().orElse(GOAL_DB);
    if (request.budget() > 0
        && (best.quality() < goal || !best.trial.map(request.bars()::met).orElse(true))) {
      int index = attempts.indexOf(best);
      keepSensitive(best, origins.get(index), methods.get(index % methods.size()), goal, attempts);
    }
  }

  private Optional<ObservedRanges> equalized(SampleSource used) {
    Set<String> values = ChannelEqualization.needs(model.model());
    if (values.isEmpty()) {
      return Optional.empty();
    }
    Map<String, float[]> reach =
        ChannelReach.observe(
            model.model(), "the float model", values, used, stages.begin("equalizing"));
    Model equalized = model.model().copy();
    ChannelEqualization.apply(equalized, reach);
    return Optional.of(observed(equalized, COMPETING.getLast(), used));
  }

  /// Adds attempts with more and more of the model in float, until one is good enough.
  private void keepSensitive(
      Attempt best,
      ObservedRanges ranges,
      CalibrationMethod method,
      double goalDb,
      List<Attempt> attempts) {
    QuantizationScheme scheme = request.wishes().scheme(method, ranges.model());
    SampleSource used = samples.orElseThrow().calibrating();
    SensitiveParts parts =
        SensitiveParts.measure(
            best.quantized.plan(),
            scheme,
            ranges,
            judge.orElseThrow(),
            used,
            stages.begin("finding what suffers"));
    double noise = SensitiveParts.noise(goalDb);
    double goal = noise * 0.8;
    List<SensitiveParts.Part> before = List.of();
    for (int round = 0; round < ROUNDS; round++) {
      List<SensitiveParts.Part> kept = parts.toKeep(goal, request.budget());
      if (kept.equals(before)) {
        return; // nothing suffers, or the budget allows no more
      }
      before = kept;
      QuantizationScheme mixed = SensitiveParts.without(scheme, kept);
      Attempt attempt =
          attempt(
              "%s, %d parts in float".formatted(best.name, kept.size()),
              kept.stream()
                  .flatMap(part -> part.nodes().stream())
                  .collect(Collectors.toUnmodifiableSet()),
              ranges.model(),
              mixed,
              ranges.table(mixed));
      attempts.add(attempt);
      if (attempt.quality() >= goalDb && attempt.trial.map(request.bars()::met).orElse(true)) {
        return;
      }
      goal *= Math.min(0.5, 0.8 * noise / SensitiveParts.noise(attempt.quality()));
    }
  }

  /// A result that does not open may owe that to the model it was made from, which is then named.
  private long write(Model result, ModelFile file) {
    try {
      return OnnxOutput.write(result, request.output(), OnnxOutput.Proof.OPENS);
    } catch (OctetException refusal) {
      file.open(SessionOptions.ONLY_OPEN).close();
      throw refusal;
    }
  }

  private ObservedRanges observed(Model floatModel, CalibrationMethod widest, SampleSource used) {
    return new ObservedRanges(
        floatModel, request.wishes().scheme(widest, floatModel), used, stages);
  }

  private Attempt attempt(String name, ObservedRanges ranges, CalibrationMethod method) {
    QuantizationScheme scheme = request.wishes().scheme(method, ranges.model());
    return attempt(name, Set.of(), ranges.model(), scheme, ranges.table(scheme));
  }

  private Attempt attempt(
      String name,
      Set<String> kept,
      Model floatModel,
      QuantizationScheme scheme,
      CalibrationTable table) {
    QuantizationPlan plan = QuantizationPlanner.plan(floatModel, scheme, table);
    return attempt(
        name,
        kept,
        floatModel,
        request.wishes().target().pairs() == Target.Pairs.SATURATE
            ? Saturation.withSafeWeights(floatModel, plan)
            : plan);
  }

  private Attempt attempt(String name, Set<String> kept, Model floatModel, QuantizationPlan plan) {
    QuantizedModel quantized = PlanRewriter.rewrite(floatModel, plan);
    return new Attempt(
        name,
        kept,
        floatModel,
        quantized,
        judge.map(each -> each.compare(name, quantized, stages.begin("comparing"))));
  }

  /// Among those that reach the goal, or else among all: the first, and so the simplest, of those
  /// that are as good as the best; but more of the model in float only to reach the goal.
  private Attempt best(List<Attempt> attempts) {
    double most = attempts.stream().mapToDouble(Attempt::quality).max().orElseThrow();
    double goal = request.bars().minSqnr().orElse(GOAL_DB);
    double enough = Math.min(most, goal);
    List<Attempt> plain = attempts.stream().filter(each -> each.kept.isEmpty()).toList();
    double bestPlain = plain.stream().mapToDouble(Attempt::quality).max().orElseThrow();
    boolean plainWill =
        bestPlain >= enough
            && plain.stream().anyMatch(each -> each.trial.map(request.bars()::met).orElse(true));
    double bar = (plainWill ? bestPlain : most) - EQUALLY_GOOD_DB;
    return (plainWill ? plain : attempts)
        .stream().filter(each -> each.quality() >= bar).findFirst().orElseThrow();
  }

  /// What was chosen and why, a sentence each.
  private List<String> choices(QuantizationPlan plan, Attempt chosen) {
    List<String> lines = new ArrayList<>(model.notes());
    lines.addAll(Choices.describe(request, chosen.model, plan));
    return lines;
  }
}
