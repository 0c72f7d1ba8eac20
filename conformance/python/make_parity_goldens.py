#!/usr/bin/env python3
"""Makes the goldens of the parity suite: what onnxruntime.quantization makes of small models, with every option that matters.

    python3 make_parity_goldens.py ../src/test/resources/dev/octet/conformance/parity.zip [SHARED_MODELS_FOLDER]

One zip holds it all, so that the suite needs no Python:
    cases.json           a list of {name, theme, model, mode, arguments, error?}; `arguments` are the peer's own, by their own names
    float/MODEL.onnx     the float models, a few nodes each, seeded
    ranges/CASE.json     the peer's calibrated ranges: tensor -> [lowest, highest] or [lowest, highest, average, deviation]
    peer/CASE.onnx       the peer's result; missing where the peer fails, `error` then says how
Cases named `whole_*` quantize trained models that are not ours to ship. Of their results the zip keeps the graph; an initializer of more than
64 bytes is replaced by an empty one, and `whole/CASE.json` holds its {name: [type, dims, sha256]}.
"""

import hashlib
import io
import json
import logging
import pathlib
import sys
import tempfile
import zipfile

import numpy as np
import onnx
import onnxruntime.quantization as q
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization.calibrate import TensorsData

logging.disable(logging.WARNING)
FLOAT, HALF, INT64, INT32, BOOL = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL
TYPES = {"u8": "QUInt8", "s8": "QInt8", "u16": "QUInt16", "s16": "QInt16", "u4": "QUInt4", "s4": "QInt4", "f8": "QFLOAT8E4M3FN"}


class Builder:
    """A model with one output a node, which bears the node's name."""

    def __init__(self, seed, dtype=np.float32, opset=13, microsoft=False):
        self.random, self.dtype = np.random.default_rng(seed), np.dtype(dtype)
        self.nodes, self.initializers, self.infos, self.inputs = [], [], [], []
        self.opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid("com.microsoft", 1)] if microsoft else [])
        self.elem = HALF if self.dtype == np.float16 else FLOAT

    def input(self, name, *dims, elem=None):
        self.inputs.append(helper.make_tensor_value_info(name, elem or self.elem, dims))
        return name

    def weight(self, name, *dims, scale=1.0, shift=0.0):
        return self.constant(name, self.random.normal(loc=shift, scale=scale, size=dims).astype(self.dtype))

    def constant(self, name, data, as_node=False):
        tensor = numpy_helper.from_array(np.asarray(data), name)
        if as_node:
            self.nodes.append(helper.make_node("Constant", [], [name], name=name + "_constant", value=tensor))
        else:
            self.initializers.append(tensor)
        return name

    def ints(self, name, values):
        return self.constant(name, np.array(values, np.int64))

    def node(self, op, inputs, name, outputs=None, unnamed=False, **attributes):
        self.nodes.append(helper.make_node(op, inputs, outputs or [name], name="" if unnamed else "n_" + name, **attributes))
        return name

    def conv(self, x, name, channels_in=3, channels_out=4, kernel=3, bias=True, rank=2, **attributes):
        inputs = [x, self.weight(name + "_w", channels_out, channels_in, *[kernel] * rank, scale=0.3)]
        if bias:
            inputs.append(self.weight(name + "_b", channels_out))
        return self.node("Conv", inputs, name, **attributes)

    def model(self, *outputs):
        values = [
            helper.make_tensor_value_info(*o) if isinstance(o, tuple) else helper.make_tensor_value_info(o, self.elem, None) for o in outputs
        ]
        graph = helper.make_graph(self.nodes, "g", self.inputs, values, self.initializers, value_info=self.infos)
        model = helper.make_model(graph, opset_imports=self.opsets, ir_version=10)
        inferred = onnx.shape_inference.infer_shapes(model)
        known = {v.name: v for v in inferred.graph.output}
        for value in model.graph.output:
            value.CopyFrom(known[value.name])
        onnx.checker.check_model(model)
        return model


MODELS = {}


def model(*names):
    """Registers a builder function under each name; the function gets the name."""

    def register(function):
        MODELS.update(dict.fromkeys(names, function))
        return function

    return register


# ---------------------------------------------------------------------------------------------------------------------------------------
# One operator at a time. `X` stands for what it reads: the graph input in `X_alone`, the result of a convolution in `X_after`. The result of
# the operator goes to a convolution or is the graph's output.

def relu_like(op, **attributes):
    return lambda b, x: b.node(op, [x], "t", **attributes)


def clip(b, x, low=0.0, high=6.0):
    return b.node("Clip", [x, b.constant("low", b.dtype.type(low)), b.constant("high", b.dtype.type(high))], "t")


def resize(b, x):
    return b.node("Resize", [x, "", b.constant("scales", np.array([1, 1, 2, 2], np.float32))], "t", mode="nearest")


def resize_linear(b, x):
    return b.node("Resize", [x, "", b.constant("scales", np.array([1, 1, 1.5, 1.5], np.float32))], "t", mode="linear")


def pad(mode, value=None):
    def build(b, x):
        inputs = [x, b.ints("pads", [0, 0, 1, 1, 0, 0, 1, 1])]
        if value is not None:
            inputs.append(b.constant("fill", b.dtype.type(value)))
        return b.node("Pad", inputs, "t", mode=mode)

    return build


def split(b, x):
    return b.node("Split", [x], "t", outputs=["t", "t_rest"], axis=1)


def concat(b, x):
    return b.node("Concat", [x, b.conv(x, "branch", 4, 2, 1)], "t", axis=1)


def concat_constant(b, x):
    return b.node("Concat", [x, b.weight("tail", 1, 2, 6, 6)], "t", axis=1)


def where(b, x):
    condition = b.constant("mask", b.random.random((1, 1, 6, 6)) > 0.5)
    return b.node("Where", [condition, x, b.conv(x, "other", 4, 4, 1)], "t")


def where_constant(b, x):
    condition = b.constant("mask", b.random.random((1, 1, 6, 6)) > 0.5)
    return b.node("Where", [condition, x, b.constant("otherwise", b.dtype.type(-1.5))], "t")


def gather(b, x):
    return b.node("Gather", [x, b.ints("picks", [2, 0])], "t", axis=2)


def gather_elements(b, x):
    return b.node("GatherElements", [x, b.constant("picks", b.random.integers(0, 4, (1, 4, 6, 6)))], "t", axis=1)


