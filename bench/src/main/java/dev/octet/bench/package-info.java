/// Benchmarks: how fast the inner loops are, told as a ratio.
///
/// A time alone means little on another machine. Each group of benchmarks therefore holds a `copy`
/// of the same values, the least that any pass over them costs, measured in the same run on the
/// same data; [dev.octet.bench.Benchmarks] prints everything as a multiple of it.
@NullMarked
package dev.octet.bench;

import org.jspecify.annotations.NullMarked;
