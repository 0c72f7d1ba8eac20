package dev.octet.libtorch.train;

import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.exec.Libtorch;
import dev.octet.libtorch.exec.Tensors;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.ExportedProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Trains a program, by running its graph forward and libtorch's autograd backward.
///
/// Nothing is random but what the seed decides: order, augmentation, mixing, dropout. The state
/// that did best on the validation samples is kept. Training that was stopped goes on from its
/// [Checkpoints] to the same result, bit for bit, as if it had not been (with one thread).
public final class Trainer {
  private static final int VALIDATION_BATCH = 256;

  private final TrainingPlan plan;
  private final TrainingOptions options;
  private final TrainingData training;
  private final TrainingData validation;
  private final Map<AtenGraph, Network> networks = new LinkedHashMap<>();
  private final ProgramState state;
  private final AdamW optimizer;
  private final @Nullable Teacher teacher;
  private final TrainingState kept;
  private final int batchSize;
  private final int batches;

  private Trainer(
      TrainingPlan plan, TrainingOptions options, TrainingData training, TrainingData validation) {
    this.plan = plan;
    this.options = options;
    this.training = training;
    this.validation = validation;
    this.state = new ProgramState(plan.program());
    this.optimizer = new AdamW(AdamW.Settings.withDecay(options.weightDecay()), state.parameters());
    this.teacher =
        plan.objective().needsTeacher() ? new Teacher(plan.teacher().orElseThrow()) : null;
    this.batchSize = training.rows(options.batchSize());
    this.batches = Math.ceilDiv(training.size(), batchSize);
    this.kept = new TrainingState(plan, options, training.size(), state, optimizer);
  }

  /// Trains on labels.
  ///
  /// @param program a network with an output of class scores or log-probabilities on its last axis;
  ///     exported in either mode
  /// @param trainSource labelled samples to learn from
  /// @param valSource labelled samples to choose the best epoch by
  /// @param listener hears of each step and epoch
  /// @throws OctetException when the program or the samples are not of that form (`BAD_INPUT`),
  ///     nothing of it can be trained (`BAD_INPUT`), or the loss stops being finite (`FAILURE`)
  public static TrainingResult train(
      ExportedProgram program,
      SampleSource trainSource,
      SampleSource valSource,
      TrainingOptions options,
      TrainingListener listener) {
    return train(TrainingPlan.of(program), trainSource, valSource, options, listener);
  }

  /// Trains along a plan: see [#train(ExportedProgram, SampleSource, SampleSource, TrainingOptions,
  /// TrainingListener)]. Whether samples need labels is up to the plan's objective.
  ///
  /// @throws OctetException also when there are [Checkpoints] of another training (`USAGE`)
  public static TrainingResult train(
      TrainingPlan plan,
      SampleSource trainSource,
      SampleSource valSource,
      TrainingOptions options,
      TrainingListener listener) {
    Libtorch.threads(options.threads());
    Libtorch.seed(options.seed());
    boolean labelled = plan.objective().needsLabels();
    try (Arena arena = Arena.ofShared();
        PointerScope scope = new PointerScope()) {
      TrainingData training =
          TrainingData.decode(trainSource, plan.program(), labelled, arena, options.dataLimit());
      TrainingData validation =
          TrainingData.decode(valSource, plan.program(), labelled, arena, options.dataLimit());
      return new Trainer(plan, options, training, validation).run(listener);
    }
  }

  private TrainingResult run(TrainingListener listener) {
    kept.resume();
    long steps = (long) batches * options.epochs();
    while (kept.step() < steps) {
      int epoch = (int) (kept.step() / batches);
      Network network = network(plan.graphAt(epoch));
      int[] order = Chance.order(options.seed(), epoch, training.size());
      double rate = 0;
      for (int batch = (int) (kept.step() % batches); batch < batches; batch++) {
        long step = kept.step();
        rate = options.learningRate().at(step, steps);
        int from = batch * batchSize;
        int[] rows = IntStream.range(from, Math.min(from + batchSize, order.length)).toArray();
        for (int i = 0; i < rows.length; i++) {
          rows[i] = order[rows[i]];
        }
        kept.stepped(step(network, rows, rate, epoch), batch == batches - 1);
        listener.step(kept.step(), steps);
      }
      EpochResult result = validated(epoch, rate);
      kept.epochEnded(result);
      listener.epoch(result);
    }
    return new TrainingResult(plan.program().withState(kept.best()), kept.history());
  }

  private EpochResult validated(int epoch, double rate) {
    Network network = network(plan.evaluation());
    int right = 0;
    double loss = 0;
    int size = validation.rows(VALIDATION_BATCH);
    for (int from = 0; from < validation.size(); from += size) {
      int[] rows = IntStream.range(from, Math.min(from + size, validation.size())).toArray();
      try (PointerScope scope = new PointerScope();
          NoGradGuard noGradients = new NoGradGuard()) {
        Map<String, Tensor> batch = batch(validation, rows, Augmentation.NONE, null);
        List<Tensor> answers = network.answers(state.arguments(batch));
        loss += rows.length * validationLoss(network, answers, batch, rows);
        if (plan.objective().needsLabels()) {
          Tensor chosen = Network.scores(answers).argmax(new LongOptional(1), false);
          long[] classes = Tensors.toLongs(chosen);
          for (int i = 0; i < rows.length; i++) {
            right += classes[i] == validation.label(rows[i]) ? 1 : 0;
          }
        }
      }
    }
    double count = validation.size();
    OptionalDouble accuracy =
        plan.objective().needsLabels() ? OptionalDouble.of(right / count) : OptionalDouble.empty();
    EpochResult result =
        new EpochResult(epoch + 1, kept.lossSum() / batches, loss / count, accuracy, rate, false);
    boolean best =
        epoch >= plan.keepFrom() && kept.bestSoFar().filter(b -> !result.isAsGoodAs(b)).isEmpty();
    return new EpochResult(
        result.epoch(), result.loss(), result.validationLoss(), accuracy, rate, best);
  }

