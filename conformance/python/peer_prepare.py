"""Runs the peer's preprocessing on models and records what comes out.

    python peer_prepare.py MODEL... > octet-testkit/src/test/resources/dev/octet/transform/peer_prepare.csv
    python peer_prepare.py --out FOLDER MODEL...      # keeps the files as well, to be timed

One line a model: nodes before, nodes after with all defaults, and how many opsets the result imports. Nodes of subgraphs
count.
"""
import argparse
import os
import pathlib
import tempfile

import onnx
from onnxruntime.quantization.preprocess import quant_pre_process


def count(graph):
    total = len(graph.node)
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                total += count(inner)
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        folder = options.out or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        print("model,nodes_before,nodes_after,opset_imports")
        for path in sorted(options.models):
            before = onnx.load(path)
            out = folder / path.name
            quant_pre_process(str(path), str(out))
            after = onnx.load(out)
            print(f"{path.name},{count(before.graph)},{count(after.graph)},{len(after.opset_import)}")


main()
