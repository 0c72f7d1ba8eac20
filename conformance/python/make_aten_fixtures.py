"""Makes the small .pt2 archives octet-torch is tested on, each with inputs and PyTorch's outputs.

    python conformance/python/make_aten_fixtures.py octet-torch/src/test/resources/pt2 [NAME…]

Development-time only; its output is committed. Needs torch 2.13 (CPU).
"""

import pathlib
import sys

import extreme_programs
import force_programs
import loss_programs
import mathematics_programs
import numpy as np
import recurrent_programs
import torch
import torch.ao.quantization.fx._decomposed  # noqa: F401, registers quantized_decomposed
import torch.nn.functional as F
import torch.utils._pytree as pytree
import varying_programs
from torch import nn

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


class Windows(nn.Module):
    def forward(self, x):
        return [
            x * torch.hann_window(8), x * torch.hann_window(8, False), x * torch.hamming_window(8),
            x * torch.hamming_window(8, True, 0.6, 0.4), x * torch.blackman_window(8, False),
        ]


class Detection(nn.Module):
    """Torchvision's operators; the program is made where torchvision is installed."""

    def forward(self, boxes, scores, image, regions):
        import torchvision.ops as vision

        return [
            vision.nms(boxes, scores, 0.5),
            vision.roi_align(image, regions, (2, 3), 0.5, 2),
            vision.roi_align(image, regions, (3, 2), 1.0, 2, True),
            vision.roi_align(image, regions, (2, 2), 1.0, -1, True),
        ]


def detection():
    corners = torch.rand(12, 2) * 6
    regions = torch.tensor([[0.0, 0.3, 1.2, 6.1, 7.0], [1.0, 2.0, 0.0, 7.5, 4.4], [1.0, 1.1, 1.2, 3.3, 6.4]])
    return torch.cat([corners, corners + 1 + torch.rand(12, 2) * 4], 1), torch.rand(12), torch.randn(2, 3, 8, 8), regions


class Elementwise(nn.Module):
    """Functions of one tensor, activations, and arithmetic with type promotion."""

    def forward(self, x, i):
        p = x.abs() + 0.1
        one = [
            torch.exp(x), torch.log(p), torch.sqrt(p), torch.rsqrt(p), torch.floor(x), torch.ceil(x),
            torch.round(x), torch.trunc(x), torch.sign(x), torch.sin(x), torch.cos(x), torch.atan(x),
            torch.erf(x), torch.reciprocal(p), torch.log1p(p), torch.expm1(x), torch.log2(p),
            torch.log10(p), torch.tanh(x), torch.sigmoid(x), F.relu(x), F.relu6(x), F.silu(x), F.mish(x),
            F.gelu(x), F.gelu(x, approximate="tanh"), F.elu(x, 0.7), F.selu(x), F.celu(x, 1.3),
            F.leaky_relu(x, 0.2), F.hardswish(x), F.hardsigmoid(x), F.hardtanh(x, -0.5, 0.8),
            F.softplus(x, 2.0, 1.0), F.logsigmoid(x), F.threshold(x, 0.1, -3.0), F.glu(x, 1),
            F.softshrink(x, 0.3), F.hardshrink(x, 0.3), F.tanhshrink(x), torch.atan2(x, p - 0.5),
        ]
        two = [
            torch.add(x, p, alpha=2), x - i, torch.rsub(x, 2.0), x * i, x / p, i / 3, 1.0 - (x > 0).float(),
            torch.div(x, p, rounding_mode="floor"), torch.div(x, p, rounding_mode="trunc"),
            i // 3, torch.remainder(i, 3), torch.remainder(x, 0.7), torch.fmod(x, 0.7), p ** 1.5, x ** 2,
            torch.maximum(x, p), torch.minimum(x, p), torch.clamp(x, -0.2, 0.3), torch.clamp(i, min=1),
            torch.lerp(x, p, 0.3), torch.addcmul(x, x, p, value=0.5),
        ]
        return one + two


