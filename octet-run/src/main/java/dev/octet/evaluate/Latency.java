package dev.octet.evaluate;

/// Median time of a run in milliseconds.
///
/// @param batch1 one sample a run
/// @param batch32 32 samples a run (time of the whole run, not of a sample); NaN when the model
///     takes no such batch
public record Latency(double batch1, double batch32) {}
