"""Programs for make_aten_fixtures.py: equations, statistics, arrangements, spectra, functions known by their series."""

import torch
import torch.nn.functional as F
from torch import nn


class Matrices(nn.Module):
    """Equations, determinants, factors and functions of matrices."""

    def forward(self, a, b, s):
        la, low = torch.linalg, torch.linalg.cholesky(s)
        q, r = la.qr(a)
        full, upper = la.qr(a.mT, "complete")
        reflectors = a[0, :, :3] * 0.3
        return [
            la.inv(s), torch.inverse(a[0]), la.solve(a, b), la.solve(a[0], b), la.solve(a[0], b[0, :, 0]), la.solve(a, b.mT, left=False),
            la.det(a), la.det(a.double()), *la.slogdet(a), torch.logdet(s), low, la.cholesky(s, upper=True), torch.cholesky_solve(b, low),
            torch.cholesky_inverse(low[0]), la.solve_triangular(a, b, upper=True), la.solve_triangular(a, b.mT, upper=False, left=False),
            la.solve_triangular(a, b, upper=False, unitriangular=True), q, r, full, upper, la.qr(a[:, :2])[1], la.qr(a[:, :, :2])[0],
            la.householder_product(reflectors, reflectors[0].abs()), la.matrix_power(a, 5), la.matrix_power(s, -3), la.matrix_power(a, 0),
            la.matrix_exp(a), la.matrix_exp(a[0].double() * 3), la.matrix_norm(a), la.matrix_norm(a, 1), la.matrix_norm(a, -float("inf"), keepdim=True),
            la.multi_dot([a[0], s[0], b[0]]), la.vander(b[0, :, 0], N=5), torch.vander(b[0, :, 0], 3), la.vecdot(a, s), la.tensorinv(s.flatten(1).reshape(2, 16)[:1].reshape(4, 2, 2), 1),
            torch.addr(a[0], b[0, :, 0], b[0, :, 1], beta=0.5), torch.dist(a, s, 1.0), torch.vdot(b[0, :, 0], b[0, :, 1]), torch.renorm(a, 2, 1, 0.7), a.mH,
            torch.kron(a[0], b[0, :, 0]), la.diagonal(a, offset=1), torch.chain_matmul(a[0], a[1]),
        ]


def matrices():
    root = torch.randn(2, 4, 4)
    return torch.randn(2, 4, 4), torch.randn(2, 4, 2), root @ root.mT + torch.eye(4)


class Statistics(nn.Module):
    """Numbers in order, and how often they occur."""

    def forward(self, x, i):
        gone = torch.where(x > 0.8, float("nan"), x)
        run = torch.tensor([1, 1, 2, 2, 2, 3, 1, 1])
        return [
            torch.quantile(x, 0.3), torch.quantile(x, torch.tensor([0.25, 0.5, 0.9]), dim=1), torch.quantile(x, 0.6, dim=2, keepdim=True),
            torch.quantile(x, 0.6, dim=0, interpolation="lower"), torch.quantile(x, 0.6, dim=1, interpolation="higher"),
            torch.quantile(x, 0.6, dim=1, interpolation="nearest"), torch.quantile(x, torch.tensor([0.1, 0.7]), dim=1, keepdim=True, interpolation="midpoint"),
            torch.nanquantile(gone, 0.4, dim=2), torch.nanquantile(gone, torch.tensor([0.2, 0.7]), dim=1), x.median(), *x.median(1), *torch.nanmedian(gone, 2),
            torch.nanmedian(gone), *torch.cummax(x, 1), *torch.cummin(x, 2), *torch.cummax(i, 0), i.mode(2)[0], x.kthvalue(2, 1, True)[0],
            torch.unique(i), *torch.unique(i[:, 0], return_inverse=True, return_counts=True), torch.unique(i[:, :2, 0] > 0, dim=0),
            *torch.unique_consecutive(run, return_inverse=True, return_counts=True), torch.bincount((i + 4).flatten()),
            torch.bincount((i[:, 0, 0] + 4), x[:, 0, 0], 12), torch.histc(x, 5, -1, 1), torch.histc(x, 4), *torch.histogram(x[0], 5, range=(-1.0, 1.0)),
            *torch.histogram(x[0], torch.tensor([-1.0, 0.0, 0.5, 2.0]), density=True), torch.bucketize(x, torch.tensor([-1.0, 0.0, 1.0]), right=True, out_int32=True),
            torch.bucketize(0.5, torch.tensor([-1.0, 0.0, 1.0])), torch.searchsorted(x.sort(2)[0], x * 0.5), torch.searchsorted(torch.tensor([-1.0, 0.5]), 0.5, side="right"),
            torch.searchsorted(x[0, 0], x, sorter=x[0, 0].argsort()), torch.bucketize(i, torch.tensor([-1.5, 0.0, 1.0])),
        ]


