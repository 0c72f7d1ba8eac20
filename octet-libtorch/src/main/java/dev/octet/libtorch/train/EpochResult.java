package dev.octet.libtorch.train;

/// How training stood after an epoch.
///
/// @param epoch from 1
/// @param loss mean over the epoch's steps
/// @param validationAccuracy share of the validation samples classified right, in [0, 1]
/// @param learningRate of the epoch's last step
/// @param best whether no epoch before was better on the validation samples
public record EpochResult(
    int epoch, double loss, double validationAccuracy, double learningRate, boolean best) {}
