package dev.octet.conformance;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The cases in which we differ from the peer because it is wrong, each group with its reason. The
/// suite fails when one of them comes out equal after all.
///
/// @param cases matches the whole name of a case
/// @param reason one sentence, for `docs/parity.md`
record OnPurpose(Pattern cases, String reason) {
  private static final List<OnPurpose> ALL =
      List.of(
          of(
              "(qdq|qoperator)_conv_unnamed_.*",
              "A bias shared by two nodes gets two sets of codes. The peer rewires "
                  + "the copy by the reader's name in QDQ form, so that nodes without one "
                  + "all read the last copy, and makes none in QOperator form; either way a "
                  + "reader gets a scale that is not its own."),
          of(
              "qoperator_conv_shared_weight_.*",
              "A bias shared by two integer operators gets two sets of codes, for "
                  + "their scales differ. The peer makes one."),
          of(
              "(qdq|qoperator)_conv_constant_node_.*",
              "A weight that a Constant node holds is stored as codes like any other. "
                  + "The peer takes it for an activation and keeps it in float."),
          of(
              "(qdq|qoperator)_gemm_beta_.*",
              "Gemm's beta is folded into the bias. The peer multiplies the bias's "
                  + "scale by it, which changes nothing, and then drops it: the bias comes "
                  + "out 1/beta times too large."),
          of(
              "qoperator_gemm_alpha_.*",
              "QGemm multiplies alpha into the bias as well, which the peer forgets; "
                  + "a Gemm with another alpha stays in float."),
          of(
              "(qdq|qoperator)_gemm_(matrix|scalar)_bias_u8s8_channel",
              "A bias of one number or one row is spread over the channels. The peer " + "fails."),
          of(
              "qoperator_where(_alone_u8u8|(_constant)?_after_u8s8_channel)",
              "A Where reads its operands in float again. The peer leaves it without "
                  + "operands and fails."),
          of(
              "qoperator_(fan_out|relu_chain)_.*",
              "A rectifier goes away only where the codes of its result do its work. "
                  + "The peer drops it also when others read its input, and the second of "
                  + "two in a row, and nothing does their work."),
          of(
              "(qdq|qoperator)_network_range_symmetric|qdq_network_override_scale"
                  + "|qdq_relu_chain_s8s8|qdq_mat_mul_19_f8(_channel)?",
              "A rectifier stays where the codes of its result do not begin at 0. The peer "
                  + "removes it, and nothing does its work."),
          of(
              "qdq_network_no_output_many",
              "A rectifier stays where its result is to stay in float. The peer "
                  + "removes it, and nothing does its work."),
          of(
              "(qdq|qoperator)_conv_tiny_(no_adjust|u8u8)",
              "A bias that does not fit into 32 bits is never clipped: it is refused, "
                  + "or its node stays in float. The peer clips it and goes on."),
          of(
              "qdq_network_smooth",
              "SmoothQuant is refused. The peer hands it to another package, "
                  + "neural-compressor, and fails without it; octet quantize equalizes channels "
                  + "of its own accord where that helps."),
          of(
              "qdq_conv_shared_weight_float_bias",
              "A bias that stays in float needs no copy for its second reader."),
          of(
              "qdq_mul_self_after_dedicated",
              "A node that reads a value twice reads one pair of quantizing nodes "
                  + "twice. The peer adds a second pair that nobody reads."),
          of(
              "qdq_fan_out_override_convert_dedicated",
              "Conversions and pairs for each reader do not go together; both refuse."),
          of(
              "qdq_network_21_f16_.*",
              "The scale of a float16 softmax is float16 too. The peer writes a "
                  + "float32 scale next to float16 data."),
          of(
              "qdq_conv_21_f16_s16",
              "A float16 bias scale below 2^-14 is rounded up, so that no bias can "
                  + "fall out of 32 bits through it."),
          of(
              "qoperator_mat_mul_f16_u8s8",
              "Integer operators compute from and to float32; float16 products stay "
                  + "as they are. ONNX Runtime opens no file that the peer makes of them."),
          of(
              "dynamic_mat_mul_f16_s8",
              "DynamicQuantizeLinear takes float32 only, so a float16 value is cast "
                  + "for it. ONNX Runtime opens no file that the peer makes of them."),
          of(
              "qdq_(gemm|conv)_21_u8s8_block4",
              "A bias stays in float where no product of two scales fits it, and "
                  + "weights of any rank can be in blocks. The peer fails."),
          of(
              "qdq_network_19_f8",
              "A softmax can be stored as float8. The peer forgets its deviation and " + "fails."),
          of(
              "qdq_conv_19_f8.*",
              "A bias of float8 weights stays what it is. The peer stores it as "
                  + "float32 behind a Cast to float32."),
          of(
              "qoperator_(mat_mul|conv)_19_f8",
              "Integer operators take 8-bit integers; float8 is refused with the fix. "
                  + "Of the peer's two files one cannot be made and ONNX Runtime opens none "
                  + "on a CPU."),
          of(
              "qoperator_odd_mat_mul_(u8s4|u16s8)",
              "Integer operators take 8-bit integers; other types are refused before "
                  + "any work, with the fix. The peer fails after calibrating."),
          of(
              "qdq_network_21_s8u8.*",
              "The peer refuses INT8 activations with UINT8 weights. A plan in QDQ "
                  + "form computes the right numbers, if without an integer kernel."),
          of(
              "(qoperator|dynamic)_mat_mul_3d_u8(s8)?_channel",
              "A stack of matrices has one scale: per column, the kernels want a "
                  + "scale for each matrix of the stack."),
          of(
              "dynamic_conv_weight_input_.*",
              "A convolution whose weight is computed stays in float. The peer fails."),
          of(
              "dynamic_network_conv_only",
              "A Gemm that is not to be quantized stays whole. The peer splits every "
                  + "Gemm into MatMul and Add."),
          of(
              "qoperator_branch_subgraph",
              "Nodes inside a body are left in float in QOperator form. The peer " + "fails."),
          of(
              "whole_dynamic_cifar_imageclassifier_s8",
              "Below opset 11 the range of the moment is widened to hold 0 and its "
                  + "zero point rounded, as DynamicQuantizeLinear does it since. The peer's "
                  + "chain of operators does neither."),
          of(
              "qdq_(conv|gemm|mat_mul|network|tiny)_f16_.*",
              "Quantizing nodes take float16 since opset 19. Below it ONNX Runtime's "
                  + "own are written, which always did, and a scale below 2^-14 keeps its "
                  + "size. The peer writes ONNX's, and nothing opens its file."));

  static Optional<OnPurpose> of(ParityCase parityCase) {
    return ALL.stream()
        .filter(difference -> difference.cases.matcher(parityCase.name()).matches())
        .findFirst();
  }

  private static OnPurpose of(String cases, String reason) {
    return new OnPurpose(Pattern.compile(cases), reason);
  }
}
