/// Quantized types and their arithmetic. Never imports the graph.
///
/// A grid is a scale and a zero point: `real = (code - zeroPoint) * scale`. Its life has three
/// steps, each a type of its own:
///
/// 1. **Choose.** A [dev.octet.numeric.GridRule] turns a range of real values into a
///    [dev.octet.numeric.ScaleChoice]; [dev.octet.numeric.TensorQuantizer] does so for every part
///    of a tensor that a [dev.octet.numeric.Granularity] names and keeps the outcome as
///    [dev.octet.numeric.QuantParams]; [dev.octet.numeric.BiasQuantizer] derives a bias's scale.
/// 2. **Apply.** [dev.octet.numeric.AffineKernels] put values on a grid and back.
///    [dev.octet.numeric.Nibbles] packs 4-bit codes, [dev.octet.numeric.Float8] knows the codes
///    that are numbers themselves.
/// 3. **Judge.** [dev.octet.numeric.ErrorStatistics], [dev.octet.numeric.AllClose] and
///    [dev.octet.numeric.TopOne] measure what that cost.
///
/// Scales are stored in the type of the real values they belong to, a
/// [dev.octet.numeric.RealType]; in float16 that takes care where scales get tiny
/// ([dev.octet.numeric.TinyScales]).
///
/// The arithmetic follows ONNX Runtime's Python quantizer (1.30.0) bit for bit: where it computes
/// in float32 and where in float64 matters as much as the formula. Goldens made with it hold us to
/// that. The kernels also agree with ONNX Runtime's own `QuantizeLinear` and `DequantizeLinear`.
@NullMarked
package dev.octet.numeric;

import org.jspecify.annotations.NullMarked;
