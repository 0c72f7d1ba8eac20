package dev.octet.libtorch.train;

import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.exec.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/// Computes an objective's loss for one batch, as a tensor that gradients flow back from.
final class Loss {
  private static final double SMALLEST_POWER = 1e-12;

  private Loss() {}

  /// Cross-entropy with a distribution over the classes.
  ///
  /// @param logProbabilities `[N, C]`
  /// @param targets `[N, C]`
  static Tensor crossEntropy(Tensor logProbabilities, Tensor targets) {
    return targets.mul(logProbabilities).sum().neg().div(scalar((double) targets.size(0)));
  }

  /// Kullback–Leibler divergence of the answers' distribution from the teacher's, times the square
  /// of the temperature.
  static Tensor divergence(List<Tensor> answers, List<Tensor> taught, double temperature) {
    Scalar softness = scalar(temperature);
    Tensor log = Network.scores(answers).div(softness).log_softmax(1);
    Tensor teacherLog = Network.scores(taught).div(softness).log_softmax(1);
    Tensor each = teacherLog.exp().mul(teacherLog.sub(log));
    return each.sum().mul(scalar(temperature * temperature)).div(scalar((double) log.size(0)));
  }

  /// Mean over the outputs of their squared distance from the teacher's, relative to the teacher's
  /// squares.
  static Tensor squaredError(List<Tensor> answers, List<Tensor> taught) {
    Tensor sum = null;
    for (int i = 0; i < answers.size(); i++) {
      Tensor apart = answers.get(i).sub(taught.get(i));
      double power = taught.get(i).square().mean().item().toDouble();
      Tensor share = apart.square().mean().div(scalar(Math.max(power, SMALLEST_POWER)));
      sum = sum == null ? share : sum.add(share);
    }
    return java.util.Objects.requireNonNull(sum).div(scalar(answers.size()));
  }

  /// Distributions that put all weight on the labels, but for what is spread evenly.
  ///
  /// @param rows samples
  /// @param smoothing share spread over all classes
  static Tensor targets(TrainingData data, int[] rows, long classes, double smoothing) {
    return mixedTargets(data, rows, classes, smoothing, 1);
  }

  /// As [#targets], for samples each mixed with its opposite in the batch.
  ///
  /// @param kept share of the sample itself
  static Tensor mixedTargets(
      TrainingData data, int[] rows, long classes, double smoothing, double kept) {
    int width = Math.toIntExact(classes);
    if (data.highestLabel() >= width) {
      throw OctetException.badInput(
          "label-out-of-range",
          "label " + data.highestLabel(),
          "the network tells " + classes + " classes apart",
          "give a label list that fits the network");
    }
    float[] targets = new float[rows.length * width];
    java.util.Arrays.fill(targets, (float) (smoothing / width));
    double hard = 1 - smoothing;
    for (int i = 0; i < rows.length; i++) {
      targets[i * width + data.label(rows[i])] += (float) (hard * kept);
      if (kept < 1) {
        int opposite = rows[rows.length - 1 - i];
        targets[i * width + data.label(opposite)] += (float) (hard * (1 - kept));
      }
    }
    return Tensors.of(targets, rows.length, width);
  }

  private static Scalar scalar(double value) {
    return new Scalar(value);
  }
}
