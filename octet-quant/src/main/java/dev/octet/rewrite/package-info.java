/// From a plan to a quantized model. [PlanRewriter] decides nothing: what is stored as which codes
/// stands in the plan, and it renders that in ONNX's `QuantizeLinear`/`DequantizeLinear` form,
/// which every runtime fuses to its own integer kernels.
///
/// Who stands for whom afterwards is data, a [ValueAlignment], not a suffix to split.
@NullMarked
package dev.octet.rewrite;

import org.jspecify.annotations.NullMarked;
