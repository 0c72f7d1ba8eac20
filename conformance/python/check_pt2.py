#!/usr/bin/env python3
"""Opens .pt2 archives written by Octet with torch.export.load, runs them, and prints what it found as JSON.

    python3 check_pt2.py m5_fp32.pt2 m5_qat.pt2 [--zip clips.zip] [--shape 1 1 8000]

Each archive runs at batch sizes 1, 3 and 32 on seeded noise of the example shape its graph records (or --shape, without a batch), and on
labelled clips when --zip is given; outputs must be finite and equal across batch sizes (rtol 1e-4, atol 1e-5). The exit code is 1 when an
archive does not load or does not hold, so that one run over all outputs of Octet is one check.
"""

import argparse
import io
import json
import pathlib
import sys
import wave
import zipfile

import numpy as np
import torch

try:
    import torch.ao.quantization.fx._decomposed  # noqa: F401  registers torch.ops.quantized_decomposed
except ImportError:
    import torchao.quantization.pt2e  # noqa: F401  from its new home


def input_shape(program):
    """Shape of the single user input without its batch, as the graph records it."""
    names = program.graph_signature.user_inputs
    if len(names) != 1:
        raise SystemExit(f"expected one input, found {len(names)}: {', '.join(map(str, names))}")
    value = next(node for node in program.graph.nodes if node.name == names[0]).meta["val"]
    return [int(size) for size in value.shape[1:]]


def run(module, inputs):
    with torch.no_grad():
        outputs = module(torch.from_numpy(inputs))
    return (outputs if isinstance(outputs, torch.Tensor) else outputs[0]).numpy()


def hold(module, shape):
    """Runs three batch sizes over the same rows; true when every row's result is finite and independent of its neighbours."""
    rows = np.random.default_rng(0).uniform(-0.5, 0.5, [32, *shape]).astype(np.float32)
    widest = run(module, rows)
    return bool(np.isfinite(widest).all()) and all(
        np.allclose(run(module, rows[:batch]), widest[:batch], rtol=1e-4, atol=1e-5) for batch in (1, 3)
    )


def accuracy(module, path, labels, length):
    """Share of the clips in a zip of <label>/<name>.wav that the program names right."""
    correct = total = 0
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith(".wav"):
                continue
            with wave.open(io.BytesIO(archive.read(name))) as sound:
                samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32)[:length] / 32768
            padded = np.zeros((1, 1, length), np.float32)
            padded[0, 0, : len(samples)] = samples
            correct += labels[int(run(module, padded).reshape(-1).argmax())] == name.split("/")[-2]
            total += 1
    return {"accuracy": correct / total, "samples": total}


def check(path, arguments):
    extra = {"labels": ""}
    program = torch.export.load(str(path), extra_files=extra)
    shape = arguments.shape or input_shape(program)
    module = program.module()
    targets = {str(node.target) for node in program.graph.nodes if node.op == "call_function"}
    found = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "input": ["batch", *shape],
        "labels": len(extra["labels"].split()),
        "quantizedOperators": sorted(name for name in targets if name.startswith("quantized_decomposed")),
        "holds": hold(module, shape),
    }
    if arguments.zip:
        found |= accuracy(module, arguments.zip, extra["labels"].split(), shape[-1])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--zip", type=pathlib.Path, help="labelled 8 kHz clips to measure accuracy on")
    parser.add_argument("--shape", nargs="+", type=int, help="input shape without the batch, instead of the recorded one")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    results = []
    for path in arguments.files:
        try:
            results.append(check(path, arguments))
        except Exception as failure:  # reported per file, so that one bad archive does not hide the others
            results.append({"file": path.name, "holds": False, "error": f"{type(failure).__name__}: {failure}"[:500]})
    print(json.dumps({"torch": torch.__version__, "archives": results}, indent=2))
    return 0 if all(result["holds"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
