"""Checks that archives rewritten by Octet open in torch.export.load and compute the same.

    python conformance/python/check_pt2_roundtrip.py ORIGINALS REWRITTEN

Both are folders of .pt2 files; beside each original, NAME.npz holds input_i and output_i. Make the
rewritten ones with the test class dev.octet.torch.archive.RewriteArchives (module octet-torch).
Needs torch 2.13 and, for programs from PT2E quantization, torchao.
"""

import json
import pathlib
import sys

import numpy as np
import torch
import torch.utils._pytree as pytree

try:
    import torch.ao.quantization.fx._decomposed  # registers quantized_decomposed
except ImportError:
    import torchao.quantization.pt2e  # noqa: F401


def call(program, arrays):
    spec = program.call_spec.in_spec
    args, kwargs = pytree.tree_unflatten([torch.from_numpy(a) for a in arrays], spec)
    with torch.no_grad():
        result = program.module()(*args, **kwargs)
    return [t.numpy() for t in pytree.tree_leaves(result)]


def main(originals, rewritten):
    results = {}
    for original in sorted(pathlib.Path(originals).glob("*.pt2")):
        samples = original.with_suffix(".npz")
        copy = pathlib.Path(rewritten) / original.name
        try:
            torch.export.load(original)
        except Exception:
            # An output class of a Python package that is not installed, for instance.
            results[original.name] = {"loads": False, "original_loads": False}
            continue
        try:
            program = torch.export.load(copy)
            if samples.exists():
                data = np.load(samples)
                arrays = [data[f"input_{i}"] for i in range(sum(k.startswith("input_") for k in data))]
                got = call(program, arrays)
                same = all(
                    np.allclose(got[i], data[f"output_{i}"], rtol=1e-4, atol=1e-5, equal_nan=True) for i in range(len(got))
                )
                reference = call(torch.export.load(original), arrays)
                equal = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(got, reference))
                results[original.name] = {"loads": True, "equals_original": equal, "close_to_npz": same}
            else:
                results[original.name] = {"loads": True}
        except Exception as failure:
            results[original.name] = {"loads": False, "error": str(failure)[:300]}
    print(json.dumps({"torch": torch.__version__, "archives": results}, indent=1))
    return 0 if all(r["loads"] and r.get("equals_original", True) or not r.get("original_loads", True) for r in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
