"""Writes the schema facts octet-torch needs: names, types and defaults of operator arguments.

    python conformance/python/make_aten_schemas.py \
        octet-torch/src/main/resources/dev/octet/torch/export/aten-schemas.tsv

Archives leave out arguments that equal their schema default. One line per argument, in schema order:
operator, argument, type, default (empty for none), and the alias set it belongs to ("a!" is written,
"a" is viewed by a result, empty for neither). Development-time only; its output is committed.
"""

import re
import sys

import torch
import torchao.quantization.pt2e  # noqa: F401, registers torchao's operators

try:
    import torch.ao.quantization.fx._decomposed  # registers quantized_decomposed
except ImportError:
    pass  # later versions of torch leave that to torchao

# Operators no exported inference program calls.
LEFT_OUT = re.compile(
    "backward|foreach|cudnn|miopen|mkldnn|mps|cuda|sparse|nested|_fused|fbgemm|coalesce|segment|_test_|jagged|^_amp_|cslt|"
    "_weight_int|transformer|rowwise|_histogramdd|names?$|__[a-z]+__$|^q_|qscheme|dequantize|^quantize|_coo|csr|csc|bsr|bsc"
)
KEPT = {"__and__", "__or__", "__xor__", "_fused_moving_avg_obs_fq_helper", "_fused_moving_avg_obs_fq_helper_functional"}
# torchao's operators that torch.export keeps.
AFFINE = {"quantize_affine", "dequantize_affine", "choose_qparams_affine"}


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
        return str(value).replace("\n", "\\n")
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(str(v) for v in value) + "]"
    return str(value).replace("\n", "\\n")


def wanted(namespace, name, overload):
    if namespace == "quantized_decomposed":
        return True
    if namespace == "torchao":
        return name in AFFINE
    if namespace != "aten" or "out" in overload.split("_") or overload.endswith("dimname"):
        return False
    return name in KEPT or name.startswith("fake_quantize") or not LEFT_OUT.search(name)


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
