"""Makes the small .pt2 archives octet-torch is tested on, each with inputs and PyTorch's outputs.

    python conformance/python/make_aten_fixtures.py octet-torch/src/test/resources/pt2 [NAME…]

Development-time only; its output is committed. Needs torch 2.13 (CPU).
"""

import pathlib
import sys

import numpy as np
import torch
from torch import nn
import torch.utils._pytree as pytree

BATCH = torch.export.Dim("batch")


class Conv1dBn(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Conv1d(2, 4, 5, stride=2), nn.BatchNorm1d(4), nn.ReLU(), nn.MaxPool1d(2))
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        x = self.block(x)
        x = nn.functional.avg_pool1d(x, x.shape[-1])
        return nn.functional.log_softmax(self.fc(x.permute(0, 2, 1)), dim=2)


FIXTURES = {"conv1d_bn": (Conv1dBn, lambda: (torch.randn(3, 2, 40),), ({0: BATCH},))}


def randomize(model):
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(torch.randn_like(buffer) * 0.3)
        elif name.endswith("running_var"):
            buffer.copy_(torch.rand_like(buffer) + 0.5)


def make(folder, name):
    torch.manual_seed(len(name))
    build, example, dynamic = FIXTURES[name]
    model = build().eval()
    with torch.no_grad():
        randomize(model)
        args = example()
        program = torch.export.export(model, args, dynamic_shapes=dynamic)
        outputs = pytree.tree_leaves(model(*args))
    torch.export.save(program, folder / f"{name}.pt2")
    arrays = {f"input_{i}": a.numpy() for i, a in enumerate(pytree.tree_leaves(args))}
    arrays |= {f"output_{i}": o.numpy() for i, o in enumerate(outputs)}
    np.savez(folder / f"{name}.npz", **arrays)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for each in sys.argv[2:] or FIXTURES:
        make(target, each)
