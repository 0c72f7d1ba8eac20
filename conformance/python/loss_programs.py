"""Programs for make_aten_fixtures.py that return losses beside their results, as training code and metrics do."""

import torch
import torch.nn.functional as F
from torch import nn

REDUCTIONS = ("none", "mean", "sum")


class Classes(nn.Module):
    """Losses by class: indices and probabilities as targets, weights, what is to be ignored, smoothed labels."""

    def forward(self, x, y, image, plane, p):
        weight = torch.tensor([0.5, 2.0, 1.0, 0.0, 1.5])
        some, aten = torch.where(y == 2, -100, y), torch.ops.aten
        results = [
            F.cross_entropy(x[0], y[0]), F.cross_entropy(x[0], p[0]), F.cross_entropy(x[0], y[0], reduction="none"), F.nll_loss(x[0], y[0]),
            F.nll_loss(x, torch.full_like(y, -100)), F.cross_entropy(x[0], y[0], weight, label_smoothing=0.1),
            F.cross_entropy(x.double(), y, label_smoothing=0.2), F.nll_loss(x.double(), y), F.cross_entropy(x.half(), y), F.cross_entropy(x * 100, y),
            aten.nll_loss(x, y), aten.nll_loss2d(image, plane), aten.nll_loss_forward(x, some, weight, 1, -100)[0], aten.nll_loss2d_forward(image, plane, None, 2, 1)[0],
        ]
        for how in REDUCTIONS:
            results += [
                F.cross_entropy(x, y, reduction=how), F.cross_entropy(x, some, weight, reduction=how), F.cross_entropy(x, y, ignore_index=3, reduction=how),
                F.cross_entropy(x, some, reduction=how, label_smoothing=0.1), F.cross_entropy(x, some, weight, reduction=how, label_smoothing=0.3),
                F.cross_entropy(x, p, reduction=how), F.cross_entropy(x, p, weight, reduction=how, label_smoothing=0.2),
                F.cross_entropy(image, plane, reduction=how), F.cross_entropy(image, plane, weight, ignore_index=1, reduction=how, label_smoothing=0.1),
                F.cross_entropy(image, image.softmax(1), weight, reduction=how),
                F.nll_loss(x, y, reduction=how), F.nll_loss(x, some, weight, reduction=how), F.nll_loss(image, plane, weight, ignore_index=2, reduction=how),
            ]
        return results


def classes():
    return torch.randn(4, 5), torch.tensor([1, 2, 0, 4]), torch.randn(4, 5, 2, 3), torch.randint(0, 5, (4, 2, 3)), torch.rand(4, 5).softmax(1)


class Losses(nn.Module):
    """Losses of every number or pair: likelihoods, margins, distances."""

    def forward(self, x, y, p, t):
        sign, label = torch.sign(y) + (y == 0), torch.tensor([1, 0, 3, 2])
        several = torch.tensor([[1, 3, -1, 0, 0], [2, -1, 1, 4, -1], [0, 1, 2, 3, 4], [-1, 0, 0, 0, 0]])
        edges = torch.tensor([0.0, 1.0, 0.5, 1e-30])
        results = [
            F.kl_div(x, p, reduction="batchmean"), F.gaussian_nll_loss(x, y, 0.5), F.gaussian_nll_loss(x, y, 0.3, full=True, reduction="sum"),
            F.binary_cross_entropy(edges, edges.flip(0), reduction="none"), F.binary_cross_entropy_with_logits(x.double() * 50, t.double()),
            F.multi_margin_loss(x[0], label[0]), F.multi_margin_loss(x.double(), label, reduction="none"), F.multilabel_soft_margin_loss(x, t), F.multilabel_soft_margin_loss(x, t, p[0]),
            F.cosine_embedding_loss(x[0], y[0], sign[0, 0]), F.kl_div(x, torch.where(t > 0, p, 0.0)), F.soft_margin_loss(x * 10, sign), F.triplet_margin_with_distance_loss(x, y, p),
            F.multilabel_margin_loss(x[0], several[0]), F.huber_loss(x, y, weight=p), F.mse_loss(x, y, weight=p), F.l1_loss(x, y, weight=p, reduction="sum"),
        ]
        for how in REDUCTIONS:
            results += [
                F.mse_loss(x, y, reduction=how), F.l1_loss(x, y, reduction=how), F.smooth_l1_loss(x, y, reduction=how, beta=0.5), F.huber_loss(x, y, reduction=how, delta=0.7),
                F.binary_cross_entropy(p, t, reduction=how), F.binary_cross_entropy(p, p.flip(0), weight=p[0], reduction=how),
                F.binary_cross_entropy_with_logits(x, t, reduction=how), F.binary_cross_entropy_with_logits(x, p, weight=p, pos_weight=p[0] * 3, reduction=how),
                F.kl_div(x, p, reduction=how), F.kl_div(x, y, reduction=how, log_target=True),
                F.poisson_nll_loss(x, p * 5, reduction=how), F.poisson_nll_loss(p, p * 5, log_input=False, full=True, reduction=how),
                F.soft_margin_loss(x, sign, reduction=how), F.hinge_embedding_loss(x, sign, 0.8, reduction=how), F.margin_ranking_loss(x, y, sign, 0.3, reduction=how),
                F.cosine_embedding_loss(x, y, sign[:, 0], 0.2, reduction=how), F.triplet_margin_loss(x, y, p, reduction=how),
                F.triplet_margin_loss(x, y, p, 0.4, 1.0, swap=True, reduction=how), F.triplet_margin_loss(x, y, p, 0.4, 3.0, reduction=how),
                F.multi_margin_loss(x, label, reduction=how), F.multi_margin_loss(x, label, 2, 0.5, p[0], reduction=how), F.multilabel_margin_loss(x, several, reduction=how),
            ]
        return results


def numbers():
    return torch.randn(4, 5), torch.randn(4, 5), torch.rand(4, 5) * 0.98 + 0.01, torch.randint(0, 2, (4, 5)).float()