  private double validationLoss(
      Network network, List<Tensor> answers, Map<String, Tensor> batch, int[] rows) {
    Tensor loss =
        switch (plan.objective()) {
          case Objective.Labels _ -> {
            Tensor log = classified(network.logProbabilities(answers), rows.length);
            yield Loss.crossEntropy(log, Loss.targets(validation, rows, log.size(1), 0));
          }
          case Objective.Divergence(double temperature) ->
              Loss.divergence(answers, taught(batch), temperature);
          case Objective.SquaredError() -> Loss.squaredError(answers, taught(batch));
        };
    return loss.item().toDouble();
  }

  /// The teacher, ready to answer.
  private static final class Teacher {
    private final Network network;
    private final ProgramState state;

    Teacher(ExportedProgram program) {
      this.network = new Network(program, program.graph());
      this.state = new ProgramState(program);
    }
  }

  private List<Tensor> taught(Map<String, Tensor> batch) {
    Teacher asked = Objects.requireNonNull(teacher);
    try (NoGradGuard noGradients = new NoGradGuard()) {
      return asked.network.answers(asked.state.arguments(batch));
    }
  }

  private double step(Network network, int[] rows, double rate, int epoch) {
    SplittableRandom random = Chance.ofStep(options.seed(), kept.step());
    Libtorch.seed(random.nextLong());
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> batch = batch(training, rows, options.augmentation(), random);
      double share = mixed(batch, random);
      List<Tensor> answers = network.answers(state.arguments(batch));
      Tensor loss =
          switch (plan.objective()) {
            case Objective.Labels(double fromTeacher) -> {
              Tensor log = classified(network.logProbabilities(answers), rows.length);
              Tensor target =
                  Loss.mixedTargets(training, rows, log.size(1), options.labelSmoothing(), share);
              if (fromTeacher > 0) {
                Tensor answer =
                    Objects.requireNonNull(teacher).network.logProbabilities(taught(batch)).exp();
                target.lerp_(answer, new Scalar(fromTeacher));
              }
              yield Loss.crossEntropy(log, target);
            }
            case Objective.Divergence(double temperature) ->
                Loss.divergence(answers, taught(batch), temperature);
            case Objective.SquaredError() -> Loss.squaredError(answers, taught(batch));
          };
      double value = loss.item().toDouble();
      if (!Double.isFinite(value)) {
        throw OctetException.failure(
            "loss-not-finite",
            "epoch " + (epoch + 1),
            "the loss became " + value,
            "lower the learning rate or clip gradients",
            null);
      }
      if (!loss.requires_grad()) {
        throw OctetException.badInput(
            "nothing-to-train",
            "the program",
            "has no parameter that its outputs depend on smoothly: rounding to codes lets no"
                + " gradient through",
            "train the float program that it was made from");
      }
      loss.backward();
      options.clipNorm().ifPresent(optimizer::clip);
      optimizer.step(rate);
      return value;
    }
  }

  private static Tensor classified(Tensor rows, int samples) {
    if (rows.size(0) != samples) {
      throw OctetException.badInput(
          "not-a-classifier",
          "the program",
          "gives %d rows of scores for %d samples, labels are one for each sample"
              .formatted(rows.size(0), samples),
          "let the float network teach instead: --loss mse or --loss kl");
    }
    return rows;
  }

  /// Samples together, floats of the first column each changed by chance.
  private static Map<String, Tensor> batch(
      TrainingData data, int[] rows, Augmentation augmentation, @Nullable SplittableRandom random) {
    Map<String, Tensor> batch = new LinkedHashMap<>();
    for (TrainingData.Column column : data.columns()) {
      Tensor tensor = column.batch(rows.length);
      MemorySegment memory = Tensors.bytes(tensor);
      boolean changed = random != null && column.isFloat() && batch.isEmpty();
      float[] sample = new float[changed ? (int) (column.bytes() / Float.BYTES) : 0];
      for (int i = 0; i < rows.length; i++) {
        MemorySegment source = column.sample(rows[i]);
        if (changed && random != null) {
          MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, 0, sample, 0, sample.length);
          augmentation.apply(sample, random);
          source = MemorySegment.ofArray(sample);
        }
        MemorySegment.copy(source, 0, memory, i * column.bytes(), column.bytes());
      }
      batch.put(column.input(), tensor);
    }
    return batch;
  }

  /// Mixes each sample with its opposite in the batch.
  ///
  /// @return the share of the sample itself
  private double mixed(Map<String, Tensor> batch, SplittableRandom random) {
    if (options.mixUp() == 0) {
      return 1;
    }
    if (!training.columns().stream().allMatch(TrainingData.Column::isFloat)) {
      throw OctetException.usage(
          "cannot-mix", "mixup", "samples that are not floats cannot be mixed", "leave it out");
    }
    double kept = Chance.beta(options.mixUp(), random);
    batch
        .values()
        .forEach(
            tensor ->
                tensor.copy_(
                    tensor.mul(new Scalar(kept)).add(tensor.flip(0).mul(new Scalar(1 - kept)))));
    return kept;
  }

  private Network network(AtenGraph graph) {
    return networks.computeIfAbsent(graph, key -> new Network(plan.program(), key));
  }
}
