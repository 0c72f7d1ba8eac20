/// Post-training and quantization-aware training on ATen graphs.
///
/// The policy is that of `dev.octet.plan` and the arithmetic that of `dev.octet.numeric` and
/// `dev.octet.stats`; this room only renders them on another kind of graph, and has no list of
/// operators to quantize. Both ways share these steps:
///
/// - a program is *prepared*: made functional, attention opened into its products, channels
///   equalized and batch normalization folded, all exact in float;
/// - `ProgramExport` puts it beside its ONNX model, `ProgramPlanner` plans that and brings the plan
///   over: `QuantizationPoints` are values, readers and constants of the program;
/// - the *converter* writes a program in PyTorch's own form, `quantized_decomposed` pairs around
///   float operators, which Python loads, libtorch runs and the exporter turns into QDQ.
///
/// [dev.octet.libtorch.quantize.Ptq] finds the grids by observing samples;
/// [dev.octet.libtorch.quantize.Qat] starts from those and trains through fake quantization, where
/// the weight that is rounded is the one batch normalization will be folded into. A `Rounding` says
/// where step sizes come from meanwhile: from what is observed, or from training itself.
@NullMarked
package dev.octet.libtorch.quantize;

import org.jspecify.annotations.NullMarked;