def slicing(b, x):
    return b.node("Slice", [x, b.ints("starts", [1]), b.ints("ends", [5]), b.ints("axes", [2])], "t")


def top_k(b, x):
    return b.node("TopK", [x, b.ints("k", [2])], "t", outputs=["t", "t_index"], axis=1)


def normalization(op):
    def build(b, x):
        return b.node(op, [x, b.weight("gain", 4, shift=1, scale=0.2), b.weight("offset", 4)], "t", epsilon=1e-3)

    return build


def batch_normalization(b, x):
    b.weight("gain", 4, shift=1, scale=0.2), b.weight("offset", 4), b.weight("mean", 4)
    b.constant("variance", b.random.random(4).astype(b.dtype) + b.dtype.type(0.5))
    return b.node("BatchNormalization", [x, "gain", "offset", "mean", "variance"], "t")


def layer_normalization(b, x):
    return b.node("LayerNormalization", [x, b.weight("gain", 6, shift=1), b.weight("offset", 6)], "t", axis=-1)


OPERATORS = {  # name -> (build, what reads the result, least opset)
    "add": (lambda b, x: b.node("Add", [x, b.conv(x, "other", 4, 4, 1)], "t"), "conv", 13),
    "add_constant": (lambda b, x: b.node("Add", [x, b.weight("k", 4, 1, 1)], "t"), "conv", 13),
    "mul": (lambda b, x: b.node("Mul", [x, b.conv(x, "other", 4, 4, 1)], "t"), "conv", 13),
    "mul_constant": (lambda b, x: b.node("Mul", [b.weight("k", 4, 1, 1), x], "t"), "conv", 13),
    "mul_self": (lambda b, x: b.node("Mul", [x, x], "t"), "conv", 13),
    "relu": (relu_like("Relu"), "conv", 13),
    "clip": (clip, "conv", 13),
    "clip_wide": (lambda b, x: clip(b, x, -1.0, 1.0), "conv", 13),
    "leaky_relu": (relu_like("LeakyRelu", alpha=0.1), "conv", 13),
    "sigmoid": (relu_like("Sigmoid"), "conv", 13),
    "tanh": (relu_like("Tanh"), "conv", 13),
    "max_pool": (relu_like("MaxPool", kernel_shape=[2, 2], strides=[1, 1]), "conv", 13),
    "average_pool": (relu_like("AveragePool", kernel_shape=[2, 2], strides=[1, 1], count_include_pad=1, pads=[1, 1, 0, 0]), "conv", 13),
    "global_average_pool": (relu_like("GlobalAveragePool"), "conv1", 13),
    "reshape": (lambda b, x: b.node("Reshape", [x, b.ints("shape", [1, 4, 36, 1])], "t"), "conv1", 13),
    "flatten": (relu_like("Flatten"), "gemm", 13),
    "squeeze": (lambda b, x: b.node("Squeeze", [x, b.ints("axes", [0])], "t"), "none", 13),
    "unsqueeze": (lambda b, x: b.node("Unsqueeze", [x, b.ints("axes", [0])], "t"), "none", 13),
    "transpose": (relu_like("Transpose", perm=[0, 1, 3, 2]), "conv", 13),
    "resize": (resize, "conv", 13),
    "resize_linear": (resize_linear, "conv", 13),
    "slice": (slicing, "conv", 13),
    "top_k": (top_k, "none", 13),
    "arg_max": (relu_like("ArgMax", axis=1), "none", 13),
    "split": (split, "none", 13),
    "pad": (pad("constant"), "conv", 13),
    "pad_value": (pad("constant", 0.7), "conv", 13),
    "pad_zero": (pad("constant", 0.0), "conv", 13),
    "pad_reflect": (pad("reflect"), "conv", 13),
    "concat": (concat, "conv6", 13),
    "concat_constant": (concat_constant, "conv6", 13),
    "softmax": (relu_like("Softmax", axis=1), "conv", 13),
    "where": (where, "conv", 13),
    "where_constant": (where_constant, "conv", 13),
    "gather": (gather, "conv1", 13),
    "gather_elements": (gather_elements, "conv", 13),
    "instance_normalization": (normalization("InstanceNormalization"), "conv", 13),
    "batch_normalization": (batch_normalization, "conv", 13),
    "layer_normalization": (layer_normalization, "conv", 17),
    "cum_sum": (lambda b, x: b.node("CumSum", [x, b.constant("axis", np.int64(1))], "t"), "conv", 14),
    "erf": (relu_like("Erf"), "conv", 13),
}


def operator_model(name):
    operator, place = name.rsplit("_", 1)
    build, reader, opset = OPERATORS[operator]
    b = Builder(sum(map(ord, name)), opset=opset)
    if place == "alone":
        x = b.input("x", 1, 4, 6, 6)
    else:
        x = b.conv(b.input("x", 1, 3, 8, 8), "first")
    t = build(b, x)
    outputs = [t]
    if operator in ("top_k", "split"):
        outputs = [t, b.nodes[-1].output[1]]
    if operator == "arg_max":
        return b.model((t, INT64, None))
    if operator == "top_k":
        return b.model(t, (outputs[1], INT64, None))
    if place == "after" and reader.startswith("conv"):
        outputs = [b.conv(t, "last", 6 if reader == "conv6" else 4, 2, 1)]
    elif place == "after" and reader == "gemm":
        outputs = [b.node("Gemm", [t, b.weight("last_w", 144, 3, scale=0.2), b.weight("last_b", 3)], "last")]
    return b.model(*outputs)


for operator_name in OPERATORS:
    MODELS[operator_name + "_after"] = MODELS[operator_name + "_alone"] = operator_model


# ---------------------------------------------------------------------------------------------------------------------------------------
# Products

@model("conv", "conv_f16", "conv_21", "conv_21_f16", "conv_19")
def conv(name):
    b = Builder(3, np.float16 if name.endswith("f16") else np.float32, 21 if "21" in name else 19 if "19" in name else 13)
    h = b.conv(b.input("x", 1, 3, 8, 8), "first", pads=[1] * 4)
    h = b.node("Relu", [h], "r")
    return b.model(b.conv(h, "last", 4, 2, 3, bias=False))


