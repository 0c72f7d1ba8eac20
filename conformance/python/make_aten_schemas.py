"""Writes the schema facts octet-torch needs: names, types and defaults of operator arguments.

    python conformance/python/make_aten_schemas.py \
        octet-torch/src/main/resources/dev/octet/torch/export/aten-schemas.tsv

Archives leave out arguments that equal their schema default. One line per argument, in schema order:
operator, argument, type, default (empty for none), and the alias set it belongs to ("a!" is written,
"a" is viewed by a result, empty for neither). Development-time only; its output is committed.
"""

import sys

import torch

try:
    import torch.ao.quantization.fx._decomposed  # registers quantized_decomposed
except ImportError:
    import torchao.quantization.pt2e  # noqa: F401

ATEN = """
_adaptive_avg_pool2d _adaptive_avg_pool3d _assert_async _assert_scalar _assert_tensor_metadata _cdist_forward
_local_scalar_dense _log_softmax _native_batch_norm_legit_no_training _softmax _to_copy _unsafe_view
_unsafe_index _weight_norm _weight_norm_interface __and__ __or__ __xor__ abs acos acosh adaptive_avg_pool1d
adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d add
addbmm addcdiv addcmul addmm alias all alpha_dropout amax amin any arange argmax argmin as_strided asin
asinh atan atan2 atanh avg_pool1d avg_pool2d avg_pool3d baddbmm batch_norm bitwise_and bitwise_not
bitwise_or bitwise_xor bmm cat ceil celu channel_shuffle chunk clamp clamp_max clamp_min clip clone
concat concatenate constant_pad_nd contiguous conv1d conv2d conv3d conv_transpose1d conv_transpose2d
conv_transpose3d convolution copy copy_ cos cosh cumsum detach diagonal div divide dot dropout einsum
elu embedding empty empty_like eq erf exp exp2 expand expand_as expm1 eye fake_quantize_per_channel_affine
fake_quantize_per_channel_affine_cachemask fake_quantize_per_tensor_affine
fake_quantize_per_tensor_affine_cachemask feature_alpha_dropout feature_dropout fill flatten flip floor
floor_divide fmod frac full full_like fused_moving_avg_obs_fake_quant gather ge gelu glu greater
greater_equal group_norm gru gru_cell gt hardshrink hardsigmoid hardswish hardtanh hstack index
index_put index_select instance_norm isfinite isinf isnan layer_norm le leaky_relu lerp less less_equal
lift_fresh_copy linalg_vector_norm linear log log10 log1p log2 log_sigmoid log_softmax logical_and
logical_not logical_or logical_xor logsumexp lstm lstm_cell lt mT masked_fill matmul max max_pool1d
max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices maximum mean min minimum
mish mm movedim moveaxis mul multiply mv narrow native_batch_norm native_dropout native_group_norm
native_layer_norm ne neg negative new_empty new_full new_ones new_zeros nonzero norm not_equal numpy_T
one_hot ones ones_like outer pad permute pixel_shuffle pixel_unshuffle pow prelu prod reciprocal
reflection_pad1d reflection_pad2d reflection_pad3d relu relu6 remainder repeat repeat_interleave
replication_pad1d replication_pad2d replication_pad3d requires_grad reshape reshape_as rms_norm
rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell roll round rrelu rsqrt rsub scalar_tensor
scaled_dot_product_attention scatter scatter_add scatter_reduce select select_copy select_scatter selu
sigmoid sign silu sin sinh slice slice_scatter softmax softplus softshrink softsign split split_with_sizes
sqrt square squeeze squeeze_copy stack std std_mean stft sub subtract sum swapaxes swapdims sym_constrain_range
sym_constrain_range_for_size sym_numel sym_size sym_storage_offset sym_stride t tan tanh tanhshrink tensor_split
threshold tile to topk transpose tril triu true_divide trunc type_as unbind unflatten unfold unsqueeze
unsqueeze_copy unsqueeze_ upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d
upsample_nearest2d upsample_nearest3d upsample_trilinear3d var var_mean view view_as view_copy where
xlogy zero zeros zeros_like
""".split()


def alias(argument):
    info = argument.alias_info
    if info is None:
        return ""
    return "".join(sorted(s.split("::")[-1] for s in info.before_set)) + ("!" if info.is_write else "")


def default(argument):
    if not argument.has_default_value():
        return ""
    value = argument.default_value
    if value is None:
        return "None"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(str(v) for v in value) + "]"
    return str(value)


def wanted(namespace, name, overload):
    if namespace == "quantized_decomposed":
        return True
    if namespace != "aten" or "out" in overload.split("_") or overload.endswith("dimname"):
        return False
    return name in ATEN or (name.endswith("_") and not name.endswith("__") and name[:-1] in ATEN)


def main(path):
    rows = []
    for schema in torch._C._jit_get_all_schemas():
        namespace, name = schema.name.split("::")
        if any(a.is_out for a in schema.arguments) or not wanted(namespace, name, schema.overload_name):
            continue
        op = f"{namespace}.{name}.{schema.overload_name or 'default'}"
        for position, argument in enumerate(schema.arguments):
            kind = str(argument.real_type) if hasattr(argument, "real_type") else str(argument.type)
            if "Dimname" in kind:
                break
            rows.append((op, position, argument.name, kind, default(argument), alias(argument)))
    rows.sort(key=lambda row: (row[0], row[1]))
    seen = set()
    with open(path, "w") as out:
        out.write(f"# torch {torch.__version__}: operator, argument, type, default, alias\n")
        for op, position, *columns in rows:
            if (op, position) not in seen:
                seen.add((op, position))
                out.write("\t".join([op, *columns]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