class Logic(nn.Module):
    def forward(self, x, i):
        b = x > 0
        return [
            b, x >= 0.2, x < i, i == 2, i != 2, i <= 1.5, b & (i > 1), b | (i > 1), b ^ (i > 1), ~b,
            torch.logical_and(x, i), torch.logical_not(i), torch.where(b, x, 0.0), x.masked_fill(b, -1.0),
            torch.isnan(x), torch.isfinite(x), i.to(torch.float32), x.to(torch.int64), b.to(torch.int32),
            i & 3, i | 4,
        ]


class Shapes(nn.Module):
    """Views and parts with a dynamic first dimension."""

    def forward(self, x):
        n, c, t = x.shape
        u, v = torch.chunk(x, 2, 1)
        s = torch.split(x, [1, 2, 1], 1)
        w = x.unflatten(1, (2, 2))
        return [
            x.view(n, c * t), x.reshape(-1, t), x.flatten(1), x.flatten(0, 1), w, x.unsqueeze(1),
            x.unsqueeze(-1).squeeze(-1), x.transpose(1, 2), x.permute(2, 0, 1), x.movedim(1, 0), x[:, 1],
            x[:, -1, 2:5], x[..., ::2], x[:, :, -3:], u, v, s[0], s[1], torch.cat([x, u], 1),
            torch.stack([u, v], 1), x[:1].expand(3, -1, -1), x.repeat(1, 2, 1), torch.flip(x, [2]),
            torch.roll(x, 2, 2), x.narrow(2, 1, 3), torch.unbind(w, 1)[1], x.reshape(n * c, t),
            x.reshape(n, t, c), torch.ones(n, 2), torch.zeros_like(x), torch.full((2, n), 3.5),
            torch.arange(t) + x, torch.tril(x), torch.triu(x, 1), x.sum(1).view(n, 1, t),
        ]


