#!/usr/bin/env python3
"""Makes shape-goldens.zip: what onnx's own inference says of every operator.

Cases are onnx's backend node tests (model, and types of what the reference really yields) and the
hand-made ones of `shape_cases.py`. Each is a small model without data it does not need:

  static     inputs of fixed size
  constants  small integer and float inputs turned into initializers, as exporters write them
  symbolic   likewise, and every size n > 1 of an input replaced by the symbol Dn

and once more for each older version of its operator that still takes it (opset 7 on; inputs that
used to be attributes are turned into attributes). In a golden the graph outputs carry the types
onnx infers (strict, with data propagation), `operator` and `variant` are metadata, and `truth:NAME`
holds the sizes really computed, e.g. `2,3`.

Of ONNX Runtime's own operators onnx knows nothing; their goldens (variant `contrib`) are what
onnxruntime's symbolic shape inference says.

usage: make_shape_goldens.py OUT.zip
"""
import collections
import copy
import hashlib
import sys
import warnings
import zipfile

import numpy as np
import onnx
from onnx import helper, numpy_helper, shape_inference
from onnx.backend.test.case.node import collect_testcases
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

import shape_cases

warnings.filterwarnings("ignore")
NEWEST = 23
OLDEST = 7
PER_VERSION = 5
PER_OLD_VERSION = 2
MAX_NODES = 60
MAX_BYTES = 12000

# Inputs that were attributes in older versions: operator -> [(input, attribute, below opset)].
ATTRIBUTES = {
    "Clip": [(1, "min", 11), (2, "max", 11)],
    "Dropout": [(1, "ratio", 12)],
    "Pad": [(1, "pads", 11), (2, "value", 11)],
    "ReduceSum": [(1, "axes", 13)],
    "Reshape": [],
    "Slice": [(1, "starts", 10), (2, "ends", 10), (3, "axes", 10)],
    "Split": [(1, "split", 13)],
    "Squeeze": [(1, "axes", 13)],
    "TopK": [(1, "k", 10)],
    "Unsqueeze": [(1, "axes", 13)],
    "Upsample": [(1, "scales", 9)],
}
for _op in "L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare".split():
    ATTRIBUTES["Reduce" + _op] = [(1, "axes", 18)]


def versions(op, domain):
    """Schema versions of an operator in the range, newest first, and the opset to test each at."""
    all_ = sorted({s.since_version for s in onnx.defs.get_all_schemas_with_history()
                   if s.name == op and s.domain == domain and not s.deprecated})
    result = []
    for i, v in enumerate(all_):
        last = all_[i + 1] - 1 if i + 1 < len(all_) else NEWEST
        if domain == "" and v <= NEWEST and last >= OLDEST:
            result.append(max(v, OLDEST))
    return result[::-1]


def bare(model):
    """A copy without names and texts inference does not look at."""
    m = onnx.ModelProto()
    m.CopyFrom(model)
    for field in ("producer_name", "producer_version", "doc_string", "domain"):
        m.ClearField(field)
    m.graph.doc_string = ""
    m.graph.name = "g"
    for n in m.graph.node:
        n.doc_string = ""
    del m.graph.value_info[:]
    return m


def sizes_of(type_):
    """The sizes a tensor type states, or None."""
    if type_.WhichOneof("value") != "tensor_type" or not type_.tensor_type.HasField("shape"):
        return None
    dims = [d.dim_value if d.HasField("dim_value") else None for d in type_.tensor_type.shape.dim]
    return None if None in dims else dims


def with_constants(model, inputs):
    """The model with its small integer and float inputs made initializers; None when none is."""
    m = copy.deepcopy(model)
    keep, made = [], 0
    for info, data in zip(m.graph.input, inputs):
        array = data if isinstance(data, np.ndarray) else None
        small = array is not None and array.ndim <= 1 and (
            (array.dtype.kind in "iub" and array.size <= 64)
            or (array.dtype in (np.float32, np.float64, np.int64) and array.size <= 8))
        if small and array.dtype.kind in "iubf":
            m.graph.initializer.append(numpy_helper.from_array(array, info.name))
            made += 1
        else:
            keep.append(info)
    if not made:
        return None
    del m.graph.input[:]
    m.graph.input.extend(keep)
    return m


def with_symbols(model):
    """The model with sizes of inputs replaced by symbols; None when there is no such size."""
    m = copy.deepcopy(model)
    made = 0
    for info in m.graph.input:
        if info.type.WhichOneof("value") != "tensor_type":
            continue
        for dim in info.type.tensor_type.shape.dim:
            if dim.dim_value > 1:
                dim.dim_param = "D%d" % dim.dim_value
                made += 1
    return m if made else None


def at_opset(model, opset):
    """The model at another opset, inputs turned into attributes where that one wants them."""
    m = copy.deepcopy(model)
    for entry in m.opset_import:
        if entry.domain == "":
            entry.version = opset
    data = {t.name: numpy_helper.to_array(t) for t in m.graph.initializer}
    for node in m.graph.node:
        moved = [(i, name) for i, name, below in ATTRIBUTES.get(node.op_type, []) if opset < below]
        if not moved:
            continue
        inputs = list(node.input)
        for i, name in moved:
            if i < len(inputs) and inputs[i]:
                if inputs[i] not in data:
                    return None
                value = data[inputs[i]]
                values = value.reshape(-1).tolist()
                if not values:
                    return None
                scalar = name in ("min", "max", "ratio", "value", "k")
                node.attribute.append(helper.make_attribute(name, values[0] if scalar else values))
        first = min(i for i, _ in moved)
        if node.op_type == "Slice" and len(inputs) > 4 and inputs[4] and not (data.get(inputs[4], np.array([2])) == 1).all():
            return None
        used = set(inputs[first:])
        del node.input[first:]
        for t in [t for t in m.graph.initializer if t.name in used]:
            m.graph.initializer.remove(t)
    return m


