/// From an ATen graph to an ONNX model.
///
/// [dev.octet.torch.export.TorchExporter] first makes the graph functional (in-place operators
/// become plain ones, what only mutates state is dropped), then hands each call to the translator
/// of its operator family, which adds ONNX nodes through one builder, then drops what nothing reads
/// and runs a clean-up pipeline. Translators are small classes found by operator name in one
/// hand-written list, `StandardTranslators`; a new operator is one class, its line there, its test.
///
/// Sizes are kept symbolic: a size the program computes from its inputs becomes `Shape` arithmetic
/// unless a `0` or `-1` of `Reshape` says the same, and a size tracing happened to see is used only
/// where the program itself fixed it. Arguments an archive leaves out, since they equal their
/// schema default, come from a table of facts made from PyTorch's own registry.
///
/// Opsets 17 to 23 are written directly, not converted: a translator asks for the opset where a
/// later
/// one has a single node for what an earlier one needs several for. `OlderForms` keeps the few
/// differences of form (axes as attribute or input) out of them.
///
/// Quantization of every library is read into one form, `Quantization` (scale, zero point, grid,
/// granularity), and written by it: integer initializers where all is constant,
/// `QuantizeLinear` and `DequantizeLinear` elsewhere. Moving signed activations to unsigned ones is
/// a rule of the clean-up.
///
/// What cannot be translated is collected, so that one failure names every such operator with its
/// place in the module tree and the line of user code.
@NullMarked
package dev.octet.torch.export;

import org.jspecify.annotations.NullMarked;