class Reductions(nn.Module):
    def forward(self, x):
        values, places = x.max(1)
        top, where = torch.topk(x, 2, dim=2)
        return [
            x.sum(), x.sum(1), x.sum((1, 2), keepdim=True), x.mean(), x.mean(-1), x.mean((1, 2)), x.prod(1),
            x.amax(1), x.amin((1, 2)), x.max(), x.min(), values, places, x.argmax(1), x.argmin(2, keepdim=True),
            (x > 0).any(1), (x > -9).all(), x.var(1), x.std((1, 2)), x.var(2, unbiased=False), x.norm(dim=1),
            torch.linalg.vector_norm(x, dim=2), torch.logsumexp(x, 1), x.cumsum(2), top, where,
            F.softmax(x, 1), F.log_softmax(x, -1), (x > 0).sum(1),
        ]


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(3, 4, 3, padding="same", dilation=2)
        self.b = nn.Conv1d(4, 4, 4, padding="same", groups=2)
        self.c = nn.ConvTranspose1d(4, 3, 4, stride=2, padding=1, output_padding=1)
        self.d = nn.Conv2d(1, 3, (2, 3), stride=(1, 2), padding=(1, 0))
        self.e = nn.BatchNorm2d(3)
        self.f = nn.GroupNorm(2, 4)
        self.g = nn.LayerNorm(12)
        self.h = nn.InstanceNorm1d(4, affine=True)
        self.i = nn.PReLU(4)
        self.j = nn.Conv1d(4, 4, 3, bias=False)
        self.k = nn.RMSNorm(12)

    def forward(self, x):
        y = self.b(self.a(x))
        z = F.relu(self.e(self.d(x.unsqueeze(1))), inplace=True)
        return [
            y, self.c(y), z, self.f(y), self.g(y), self.h(y), self.i(y), self.j(y), self.k(y), F.max_pool1d(y, 3, 2, 1),
            F.max_pool1d(y, 3, 2, 1, ceil_mode=True), F.max_pool2d(z, 2), F.avg_pool1d(y, 3, 2, 1),
            F.avg_pool1d(y, 3, 2, 1, count_include_pad=False), F.avg_pool2d(z, (1, 2)),
            F.adaptive_avg_pool1d(y, 1), F.adaptive_avg_pool1d(y, 4), F.adaptive_max_pool1d(y, 3),
            F.adaptive_avg_pool2d(z, 1), F.pad(y, (1, 2)), F.pad(y, (1, 2), value=0.5),
            F.pad(y, (2, 1), mode="reflect"), F.pad(y, (2, 1), mode="replicate"),
            F.interpolate(y, scale_factor=2.0), F.interpolate(y, size=7, mode="linear"),
            F.interpolate(z, scale_factor=2.0, mode="bilinear", align_corners=True),
            F.interpolate(z, size=(4, 9), mode="bicubic"), F.pixel_shuffle(y.reshape(-1, 4, 3, 4), 2),
            F.pixel_unshuffle(y.reshape(-1, 1, 8, 6), 2),
        ]


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.q, self.k, self.v = (nn.Linear(8, 8) for _ in range(3))
        self.bilinear = nn.Parameter(torch.randn(8, 8))

    def forward(self, ids, mask):
        x = self.embedding(ids)
        n, t, _ = x.shape
        q, k, v = (m(x).view(n, t, 2, 4).transpose(1, 2) for m in (self.q, self.k, self.v))
        return [
            F.scaled_dot_product_attention(q, k, v),
            F.scaled_dot_product_attention(q, k, v, is_causal=True),
            F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :]),
            torch.matmul(x, self.bilinear), torch.einsum("ntc,cd->ntd", x, self.bilinear),
            torch.bmm(x, x.transpose(1, 2)), torch.addmm(self.bilinear, x[:, 0].t() @ x[:, 0], self.bilinear, beta=0.5),
            x[:, torch.tensor([0, 2])], x[torch.arange(n), torch.zeros(n, dtype=torch.int64)],
            torch.gather(x, 2, ids[:, :, None] % 8), torch.index_select(x, 2, torch.tensor([3, 1])),
        ]


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.b = nn.GRU(8, 3, num_layers=2)
        self.c = nn.RNN(3, 5, batch_first=True, nonlinearity="relu")
        self.d = nn.GRU(3, 4, bidirectional=True, batch_first=True, bias=False)

    def forward(self, x):
        y, (h, c) = self.a(x)
        z, g = self.b(y.transpose(0, 1))
        return [y, h, c, z, g, *self.c(x), *self.d(x)]


class InPlace(nn.Module):
    """In-place operators on tensors nobody else sees, and a buffer that counts calls."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros((), dtype=torch.int64))
        self.fc = nn.Linear(6, 6)

    def forward(self, x):
        self.calls += 1
        y = self.fc(x)
        y.relu_().add_(1.0).mul_(x)
        y = F.dropout(y, 0.3, False)
        y = F.silu(y, inplace=True)
        return {"first": y.clamp_(max=2.0), "second": self.calls * 2}


class Conveniences(nn.Module):
    """Second names of operators, forms that copy, and functions found in models' last lines."""

    def forward(self, x, i):
        a, gone = torch.ops.aten, torch.where(x > 1, float("nan"), x)
        return [
            a.permute_copy(x, [1, 0, 2]), a.expand_copy(x[:, :1], [-1, 4, -1]), a.transpose_copy(x, 1, 2), a.unbind_copy(x, 1)[1],
            a.narrow_copy(x, 1, 1, 2), a.split_with_sizes_copy(x, [1, 3], 1)[1], x.ravel(), torch.argwhere(x > 0),
            torch.broadcast_to(x[:, :1], (x.shape[0], 4, 5)), torch.unsafe_chunk(x, 2, 1)[0], x.swapaxes(0, 1),
            torch.special.expit(x), torch.concat([x, x], 1), torch.take(x, i), torch.isin(i, torch.tensor([1, 4])),
            torch.isin(i, 2, invert=True), torch.nansum(gone, 1), torch.nanmean(gone, (1, 2)), torch.logit(torch.sigmoid(x), 0.2),
            torch.signbit(x), torch.ldexp(x, i[:, :1, None]), torch.logaddexp2(x, 2 * x), torch.special.entr(x), torch.special.ndtr(x),
            a._safe_softmax(x.masked_fill(x[:, :1] > 0, -float("inf")), 1), F.mse_loss(x, x * 2), F.l1_loss(x, x * 2, reduction="none"),
            F.smooth_l1_loss(x, x * 2, beta=0.5), F.huber_loss(x, x * 3, reduction="sum", delta=0.7),
        ]


