"""Makes the goldens that octet-quant's rewriter is compared with, bit for bit.

For each network: a small float model and the ranges that onnxruntime.quantization calibrated for it. For
each case: the model it quantized with them. Run from the repository root with a Python that has onnx and onnxruntime:

    python conformance/python/make_quant_goldens.py octet-quant/src/test/resources/dev/octet/rewrite/goldens

Made with onnxruntime 1.30.0, onnx 1.23.1, numpy 2.4.6.
"""

import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import quantization as q


class Builder:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers = [], []

    def constant(self, name, *dims, scale=1.0):
        values = (self.random.normal(size=dims) * scale).astype(np.float32)
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output + "_node", **attributes))
        return output

    def model(self, input_dims, output, opset=17):
        graph = helper.make_graph(
            self.nodes,
            "golden",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, input_dims)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            self.initializers,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        return onnx.shape_inference.infer_shapes(model)


def chain():
    """Convolutions, rectifiers, pooling and a classifier, as M5 has them."""
    b = Builder(1)
    h = b.node("Conv", ["x", b.constant("w1", 4, 2, 5, scale=0.4), b.constant("b1", 4)], "c1", strides=[2])
    h = b.node("Relu", [h], "r1")
    h = b.node("MaxPool", [h], "p1", kernel_shape=[2], strides=[2])
    h = b.node("Conv", [h, b.constant("w2", 6, 4, 3, scale=0.4), b.constant("b2", 6)], "c2")
    h = b.node("Clip", [h, scalar(b, "low", 0.0), scalar(b, "high", 6.0)], "r2")
    h = b.node("GlobalAveragePool", [h], "g")
    h = b.node("Flatten", [h], "f")
    b.node("Gemm", [h, b.constant("w3", 3, 6), b.constant("b3", 3)], "y", transB=1)
    return b.model(["N", 2, 40], "y")


def branches():
    """Residual addition, concatenation, a gate, an element-wise constant and a product."""
    b = Builder(2)
    a = b.node("Conv", ["x", b.constant("wa", 4, 3, 3, 3, scale=0.2), b.constant("ba", 4)], "a", pads=[1] * 4)
    c = b.node("Conv", [a, b.constant("wc", 4, 4, 1, 1, scale=0.5)], "c")
    s = b.node("Add", [a, c], "s")
    g = b.node("Sigmoid", [s], "gate")
    m = b.node("Mul", [s, g], "m")
    k = b.node("Mul", [m, b.constant("k", 1, 4, 1, 1)], "mk")
    j = b.node("Concat", [m, k], "j", axis=1)
    t = b.node("Transpose", [j], "t", perm=[0, 2, 3, 1])
    p = b.node("MatMul", [t, b.constant("wp", 8, 5)], "p")
    b.node("LeakyRelu", [p], "y", alpha=0.1)
    return b.model([1, 3, 6, 6], "y")


def heavy_bias():
    """Weights so small and a bias so large that the bias overflows 32 bits at the natural scale."""
    b = Builder(3)
    h = b.node("Conv", ["x", b.constant("w1", 3, 2, 3, scale=1e-6), b.constant("b1", 3, scale=50.0)], "c1")
    h = b.node("Flatten", [h], "f")
    b.node("Gemm", [h, b.constant("w2", 18, 4, scale=1e-7), b.constant("b2", 4, scale=500.0)], "y")
    return b.model(["N", 2, 8], "y")


def scalar(b, name, value):
    b.initializers.append(numpy_helper.from_array(np.float32(value), name))
    return name


class Reader(q.CalibrationDataReader):
    def __init__(self, dims, seed):
        random = np.random.default_rng(seed)
        shape = [d if isinstance(d, int) else 3 for d in dims]
        self.batches = iter([{"x": random.normal(size=shape).astype(np.float32)} for _ in range(4)])

    def get_next(self):
        return next(self.batches, None)


U8, S8 = q.QuantType.QUInt8, q.QuantType.QInt8
CASES = {
    "chain_u8s8_channel": (chain, dict(activation_type=U8, weight_type=S8, per_channel=True)),
    "chain_s8s8_tensor": (chain, dict(activation_type=S8, weight_type=S8)),
    "chain_u8u8_tensor": (chain, dict(activation_type=U8, weight_type=U8)),
    "chain_s8_symmetric": (
        chain,
        dict(activation_type=S8, weight_type=S8, per_channel=True, extra_options={"ActivationSymmetric": True}),
    ),
    "chain_reduced": (chain, dict(activation_type=U8, weight_type=S8, per_channel=True, reduce_range=True)),
    "chain_min_range": (
        chain,
        dict(activation_type=U8, weight_type=S8, extra_options={"MinimumRealRange": 4.0}),
    ),
    "branches_u8s8_channel": (branches, dict(activation_type=U8, weight_type=S8, per_channel=True)),
    "branches_s8s8_tensor": (branches, dict(activation_type=S8, weight_type=S8)),
    "heavy_bias_channel": (heavy_bias, dict(activation_type=U8, weight_type=S8, per_channel=True)),
    "heavy_bias_tensor": (heavy_bias, dict(activation_type=S8, weight_type=S8)),
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (make, options) in CASES.items():
        model = make()
        dims = [d.dim_param or d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            onnx.save(model, scratch / "float.onnx")
            cache = scratch / "ranges.json"
            q.quantize_static(
                scratch / "float.onnx",
                scratch / "quantized.onnx",
                Reader(dims, 4),
                quant_format=q.QuantFormat.QDQ,
                calibration_cache_path=cache,
                **options,
            )
            onnx.save(model, folder / f"{make.__name__}_float.onnx")
            (folder / f"{name}_int8.onnx").write_bytes((scratch / "quantized.onnx").read_bytes())
            ranges = json.loads(cache.read_text())["data"]
        lines = []
        for tensor, range_ in sorted(ranges.items()):
            low, high = (float(np.asarray(range_[end]["data"]).reshape(-1)[0]) for end in ("lowest", "highest"))
            lines.append(f"{tensor} {low!r} {high!r}\n")
        (folder / f"{make.__name__}_ranges.txt").write_text("".join(lines))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
