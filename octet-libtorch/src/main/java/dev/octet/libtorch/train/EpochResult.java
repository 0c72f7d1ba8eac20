package dev.octet.libtorch.train;

import java.util.OptionalDouble;

/// How training stood after an epoch.
///
/// @param epoch from 1
/// @param loss mean over the epoch's steps
/// @param validationLoss of the validation samples, without smoothing or mixing
/// @param validationAccuracy share of the validation samples classified right, in [0, 1]; empty
///     when training needs no labels
/// @param learningRate of the epoch's last step
/// @param best whether no epoch before was better on the validation samples: by accuracy, or by
///     loss where there is none
public record EpochResult(
    int epoch,
    double loss,
    double validationLoss,
    OptionalDouble validationAccuracy,
    double learningRate,
    boolean best) {

  /// Whether this is at least as good on the validation samples as `other`.
  boolean isAsGoodAs(EpochResult other) {
    return validationAccuracy.isPresent()
        ? validationAccuracy.getAsDouble() >= other.validationAccuracy.orElse(-1)
        : validationLoss <= other.validationLoss;
  }
}
