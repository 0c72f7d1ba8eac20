"""Programs for make_aten_fixtures.py on places of extremes, and on what is no number."""

import torch
import torch.nn.functional as F
from torch import nn


class Extremes(nn.Module):
    """Maxima over windows to a given size with their places; medians and quantiles of what holds no numbers."""

    def forward(self, x, y, n):
        results = [
            *F.adaptive_max_pool2d(x, 1, return_indices=True), *F.adaptive_max_pool2d(x, (3, 5), return_indices=True), *F.adaptive_max_pool2d(x[0], (7, 4), return_indices=True),
            *F.adaptive_max_pool1d(x[:, 0], 3, return_indices=True), *F.adaptive_max_pool1d(x[0, 0], 1, return_indices=True), *F.adaptive_max_pool3d(y, (2, 3, 2), return_indices=True),
            *F.adaptive_max_pool3d(y[0], (1, 1, 1), return_indices=True), F.adaptive_max_pool2d(x.round(), (2, 3), return_indices=True)[1], *F.adaptive_max_pool2d(x[:, :1], (9, 8), return_indices=True),
        ]
        for numbers in (n, n[1:], n.double()):
            results += [torch.median(numbers), *torch.median(numbers, 1), *torch.median(numbers, 0, True), torch.quantile(numbers, 0.3), torch.quantile(numbers, 0.7, dim=1, interpolation="nearest")]
            results += [torch.quantile(numbers, torch.tensor([0.2, 0.9], dtype=numbers.dtype), 0, True), torch.nanmedian(numbers), *torch.nanmedian(numbers, 1)]
        return results


def example():
    numbers = torch.randn(4, 5)
    numbers[0, 3] = numbers[0, 1] = numbers[2, 4] = float("nan")
    return torch.randn(2, 3, 7, 8), torch.randn(2, 2, 3, 4, 5), numbers
