"""Programs of sizes that vary, or are too large for constants, and of complex numbers, for make_aten_fixtures.py."""

import torch
import torch.nn.functional as F
from torch import nn


class Varying(nn.Module):
    """Windows, parts and Fourier transforms along axes whose size only the input decides; `counts` sum to the rows of `rows`."""

    def forward(self, x, rows, counts):
        first, second, third = torch.split_with_sizes(rows, counts.tolist())
        signal = x[:, 0]
        doubled = 2 * signal.shape[-1]
        spectrum = torch.fft.rfft(signal, n=doubled)
        return [
            F.unfold(x[:, :, None], (1, 5), padding=(0, 2)),
            F.unfold(x[:, :, :, None].expand(-1, -1, -1, 4), (3, 2), dilation=(2, 1), padding=(1, 0), stride=(2, 1)),
            first * 2, second + 1, third,
            torch.view_as_real(torch.fft.fft(x)),
            torch.view_as_real(torch.fft.ifft(x.to(torch.complex64), norm="ortho")),
            torch.view_as_real(torch.fft.rfft(x, norm="forward")),
            torch.fft.irfft(spectrum * spectrum, n=doubled)[..., : signal.shape[-1]],
            torch.fft.irfft(torch.fft.rfft(x, dim=1), dim=1, n=3),
            torch.fft.hfft(x[..., :5].to(torch.complex64), n=x.shape[-1]),
            torch.fft.fftn(x.to(torch.complex64)).real,
            torch.view_as_real(torch.fft.rfft(x, n=8)),
        ]


class LongTransforms(nn.Module):
    """Longer than a constant matrix of waves should be."""

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(4096))

    def forward(self, x):
        # The coefficients are large numbers: all are brought near one.
        spectrum = torch.fft.rfft(x, norm="ortho")
        frames = torch.stft(x, 4096, 1024, window=self.window, normalized=True, return_complex=True)
        return [
            torch.view_as_real(spectrum)[:, ::7],
            torch.fft.irfft(spectrum, n=x.shape[-1], norm="ortho")[:, ::5],
            torch.view_as_real(frames)[:, ::41],
            torch.fft.ifft(x[:, :4099].to(torch.complex64), norm="ortho").abs()[:, ::9],
        ]


class Complex(nn.Module):
    """Layers on complex numbers, as Fourier neural operators and state spaces have them."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 4, 5, dtype=torch.cfloat))
        self.decay = nn.Parameter(torch.rand(4))

    def forward(self, x):
        spectrum = torch.fft.rfft(x, norm="ortho")
        mixed = torch.zeros_like(spectrum)
        mixed[:, :, :5] = torch.einsum("bix,iox->box", spectrum[:, :, :5], self.weight)
        mixed[:, 0, -1] = spectrum[:, 1, 2]
        a = -torch.exp(self.decay) + 1j * x[0, :, :4]
        z = (torch.exp(a) - 1.0) / a + 2 * a.sum(0) - a.mean(-1, keepdim=True) + (0.5 + 2j)
        w = torch.cat([z, x[1, :, :2], z.flip(0)], 1).unsqueeze(0).expand(2, -1, -1)
        return [
            torch.fft.irfft(mixed, n=12, norm="ortho"),
            torch.view_as_real(z @ z.mT.conj()), torch.view_as_real(w), torch.view_as_real(1 / z),
            torch.view_as_real(torch.stack([z, a]).roll(1, 1)), torch.view_as_real(torch.einsum("ij,jk->ik", z, x[0].to(torch.complex64))),
            torch.view_as_real(x.to(torch.complex64)), torch.view_as_real(torch.bmm(w.mT, w).squeeze(0)),
        ]


@torch.library.custom_op("transformers::grouped_mm_fallback", mutates_args=())
def grouped(input: torch.Tensor, weight: torch.Tensor, offs: torch.Tensor) -> torch.Tensor:
    """The operator that transformers registers."""
    products = input.new_zeros(input.shape[0], weight.shape[2])
    start = 0
    for group, end in enumerate(offs.tolist()):
        products[start:end] = input[start:end] @ weight[group]
        start = end
    return products


@grouped.register_fake
def _(input, weight, offs):
    return input.new_empty(input.shape[0], weight.shape[2])


class Experts(nn.Module):
    """A mixture of experts, its tokens sorted by the expert they go to; some rows go to none."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(6, 4)
        self.up = nn.Parameter(torch.randn(4, 8, 6))
        self.down = nn.Parameter(torch.randn(4, 8, 6))

    def forward(self, x):
        expert = self.gate(x).argmax(-1)
        order = expert.argsort(stable=True)
        counts = torch.zeros(4, dtype=torch.int64).scatter_add(0, expert, torch.ones_like(expert))
        offs = counts.cumsum(0)
        hidden = torch.ops.transformers.grouped_mm_fallback(x[order], self.up.transpose(1, 2), offs.to(torch.int32))
        mixed = torch.ops.transformers.grouped_mm_fallback(F.silu(hidden), self.down, offs)
        few = torch.ops.transformers.grouped_mm_fallback(x, self.up.transpose(1, 2), torch.tensor([1, 1, 2, 4]))
        return torch.zeros_like(x).index_copy(0, order, mixed), few
