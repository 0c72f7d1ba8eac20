"""Programs for make_aten_fixtures.py that differentiate inside: forces are the gradient of an energy by the input."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.fx.experimental.proxy_tensor import make_fx


class Energy(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift, self.mix = nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.Conv2d(4, 4, 3, padding=2, dilation=2, groups=2)
        self.up, self.norm = nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1), nn.GroupNorm(2, 4)
        self.fc, self.layer, self.rows = nn.Linear(3 * 9, 6), nn.LayerNorm(6), nn.Embedding(5, 6)

    def forward(self, x, index):
        x = F.silu(self.norm(self.lift(x)))
        x = F.avg_pool2d(x + torch.tanh(self.mix(x)), 3, 1, 1, count_include_pad=False)
        x = F.adaptive_avg_pool2d(F.max_pool2d(F.gelu(self.up(x)), 3, 2, 1), 3)
        return (self.layer(self.fc(x.flatten(1))) * F.softmax(self.rows(index), -1)).sum()


class Forces(nn.Module):
    """The energy, and its gradients by the input and by some of the parameters."""

    def __init__(self):
        super().__init__()
        self.energy = Energy()

    def forward(self, x, index):
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            energy = self.energy(x, index)
            by = [x, self.energy.mix.weight, self.energy.up.weight, self.energy.norm.weight, self.energy.layer.bias, self.energy.rows.weight]
            return [energy, *torch.autograd.grad(energy, by)]


def example():
    return torch.randn(2, 2, 8, 8), torch.tensor([1, 3])


def traced(decompositions=None):
    """The program as one graph, backward pass included: torch.export itself does not follow autograd."""
    torch.manual_seed(6)
    return make_fx(Forces().eval(), decomposition_table=decompositions)(*example())


class Slopes(nn.Module):
    """Gradients of activations, as backward passes call them."""

    def forward(self, g, x):
        ops, some, soft, logs = torch.ops.aten, x * 4, x.softmax(1), x.log_softmax(0)
        return [
            ops.tanh_backward(g, x.tanh()), ops.sigmoid_backward(g, x.sigmoid()), ops.threshold_backward(g, x, 0), ops.threshold_backward(g, x, 0.3), ops.hardtanh_backward(g, x, -0.5, 0.7),
            ops.leaky_relu_backward(g, x, 0.2, False), ops.elu_backward(g, 0.7, 1.2, 0.9, False, x), ops.elu_backward(g, 0.7, 1.2, 1.0, True, F.elu(x)), ops.silu_backward(g, some), ops.gelu_backward(g, some),
            ops.gelu_backward(g, some, approximate="tanh"), ops.mish_backward(g, some), ops.softplus_backward(g, some, 2.0, 3.0), ops.log_sigmoid_backward(g, some, torch.exp(-some.abs())),
            ops.hardswish_backward(g, some), ops.hardsigmoid_backward(g, some), ops._softmax_backward_data(g, soft, 1, torch.float32), ops._log_softmax_backward_data(g, logs, 0, torch.float32),
            ops.tanh_backward(g.double(), x.double().tanh()), ops.silu_backward(g.half(), x.half()),
        ]
