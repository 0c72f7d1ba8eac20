package dev.octet.torch.graph;

import org.jspecify.annotations.Nullable;

/// Bounds of a symbol, inclusive. A lower bound of 2 is usually tracing's own artefact: programs
/// exported with a dynamic dimension run at size 1 too.
///
/// @param min `null` for none
/// @param max `null` for none
public record SymRange(@Nullable Long min, @Nullable Long max) {}
