#!/usr/bin/env python3
"""Counts what the peer knows of each model's tensors, for docs/shape-coverage.md.

The peer is onnxruntime's symbolic shape inference followed by onnx's own (with data propagation),
and onnx's alone, whichever knows more of a tensor. Every model is taken without its value_info, as
it is and once with the first dimension of every input left open. A shape is full when each size is
a number or a name that the model's inputs account for (no `unk__` name).

usage: make_shape_coverage.py MODEL.onnx... > shape-coverage-peer.txt
"""
import copy
import hashlib
import os
import sys

import onnx
from onnx import shape_inference
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference


def types(model):
    graph = model.graph
    return {v.name: v.type for v in list(graph.value_info) + list(graph.output) + list(graph.input)}


def known(type_):
    """(typed, ranked, full)"""
    if type_ is None or type_.WhichOneof("value") != "tensor_type":
        return (False, False, False)
    tensor = type_.tensor_type
    ranked = tensor.HasField("shape")
    full = ranked and all(
        d.HasField("dim_value") or (d.dim_param and "unk__" not in d.dim_param)
        for d in tensor.shape.dim)
    return (tensor.elem_type != 0, ranked, full)


def count(model):
    bare = copy.deepcopy(model)
    del bare.graph.value_info[:]
    found = []
    try:
        symbolic = SymbolicShapeInference.infer_shapes(copy.deepcopy(bare), int_max=2**31 - 1, auto_merge=False)
        found.append(types(symbolic))
        found.append(types(shape_inference.infer_shapes(symbolic, data_prop=True)))
        note = ""
    except Exception as e:
        note = "symbolic inference failed: " + type(e).__name__
    try:
        found.append(types(shape_inference.infer_shapes(bare, data_prop=True)))
    except Exception as e:
        note += " onnx failed: " + type(e).__name__
    totals = [0, 0, 0, 0]
    for node in model.graph.node:
        for name in node.output:
            if name:
                best = [known(f.get(name)) for f in found]
                totals[0] += 1
                for i in range(3):
                    totals[i + 1] += any(b[i] for b in best)
    return totals, note


def opened(model):
    m = copy.deepcopy(model)
    constants = {t.name for t in m.graph.initializer}
    for info in m.graph.input:
        dims = info.type.tensor_type.shape.dim
        if info.name not in constants and len(dims):
            dims[0].Clear()
            dims[0].dim_param = "N"
    for info in m.graph.output:
        info.type.tensor_type.ClearField("shape")
    return m


print("# model | variant | sha256 of the file, first 12 digits | tensors | typed | ranked | full | note")
for path in sorted(sys.argv[1:]):
    data = open(path, "rb").read()
    model = onnx.load_from_string(data)
    for variant, m in (("as it is", model), ("open batch", opened(model))):
        totals, note = count(m)
        print(" | ".join([os.path.basename(path), variant, hashlib.sha256(data).hexdigest()[:12]]
                         + [str(t) for t in totals] + [note]).rstrip())
