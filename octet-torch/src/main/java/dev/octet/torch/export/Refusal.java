package dev.octet.torch.export;

import dev.octet.torch.graph.AtenOp;

/// Why an operator has no translation.
///
/// @param reason what stands in the way
/// @param hint what the user can do
record Refusal(String reason, String hint) {

  /// The refusal of an operator that no translator covers.
  static Refusal of(AtenOp op) {
    if (op.name().endsWith("_backward")) {
      return new Refusal(
          "it belongs to training, and a model for inference has no gradients",
          "export model.eval() under torch.no_grad()");
    }
    if (op.name().equals("resize_") || op.name().equals("resize")) {
      return new Refusal(
          "it changes the size of a tensor's memory", "use reshape, or take a part of the tensor");
    }
    if (op.name().equals("sym_is_contiguous")) {
      return new Refusal(
          "it asks how memory is laid out, which a model says nothing about",
          "call contiguous() without asking");
    }
    if (op.isInPlace()) {
      return new Refusal(
          "it writes a tensor that is read through another view afterwards",
          "export with run_decompositions({}), or write to a copy");
    }
    if (op.namespace().equals("quantized")) {
      return new Refusal(
          "there is no translation for this operator",
          "quantize the exported program (PT2E) rather than the modules, whose weights are packed");
    }
    if (!op.namespace().equals("aten")) {
      return new Refusal(
          "there is no translation for operators of " + op.namespace(),
          "write this part of the model with PyTorch's own operators");
    }
    return new Refusal(
        "there is no translation for this operator",
        "export with run_decompositions({}), or rewrite this part of the model");
  }
}
