/// How far two models agree on every value inside them, layer by layer.
///
/// [dev.octet.align.layers.ValuePairs] says which value of one model denotes the same as which of
/// the other; values that are fused, folded or laid out otherwise have no counterpart and are
/// counted. For two ONNX models they come from here ([dev.octet.align.layers.OnnxPairs]); for a
/// PyTorch program and its ONNX model from whoever knows programs.
///
/// [dev.octet.align.layers.LayerAligner] observes a few pairs at a time on both sides and compares
/// them as they come, so that what is held does not grow with the model. Numbers are compared as
/// everywhere in [dev.octet.align]; floats of one type also by the numbers of that type between
/// them, and what stands on a quantization grid by the steps of that grid, those that come from
/// rounding ties told apart.
@NullMarked
package dev.octet.align.layers;

import org.jspecify.annotations.NullMarked;
