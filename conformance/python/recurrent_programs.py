"""Programs of recurrent layers for make_aten_fixtures.py."""

import torch
from torch import nn


class Projected(nn.Module):
    """LSTMs whose states are projected: layers, directions, with and without batch first, biases, batch and first states."""

    def __init__(self):
        super().__init__()
        self.a = nn.LSTM(3, 5, num_layers=2, bidirectional=True, batch_first=True, proj_size=2)
        self.b = nn.LSTM(4, 3, proj_size=1, bias=False)
        self.c = nn.LSTM(3, 4, num_layers=2, proj_size=3)
        self.d = nn.LSTM(3, 4, bidirectional=True, batch_first=True, proj_size=2).double()

    def forward(self, x):
        y, (h, c) = self.a(x)
        z, last = self.b(y.transpose(0, 1), (c[:1, :, :1], c[:1, :, :3]))
        w, (v, _) = self.d(x.double())
        return [y, h, c, z, *last, *self.c(x[0])[1], w, v]
