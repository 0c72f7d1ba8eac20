#!/usr/bin/env python3
"""Defines M5, the network of the worked example, and exports it untrained with torch.export.

Run once at development time; its outputs are committed, so Octet needs no Python. M5 follows the raw-waveform network of that name in
"Very Deep Convolutional Neural Networks for Raw Waveforms" (Dai et al., 2016, arXiv 1610.00087), in the narrow form with 26,915
parameters. Its two statements that other exporters could not take, average pooling over the input's own length and `permute`, stay in.

    python3 m5.py --model ../src/main/resources/dev/octet/example/speech/m5.pt2 \
                  --golden ../src/test/resources/dev/octet/example/speech/m5_golden.npz
"""

import argparse
import io
import math
import pathlib
import zipfile

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

LABELS = (
    "backward bed bird cat dog down eight five follow forward four go happy house learn left marvin nine no off on one right seven sheila "
    "six stop three tree two up visual wow yes zero"
).split()
SAMPLE_RATE = 8000
SEED = 20250101


class ConvBlock(nn.Module):
    """Convolution, batch normalization, ReLU, and a fourfold max pooling."""

    def __init__(self, channels_in, channels_out, kernel, stride=1):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv1d(channels_in, channels_out, kernel_size=kernel, stride=stride),
            nn.BatchNorm1d(channels_out),
            nn.ReLU(),
            nn.MaxPool1d(4),
        )

    def forward(self, x):
        return self.block(x)


class M5(nn.Module):
    """N x 1 x 8000 samples (one second at 8 kHz, within [-1, 1]) to N x 1 x 35 log-probabilities."""

    def __init__(self, classes=len(LABELS), width=32):
        super().__init__()
        self.block1 = ConvBlock(1, width, kernel=80, stride=16)
        self.block2 = ConvBlock(width, width, kernel=3)
        self.block3 = ConvBlock(width, 2 * width, kernel=3)
        self.block4 = ConvBlock(2 * width, 2 * width, kernel=3)
        self.fc1 = nn.Linear(2 * width, classes)

    def forward(self, x):
        x = self.block1(x)
        x = self.block2(x)
        x = self.block3(x)
        x = self.block4(x)
        x = F.avg_pool1d(x, x.shape[-1])
        x = x.permute(0, 2, 1)
        x = self.fc1(x)
        return F.log_softmax(x, dim=2)


def untrained():
    """M5 with seeded initial weights, in evaluation mode."""
    torch.manual_seed(SEED)
    return M5().eval()


def export(model):
    """The exported program: batch is symbolic; stack traces (paths of this machine) and the example input (64 KB of zeros) are left out."""
    example = torch.zeros(2, 1, SAMPLE_RATE)
    program = torch.export.export(model, (example,), dynamic_shapes={"x": {0: torch.export.Dim("batch")}})
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
        node.meta.pop("from_node", None)
    program.example_inputs = None
    return program


def save(program, path):
    torch.export.save(program, str(path), extra_files={"labels": "\n".join(LABELS) + "\n", "sample_rate": str(SAMPLE_RATE)})


def chirps(batch):
    """Deterministic input without a random generator: 16-bit sweeps of rising and falling pitch, one a row."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    rows = [0.6 * np.sin(2 * math.pi * (120 + 37 * n) * time * (1 + (0.4 + 0.1 * (n % 5)) * time)) * np.hanning(SAMPLE_RATE) for n in range(batch)]
    return (np.rint(np.stack(rows) * 32767) / 32768).astype(np.float32)[:, None, :]


def check(path):
    """Loads the archive again and compares it with the module at three batch sizes; returns the widest batch's input and output."""
    model = untrained()
    loaded_files = {"labels": "", "sample_rate": ""}
    program = torch.export.load(str(path), extra_files=loaded_files).module()
    assert loaded_files["labels"].split() == LABELS and loaded_files["sample_rate"] == str(SAMPLE_RATE)
    assert sum(p.numel() for p in model.parameters()) == 26_915
    recorded = {}
    for batch in (1, 3, 32):
        x = chirps(batch)
        with torch.no_grad():
            want, got = model(torch.from_numpy(x)).numpy(), program(torch.from_numpy(x)).numpy()
        assert want.shape == (batch, 1, len(LABELS))
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
        recorded[f"input_{batch}"], recorded[f"output_{batch}"] = x, want
    return recorded


def write_npz(path, arrays):
    """A compressed `.npz` with fixed timestamps, so that the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.save(buffer, arrays[name])
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (2025, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED, 9)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, required=True, help="the .pt2 to write")
    parser.add_argument("--golden", type=pathlib.Path, help="an .npz with the batch-3 input and torch's output, for tests")
    parser.add_argument("--sample", type=pathlib.Path, help="an .npz with inputs and outputs at batch 1, 3 and 32")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    save(export(untrained()), arguments.model)
    recorded = check(arguments.model)
    if arguments.golden:
        write_npz(arguments.golden, {"input": recorded["input_3"], "output": recorded["output_3"]})
    if arguments.sample:
        write_npz(arguments.sample, recorded)


if __name__ == "__main__":
    main()