class FakeQuantized(nn.Module):
    """Quantize-dequantize pairs of all forms, on activations and weights."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 6))
        self.register_buffer("scale", torch.rand(4) * 0.02 + 0.01)
        self.register_buffer("zero", torch.zeros(4, dtype=torch.int32))
        self.register_buffer("codes", torch.randint(-100, 100, (4, 6), dtype=torch.int8))
        self.register_buffer("bias", torch.randint(-1000, 1000, (4,), dtype=torch.int32))
        self.register_buffer("zero64", torch.zeros(4, dtype=torch.int64))

    def forward(self, x):
        qd = torch.ops.quantized_decomposed
        w = torch.fake_quantize_per_channel_affine(self.weight, self.scale, self.zero, 0, -128, 127)
        q = qd.quantize_per_tensor(x, 0.02, 3, 0, 127, torch.uint8)
        z = qd.dequantize_per_tensor(q, 0.02, 3, 0, 127, torch.uint8)
        v = qd.dequantize_per_channel(self.codes, self.scale, self.zero64, 0, -127, 127, torch.int8)
        b = qd.dequantize_per_channel(self.bias, self.scale, self.zero64, 0, -(2**31), 2**31 - 1, torch.int32)
        return [q, z, F.linear(z, w), F.linear(z[:, None], v, b), F.linear(z, v, b)]


class ControlFlow(nn.Module):
    """Branches on data and on sizes, a loop, a scan, and a branch inside a branch."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        inner = lambda y: torch.cond(y.sum() > 1, lambda z: z * 2, lambda z: z - 2, (y,))
        a = torch.cond(x.mean() > 0, lambda y: inner(self.fc(y)), lambda y: y.sin(), (x,))
        b = torch.cond(x.shape[0] > 2, lambda y: y + 1, lambda y: y - 1, (x,))
        n, c = torch._higher_order_ops.while_loop(
            lambda i, y: (i < 5) & (y.abs().max() < 100), lambda i, y: (i + 1, y * 1.5 + 1), (torch.tensor(0), x)
        )
        return [a, b, n, c]


class NestedControlFlow(nn.Module):
    """A loop in a branch, a branch in a loop, a scan whose body branches, a map over rows, and a loop in a loop."""

    def __init__(self):
        super().__init__()
        self.rows = nn.Linear(4, 4)
        self.step = nn.Linear(4, 4)

    def forward(self, x):
        cond, while_loop = torch.cond, torch._higher_order_ops.while_loop
        bend = lambda y: cond(y.sum() > 2, lambda z: z * 0.5, lambda z: z + 1, (y,))
        grow = lambda y: while_loop(lambda i, z: i < 3, lambda i, z: (i + 1, bend(self.step(z))), (torch.zeros((), dtype=torch.int64), y))[1]
        a = cond(x.mean() > 0, grow, lambda y: y.cos(), (x,))
        b = torch._higher_order_ops.map(lambda row: torch.tanh(self.rows(row)), x)
        c, d = torch._higher_order_ops.scan(
            lambda s, e: (cond(e.sum() > 0, lambda s, e: s + e, lambda s, e: s * 0.5, (s, e)), s * e), x[0] * 0, x
        )
        n, e = while_loop(
            lambda i, y: i < 3,
            lambda i, y: (i + 1, while_loop(lambda j, z: j < i, lambda j, z: (j + 1, z * 1.25 - 1), (i * 0, y))[1] + 1),
            (torch.tensor(0), x),
        )
        return [a, b, c, d, n, e]


