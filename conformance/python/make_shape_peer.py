#!/usr/bin/env python3
"""Makes shape-peer.txt: what onnxruntime's symbolic shape inference says where onnx's knows nothing.

Three groups: PyTorch's own operators in ONNX graphs (`ATen`), ONNX Runtime's operators that
`make_shape_goldens.py` has no golden of, and the flags auto_merge, int_max and guess_output_rank.
A line is a case: flags | graph inputs | initializers | nodes | outputs, in ONNX text, then the
outputs' types as the peer states them. A case the peer gives up on ends in `none`.

usage: make_shape_peer.py OUT.txt
"""
import logging
import os
import re
import sys
import tempfile

import onnx
from onnx import TensorProto, parser
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

logging.disable(logging.CRITICAL)
OPSETS = '["" : 17, "com.microsoft" : 1, "org.pytorch.aten" : 1, "acme" : 1]'
ATEN = "org.pytorch.aten.ATen <operator = \"%s\"> "
MS = "com.microsoft."
CASES = [
    ("", "float[100,64] w, int64[B,S] i", "", "y = " + ATEN % "embedding" + "(w, i)", "y"),
    ("", "bool[B,4] a, bool[1,4] b", "", "y = " + ATEN % "bitwise_or" + "(a, b)", "y"),
    ("", "float[B,5,7] x", "int64 o = {1}, int64 a = {1}, int64 b = {-1}", "y = " + ATEN % "diagonal" + "(x, o, a, b)", "y"),
    ("", "float[B,5,T] x", "int64 o = {-2}, int64 a = {1}, int64 b = {2}", "y = " + ATEN % "diagonal" + "(x, o, a, b)", "y"),
    ("", "float[B,3,8,8] x", "int64[2] k = {2, 2}", "y, z = " + ATEN % "max_pool2d_with_indices" + "(x, k)", "y, z"),
    ("", "float[B,3,8,8] x", "int64[2] k = {2, 2}", "y = " + ATEN % "avg_pool2d" + "(x, k)", "y"),
    ("", "float[B,3,8,8] x", "int64[2] k = {2, 3}", "y = " + ATEN % "_adaptive_avg_pool2d" + "(x, k)", "y"),
    ("", "float[B,S] x", "", "y = " + ATEN % "max" + "(x)", "y"),
    ("", "float[B,S] x", "int64 d = {-1}, bool k = {1}", "y, z = " + ATEN % "max" + "(x, d, k)", "y, z"),
    ("", "float[B,S] x", "int64 d = {0}, bool k = {0}", "y, z = " + ATEN % "min" + "(x, d, k)", "y, z"),
    ("", "float[B,S] x", "int64 n = {3}", "y = " + ATEN % "multinomial" + "(x, n)", "y"),
    ("", "float[B,30] x", "int64 d = {1}, int64 s = {5}, int64 t = {2}", "y = " + ATEN % "unfold" + "(x, d, s, t)", "y"),
    ("", "float[B,S] x", "", "y = " + ATEN % "argmax" + "(x, )", "y"),
    ("", "float[B,S] x", "int64 d = {1}, bool k = {0}", "y = " + ATEN % "argmax" + "(x, d, k)", "y"),
    ("", "float[A,B,3] x", "", "y = " + ATEN % "numpy_T" + "(x)", "y"),
    ("", "float[N,8,H,W] x, float[8] g", "int64 n = {2}, int64 c = {8}, int64 h = {9}, int64 k = {4}",
     "y, z, w = " + ATEN % "native_group_norm" + "(x, g, g, n, c, h, k)", "y, z, w"),
    ("", "float[N,8,H] x", "int64[1] s = {9}", "y = " + ATEN % "upsample_nearest1d" + "(x, s)", "y"),
    ("", "float[N,8,4,4] x", "int64[2] s = {9, 7}", "y = " + ATEN % "upsample_nearest2d" + "(x, s)", "y"),
    ("", "float[N,8,4,4,4] x", "int64[3] s = {9, 7, 5}", "y = " + ATEN % "upsample_nearest3d" + "(x, s)", "y"),
    ("", "float[N,8,4,4] x", "int64[2] s = {9, 7}", "y = " + ATEN % "upsample_bicubic2d" + "(x, s)", "y"),
    ("", "float[B,S] x", "", "c, y = " + MS + 'PythonOp <func_name = "f", output_tensor_types = [10], output_tensor_ranks = [3]> (x)', "c, y"),
    ("", "float[1,A,B] x", "", "y = " + MS + "DynamicTimeWarping (x)", "y"),
    ("", "uint8[100,32] d, int64[B,S] i, float[100,2] s", "", "y = " + MS + "GatherBlockQuantized <block_size = 16, bits = 8> (d, i, s)", "y"),
    ("", "float[B,4] x, float[4,5] w", "", "y = " + MS + "GemmFloat8 (x, w)", "y"),
    ("", "float[N,6,7,3] x, float[8,3,3,3] w", "", "y = " + MS + "NhwcConv <kernel_shape = [3, 3]> (x, w)", "y"),
    ("", "float16[T,128] q, float16[10,16,2,16] a, float16[10,16,2,16] c, int32[3] l, int32[2] p, int32[2,4] b", "",
     "y, k, v = " + MS + "PagedAttention <num_heads = 4, kv_num_heads = 2> (q, , , a, c, l, p, b)", "y, k, v"),
    ("", "float[32,4] t", "int64 n = {9}", "y = " + MS + "RelativePositionBias <max_distance = 8> (t, n, n)", "y"),
    ("", "float[B,S,64] x, int32[B] l", "", "y, o, c, m = " + MS + "RemovePadding (x, l)", "y, o, c, m"),
    ("", "float[B,S,64] q, float[B,S,32] k, float[B,S,32] v, float[B,2,P,16] a, float[B,2,P,16] c, int32[1,5] r, int32[1,9] i, int32 t, int32[B] l", "",
     "y, p, n = " + MS + "SparseAttention <num_heads = 4, kv_num_heads = 2, sparse_block_size = 16> (q, k, v, a, c, r, i, t, l)", "y, p, n"),
    ("", "uint8[B,4] x", "float s = {0.5}, uint8 z = {3}", "y = DequantizeLinear (x, s, z)", "y"),
    # flags
    ("auto_merge", "float[N,len] x, float[N,total] m", "", "a = Add (x, m)\n y = Relu (a)", "y"),
    ("auto_merge", "float[B,H,L,D] q, float[C,H,D,T] k", "", "y = MatMul (q, k)", "y"),
    ("auto_merge", "float[A,3] a, float[B,3] b, bool[A,3] c", "", "y = Where (c, a, b)", "y"),
    ("auto_merge", "float[N,p] x, float[N,q] y0, float[N,total] m", "", "c = Concat <axis = 1> (x, y0)\n y = Add (c, m)", "y"),
    ("int_max=4096", "float[N,T] x", "int64[1] s = {0}, int64[1] e = {4096}, int64[1] a = {1}", "y = Slice (x, s, e, a)", "y"),
    ("int_max=4096", "float[N,T] x", "int64[1] s = {-4096}, int64[1] e = {2147483647}, int64[1] a = {1}", "y = Slice (x, s, e, a)", "y"),
    ("guess_output_rank", "float[N,4] x", "", "a = acme.Mystery (x)\n y = Relu (a)", "y"),
]


