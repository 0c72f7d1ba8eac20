package dev.octet.libtorch.train;

/// What a network is trained to do. The last two need no labels: the network is to answer as a
/// teacher does.
public sealed interface Objective {
  /// Classification: the cross-entropy with the labels.
  ///
  /// @param taught share of the teacher's own distribution in the target, in [0, 1] ("Distilling
  ///     the Knowledge in a Neural Network", arXiv 1503.02531, at temperature 1); 0 needs no
  /// teacher
  record Labels(double taught) implements Objective {
    /// @throws IllegalArgumentException when the share lies outside its range
    public Labels {
      if (!(taught >= 0 && taught <= 1)) {
        throw new IllegalArgumentException("the teacher's share is from 0 to 1, not " + taught);
      }
    }
  }

  /// The Kullback–Leibler divergence from the teacher's distribution over the last axis of the
  /// first output.
  ///
  /// @param temperature that both distributions are softened with, above 0; the loss is multiplied
  ///     by its square, so that gradients keep their size
  record Divergence(double temperature) implements Objective {
    /// @throws IllegalArgumentException when the temperature is not above 0
    public Divergence {
      if (!(temperature > 0)) {
        throw new IllegalArgumentException("a temperature is above 0, not " + temperature);
      }
    }
  }

  /// The squared distance from the teacher's outputs, relative to their own squares: for networks
  /// that do not classify. Every floating-point output counts alike.
  record SquaredError() implements Objective {}

  /// Whether samples must have labels.
  default boolean needsLabels() {
    return this instanceof Labels;
  }

  /// Whether there must be a teacher.
  default boolean needsTeacher() {
    return !(this instanceof Labels(double taught)) || taught > 0;
  }
}