class Arrangements(nn.Module):
    """Elements repeated, combined, laid on diagonals, put at places."""

    def forward(self, x, i):
        m, v = x[0], x[0, 0]
        return [
            x.repeat_interleave(torch.tensor([1, 0, 2, 3]), dim=1), x.repeat_interleave(2), m.repeat_interleave(i[0, :, 0].abs(), dim=0),
            torch.diag(m), torch.diag(v, 1), torch.diag(v, -2), torch.diag(m, -1), torch.diagflat(m[:2, :2]), torch.diag_embed(x, 1, 0, 2), torch.diag_embed(x, -2),
            torch.diagonal_scatter(m, v[:4] * 9, 1), torch.diagonal_scatter(x, x[:, :3, 0], -1, 1, 2), m.clone().fill_diagonal_(0.5), torch.tril_indices(3, 4, 1), torch.triu_indices(4, 3),
            torch.cartesian_prod(v, m[:, 0]), torch.combinations(v), torch.combinations(v, 3, True), torch.block_diag(m, v, torch.tensor(2.0)),
            nn.utils.rnn.pad_sequence([m, m[:2], m[:1]], True, -1.0), nn.utils.rnn.pad_sequence([m[:2], m], padding_side="left"), torch.column_stack([v, v, m.T]),
            torch.dstack([m, m]), torch.dstack([v, v]), *torch.hsplit(x, 2), *torch.vsplit(m, [1, 3]), *torch.dsplit(x, [2]), torch.trapezoid(x, dx=0.5), torch.trapezoid(x, v, dim=2),
            torch.trapezoid(x, x.cumsum(1), dim=1), torch.cumulative_trapezoid(x, dim=1), *torch.gradient(m), *torch.gradient(x, spacing=0.5, dim=[1, 2]),
            torch.roll(x, 3), torch.cross(m[:3], m[1:]), torch.put(m, torch.tensor([1, -3]), torch.tensor([9.0, 8.0])), torch.put(m, torch.tensor([1, 1]), torch.tensor([9.0, 8.0]), accumulate=True),
            torch.index_reduce(x, 1, torch.tensor([0, 2, 0]), x[:, 1:], "mean"), torch.index_reduce(x, 1, torch.tensor([0, 2, 0]), x[:, 1:], "prod"),
            torch.as_strided_scatter(m, v[:4].reshape(2, 2), (2, 2), (1, 2), 3), torch.nonzero_static(m > 0, size=15, fill_value=-2),
            i << 2, i >> 1, i[:, :, :2] << i[:, :, 2:4].abs(), torch.gcd(i, i.flip(1)), torch.lcm(i, i.flip(2)), torch.round(x, decimals=2), torch.round(x * 100, decimals=-1),
        ]


class Cells(nn.Module):
    """Single steps of recurrent layers, as decoders take them, and maxima put back."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c, self.d = nn.LSTMCell(4, 6), nn.GRUCell(4, 6), nn.RNNCell(4, 6, nonlinearity="relu"), nn.RNNCell(4, 6, bias=False)

    def forward(self, x, y):
        h, c = self.a(x[:, 0])
        h, c = self.a(x[:, 1], (h, c))
        values, places = F.max_pool2d(y, 2, return_indices=True)
        line, along = F.max_pool1d(y[:, 0], 2, return_indices=True)
        return [h, c, self.b(x[:, 0], h), self.c(x[:, 0], h), self.d(x[:, 0]), F.max_unpool2d(values, places, 2), F.max_unpool1d(line, along, 2)]


class Spectra(nn.Module):
    """Transforms over several axes, cut or padded, and back from frames to the signal."""

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(8))

    def forward(self, x, y):
        real, fft = torch.view_as_real, torch.fft
        s = torch.stft(y, 8, 2, window=self.window, return_complex=True)
        short = torch.stft(y, 8, 2, win_length=6, window=self.window[:6], return_complex=True)
        return [
            real(fft.fft2(x)), fft.ifft2(fft.fft2(x)).real, real(fft.rfft2(x, norm="ortho")), fft.irfft2(fft.rfft2(x)), real(fft.rfftn(x)), real(fft.fftn(x, dim=(0, 2))),
            real(fft.fft(x, 8)), real(fft.rfft(x, 3, dim=1)), fft.irfft(fft.rfft(x), 7), fft.hfft(fft.rfft(x)), real(fft.ihfft(x).resolve_conj()), real(fft.ifft(x).resolve_conj()), real(fft.rfft2(x, (3, 8))),
            real(fft.ifftn(fft.fftn(x), norm="forward").resolve_conj()), fft.irfftn(fft.rfftn(x), (2, 4, 5)), fft.fftshift(x), fft.ifftshift(x, 2), real(fft.fftshift(fft.fft(x), 1)), x[0, 0] * fft.fftfreq(6, 0.5),
            x[0, 0] * fft.rfftfreq(10), torch.istft(s, 8, 2, window=self.window), torch.istft(s, 8, 2, window=self.window, length=40), torch.istft(s[0], 8, 2, window=self.window, length=30),
            torch.istft(short, 8, 2, win_length=6, window=self.window[:6]), torch.istft(torch.stft(y, 8, 4, window=torch.ones(8), center=False, normalized=True, return_complex=True), 8, 4, window=torch.ones(8), center=False, normalized=True),
            real(short), torch.bartlett_window(6) * x, torch.kaiser_window(6, True, 8.0) * x, torch.kaiser_window(6, False) * x,
            F.pixel_shuffle(x.reshape(4, 3, 4), 2), F.pixel_unshuffle(x[:, :2].reshape(2, 1, 2, 2, 3)[..., :2], 2), F.unfold(x, (2, 3), padding=1), F.fold(x.reshape(8, 6), (3, 4), 2),
            F.affine_grid(x[:, :3, :4], (2, 1, 2, 3, 4), False),
        ]


class Specials(nn.Module):
    """Functions known by their series, in both precisions, at their poles too."""

    def forward(self, x, p):
        edges, special = torch.tensor([0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, 40.0, -7.5]), torch.special
        return [
            torch.lgamma(x), torch.lgamma(x.double() * 9), torch.lgamma(edges), torch.digamma(x), torch.digamma(x.double() * 9), torch.digamma(edges[2:]), torch.mvlgamma(p + 2, 3),
            torch.erfinv(p * 2 - 1), torch.erfinv(edges[:4]), torch.erfinv(p.double() * 2 - 1), special.ndtri(p), special.ndtri(p.double() * 1e-12), special.ndtri(edges[:1]), torch.i0(x * 4), special.i0e(edges),
            special.i1(x * 3), special.i1e(x.double() * 20), special.i1(edges),
        ]