def text(inputs, constants, nodes, outputs):
    return "<ir_version: 8, opset_import: %s> g (%s) => (%s) %s { %s }" % (
        OPSETS, inputs, outputs, "<%s>" % constants if constants else "", nodes)


def stated(info):
    type_ = info.type.tensor_type
    dims = [str(d.dim_value) if d.HasField("dim_value") else d.dim_param or "?" for d in type_.shape.dim]
    return "%s[%s]" % (TensorProto.DataType.Name(type_.elem_type), ",".join(dims))


def main(out):
    here = os.getcwd()
    lines = []
    for flags, inputs, constants, nodes, outputs in CASES:
        given = dict(part.partition("=")[::2] for part in flags.split()) if flags else {}
        model = parser.parse_model(text(inputs, constants, nodes, outputs))
        with tempfile.TemporaryDirectory() as scratch:  # where the peer gives up, it writes a file
            os.chdir(scratch)
            try:
                found = SymbolicShapeInference.infer_shapes(
                    model, auto_merge="auto_merge" in given, guess_output_rank="guess_output_rank" in given,
                    int_max=int(given.get("int_max", 2**31 - 1)))
                types = " ; ".join(stated(o) for o in found.graph.output)
            except Exception as e:
                print("none:", nodes[:60], repr(e)[:150])
                types = "none"
            os.chdir(here)
        lines.append(" | ".join((flags, inputs, constants, re.sub(r"\n ", " \\\\n ", nodes), outputs, types)))
    with open(out, "w") as f:
        f.write("# Made by conformance/python/make_shape_peer.py (onnx %s).\n" % onnx.__version__ + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