@model("conv_bare", "conv_unnamed", "conv_1d", "conv_shared_weight", "conv_weight_input", "conv_constant_node", "conv_depthwise", "conv_tiny")
def conv_variants(name):
    b = Builder(5)
    if name == "conv_1d":
        return b.model(b.conv(b.input("x", 1, 3, 9), "y", rank=1, strides=[2]))
    x = b.input("x", 1, 3, 8, 8)
    if name == "conv_bare":
        return b.model(b.conv(x, "y", bias=False))
    if name == "conv_depthwise":
        return b.model(b.node("Conv", [x, b.weight("w", 3, 1, 3, 3), b.weight("b", 3)], "y", group=3))
    if name == "conv_tiny":
        return b.model(b.node("Conv", [x, b.weight("w", 4, 3, 3, 3, scale=1e-9), b.weight("b", 4, scale=20)], "y"))
    if name == "conv_unnamed":
        h = b.node("Conv", [x, b.weight("w", 3, 3, 3, 3), b.weight("b", 3)], "h", unnamed=True)
        return b.model(b.node("Conv", [h, b.weight("w2", 3, 3, 3, 3), "b"], "y", unnamed=True))
    if name == "conv_shared_weight":
        h = b.node("Conv", [x, b.weight("w", 3, 3, 3, 3), b.weight("b", 3)], "h")
        return b.model(b.node("Conv", [h, "w", "b"], "y"))
    if name == "conv_weight_input":
        return b.model(b.node("Conv", [x, b.input("w", 4, 3, 3, 3), b.weight("b", 4)], "y"))
    return b.model(b.node("Conv", [x, b.constant("w", b.random.normal(size=(4, 3, 3, 3)).astype(np.float32), as_node=True)], "y"))


@model("conv_transpose")
def conv_transpose(name):
    b = Builder(7)
    h = b.node("ConvTranspose", [b.input("x", 1, 3, 5, 5), b.weight("w", 3, 4, 2, 2), b.weight("b", 4)], "h", strides=[2, 2])
    return b.model(b.node("Relu", [h], "y"))


@model("gemm", "gemm_transposed", "gemm_no_bias", "gemm_alpha", "gemm_beta", "gemm_matrix_bias", "gemm_computed_bias", "gemm_scalar_bias", "gemm_relu",
       "gemm_transposed_left", "gemm_21", "gemm_f16", "gemm_21_f16")
def gemm(name):
    b = Builder(11, np.float16 if name.endswith("f16") else np.float32, 21 if "21" in name else 13)
    x = b.input("x", 3, 8) if name != "gemm_transposed_left" else b.input("x", 8, 3)
    w = b.weight("w", 8, 5) if "transposed" not in name or "left" in name else b.weight("w", 5, 8)
    attributes = {
        "gemm_transposed": {"transB": 1},
        "gemm_transposed_left": {"transA": 1},
        "gemm_alpha": {"alpha": 2.0},
        "gemm_beta": {"beta": 0.5},
    }.get(name, {})
    if name == "gemm_no_bias":
        inputs = [x, w]
    elif name == "gemm_matrix_bias":
        inputs = [x, w, b.weight("b", 1, 5)]
    elif name == "gemm_scalar_bias":
        inputs = [x, w, b.constant("b", np.float32(0.7))]
    elif name == "gemm_computed_bias":
        inputs = [x, w, b.node("Relu", [b.input("c", 5)], "rc")]
    else:
        inputs = [x, w, b.weight("b", 5)]
    h = b.node("Gemm", inputs, "h", **attributes)
    return b.model(b.node("Relu", [h], "y") if name == "gemm_relu" else b.node("Sigmoid", [h], "y"))


@model("mat_mul", "mat_mul_3d", "mat_mul_left", "mat_mul_computed", "mat_mul_f16", "mat_mul_21", "mat_mul_two", "mat_mul_21_f16", "mat_mul_19")
def mat_mul(name):
    b = Builder(13, np.float16 if name.endswith("f16") else np.float32, 21 if "21" in name else 19 if "19" in name else 13)
    if name == "mat_mul_3d":
        return b.model(b.node("MatMul", [b.input("x", 2, 3, 8), b.weight("w", 2, 8, 5)], "y"))
    x = b.input("x", 3, 8)
    if name == "mat_mul_left":
        return b.model(b.node("MatMul", [b.weight("w", 4, 3), x], "y"))
    if name == "mat_mul_computed":
        h = b.node("MatMul", [x, b.weight("w", 8, 8)], "h")
        return b.model(b.node("MatMul", [h, b.node("Transpose", [x], "xt", perm=[1, 0])], "y"))
    if name == "mat_mul_two":
        h = b.node("MatMul", [x, b.weight("w", 8, 8)], "h")
        return b.model(b.node("MatMul", [x, b.weight("w2", 8, 4)], "y"), h)
    h = b.node("MatMul", [x, b.weight("w", 8, 6)], "h")
    h = b.node("Add", [h, b.weight("b", 6)], "a")
    h = b.node("Relu", [h], "r")
    return b.model(b.node("MatMul", [h, b.weight("w2", 6, 4)], "y"))


@model("odd_mat_mul", "odd_mat_mul_21")
def odd_mat_mul(name):
    """Sizes that do not divide by the block nor by two."""
    b = Builder(17, opset=21 if "21" in name else 13)
    h = b.node("MatMul", [b.input("x", 2, 9), b.weight("w", 9, 7)], "h")
    return b.model(b.node("MatMul", [h, b.weight("w2", 7, 3)], "y"))


@model("network", "network_21", "network_f16", "network_21_f16", "network_19")
def network(name):
    """Convolutions, a residual addition, a gate, a concatenation, pools and a classifier."""
    b = Builder(19, np.float16 if name.endswith("f16") else np.float32, 21 if "21" in name else 19 if "19" in name else 13)
    a = b.conv(b.input("x", 1, 3, 8, 8), "a", 3, 4, 3, pads=[1] * 4)
    r = b.node("Relu", [a], "r")
    c = b.conv(r, "c", 4, 4, 1, bias=False)
    s = b.node("Add", [r, c], "s")
    g = b.node("Sigmoid", [s], "g")
    m = b.node("Mul", [s, g], "m")
    p = b.node("MaxPool", [m], "p", kernel_shape=[2, 2], strides=[2, 2])
    k = b.node("Concat", [p, b.node("AveragePool", [m], "v", kernel_shape=[2, 2], strides=[2, 2])], "k", axis=1)
    e = b.node("GlobalAveragePool", [k], "e")
    f = b.node("Flatten", [e], "f")
    h = b.node("Gemm", [f, b.weight("w", 5, 8), b.weight("b", 5)], "h", transB=1)
    return b.model(b.node("Softmax", [h], "y", axis=1))


