package dev.octet.libtorch.train;

import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.exec.Libtorch;
import dev.octet.libtorch.exec.Tensors;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Trains a program that classifies, by running its graph forward and libtorch's autograd backward.
///
/// Nothing is random but what the seed decides: order, augmentation, mixing, dropout. The state
/// that did best on the validation samples is kept.
public final class Trainer {
  private static final int VALIDATION_BATCH = 256;

  private final TrainingPlan plan;
  private final TrainingOptions options;
  private final TrainingData training;
  private final TrainingData validation;
  private final SplittableRandom random;
  private final Map<AtenGraph, Classifier> classifiers = new LinkedHashMap<>();

  private Trainer(
      TrainingPlan plan, TrainingOptions options, TrainingData training, TrainingData validation) {
    this.plan = plan;
    this.options = options;
    this.training = training;
    this.validation = validation;
    this.random = new SplittableRandom(options.seed());
  }

  /// Trains.
  ///
  /// @param program a network with one float input and one output of class scores or
  ///     log-probabilities; exported in either mode
  /// @param trainSource labelled samples to learn from
  /// @param valSource labelled samples to choose the best epoch by
  /// @param listener hears of each step and epoch
  /// @throws OctetException when the program or the samples are not of that form (`BAD_INPUT`), or
  ///     the loss stops being finite (`FAILURE`)
  public static TrainingResult train(
      ExportedProgram program,
      SampleSource trainSource,
      SampleSource valSource,
      TrainingOptions options,
      TrainingListener listener) {
    return train(TrainingPlan.of(program), trainSource, valSource, options, listener);
  }

  /// Trains along a plan: see [#train(ExportedProgram, SampleSource, SampleSource, TrainingOptions,
  /// TrainingListener)].
  public static TrainingResult train(
      TrainingPlan plan,
      SampleSource trainSource,
      SampleSource valSource,
      TrainingOptions options,
      TrainingListener listener) {
    Libtorch.threads(options.threads());
    Libtorch.seed(options.seed());
    String input = plan.program().userInputNames().stream().findFirst().orElse("");
    try (Arena arena = Arena.ofShared();
        PointerScope scope = new PointerScope()) {
      TrainingData training = TrainingData.decode(trainSource, input, arena, options.dataLimit());
      TrainingData validation = TrainingData.decode(valSource, input, arena, options.dataLimit());
      return new Trainer(plan, options, training, validation).run(listener);
    }
  }

  private TrainingResult run(TrainingListener listener) {
    ProgramState state = new ProgramState(plan.program());
    AdamW optimizer =
        new AdamW(AdamW.Settings.withDecay(options.weightDecay()), state.parameters());
    Distillation teacher = plan.teacher().map(Distillation::new).orElse(null);
    List<EpochResult> history = new ArrayList<>();
    Map<String, TorchTensor> best = plan.program().state();
    double bestAccuracy = -1;
    int batches = Math.ceilDiv(training.size(), options.batchSize());
    long steps = (long) batches * options.epochs();
    for (int epoch = 0; epoch < options.epochs(); epoch++) {
      Classifier classifier = classifier(plan.graphAt(epoch));
      int[] order = shuffled();
      double loss = 0;
      double rate = 0;
      for (int batch = 0; batch < batches; batch++) {
        long step = (long) epoch * batches + batch;
        rate = options.learningRate().at(step, steps);
        int from = batch * options.batchSize();
        int to = Math.min(from + options.batchSize(), order.length);
        loss += step(state, classifier, optimizer, teacher, order, from, to, rate, epoch);
        listener.step(step + 1, steps);
      }
      double accuracy = accuracy(state, classifier(plan.evaluation()));
      boolean better = epoch >= plan.keepFrom() && accuracy >= bestAccuracy;
      if (better) {
        bestAccuracy = accuracy;
        best = state.snapshot();
      }
      EpochResult result = new EpochResult(epoch + 1, loss / batches, accuracy, rate, better);
      history.add(result);
      listener.epoch(result);
    }
    return new TrainingResult(plan.program().withState(best), history);
  }

  /// The teacher, ready to answer.
  private static final class Distillation {
    private final Classifier classifier;
    private final ProgramState state;
    private final double weight;

    Distillation(TrainingPlan.Teacher teacher) {
      this.classifier = new Classifier(teacher.program(), teacher.program().graph());
      this.state = new ProgramState(teacher.program());
      this.weight = teacher.weight();
    }

