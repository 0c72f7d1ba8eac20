"""Makes a small .pt2 archive and a checkpoint with whatever PyTorch runs it (2.5 to 2.8 wrote other layouts than later ones; the newest ones are there to be read).

    python conformance/python/make_old_archives.py octet-torch/src/test/resources/pt2

Writes torch_VERSION.pt2 and its .npz. Development-time only; its output is committed.
"""

import pathlib
import sys

import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Conv1d(2, 4, 5, stride=2), nn.BatchNorm1d(4), nn.ReLU(inplace=True), nn.MaxPool1d(2))
        self.fc = nn.Linear(4, 3)
        self.register_buffer("shift", torch.arange(3.0))

    def forward(self, x):
        x = self.block(x)
        x = nn.functional.avg_pool1d(x, x.shape[-1])
        return self.fc(x.permute(0, 2, 1)) + self.shift * torch.tensor([1.0, 2.0, 3.0])


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
torch.manual_seed(1)
model, x = Net().eval(), torch.randn(3, 2, 40)
version = torch.__version__.split("+")[0]
with torch.no_grad():
    program = torch.export.export(model, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
        node.meta.pop("from_node", None)
    torch.export.save(program, folder / f"torch_{version}.pt2")
    np.savez(folder / f"torch_{version}.npz", input_0=x.numpy(), output_0=model(x).numpy())