@model("fan_out")
def fan_out(name):
    """A value with three readers that is a graph output too."""
    b = Builder(23)
    h = b.conv(b.input("x", 1, 3, 6, 6), "h", 3, 3, 1)
    r = b.node("Relu", [h], "r")
    return b.model(b.conv(r, "y1", 3, 2, 1), b.conv(r, "y2", 3, 2, 1), b.node("Add", [r, h], "y3"), r)


@model("relu_chain")
def relu_chain(name):
    b = Builder(29)
    h = b.conv(b.input("x", 1, 3, 6, 6), "h", 3, 3, 1)
    h = b.node("Relu", [h], "r")
    h = clip(b, h, 0.0, 2.0)
    return b.model(b.node("MaxPool", [h], "y", kernel_shape=[2, 2]))


@model("passes")
def passes(name):
    """Operators that only move data, one after another, with the graph input in front."""
    b = Builder(31)
    x = b.input("x", 1, 4, 4, 4)
    h = b.node("Transpose", [x], "t1", perm=[0, 2, 3, 1])
    h = b.node("Reshape", [h, b.ints("shape", [1, 16, 4])], "t2")
    h = b.node("Unsqueeze", [h, b.ints("axes", [0])], "t3")
    h = b.node("Squeeze", [h, b.ints("axes2", [0])], "t4")
    h = b.node("MatMul", [h, b.weight("w", 4, 3)], "m")
    h = b.node("Transpose", [h], "t5", perm=[0, 2, 1])
    return b.model(b.node("Flatten", [h], "y"))


@model("embedding")
def embedding(name):
    b = Builder(37)
    table = b.weight("table", 10, 6)
    h = b.node("Gather", [table, b.input("ids", 2, 3, elem=INT64)], "h")
    return b.model(b.node("MatMul", [h, b.weight("w", 6, 4)], "y"))


@model("embed_layer_norm")
def embed_layer_norm(name):
    b = Builder(41, microsoft=True)
    ids, segments, mask = (b.input(n, 2, 3, elem=INT32) for n in ("ids", "segments", "mask"))
    tables = [b.weight(n, k, 8) for n, k in (("words", 6), ("places", 3), ("sentences", 2))]
    norms = [b.weight("gamma", 8), b.weight("beta", 8)]
    b.infos.append(helper.make_tensor_value_info("e", FLOAT, [2, 3, 8]))
    b.node("EmbedLayerNormalization", [ids, segments, *tables, *norms, mask], "e", outputs=["e", "mask_index"], domain="com.microsoft")
    return b.model(b.node("MatMul", ["e", b.weight("w", 8, 4)], "y"))


@model("attention")
def attention(name):
    b = Builder(43, microsoft=True)
    x = b.input("x", 1, 3, 8)
    b.infos.append(helper.make_tensor_value_info("a", FLOAT, [1, 3, 8]))
    b.node("Attention", [x, b.weight("w", 8, 24, scale=0.3), b.weight("bias", 24)], "a", num_heads=2, domain="com.microsoft")
    return b.model(b.node("MatMul", ["a", b.weight("w2", 8, 4)], "y"))


@model("lstm", "lstm_bidirectional")
def lstm(name):
    b, dirs = Builder(47), 2 if "bi" in name else 1
    x = b.input("x", 4, 1, 3)
    inputs = [x, b.weight("w", dirs, 20, 3), b.weight("r", dirs, 20, 5), b.weight("b", dirs, 40)]
    b.node("LSTM", inputs, "h", outputs=["h", "last"], hidden_size=5, direction="bidirectional" if dirs == 2 else "forward")
    return b.model("h", "last")


@model("branch")
def branch(name):
    """An If whose branches multiply with a weight of the outer graph and one of their own."""
    b = Builder(53)
    flag, x = b.input("flag", elem=BOOL), b.input("x", 2, 6)
    outer = b.weight("outer", 6, 4)
    inner = numpy_helper.from_array(b.random.normal(size=(6, 4)).astype(np.float32), "inner")
    then = helper.make_graph([helper.make_node("MatMul", ["x", outer], ["then_y"], name="n_then")], "then", [], [
        helper.make_tensor_value_info("then_y", FLOAT, [2, 4])])
    other = helper.make_graph([helper.make_node("MatMul", ["x", "inner"], ["else_y"], name="n_else")], "otherwise", [], [
        helper.make_tensor_value_info("else_y", FLOAT, [2, 4])], [inner])
    return b.model(b.node("If", [flag], "y", then_branch=then, else_branch=other))


