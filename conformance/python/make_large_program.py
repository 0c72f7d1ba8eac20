"""A program of 4.3 GB, one of whose tensors has 2.3 GB, for bench/large-export: make_large_program.py FOLDER

Writes FOLDER/large.pt2, and FOLDER/large.npz with an input and what PyTorch computes from it. Needs 10 GB of memory."""

import pathlib
import sys

import numpy
import torch
from torch import nn

WORDS, WIDTH, INNER = 560_000, 1024, 240_000


class Large(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)

    def forward(self, words):
        x = self.words(words)
        return x + self.down(torch.relu(self.up(x)))


torch.manual_seed(0)
model = Large().eval()
words = torch.randint(0, WORDS, (2, 3))
with torch.no_grad():
    result = model(words)
    program = torch.export.export(
        model, (words,), dynamic_shapes={"words": {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}}
    )
folder = pathlib.Path(sys.argv[1])
torch.export.save(program, folder / "large.pt2")
numpy.savez(folder / "large.npz", words=words.numpy(), result=result.numpy())
