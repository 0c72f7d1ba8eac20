"""Makes small .pt2 archives that hold pickled objects beside their tensors, as converted TorchScript programs do.

    python conformance/python/make_leftover_archives.py octet-torch/src/test/resources/pt2-leftovers

leftover: a scripted object and a tensor of a class of its own that the program does not even name; unread: a tensor of a
class of its own that is an input nothing reads; read: one that is read. Development-time only; its output is committed.
Needs torch 2.13 or later (CPU).
"""

import json
import pathlib
import sys
import zipfile

import torch
from torch import nn


class Marked(torch.Tensor):
    """A tensor of a class of its own, which torch.export.save pickles."""


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.tensor([1.0, 2.0, 3.0])

    def forward(self, x):
        return x * self.table + 1


def rewritten(source, target, change):
    """The archive with another program, without its sample inputs."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("models/model.json"):
                program = json.loads(data)
                change(program["graph_module"]["graph"])
                data = json.dumps(program).encode()
            if "sample_inputs" not in entry.filename:
                new.writestr(zipfile.ZipInfo(entry.filename, (2020, 1, 1, 0, 0, 0)), data)


def plain(graph):
    for node in graph["nodes"]:
        node["metadata"] = {}


def deaf(graph):
    """Multiplies by the input instead of by the table."""
    plain(graph)
    arguments = {each["name"]: each["arg"] for each in graph["nodes"][0]["inputs"]}
    arguments["other"]["as_tensor"] = arguments["self"]["as_tensor"]


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    program = torch.export.export(Scaled(), (torch.randn(2, 3),))
    name = next(iter(program.constants))
    scratch = folder / "scratch.pt2"
    for target, constants, change in (
        ("leftover", {"marked": torch.ones(2).as_subclass(Marked), "packed": None}, plain),
        ("unread", {name: program.constants[name].as_subclass(Marked)}, deaf),
        ("read", {name: program.constants[name].as_subclass(Marked)}, plain),
    ):
        before = dict(program.constants)
        if "packed" in constants:
            weight = torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8)
            constants["packed"] = torch.ops.quantized.linear_prepack(weight, None)
        program.constants.update(constants)
        torch.export.save(program, scratch)
        program._constants = before
        rewritten(scratch, folder / f"{target}.pt2", change)
    scratch.unlink()
