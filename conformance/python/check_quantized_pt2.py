#!/usr/bin/env python3
"""Opens quantized programs that Octet wrote with torch.export.load and compares what they compute.

    python3 check_quantized_pt2.py QUANTIZED.pt2 [FLOAT.pt2]

Prints the quantized operators found, the share of int8 weights, and, given the float program, how far the two are apart on noise.
Exit status 1 when the program does not load or its outputs are not finite.
"""

import collections
import sys

import torch
import torch.ao.quantization.fx._decomposed  # registers quantized_decomposed


def main():
    torch.set_num_threads(1)
    program = torch.export.load(sys.argv[1])
    calls = collections.Counter(str(node.target) for node in program.graph.nodes if node.op == "call_function")
    for name, count in sorted(calls.items()):
        print(f"{count:4d}  {name}")
    kinds = collections.Counter(str(tensor.dtype) for tensor in program.state_dict.values())
    print("state:", dict(sorted(kinds.items())))
    (shape,) = [
        [2 if not str(size).isdigit() else int(size) for size in node.meta["val"].shape]
        for node in program.graph.nodes
        if node.op == "placeholder" and node.name in program.graph_signature.user_inputs
    ]
    torch.manual_seed(0)
    module = program.module()
    batch = torch.randn([4, *shape[1:]]) * 0.1
    with torch.no_grad():
        quantized = module(batch)
    assert torch.isfinite(quantized).all()
    if len(sys.argv) > 2:
        with torch.no_grad():
            reference = torch.export.load(sys.argv[2]).module()(batch)
        print("largest difference from the float program:", float((quantized - reference).abs().max()))
    print("ok")


if __name__ == "__main__":
    main()
