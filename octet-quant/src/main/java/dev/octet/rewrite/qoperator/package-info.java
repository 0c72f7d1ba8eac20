/// From a model with `QuantizeLinear` and `DequantizeLinear` nodes to one with integer operators.
///
/// A float operator that reads dequantized values and whose result is quantized again means the
/// same as an integer operator on the codes themselves. [QOperatorFold] finds such operators and
/// asks their family's [IntegerForm] to write that operator down; the families are one hand-written
/// list, [StandardForms]. What has no integer form stays as it is, in float between conversions, so
/// a fold never changes what a model means.
///
/// The forms decide from the graph alone, nothing from names: a fold works on any file with
/// `QuantizeLinear` nodes.
@NullMarked
package dev.octet.rewrite.qoperator;

import org.jspecify.annotations.NullMarked;
