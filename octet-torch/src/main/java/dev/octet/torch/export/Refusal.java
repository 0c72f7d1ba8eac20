package dev.octet.torch.export;

import dev.octet.torch.graph.AtenOp;
import java.util.Map;

/// Why an operator has no translation.
///
/// @param reason what stands in the way
/// @param hint what the user can do
record Refusal(String reason, String hint) {

  private static final Refusal BY_SINGULAR_VALUES =
      new Refusal(
          "ONNX has no operator for singular values and eigenvalues",
          "compute it before exporting and register the result as a buffer; torch.linalg.solve,"
              + " inv, qr and cholesky are translated");
  private static final Refusal BY_PIVOTS =
      new Refusal(
          "its pivots are LAPACK's own",
          "use torch.linalg.solve, inv, det or slogdet, which are translated");
  private static final Refusal OF_BITS =
      new Refusal(
          "it looks at the bits of a number, which ONNX has no operator for",
          "compute it outside of the model");
  private static final Refusal WITHOUT_SERIES =
      new Refusal(
          "ONNX has no operator for this function",
          "lgamma, digamma, erf, erfinv, i0 and i1 are translated; compute others outside of the"
              + " model");

  private static final Map<String, Refusal> KNOWN =
      Map.ofEntries(
          Map.entry("linalg_svd", BY_SINGULAR_VALUES),
          Map.entry("linalg_svdvals", BY_SINGULAR_VALUES),
          Map.entry("svd", BY_SINGULAR_VALUES),
          Map.entry("_linalg_svd", BY_SINGULAR_VALUES),
          Map.entry("linalg_eigh", BY_SINGULAR_VALUES),
          Map.entry("_linalg_eigh", BY_SINGULAR_VALUES),
          Map.entry("linalg_eigvalsh", BY_SINGULAR_VALUES),
          Map.entry("linalg_eig", BY_SINGULAR_VALUES),
          Map.entry("linalg_eigvals", BY_SINGULAR_VALUES),
          Map.entry("linalg_cond", BY_SINGULAR_VALUES),
          Map.entry("linalg_matrix_rank", BY_SINGULAR_VALUES),
          Map.entry(
              "linalg_pinv",
              new Refusal(
                  BY_SINGULAR_VALUES.reason(),
                  "where the columns are independent, torch.linalg.solve(A.mT @ A, A.mT) is the"
                      + " same")),
          Map.entry(
              "linalg_lstsq",
              new Refusal(
                  "ONNX has no operator for least squares",
                  "where the columns are independent, torch.linalg.solve(A.mT @ A, A.mT @ B) is the"
                      + " same")),
          Map.entry("linalg_lu", BY_PIVOTS),
          Map.entry("linalg_lu_factor", BY_PIVOTS),
          Map.entry("linalg_lu_factor_ex", BY_PIVOTS),
          Map.entry("linalg_lu_solve", BY_PIVOTS),
          Map.entry("lu_solve", BY_PIVOTS),
          Map.entry("lu_unpack", BY_PIVOTS),
          Map.entry("linalg_ldl_factor", BY_PIVOTS),
          Map.entry("linalg_ldl_solve", BY_PIVOTS),
          Map.entry(
              "geqrf",
              new Refusal(
                  "its result is LAPACK's own", "use torch.linalg.qr, which is translated")),
          Map.entry("frexp", OF_BITS),
          Map.entry("nextafter", OF_BITS),
          Map.entry("polygamma", WITHOUT_SERIES),
          Map.entry("special_polygamma", WITHOUT_SERIES),
          Map.entry("special_zeta", WITHOUT_SERIES),
          Map.entry("igamma", WITHOUT_SERIES),
          Map.entry("igammac", WITHOUT_SERIES),
          Map.entry("special_bessel_j0", WITHOUT_SERIES),
          Map.entry("special_bessel_j1", WITHOUT_SERIES),
          Map.entry("special_erfcx", WITHOUT_SERIES),
          Map.entry(
              "special_log_ndtr",
              new Refusal(
                  "ONNX has no operator for this function", "torch.log(torch.special.ndtr(x))")),
          Map.entry(
              "fractional_max_pool2d",
              new Refusal("its windows are random", "use adaptive_max_pool2d")),
          Map.entry(
              "fractional_max_pool3d",
              new Refusal("its windows are random", "use adaptive_max_pool3d")),
          Map.entry(
              "embedding_renorm",
              new Refusal(
                  "it changes the embedding's weights while the model runs",
                  "shorten the vectors once (torch.renorm) and export an embedding without"
                      + " max_norm")),
          Map.entry(
              "histogramdd",
              new Refusal(
                  "it counts in several dimensions at once", "use torch.histogram for each")),
          Map.entry(
              "segment_reduce",
              new Refusal(
                  "there is no translation for this operator",
                  "use index_add or scatter_reduce with the segments' numbers")),
          Map.entry(
              "conv_tbc",
              new Refusal(
                  "there is no translation for this operator",
                  "use conv1d on x.permute(1, 2, 0)")));

  /// The refusal of an operator that no translator covers.
  ///
  /// @param complex whether it reads or returns complex numbers
  static Refusal of(AtenOp op, boolean complex) {
    Refusal known = KNOWN.get(op.name());
    if (known != null && op.namespace().equals("aten")) {
      return known;
    }
    if (op.name().contains("_loss")) {
      return new Refusal(
          "there is no translation for this loss",
          "export a forward that takes no targets; losses by class, of likelihood, distance and"
              + " margin are translated");
    }
    if (op.name().endsWith("_backward") || op.name().endsWith("_backward_data")) {
      return new Refusal(
          "there is no translation for this gradient",
          "export model.eval() under torch.no_grad(), or with run_decompositions(), which takes"
              + " many gradients apart");
    }
    if (op.name().equals("resize_")) {
      return new Refusal(
          "it changes the sizes of memory that is read through another view afterwards",
          "use reshape, or take a part of the tensor");
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
        complex
            ? "there is no translation for complex numbers"
            : "there is no translation for this operator",
        "export with run_decompositions(), which may take it apart, or rewrite this part of the"
            + " model");
  }
}
