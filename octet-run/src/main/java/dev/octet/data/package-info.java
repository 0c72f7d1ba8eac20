/// Sample sources: where inputs come from.
///
/// A [dev.octet.data.SampleSource] is a rewindable stream of [dev.octet.data.Sample]s. It knows how
/// many there are before reading any, makes them one at a time, and keeps none, so the size of a
/// data set never shows in memory. [dev.octet.data.SampleSources] opens what a path holds: sound
/// clips ([dev.octet.data.WavFolder]), pictures ([dev.octet.data.ImageFolder]), NumPy arrays
/// ([dev.octet.data.NpySource]), rows of CSV or JSON ([dev.octet.data.TableSource]) or ONNX test
/// data ([dev.octet.data.OnnxTestData]). A new kind of file is one more implementation and one more
/// line there. [dev.octet.data.InputStatistics] looks at the first samples before hours are spent
/// on the wrong ones.
///
/// What a file must hold follows from the model's inputs ([dev.octet.runtime.TensorSpec]); one that
/// does not fit is refused by name, with what was expected. Sizes claimed by headers are not
/// trusted: every read is bounded.
///
/// Samples are whole inputs of one run, leading batch dimension included.
/// [dev.octet.data.Batches] joins them along it where the model allows.
@NullMarked
package dev.octet.data;

import org.jspecify.annotations.NullMarked;