@model("already")
def already(name):
    """A model with a DequantizeLinear in front of a convolution."""
    b = Builder(59)
    b.constant("xs", np.float32(0.02)), b.constant("xz", np.uint8(128))
    b.nodes.append(helper.make_node("QuantizeLinear", [b.input("x", 1, 3, 6, 6), "xs", "xz"], ["xq"], name="n_q"))
    b.nodes.append(helper.make_node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"], name="n_dq"))
    return b.model(b.conv("xd", "y", 3, 2, 3))


@model("already_weight")
def already_weight(name):
    """Convolutions whose weights are dequantized in the model, per tensor and per channel."""
    b = Builder(67)
    b.constant("xs", np.float32(0.02)), b.constant("xz", np.uint8(128))
    b.nodes.append(helper.make_node("QuantizeLinear", [b.input("x", 1, 3, 6, 6), "xs", "xz"], ["xq"], name="n_q"))
    b.nodes.append(helper.make_node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"], name="n_dq"))
    b.constant("wq", b.random.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8))
    b.constant("ws", np.float32(0.01)), b.constant("wz", np.int8(0))
    b.nodes.append(helper.make_node("DequantizeLinear", ["wq", "ws", "wz"], ["wd"], name="n_dqw"))
    one = b.node("Conv", ["xd", "wd", b.weight("b1", 4)], "one")
    b.constant("vq", b.random.integers(-127, 128, (2, 4, 3, 3)).astype(np.int8))
    b.constant("vs", np.array([0.01, 0.02], np.float32)), b.constant("vz", np.zeros(2, np.int8))
    b.nodes.append(helper.make_node("DequantizeLinear", ["vq", "vs", "vz"], ["vd"], name="n_dqv", axis=0))
    return b.model(b.node("Conv", [one, "vd", b.weight("b2", 2)], "y"))


@model("untyped")
def untyped(name):
    """A product of a value whose type nothing tells: an operator of nobody's computes it."""
    b = Builder(71)
    b.opsets.append(helper.make_opsetid("example", 1))
    b.nodes.append(helper.make_node("Mystery", [b.input("x", 2, 4)], ["m"], name="n_m", domain="example"))
    return b.model((b.node("MatMul", ["m", b.weight("w", 4, 3)], "y"), FLOAT, [2, 3]))


@model("tiny_f16")
def tiny_f16(name):
    """A float16 value whose range is too small for a normal float16 scale."""
    b = Builder(61, np.float16)
    x = b.input("x", 1, 3, 6, 6)
    h = b.node("Mul", [x, b.constant("k", np.float16(0.001))], "h")
    return b.model(b.conv(h, "y", 3, 2, 3))


def type_options(activation, weight, **more):
    return dict(activation_type=TYPES[activation], weight_type=TYPES[weight], **more)


def extra(**options):
    return {"extra_options": options}


# ---------------------------------------------------------------------------------------------------------------------------------------
# The cases

CASES = {}
U8S8 = type_options("u8", "s8")
U8S8C = type_options("u8", "s8", per_channel=True)


def case(theme, mode, model_name, suffix, arguments):
    name = f"{mode}_{model_name}_{suffix}" if suffix else f"{mode}_{model_name}"
    assert name not in CASES, name
    CASES[name] = dict(name=name, theme=theme, model=model_name, mode=mode, arguments=arguments)


def operator_cases():
    for name in OPERATORS:
        case(name, "qdq", name + "_after", "u8s8_channel", U8S8C)
        case(name, "qdq", name + "_after", "s8s8", type_options("s8", "s8"))
        case(name, "qdq", name + "_alone", "u8s8", U8S8)
        case(name, "qoperator", name + "_after", "u8s8_channel", U8S8C)
        case(name, "qoperator", name + "_alone", "u8u8", type_options("u8", "u8"))
    for name in ("max_pool", "transpose", "gather", "gather_elements", "where", "where_constant", "slice", "resize", "pad", "global_average_pool"):
        for mode in ("qdq", "qoperator"):
            case(name, mode, name + "_alone", "forced", dict(U8S8, **extra(ForceQuantizeNoInputCheck=True)))
    for name in ("relu", "clip", "clip_wide", "softmax", "sigmoid"):
        for mode in ("qdq", "qoperator"):
            case(name, mode, name + "_after", "s8_symmetric", dict(type_options("s8", "s8"), **extra(ActivationSymmetric=True)))
    case("relu", "qdq", "relu_after", "kept", dict(U8S8, **extra(QDQKeepRemovableActivations=True)))
    case("sigmoid", "qoperator", "sigmoid_after", "nnapi", dict(U8S8, extra_options={"extra.Sigmoid.nnapi": True}))


PRODUCTS = (
    "conv conv_bare conv_unnamed conv_1d conv_shared_weight conv_weight_input conv_constant_node conv_depthwise conv_tiny conv_transpose gemm gemm_transposed "
    "gemm_no_bias gemm_alpha gemm_beta gemm_matrix_bias gemm_computed_bias gemm_scalar_bias gemm_relu gemm_transposed_left mat_mul mat_mul_3d mat_mul_left "
    "mat_mul_computed mat_mul_two network fan_out relu_chain passes embedding already already_weight"
).split()


def product_cases():
    for name in PRODUCTS:
        case("products", "qdq", name, "u8s8_channel", U8S8C)
        case("products", "qdq", name, "s8s8", type_options("s8", "s8"))
        case("products", "qoperator", name, "u8s8_channel", U8S8C)
        case("products", "qoperator", name, "u8u8", type_options("u8", "u8"))
        if not name.startswith("already"):
            case("products", "dynamic", name, "s8", dict(weight_type="QInt8"))
            case("products", "dynamic", name, "u8_channel", dict(weight_type="QUInt8", per_channel=True))
    for name in ("lstm", "lstm_bidirectional", "attention", "embed_layer_norm", "branch", "embedding", "mat_mul"):
        for per_channel in (False, True):
            suffix = "s8_reduced" + ("_channel" if per_channel else "")
            case("dynamic", "dynamic", name, suffix, dict(weight_type="QInt8", per_channel=per_channel, reduce_range=True))
        case("dynamic", "dynamic", name, "u8", dict(weight_type="QUInt8"))
    case("dynamic", "dynamic", "branch", "subgraph", dict(weight_type="QInt8", **extra(EnableSubgraph=True)))
    case("dynamic", "dynamic", "mat_mul_computed", "any_b", dict(weight_type="QInt8", **extra(MatMulConstBOnly=False)))
    case("dynamic", "dynamic", "mat_mul", "excluded", dict(weight_type="QInt8", nodes_to_exclude=["n_h"]))
    case("dynamic", "dynamic", "mat_mul", "only", dict(weight_type="QInt8", nodes_to_quantize=["n_y"]))
    case("dynamic", "dynamic", "network", "conv_only", dict(weight_type="QUInt8", op_types_to_quantize=["Conv"]))
    case("dynamic", "dynamic", "mat_mul", "weight_symmetric", dict(weight_type="QUInt8", **extra(WeightSymmetric=True)))
    case("dynamic", "dynamic", "mat_mul_f16", "s8", dict(weight_type="QInt8"))
    case("dynamic", "dynamic", "mat_mul", "force", dict(weight_type="QInt8", **extra(ForceQuantizeNoInputCheck=True)))
    for name in ("embed_layer_norm", "attention"):
        case("products", "qdq", name, "u8s8", U8S8)
        case("products", "qoperator", name, "u8s8", U8S8)
    case("products", "qoperator", "mat_mul_computed", "const_b", dict(U8S8, **extra(MatMulConstBOnly=True)))
    case("products", "qoperator", "branch", "subgraph", dict(U8S8, **extra(EnableSubgraph=True)))


def type_cases():
    for a, w in (("u8", "s8"), ("u8", "u8"), ("s8", "s8"), ("s8", "u8"), ("u16", "u16"), ("u16", "s8"), ("s16", "s8"), ("s16", "s16"), ("u8", "s4"),
                 ("u8", "u4"), ("s8", "s4"), ("u16", "u4")):
        for channel in (False, True):
            suffix = f"{a}{w}" + ("_channel" if channel else "")
            case("types", "qdq", "network_21", suffix, type_options(a, w, per_channel=channel))
    for w in ("s4", "u4"):
        for channel in (False, True):
            case("types", "qdq", "odd_mat_mul", f"u8{w}" + ("_channel" if channel else ""), type_options("u8", w, per_channel=channel))
    case("types", "qoperator", "odd_mat_mul", "u8s4", type_options("u8", "s4"))
    case("types", "qoperator", "odd_mat_mul", "u16s8", type_options("u16", "s8"))
    case("types", "qdq", "odd_mat_mul", "u16s8", type_options("u16", "s8"))
    case("types", "qdq", "conv", "s16s16", type_options("s16", "s16"))
    f8 = dict(type_options("f8", "f8"), calibrate_method="Distribution")
    for name in ("mat_mul_19", "conv_19"):
        case("types", "qdq", name, "f8", f8)
        case("types", "qdq", name, "f8_channel", dict(f8, per_channel=True))
    case("types", "qdq", "network_19", "f8", f8)
    case("types", "qoperator", "mat_mul_19", "f8", f8)
    case("types", "qoperator", "conv_19", "f8", f8)
    for name in ("conv_f16", "gemm_f16", "mat_mul_f16", "network_f16", "conv_21_f16", "gemm_21_f16", "mat_mul_21_f16", "network_21_f16", "tiny_f16"):
        case("float16", "qdq", name, "u8s8", U8S8)
        case("float16", "qdq", name, "u8s8_channel", U8S8C)
    case("float16", "qdq", "mat_mul_21_f16", "s8s8_reduced", type_options("s8", "s8", reduce_range=True))
    case("float16", "qdq", "conv_21_f16", "s8_symmetric", dict(type_options("s8", "s8"), **extra(ActivationSymmetric=True)))
    case("float16", "qdq", "conv_f16", "s8_symmetric", dict(type_options("s8", "s8"), **extra(ActivationSymmetric=True)))
    case("float16", "qdq", "network_f16", "reduced", dict(U8S8C, reduce_range=True))
    case("float16", "qdq", "conv_21_f16", "s16", type_options("s16", "s8"))
    case("float16", "qoperator", "mat_mul_f16", "u8s8", U8S8)
    for block in (2, 4, 16):
        for channel in (False, True):
            for w in ("s8", "u8", "s4", "u4"):
                suffix = f"u8{w}_block{block}" + ("_channel" if channel else "")
                if block != 2 or w == "s4":
                    case("blocks", "qdq", "odd_mat_mul_21", suffix, type_options("u8", w, per_channel=channel, **extra(BlockSize=block)))
    case("blocks", "qdq", "odd_mat_mul", "u8s8_block4", dict(U8S8, **extra(BlockSize=4)))
    case("blocks", "qdq", "gemm_21", "u8s8_block4", dict(U8S8, **extra(BlockSize=4)))
    case("blocks", "qdq", "gemm_21", "u8s8_block4_float_bias", dict(U8S8, **extra(BlockSize=4, QuantizeBias=False)))
    case("blocks", "qdq", "conv_21", "u8s8_block4", dict(U8S8, **extra(BlockSize=4)))


def option_cases():
    options = {
        "reduced": (dict(U8S8, reduce_range=True), True),
        "reduced_channel": (dict(U8S8C, reduce_range=True), True),
        "u8u8_reduced": (type_options("u8", "u8", reduce_range=True), True),
        "u8u8_channel": (type_options("u8", "u8", per_channel=True), True),
        "u8u8_weight_symmetric": (dict(type_options("u8", "u8"), **extra(WeightSymmetric=True)), True),
        "weight_asymmetric": (dict(U8S8, **extra(WeightSymmetric=False)), True),
        "weight_asymmetric_channel": (dict(U8S8C, **extra(WeightSymmetric=False)), True),
        "activation_symmetric": (dict(type_options("s8", "s8"), **extra(ActivationSymmetric=True)), True),
        "u8_activation_symmetric": (dict(U8S8, **extra(ActivationSymmetric=True)), True),
        "restricted": (dict(U8S8, **extra(ActivationRestrictedAsymmetric=True)), True),
        "min_range": (dict(U8S8, **extra(MinimumRealRange=3.0)), True),
        "min_range_restricted": (dict(U8S8, **extra(MinimumRealRange=3.0, ActivationRestrictedAsymmetric=True)), False),
        "min_range_symmetric": (dict(type_options("s8", "s8"), **extra(MinimumRealRange=3.0, ActivationSymmetric=True)), False),
        "dedicated": (dict(U8S8, **extra(DedicatedQDQPair=True)), False),
        "weight_pairs": (dict(U8S8C, **extra(AddQDQPairToWeight=True)), False),
        "weight_pairs_dedicated": (dict(U8S8, **extra(AddQDQPairToWeight=True, DedicatedQDQPair=True)), False),
        "no_output_conv": (dict(U8S8, **extra(OpTypesToExcludeOutputQuantization=["Conv"])), False),
        "no_output_many": (dict(U8S8, **extra(OpTypesToExcludeOutputQuantization=["Relu", "Add", "Concat", "Gemm", "MaxPool", "Softmax"])), False),
        "float_bias": (dict(U8S8, **extra(QuantizeBias=False)), False),
        "kept_relu": (dict(U8S8, **extra(QDQKeepRemovableActivations=True)), False),
        "contrib": (dict(U8S8C, **extra(UseQDQContribOps=True)), False),
        "forced": (dict(U8S8, **extra(ForceQuantizeNoInputCheck=True)), True),
        "conv_only": (dict(U8S8, op_types_to_quantize=["Conv"]), True),
        "conv_relu_add": (dict(U8S8, op_types_to_quantize=["Conv", "Relu", "Add"]), True),
        "pools_only": (dict(U8S8, op_types_to_quantize=["MaxPool", "AveragePool", "GlobalAveragePool"]), True),
        "exclude": (dict(U8S8, nodes_to_exclude=["n_c", "n_h"]), True),
        "only": (dict(U8S8, nodes_to_quantize=["n_a", "n_r", "n_s"]), True),
        "no_adjust": (dict(U8S8, **extra(QDQDisableWeightAdjustForInt32Bias=True)), False),
        "range_symmetric": (dict(U8S8, **extra(CalibTensorRangeSymmetric=True)), False),
        "percentile": (dict(U8S8, calibrate_method="Percentile", **extra(CalibPercentile=99.0)), False),
        "entropy": (dict(U8S8, calibrate_method="Entropy"), False),
    }
    for suffix, (arguments, both) in options.items():
        case("options", "qdq", "network", suffix, arguments)
        if both:
            case("options", "qoperator", "network", suffix, arguments)
    for name in ("fan_out", "mul_self_after", "passes", "conv_shared_weight"):
        case("options", "qdq", name, "dedicated", dict(U8S8, **extra(DedicatedQDQPair=True)))
    for name in ("fan_out", "conv_shared_weight", "add_constant_after", "passes"):
        case("options", "qdq", name, "weight_pairs", dict(U8S8, **extra(AddQDQPairToWeight=True)))
    for name in ("gemm", "conv_shared_weight", "conv_tiny", "instance_normalization_after"):
        case("options", "qdq", name, "float_bias", dict(U8S8, **extra(QuantizeBias=False)))
    case("options", "qdq", "conv_tiny", "no_adjust", dict(U8S8C, **extra(QDQDisableWeightAdjustForInt32Bias=True)))
    case("options", "qdq", "network", "strided", dict(U8S8, **extra(CalibStridedMinMax=1)))
    case("options", "qoperator", "network", "range_symmetric", dict(U8S8, **extra(CalibTensorRangeSymmetric=True)))
    case("options", "qdq", "network", "smooth", dict(U8S8, **extra(SmoothQuant=True)))
    for suffix, more in (("typeless", {}), ("typed", extra(DefaultTensorType=FLOAT))):
        case("options", "dynamic", "untyped", suffix, dict(weight_type="QInt8", **more))
    case("options", "qdq", "conv_tiny", "s8s8_tensor", type_options("s8", "s8"))
    case("options", "qdq", "mat_mul", "axis0", dict(U8S8C, **extra(QDQOpTypePerChannelSupportToAxis={"MatMul": 0})))
    case("options", "qdq", "mat_mul_3d", "axis_last", dict(U8S8C, **extra(QDQOpTypePerChannelSupportToAxis={"MatMul": -1})))
    case("options", "qdq", "layer_normalization_after", "axis0", dict(U8S8C, **extra(QDQOpTypePerChannelSupportToAxis={"LayerNormalization": 0})))
    case("options", "qdq", "conv", "axis1_ignored", dict(U8S8C, **extra(QDQOpTypePerChannelSupportToAxis={"Conv": 1})))
    case("options", "qdq", "passes", "forced", dict(U8S8, **extra(ForceQuantizeNoInputCheck=True)))
    case("options", "qoperator", "passes", "forced", dict(U8S8, **extra(ForceQuantizeNoInputCheck=True)))
    case("options", "qoperator", "add_constant_after", "reduced", dict(U8S8, reduce_range=True))
    case("options", "qdq", "add_constant_after", "reduced", dict(U8S8, reduce_range=True))
    case("options", "qdq", "add_constant_after", "symmetric", dict(type_options("s8", "s8"), **extra(ActivationSymmetric=True)))
    case("options", "qoperator", "add_constant_after", "u8u8_symmetric", dict(type_options("u8", "u8"), **extra(WeightSymmetric=True)))


def override_cases():
    def overridden(**tensors):
        return dict(U8S8, **extra(TensorQuantOverrides=tensors))

    sets = {
        "scale": overridden(r=[dict(scale=0.05, zero_point=3)]),
        "type": overridden(s=[dict(quant_type="QInt8", symmetric=True)]),
        "range": overridden(m=[dict(rmin=-1.0, rmax=2.0)]),
        "weight_type": overridden(c_w=[dict(quant_type="QUInt8", symmetric=False)]),
        "weight_reduced": overridden(a_w=[dict(reduce_range=True)]),
        "weight_range": overridden(a_w=[dict(rmin=-0.5, rmax=0.5)]),
        "weight_scale": overridden(a_w=[dict(scale=0.01, zero_point=0)]),
        "weight_channel": overridden(a_w=[dict(axis=0)]),
        "weight_channel_type": overridden(a_w=[dict(axis=0, quant_type="QInt8", reduce_range=True)]),
        "weight_channel_ranges": overridden(c_w=[dict(axis=0, rmin=-1.0, rmax=1.0 + i / 4) for i in range(4)]),
        "weight_channel_range_one": overridden(c_w=[dict(axis=0, rmin=-1.0, rmax=1.0)]),
        "weight_channel_scales": overridden(c_w=[dict(axis=0, scale=0.01 * (i + 1), zero_point=0) for i in range(4)]),
        "bias": overridden(a_b=[dict(quant_type="QInt8")]),
        "u16_type": overridden(s=[dict(quant_type="QUInt16")]),
        "convert_all": overridden(r=[dict(quant_type="QUInt8", convert=dict(quant_type="QInt8"))]),
        "convert_some": overridden(r=[dict(quant_type="QUInt8", convert=dict(quant_type="QInt8", recv_nodes=["n_c"]))]),
        "convert_u16": overridden(r=[dict(quant_type="QUInt8", convert=dict(quant_type="QUInt16", recv_nodes=["n_s"]))]),
        "convert_shared": overridden(p=[dict(convert=dict(quant_type="QInt8"))]),
        "convert_output": overridden(y=[dict(convert=dict(quant_type="QInt8"))]),
    }
    for suffix, arguments in sets.items():
        case("overrides", "qdq", "network_21" if "u16" in suffix else "network", "override_" + suffix, arguments)
    for suffix in ("scale", "range", "weight_type", "weight_reduced", "weight_range", "weight_scale", "weight_channel_ranges"):
        arguments = dict(sets[suffix], per_channel=True) if "channel" in suffix else sets[suffix]
        case("overrides", "qoperator", "network", "override_" + suffix, arguments)
    case("overrides", "qdq", "fan_out", "override_convert_output", overridden(r=[dict(convert=dict(quant_type="QInt8", recv_nodes=["n_y1"]))]))
    case("overrides", "qdq", "fan_out", "override_convert_dedicated", dict(
        U8S8, **extra(DedicatedQDQPair=True, TensorQuantOverrides={"r": [dict(convert=dict(quant_type="QInt8"))]})))
    case("overrides", "qdq", "network", "override_channel", dict(U8S8C, **extra(TensorQuantOverrides={"c_w": [dict(quant_type="QInt8")]})))


WHOLE = ("mnist8", "cifar_imageclassifier", "yolox_nano", "dnsmos_sig_bak_ovr", "go1_policy", "keypoint_classifier")


def whole_cases():
    for name in WHOLE:
        for mode, suffix, arguments in (
            ("qdq", "u8s8", U8S8),
            ("qdq", "s8s8_channel", type_options("s8", "s8", per_channel=True)),
            ("qoperator", "u8u8", type_options("u8", "u8")),
            ("dynamic", "s8", dict(weight_type="QInt8")),
        ):
            CASES[f"whole_{mode}_{name}_{suffix}"] = dict(
                name=f"whole_{mode}_{name}_{suffix}", theme="whole models", model=name, mode=mode, arguments=arguments
            )


# ---------------------------------------------------------------------------------------------------------------------------------------
# Running the peer

class Reader(q.CalibrationDataReader):
    def __init__(self, model, batches=3):
        random = np.random.default_rng(99)
        self.all = [{v.name: self.sample(v, random) for v in self.fed(model)} for _ in range(batches)]
        self.batches = iter(self.all)

    def __len__(self):
        return len(self.all)

    def set_range(self, start_index, end_index):
        self.batches = iter(self.all[start_index:end_index])

    @staticmethod
    def fed(model):
        constants = {t.name for t in model.graph.initializer}
        return [v for v in model.graph.input if v.name not in constants]

    @staticmethod
    def sample(value, random):
        kind = value.type.tensor_type
        shape = [d.dim_value if d.dim_value > 0 else 2 for d in kind.shape.dim]
        dtype = helper.tensor_dtype_to_np_dtype(kind.elem_type)
        if dtype == np.bool_:
            return np.asarray(random.random(shape) > 0.5)
        if np.issubdtype(dtype, np.integer):
            return np.asarray(random.integers(0, 2, shape), dtype)
        return np.asarray(random.normal(size=shape), dtype)

    def get_next(self):
        return next(self.batches, None)


def peer_value(key, value):
    if key in ("activation_type", "weight_type", "quant_type"):
        return q.QuantType[value]
    if key == "calibrate_method":
        return q.CalibrationMethod[value]
    if key == "extra_options":
        return {k: peer_overrides(v) if k == "TensorQuantOverrides" else v for k, v in value.items()}
    return value


def peer_overrides(tensors):
    def entry(fields):
        result = {}
        for key, value in fields.items():
            if key == "convert":
                value = entry(value)
                if "recv_nodes" in value:
                    value["recv_nodes"] = set(value["recv_nodes"])
            elif key == "quant_type":
                value = q.QuantType[value]
            elif key in ("rmin", "rmax"):
                value = np.float32(value)
            elif key == "scale":  # plain numbers, which the documentation promises, crash
                value = np.array(value, np.float32)
            elif key == "zero_point":
                value = np.array(value, np.int32)
            result[key] = value
        return result

    return {name: [entry(e) for e in entries] for name, entries in tensors.items()}


def run(entry, source, folder):
    """The peer's result as a model, and its ranges."""
    arguments = {key: peer_value(key, value) for key, value in entry["arguments"].items()}
    result, cache = folder / "result.onnx", folder / "ranges.json"
    if entry["mode"] == "dynamic":
        q.quantize_dynamic(source, result, **arguments)
        return onnx.load(result), None
    form = q.QuantFormat.QDQ if entry["mode"] == "qdq" else q.QuantFormat.QOperator
    try:
        q.quantize_static(source, result, Reader(onnx.load(source)), quant_format=form, calibration_cache_path=cache, **arguments)
        return onnx.load(result), ranges(cache)
    except Exception as failure:
        failure.ranges = ranges(cache) if cache.exists() else None
        raise


def ranges(cache):
    found = {}
    for tensor, fields in sorted(json.loads(cache.read_text())["data"].items()):
        keys = ("lowest", "highest", "avg", "std") if "avg" in fields else ("lowest", "highest")
        found[tensor] = [float(np.asarray(fields[k]["data"] if isinstance(fields[k], dict) else fields[k]).reshape(-1)[0]) for k in keys]
    return found


def stripped(model):
    """The model without the data of its larger initializers, and what they were."""
    removed = {}
    for tensor in model.graph.initializer:
        raw = numpy_helper.to_array(tensor).tobytes() if tensor.data_type not in (TensorProto.INT4, TensorProto.UINT4) else tensor.raw_data
        if len(raw) > 64:
            removed[tensor.name] = [TensorProto.DataType.Name(tensor.data_type), list(tensor.dims), hashlib.sha256(raw).hexdigest()]
            kind, name = tensor.data_type, tensor.name
            tensor.Clear()
            tensor.name, tensor.data_type = name, kind
            tensor.dims.append(0)
    del model.graph.value_info[:]
    return model, removed


def main(target, shared):
    operator_cases(), product_cases(), type_cases(), option_cases(), override_cases()
    if shared:
        whole_cases()
    target.parent.mkdir(parents=True, exist_ok=True)
    files, failures = {}, 0
    for entry in CASES.values():
        whole = entry["name"].startswith("whole_")
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            source = folder / "float.onnx"
            if whole:
                source.write_bytes((shared / f"{entry['model']}.onnx").read_bytes())
            else:
                made = MODELS[entry["model"]](entry["model"])
                onnx.save(made, source)
                files[f"float/{entry['model']}.onnx"] = source.read_bytes()
            try:
                result, found = run(entry, source, folder)
            except Exception as failure:
                failures += 1
                entry["error"] = f"{type(failure).__name__}: {str(failure).splitlines()[0] if str(failure) else ''}"[:240].replace(scratch, "")
                found = getattr(failure, "ranges", None)
                result = None
            if found is not None:
                files[f"ranges/{entry['name']}.json"] = json.dumps(found, indent=0).encode()
            if result is not None:
                if whole:
                    result, removed = stripped(result)
                    files[f"whole/{entry['name']}.json"] = json.dumps(removed, indent=0).encode()
                del result.graph.value_info[:]
                files[f"peer/{entry['name']}.onnx"] = result.SerializeToString(deterministic=True)
    files["cases.json"] = json.dumps(list(CASES.values()), indent=1).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED)
    print(f"{len(CASES)} cases, {failures} of which the peer fails on; {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None)