class Indexing(nn.Module):
    def forward(self, x, i):
        n, c, t = x.shape
        rows = torch.arange(n)
        return [
            x[:, torch.tensor([2, 0]), torch.tensor([1, 3])], x[rows, :, torch.tensor([1])],
            x[:, :, torch.tensor([[0, 1], [2, 3]])], x[torch.tensor([1, 0])][:, torch.tensor([-1])],
            torch.gather(x, 1, i % 4), torch.masked_select(x, x > 0.3), x[x[:, 0, 0] > -9], torch.nonzero(x > 0.5),
            x.diagonal(0, 1, 2), torch.diag_embed(x[:, 0]), x.unfold(2, 3, 1), F.one_hot(i[:, 0] + 4, 10),
            x.repeat_interleave(2, 1), torch.rot90(x, 1, [1, 2]), x.fliplr(), *torch.tensor_split(x, 3, 2),
            *torch.meshgrid(x[0, 0], x[0, :, 0], indexing="ij"), torch.outer(x[0, 0], x[0, :, 0]),
            torch.nan_to_num(x / (i == 0)), x.index_fill(1, torch.tensor([1]), 9.0), x[..., None, :], x[:, [0, 3]],
        ]


class Scatters(nn.Module):
    def forward(self, x, i):
        p = i.remainder(4)
        src = x * 2
        y = x.clone()
        y[:, 1] = 3.0
        y[:, :, 1:4:2] += 1.0
        y[:, 2:, 0].mul_(2.0)
        z = torch.zeros_like(x)
        z[:, torch.tensor([0, 2])] = x[:, :2]
        z[z > 1.0] = 0.25
        v = x.transpose(1, 2).clone()
        v.transpose(1, 2)[:, 3].zero_()
        w = x.clone()
        row = w[:, 0]
        w.add_(1.0)
        return [
            torch.scatter(x, 1, p, src), torch.scatter(x, 1, p, 7.0), x.scatter_add(1, p, src),
            x.scatter_reduce(1, p, src, "amax"), x.scatter_reduce(1, p, src, "sum", include_self=True),
            x.index_add(1, torch.tensor([0, 2, 0]), src[:, :3]), x.index_copy(1, torch.tensor([3, 1]), src[:, :2]),
            x.index_put((torch.tensor([1, 0]), torch.tensor([2, 3])), src[0, 0]),
            x.index_put((torch.tensor([1, 1]), torch.tensor([2, 2])), src[0, 0], accumulate=True),
            torch.slice_scatter(x, src[:, :, :2], 2, 1, 3), torch.select_scatter(x, src[:, 0], 1, 2),
            x.masked_scatter(x > 0, src), y, z, v, w, row,
        ]


class Sorting(nn.Module):
    def forward(self, x):
        return [
            *torch.sort(x, 2), *torch.sort(x, 1, descending=True), x.argsort(2), x.cumprod(2), *torch.std_mean(x, 1),
            *torch.aminmax(x, dim=1), x.median(2)[0], x.kthvalue(2, 1)[0], x.logcumsumexp(2), torch.count_nonzero(x > 0, 1),
            x.msort(), torch.bucketize(x, torch.tensor([-1.0, 0.0, 1.0])),
        ]


class Products(nn.Module):
    """Distances, products and special functions."""

    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(9, 3, mode="mean")
        self.bilinear = nn.Bilinear(5, 5, 3)

    def forward(self, x, i):
        p = x.abs() + 0.1
        y = x + 0.3
        return [
            torch.cdist(x, y), F.cosine_similarity(x, y, dim=2), F.normalize(x, dim=2), F.pairwise_distance(x, y),
            torch.baddbmm(x @ x.transpose(1, 2), x, y.transpose(1, 2), beta=0.5, alpha=2.0), self.bag((i + 4)[:, 0]),
            self.bilinear(x, y), torch.logaddexp(x, y), torch.hypot(x, y), torch.erfc(x), torch.sinc(x),
            torch.special.xlog1py(x, p), torch.float_power(p, 1.5), torch.addmv(x[0, :, 0], x[0], x[0, 0]), x.trace() if x.dim() == 2 else x[0].trace(),
            torch.addcdiv(x, y, p), torch.deg2rad(x), torch.xlogy(x, p), torch.cross(x[:, :, :3], y[:, :, :3], dim=2),
            torch.tensordot(x, y, ([2], [2])), torch.kron(x[0], torch.ones(1, 2)), F.local_response_norm(x, 3),
            F.lp_pool1d(p, 2.0, 2), torch.linalg.norm(x, 1, dim=2), torch.norm(x, float("inf"), dim=1), torch.positive(x), torch.copysign(x, y),
            torch.heaviside(x, p), torch.isclose(x, x + 1e-9), torch.fmax(x, y), torch.sgn(x), torch.isposinf(x),
        ]