def inferred(model):
    """The model with onnx's findings as its outputs' types; None when onnx refuses it."""
    m = copy.deepcopy(model)
    truth = {o.name: sizes_of(o.type) for o in m.graph.output}
    for o in m.graph.output:
        o.ClearField("type")
    try:
        found = shape_inference.infer_shapes(m, check_type=True, strict_mode=True, data_prop=True)
    except Exception:
        return None
    del m.graph.output[:]
    m.graph.output.extend(found.graph.output)
    for name, sizes in truth.items():
        if sizes is not None:
            entry = m.metadata_props.add()
            entry.key, entry.value = "truth:" + name, ",".join(map(str, sizes))
    return m


def by_symbolic_inference(model):
    """As `inferred`, by onnxruntime's symbolic shape inference."""
    found = copy.deepcopy(model)
    try:
        found = SymbolicShapeInference.infer_shapes(found, auto_merge=False)
    except Exception as e:
        print("no golden:", model.graph.node[-1].op_type, repr(e)[:200])
        return None
    m = copy.deepcopy(model)
    del m.graph.output[:]
    m.graph.output.extend(found.graph.output)
    return m


def valid(model):
    """Whether the checker takes the model as it was before its output types were forgotten."""
    try:
        onnx.checker.check_model(model)
        return True
    except Exception:
        return False


def main(out):
    goldens = collections.OrderedDict()
    seen = set()
    counts = collections.Counter()
    refused = collections.Counter()

    def add(operator, variant, model, limit):
        opset = max([e.version for e in model.opset_import if e.domain == ""] or [0])
        key = (operator, opset, variant)
        if counts[key] >= limit:
            return
        golden = inferred(model)
        if golden is None:
            refused[operator] += 1
            return
        for k, v in (("operator", operator), ("variant", variant)):
            entry = golden.metadata_props.add()
            entry.key, entry.value = k, v
        data = golden.SerializeToString(deterministic=True)
        digest = hashlib.sha1(data).hexdigest()
        if digest in seen or len(data) > MAX_BYTES:
            return
        seen.add(digest)
        counts[key] += 1
        name = "%s/%02d-%s-%d.onnx" % (operator.replace(":", "."), opset, variant, counts[key])
        goldens[name] = data

    def variants(operator, model, inputs, limit):
        add(operator, "static", model, limit)
        constants = with_constants(model, inputs) if inputs else None
        if constants is not None:
            add(operator, "constants", constants, limit)
        symbolic = with_symbols(constants if constants is not None else model)
        if symbolic is not None:
            add(operator, "symbolic", symbolic, limit)

    cases = [(t.name, bare(t.model), t.data_sets[0][0]) for t in collect_testcases(None)]
    cases += [(name, bare(m), data) for name, m, data in shape_cases.cases()]
    for name, model, inputs in cases:
        if any(e.domain.startswith("ai.onnx.preview") for e in model.opset_import):
            continue
        nodes = model.graph.node
        if len(nodes) > MAX_NODES:
            continue
        if "_expanded" in name:
            operator = "expanded"
        elif len(nodes) == 1 or name.startswith("hand:"):
            node = nodes[-1]
            operator = node.op_type if not node.domain else node.domain + ":" + node.op_type
        else:
            operator = "several"
        opset = max([e.version for e in model.opset_import if e.domain == ""] or [0])
        if operator in ("expanded", "several"):
            if opset <= NEWEST:
                variants(operator, model, inputs, 60)
            continue
        if nodes[-1].domain == "":
            targets = versions(nodes[-1].op_type, "")
            for i, target in enumerate(targets):
                moved = model if target == opset else at_opset(model, target)
                constants = with_constants(model, inputs)
                attributes = at_opset(constants, target) if constants is not None else None
                limit = PER_VERSION if i == 0 else PER_OLD_VERSION
                if moved is not None and (target == opset or valid(moved)):
                    variants(operator, moved, inputs, limit)
                elif attributes is not None and valid(attributes):
                    variants(operator, attributes, None, limit)
        else:
            variants(operator, model, inputs, PER_VERSION)
    for operator, model in shape_cases.contrib():
        golden = by_symbolic_inference(bare(model))
        if golden is None:
            refused[operator] += 1
            continue
        for k, v in (("operator", operator), ("variant", "contrib")):
            entry = golden.metadata_props.add()
            entry.key, entry.value = k, v
        counts[operator] += 1
        name = "%s/17-contrib-%d.onnx" % (operator.replace(":", "."), counts[operator])
        goldens[name] = golden.SerializeToString(deterministic=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(goldens):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, goldens[name])
    operators = {name.split("/")[0] for name in goldens}
    print(len(goldens), "goldens of", len(operators), "operators; refused by onnx:", dict(refused))
    missing = sorted({s.name for s in onnx.defs.get_all_schemas_with_history()
                      if s.domain == "" and s.since_version <= NEWEST and not s.deprecated} - operators)
    print("no golden for", missing)


if __name__ == "__main__":
    main(sys.argv[1])
