/// How far two models' outputs agree.
///
/// [dev.octet.align.Aligner] runs any two [dev.octet.runtime.ModelRunner]s on the same samples and
/// returns an [dev.octet.align.Alignment]: for each output, and each pair of inner values asked
/// for, what NumPy's `assert_allclose` would report, the signal-to-noise ratio, and the sample that
/// is off the most. It streams: what is kept does not grow with the samples. Numbers are compared
/// in float32, whatever their type. A model failing to agree is a result, not an exception.
///
/// Values inside, layer by layer, are [dev.octet.align.layers].
@NullMarked
package dev.octet.align;

import org.jspecify.annotations.NullMarked;
