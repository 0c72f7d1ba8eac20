"""Writes what torch.onnx.export makes of a program with branches, notes included: the goldens of ProgramBodiesTest.

    python make_torch_onnx_bodies.py cond.pt2 octet-libtorch/src/test/resources/torch_onnx/cond.onnx
"""

import sys

import onnx
import torch

if __name__ == "__main__":
    source, target = sys.argv[1:]
    torch.onnx.export(torch.export.load(source), f=target, external_data=False)
    model = onnx.load(target)

    def strip(graph):
        """Stack traces name this machine's folders."""
        for node in graph.node:
            for entry in [entry for entry in node.metadata_props if "stack_trace" in entry.key]:
                node.metadata_props.remove(entry)
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    strip(attribute.g)

    strip(model.graph)
    del model.metadata_props[:]
    onnx.save(model, target)
