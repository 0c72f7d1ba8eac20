package dev.octet.torch.export;

import dev.octet.torch.graph.AtenOp;
import java.util.Map;
import java.util.Optional;

/// Operators that are another one under a second name: forms that promise a copy, older names, and
/// shorthands whose arguments are the other's or its defaults.
final class Synonyms {
  private static final String COPY = "_copy";

  private static final Map<String, AtenOp> SAME =
      Map.ofEntries(
          Map.entry("argwhere", AtenOp.aten("nonzero", "default")),
          Map.entry("broadcast_to", AtenOp.aten("expand", "default")),
          Map.entry("ravel", AtenOp.aten("flatten", "using_ints")),
          Map.entry("unsafe_chunk", AtenOp.aten("chunk", "default")),
          Map.entry("unsafe_split", AtenOp.aten("split", "Tensor")),
          Map.entry("unsafe_split_with_sizes", AtenOp.aten("split_with_sizes", "default")),
          Map.entry("swapaxes", AtenOp.aten("transpose", "int")),
          Map.entry("swapdims", AtenOp.aten("transpose", "int")),
          Map.entry("special_expit", AtenOp.aten("sigmoid", "default")),
          Map.entry("special_erf", AtenOp.aten("erf", "default")),
          Map.entry("special_erfc", AtenOp.aten("erfc", "default")),
          Map.entry("special_exp2", AtenOp.aten("exp2", "default")),
          Map.entry("special_expm1", AtenOp.aten("expm1", "default")),
          Map.entry("special_log1p", AtenOp.aten("log1p", "default")),
          Map.entry("special_logit", AtenOp.aten("logit", "default")),
          Map.entry("special_round", AtenOp.aten("round", "default")),
          Map.entry("special_sinc", AtenOp.aten("sinc", "default")),
          Map.entry("absolute", AtenOp.aten("abs", "default")),
          Map.entry("arccos", AtenOp.aten("acos", "default")),
          Map.entry("arcsin", AtenOp.aten("asin", "default")),
          Map.entry("arctan", AtenOp.aten("atan", "default")),
          Map.entry("arctan2", AtenOp.aten("atan2", "default")),
          Map.entry("concat", AtenOp.aten("cat", "default")),
          Map.entry("concatenate", AtenOp.aten("cat", "default")),
          Map.entry("mH", AtenOp.aten("mT", "default")),
          Map.entry("adjoint", AtenOp.aten("mT", "default")),
          Map.entry("matrix_H", AtenOp.aten("numpy_T", "default")),
          Map.entry("fix", AtenOp.aten("trunc", "default")));

  private Synonyms() {}

  /// The operator that `op` is another name of.
  static Optional<AtenOp> of(AtenOp op) {
    if (!op.namespace().equals("aten")) {
      return Optional.empty();
    }
    if (op.name().endsWith(COPY)) {
      String viewing = op.name().substring(0, op.name().length() - COPY.length());
      return Optional.of(AtenOp.aten(viewing, op.overload()));
    }
    return Optional.ofNullable(SAME.get(op.name()));
  }
}