class Sampling(nn.Module):
    """Patches and resampling of images."""

    def forward(self, x, grid):
        u = F.unfold(x, (2, 3), padding=(1, 0), stride=(2, 1), dilation=(1, 2))
        return [
            F.grid_sample(x, grid, align_corners=False), F.grid_sample(x, grid, "nearest", "border", align_corners=True),
            u, F.fold(F.unfold(x, 2, stride=2), (4, 6), 2, stride=2), F.affine_grid(grid[:, :2, :3, 0].contiguous(), x.shape, False),
            F.channel_shuffle(x, 2), F.max_pool2d(x, 2, return_indices=False), x.as_strided((2, 3), (6, 1), 1),
            F.interpolate(x, scale_factor=0.5, mode="nearest-exact"), F.interpolate(x, size=(3, 3), mode="bilinear", antialias=True),
        ]


class Fourier(nn.Module):
    """Complex numbers, which ONNX holds as pairs of real ones."""

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(8))
        self.register_buffer("turn", torch.polar(torch.ones(4), torch.arange(4.0)))

    def forward(self, x):
        s = torch.stft(x, 8, 4, window=self.window, return_complex=True)
        f = torch.fft.rfft(x)
        z = torch.view_as_complex(x[:, :8].reshape(-1, 4, 2))
        return [
            s.abs(), torch.view_as_real(s), f.abs() ** 2, f.real, f.imag, torch.fft.irfft(f, x.shape[1]),
            torch.view_as_real(z * self.turn).flatten(1), torch.view_as_real(torch.fft.fft(x)), torch.fft.ifft(torch.fft.fft(x)).real,
            torch.view_as_real(z + self.turn), torch.view_as_real(z.conj() * 2.0), z.angle(),
        ]


def pair():
    return torch.randn(3, 4, 5), torch.randint(-4, 5, (3, 4, 5))


