/// Post-training and quantization-aware training on ATen graphs.
///
/// The policy is that of `dev.octet.plan` and the arithmetic that of `dev.octet.numeric` and
/// `dev.octet.stats`; this room only renders them on another kind of graph. Three steps are shared
/// by both ways:
///
/// - a program is *prepared*: channels are equalized and batch normalization is folded, both exact
///   in float;
/// - `QuantizationPoints` says where numbers are put on a grid, and which values share one;
/// - the *converter* writes a program in PyTorch's own form, `quantized_decomposed` pairs around
///   float operators, which Python loads, libtorch runs and the exporter turns into QDQ.
///
/// [dev.octet.libtorch.quantize.Ptq] finds the grids by observing samples;
/// [dev.octet.libtorch.quantize.Qat] starts from those and trains through fake quantization, where
/// the weight that is rounded is the one batch normalization will be folded into.
@NullMarked
package dev.octet.libtorch.quantize;

import org.jspecify.annotations.NullMarked;
