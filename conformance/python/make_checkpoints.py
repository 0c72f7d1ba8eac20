"""Makes the small checkpoints that octet-torch's reader is tested on.

    python conformance/python/make_checkpoints.py octet-torch/src/test/resources/checkpoints

Development-time only; its output is committed. Needs torch and safetensors.
"""

import os
import pathlib
import pickle
import sys
import warnings

import torch
from safetensors.torch import save_file

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
state = {
    "fc.weight": torch.arange(6.0).reshape(2, 3),
    "fc.bias": torch.tensor([-1.0, 0.5]),
    "steps": torch.tensor(7),
    "half": torch.tensor([1.5, -2.0], dtype=torch.float16),
}
torch.save(state, folder / "zip.pth")
torch.save(state, folder / "legacy.pth", _use_new_zipfile_serialization=False)
save_file(state, folder / "weights.safetensors")


class Danger:
    """What a hostile pickle looks like: reading it must not run it."""

    def __reduce__(self):
        return os.system, ("touch pwned",)


weight = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
nested = {"model": {"weight": weight, "turned": weight.detach().t()}, "list": [torch.ones(2)], "epoch": 3, "bad": Danger()}
torch.save(nested, folder / "nested.pth")

# Files that hold no state dict, which are refused.


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(2))


module = Network()
# The older form keeps the source of a class, under a path of the machine that wrote it.
torch.serialization.get_source_lines_and_file = lambda *_: (["class Network: …\n"], 1, "network.py")
torch.save(module, folder / "module.pth")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    torch.save(module, folder / "module_legacy.pth", _use_new_zipfile_serialization=False)
(folder / "bare.pkl").write_bytes(pickle.dumps(module.state_dict()))