FIXTURES = {
    "windows": (Windows, lambda: (torch.randn(2, 8),), ({0: BATCH},)),
    "detection": (Detection, detection, None),
    "conv1d_bn": (Conv1dBn, lambda: (torch.randn(3, 2, 40),), ({0: BATCH},)),
    "elementwise": (Elementwise, pair, ({0: BATCH}, {0: BATCH})),
    "logic": (Logic, pair, ({0: BATCH}, {0: BATCH})),
    "shapes": (Shapes, lambda: (torch.randn(3, 4, 5),), ({0: BATCH},)),
    "reductions": (Reductions, lambda: (torch.randn(3, 4, 5),), ({0: BATCH},)),
    "convolutions": (Convolutions, lambda: (torch.randn(3, 3, 12),), ({0: BATCH},)),
    "attention": (
        Attention,
        lambda: (torch.randint(0, 11, (3, 5)), torch.rand(3, 5) > 0.3),
        ({0: BATCH, 1: torch.export.Dim("time")},) * 2,
    ),
    "recurrent": (Recurrent, lambda: (torch.randn(3, 6, 3),), ({0: BATCH},)),
    "projected": (recurrent_programs.Projected, lambda: (torch.randn(3, 6, 3),), ({0: BATCH},)),
    "class_losses": (loss_programs.Classes, loss_programs.classes, None),
    "losses": (loss_programs.Losses, loss_programs.numbers, None),
    "extremes": (extreme_programs.Extremes, extreme_programs.example, None),
    "varying": (
        varying_programs.Varying,
        lambda: (torch.randn(3, 4, 12), torch.randn(7, 2), torch.tensor([3, 0, 4])),
        ({0: BATCH, 2: torch.export.Dim("length", min=10)}, {0: torch.export.Dim("rows")}, None),
    ),
    "long_transforms": (varying_programs.LongTransforms, lambda: (torch.randn(2, 5000),), ({0: BATCH},)),
    "complex": (varying_programs.Complex, lambda: (torch.randn(3, 4, 12),), ({0: torch.export.Dim("batch", min=2)},)),
    "experts": (varying_programs.Experts, lambda: (torch.randn(9, 6),), ({0: torch.export.Dim("tokens", min=4)},)),
    "in_place": (InPlace, lambda: (torch.randn(3, 6),), ({0: BATCH},)),
    "control_flow": (ControlFlow, lambda: (torch.randn(3, 4),), ({0: BATCH},)),
    "nested_control_flow": (NestedControlFlow, lambda: (torch.randn(3, 4),), ({0: BATCH},)),
    "indexing": (Indexing, pair, ({0: BATCH}, {0: BATCH})),
    "scatters": (Scatters, pair, ({0: BATCH}, {0: BATCH})),
    "sorting": (Sorting, lambda: (torch.randn(3, 4, 5),), ({0: BATCH},)),
    "products": (Products, pair, ({0: BATCH}, {0: BATCH})),
    "sampling": (Sampling, lambda: (torch.randn(2, 4, 4, 6), torch.rand(2, 3, 5, 2) * 2 - 1), None),
    "fourier": (Fourier, lambda: (torch.randn(3, 24),), ({0: BATCH},)),
    "conveniences": (Conveniences, lambda: (torch.randn(3, 4, 5), torch.randint(0, 5, (3, 2))), ({0: BATCH}, {0: BATCH})),
    "matrices": (mathematics_programs.Matrices, mathematics_programs.matrices, None),
    "statistics": (mathematics_programs.Statistics, pair, None),
    "arrangements": (mathematics_programs.Arrangements, pair, None),
    "cells": (mathematics_programs.Cells, lambda: (torch.randn(3, 2, 4), torch.randn(3, 2, 4, 6)), ({0: BATCH}, {0: BATCH})),
    "spectra": (mathematics_programs.Spectra, lambda: (torch.randn(2, 4, 6), torch.randn(2, 32)), None),
    "specials": (mathematics_programs.Specials, lambda: (torch.randn(3, 7) * 3, torch.rand(3, 7)), ({0: BATCH}, {0: BATCH})),
    "forces": (lambda: force_programs.traced(torch.export.default_decompositions()), force_programs.example, None),
    "forces_whole": (force_programs.traced, force_programs.example, None),
    "slopes": (force_programs.Slopes, lambda: (torch.randn(3, 5), torch.randn(3, 5)), ({0: BATCH}, {0: BATCH})),
    "fake_quantized": (FakeQuantized, lambda: (torch.randn(3, 6),), ({0: BATCH},)),
}


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
    for module in program.graph_module.modules():  # branches and bodies of control flow too
        for node in getattr(module, "graph", torch.fx.Graph()).nodes:
            # Stack traces name this machine's folders, and the rest is only history.
            node.meta.pop("stack_trace", None)
            node.meta.pop("from_node", None)
    torch.export.save(program, folder / f"{name}.pt2")
    with torch.no_grad():  # after saving: a call may change buffers
        outputs = pytree.tree_leaves(program.module()(*args))
    arrays = {f"input_{i}": a.numpy() for i, a in enumerate(pytree.tree_leaves(args))}
    arrays |= {f"output_{i}": np.ascontiguousarray(o.numpy()).reshape(o.shape) for i, o in enumerate(outputs)}
    np.savez(folder / f"{name}.npz", **arrays)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for each in sys.argv[2:] or FIXTURES:
        make(target, each)
