package dev.octet.torch.export;

import java.util.Set;

/// Calls that change nothing an exported model shows: copies, layout wishes, autograd marks, and
/// dropout outside training.
final class IdentityTranslator implements AtenTranslator {
  private static final Set<String> DROPOUTS =
      Set.of("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout");

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.contiguous",
        "aten.clone",
        "aten.detach",
        "aten.alias",
        "aten.lift_fresh_copy",
        "aten.requires_grad",
        "aten.dropout",
        "aten.native_dropout",
        "aten.feature_dropout",
        "aten.alpha_dropout",
        "aten.feature_alpha_dropout");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if ((DROPOUTS.contains(call.op()) || call.op().equals("native_dropout"))
        && call.given("train")
        && call.flag("train")) {
      return Translation.unsupported(
          "dropout in training mode", "call model.eval() before exporting");
    }
    boolean input = DROPOUTS.contains(call.op()) || call.op().equals("native_dropout");
    return Translation.of(call.tensor(input ? "input" : "self"));
  }
}
