package dev.octet.evaluate;

import java.util.Optional;
import java.util.OptionalDouble;

/// One row of the table.
///
/// @param model description of the model
/// @param sizeBytes bytes of its file
/// @param accuracy share (0 to 1) of labelled samples whose top-1 is right; empty when unlabelled
/// @param samples samples run
/// @param latency empty when the runner's speed means nothing
/// @param agreement share (0 to 1) of samples with the same top-1 as the first model
/// @param sourceAgreement the same with the model it was made from; empty if that is not scored
/// @param change against the first model; empty when unlabelled
public record ModelScore(
    String model,
    long sizeBytes,
    OptionalDouble accuracy,
    long samples,
    Optional<Latency> latency,
    double agreement,
    OptionalDouble sourceAgreement,
    Optional<AccuracyChange> change) {}
