/// Bounded-memory, mergeable statistics and the ranges estimated from them. Never imports the
/// graph.
///
/// Observing and deciding are apart. A [dev.octet.stats.Collector] sees every value of a tensor
/// over all samples and keeps a fixed amount of memory; workers merge theirs. A
/// [dev.octet.stats.RangeEstimator] then decides which [dev.octet.stats.Range] a grid shall cover,
/// and can be asked again with other settings without another pass over the data.
///
/// What the values are must not depend on how they arrived: extremes and counts in bins of
/// power-of-two width come out the same for any batching and any merge order. The moving
/// average, which is *about* order, takes samples in the order of their indices, however they came.
/// What a collector knows can be kept as data ([dev.octet.stats.CollectorState]) and gone on from.
///
/// NaN and infinities never reach a range: they are counted, and the caller refuses the tensor with
/// its name and the sample's index.
@NullMarked
package dev.octet.stats;

import org.jspecify.annotations.NullMarked;
