package dev.octet.flow;

/// One way of quantizing, tried and judged.
///
/// @param method how ranges were chosen, and what else was done
/// @param agreement share (0 to 1) of equal top-1 predictions on the held-back samples
/// @param sqnrDb signal-to-quantization-noise ratio of the worst output on the held-back samples
public record Trial(String method, double agreement, double sqnrDb) {}
