/// From a plan to a quantized model. [PlanRewriter] decides nothing: what is stored as which codes
/// stands in the plan, and it renders that in the plan's format.
///
/// - *QDQ*: `QuantizeLinear` and `DequantizeLinear` around float operators ([QdqRendering]), which
///   every runtime fuses to its own integer kernels.
/// - *QOperator*: the same, and then each operator that has an integer form is written in it
///   ([dev.octet.rewrite.qoperator]).
/// - *Dynamic*: products of codes whose activations are quantized while the model runs
///   ([dev.octet.rewrite.dynamic]).
///
/// Who stands for whom afterwards is data, a [ValueAlignment], not a suffix to split.
@NullMarked
package dev.octet.rewrite;

import org.jspecify.annotations.NullMarked;
