"""Makes small .pt2 archives of eager-mode quantized modules, whose weights are packed into scripted objects.

    python conformance/python/make_eager_archives.py octet-torch/src/test/resources/pt2-quantized

Strict export of PyTorch 2.5 to 2.7 writes them: run with 2.5.1 and 2.7.1. Later versions refuse, and no version writes statically
quantized modules. Writes eager_NAME_VERSION.pt2 and its .npz. Development-time only; its output is committed.
"""

import pathlib
import sys

import numpy as np
import torch
import torch.ao.quantization as eager
from torch import nn


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.head = nn.Embedding(20, 8), nn.Linear(8, 3)

    def forward(self, ids):
        return self.head(self.table(ids))


def dynamic(qconfig):
    return eager.quantize_dynamic(nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 5)), {nn.Linear: qconfig})


def embedding():
    model = Bag().eval()
    model.table.qconfig = eager.float_qparams_weight_only_qconfig
    return eager.convert(eager.prepare(model))


torch.backends.quantized.engine = "x86"
folder, version = pathlib.Path(sys.argv[1]), torch.__version__.split("+")[0]
folder.mkdir(parents=True, exist_ok=True)
CASES = {
    "linear": (lambda: dynamic(eager.default_dynamic_qconfig), lambda: torch.randn(3, 16)),
    "linear_per_channel": (lambda: dynamic(eager.per_channel_dynamic_qconfig), lambda: torch.randn(3, 16)),
    "embedding": (embedding, lambda: torch.randint(0, 20, (2, 6))),
}
for name, (build, example) in CASES.items():
    torch.manual_seed(3)
    model, x = build(), example()
    program = torch.export.export(model, (x,), strict=True)
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
        node.meta.pop("from_node", None)
    torch.export.save(program, folder / f"eager_{name}_{version}.pt2")
    np.savez(folder / f"eager_{name}_{version}.npz", input_0=x.numpy(), output_0=model(x).detach().numpy())
