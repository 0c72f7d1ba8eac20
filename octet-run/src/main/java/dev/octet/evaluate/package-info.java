/// Size, accuracy and latency of models, side by side.
///
/// [dev.octet.evaluate.Evaluator] gives each [dev.octet.evaluate.Candidate] one
/// [dev.octet.evaluate.ModelScore]. Everything is measured so that differences between the rows
/// mean something: accuracy on the same samples, with the paired interval of the difference
/// ([dev.octet.evaluate.AccuracyChange]); latency in turns within one process, through buffers set
/// up beforehand, as the median of all turns ([dev.octet.evaluate.Latency]). Absolute latencies
/// still belong to the machine and its mood; ratios travel better.
@NullMarked
package dev.octet.evaluate;

import org.jspecify.annotations.NullMarked;