    /// Blends the teacher's distribution into the targets, in place.
    void blend(Tensor targets, Tensor batch) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard noGradients = new NoGradGuard()) {
        Tensor answer = classifier.logProbabilities(state.arguments(batch)).exp();
        targets.lerp_(answer, new org.bytedeco.pytorch.Scalar(weight));
      }
    }
  }

  private double step(
      ProgramState state,
      Classifier classifier,
      AdamW optimizer,
      @Nullable Distillation teacher,
      int[] order,
      int from,
      int to,
      double rate,
      int epoch) {
    try (PointerScope scope = new PointerScope()) {
      Tensor batch = torch.zeros(training.batchDims(to - from));
      fill(batch, order, from, to);
      double kept = mixed(batch);
      Tensor logProbabilities = classifier.logProbabilities(state.arguments(batch));
      int classes = (int) logProbabilities.size(1);
      float[] targets = targets(order, from, to, classes, kept);
      Tensor target = Tensors.of(targets, to - from, classes);
      if (teacher != null) {
        teacher.blend(target, batch);
      }
      Tensor loss = target.mul(logProbabilities).sum().neg().div(scalar(to - from));
      double value = loss.item().toDouble();
      if (!Double.isFinite(value)) {
        throw OctetException.failure(
            "loss-not-finite",
            "epoch " + (epoch + 1),
            "the loss became " + value,
            "lower the learning rate or clip gradients",
            null);
      }
      loss.backward();
      options.clipNorm().ifPresent(optimizer::clip);
      optimizer.step(rate);
      return value;
    }
  }

  /// Copies samples into the batch, each changed by chance.
  private void fill(Tensor batch, int[] order, int from, int to) {
    MemorySegment memory = Tensors.bytes(batch);
    float[] sample = new float[training.elements()];
    for (int i = from; i < to; i++) {
      MemorySegment source = training.sample(order[i]);
      MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, 0, sample, 0, sample.length);
      options.augmentation().apply(sample, random);
      long at = (long) (i - from) * sample.length * Float.BYTES;
      MemorySegment.copy(sample, 0, memory, ValueLayout.JAVA_FLOAT, at, sample.length);
    }
  }

  /// Mixes each sample with its opposite in the batch.
  ///
  /// @return the share of the sample itself
  private double mixed(Tensor batch) {
    if (options.mixUp() == 0) {
      return 1;
    }
    double first = gamma(options.mixUp());
    double kept = first / (first + gamma(options.mixUp()));
    batch.copy_(batch.mul(scalar(kept)).add(batch.flip(0).mul(scalar(1 - kept))));
    return kept;
  }

  private float[] targets(int[] order, int from, int to, int classes, double kept) {
    int highest = training.highestLabel();
    if (highest >= classes) {
      throw OctetException.badInput(
          "label-out-of-range",
          "label " + highest,
          "the network tells " + classes + " classes apart",
          "give a label list that fits the network");
    }
    int count = to - from;
    float[] targets = new float[count * classes];
    java.util.Arrays.fill(targets, (float) (options.labelSmoothing() / classes));
    double hard = 1 - options.labelSmoothing();
    for (int i = 0; i < count; i++) {
      targets[i * classes + training.label(order[from + i])] += (float) (hard * kept);
      if (kept < 1) {
        targets[i * classes + training.label(order[to - 1 - i])] += (float) (hard * (1 - kept));
      }
    }
    return targets;
  }

  private double accuracy(ProgramState state, Classifier classifier) {
    int right = 0;
    for (int from = 0; from < validation.size(); from += VALIDATION_BATCH) {
      int count = Math.min(VALIDATION_BATCH, validation.size() - from);
      try (PointerScope scope = new PointerScope();
          NoGradGuard noGradients = new NoGradGuard()) {
        Tensor batch = torch.zeros(validation.batchDims(count));
        MemorySegment memory = Tensors.bytes(batch);
        long bytes = (long) validation.elements() * Float.BYTES;
        for (int i = 0; i < count; i++) {
          MemorySegment.copy(validation.sample(from + i), 0, memory, i * bytes, bytes);
        }
        Tensor rows = classifier.logProbabilities(state.arguments(batch));
        long[] chosen =
            Tensors.toLongs(rows.argmax(new org.bytedeco.pytorch.LongOptional(1), false));
        for (int i = 0; i < count; i++) {
          right += chosen[i] == validation.label(from + i) ? 1 : 0;
        }
      }
    }
    return (double) right / validation.size();
  }

  private Classifier classifier(AtenGraph graph) {
    return classifiers.computeIfAbsent(graph, key -> new Classifier(plan.program(), key));
  }

  private int[] shuffled() {
    int[] order = new int[training.size()];
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  /// A gamma variate ("A Simple Method for Generating Gamma Variables", Marsaglia and Tsang).
  private double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * Math.pow(random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double normal = random.nextGaussian();
      double cube = Math.pow(1 + c * normal, 3);
      if (cube > 0
          && Math.log(random.nextDouble())
              < normal * normal / 2 + d - d * cube + d * Math.log(cube)) {
        return d * cube;
      }
    }
  }

  private static org.bytedeco.pytorch.Scalar scalar(double value) {
    return new org.bytedeco.pytorch.Scalar(value);
  }
}
