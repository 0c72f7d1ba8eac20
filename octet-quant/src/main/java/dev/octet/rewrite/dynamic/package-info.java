/// From a plan whose activations are quantized while the model runs to a model that does so.
///
/// [DynamicRendering] goes through the plan in order; the families of operators are one
/// hand-written list, [StandardDynamicForms]. Products become `MatMulInteger` or `ConvInteger` on
/// codes, brought back to floats by the product of both scales: the shape of graph that ONNX
/// Runtime fuses into one kernel. What computes in 16-bit floats is converted on the way in and
/// out, because nothing quantizes those.
@NullMarked
package dev.octet.rewrite.dynamic;

import org.jspecify.annotations.NullMarked;
