package dev.octet.align;

/// How far one tensor agrees between two models, over all samples.
///
/// @param name its name in the reference model
/// @param otherName its name in the other model
/// @param elements numbers compared
/// @param mismatched numbers outside the tolerance; NaN and infinities match their like only
/// @param maxAbs largest `|a - b|` over pairs of finite numbers
/// @param maxRel largest `|a - b| / |b|` over those whose `b` is not 0
/// @param sqnrDb signal to quantization noise ratio `10 log10(sum b² / sum (a-b)²)` in dB; infinite
///     when all numbers are equal, NaN when some are not finite
/// @param worstSample sample with the largest `|a - b|`; empty when all numbers are equal
public record TensorAlignment(
    String name,
    String otherName,
    long elements,
    long mismatched,
    double maxAbs,
    double maxRel,
    double sqnrDb,
    String worstSample) {}
