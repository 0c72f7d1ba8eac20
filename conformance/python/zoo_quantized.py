"""The quantized programs of the zoo: what PyTorch's own tools and torchao write, post-training and trained, seeded.

`make_zoo.py` calls `entries`; each builder returns (program, example) where `example(n)` makes inputs of batch n. Needs torchao 0.18.
"""

import copy

import torch
import torch.ao.quantization as eager
import torch.ao.quantization.fx._decomposed  # noqa: F401, registers quantized_decomposed
import torch.nn.functional as F
import torchao
from torch import nn
from torchao.quantization import pt2e
from torchao.quantization.pt2e import quantize_pt2e
from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86
from torchao.testing.pt2e._xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config

BATCH = torch.export.Dim("batch", min=1, max=64)
qd = torch.ops.quantized_decomposed


class SmallResNet(nn.Module):
    """Two residual blocks, the second with a projection."""

    def __init__(self, width=8):
        super().__init__()
        conv = lambda i, o, k=3, s=1: nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o))
        self.stem, self.a1, self.a2 = conv(3, width), conv(width, width), conv(width, width)
        self.b1, self.b2, self.down = conv(width, 16, 3, 2), conv(16, 16), conv(width, 16, 1, 2)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem(x)), 2)
        x = F.relu(self.a2(F.relu(self.a1(x))) + x)
        x = F.relu(self.b2(F.relu(self.b1(x))) + self.down(x))
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))


class SmallMobileNet(nn.Module):
    """Inverted residuals with ReLU6 (arXiv 1801.04381), small."""

    def __init__(self):
        super().__init__()
        conv = lambda i, o, k=1, s=1, g=1: nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False), nn.BatchNorm2d(o))
        act = nn.ReLU6
        self.stem = nn.Sequential(conv(3, 8, 3, 2), act())
        self.one = nn.Sequential(conv(8, 24), act(), conv(24, 24, 3, 1, 24), act(), conv(24, 8))
        self.two = nn.Sequential(conv(8, 24), act(), conv(24, 24, 3, 2, 24), act(), conv(24, 12))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10))

    def forward(self, x):
        x = self.stem(x)
        x = x + self.one(x)
        return self.head(self.two(x))


class Attention(nn.Module):
    """A transformer encoder layer spelt out in linear layers and products."""

    def __init__(self, d=32, heads=4):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.up, self.down, self.n1, self.n2, self.heads = nn.Linear(d, 64), nn.Linear(64, d), nn.LayerNorm(d), nn.LayerNorm(d), heads

    def forward(self, x):
        split = lambda y: y.unflatten(2, (self.heads, -1)).permute(0, 2, 1, 3)
        q, k, v = split(self.q(x)), split(self.k(x)), split(self.v(x))
        mixed = torch.softmax(q @ k.transpose(2, 3) * 8**-0.5, -1) @ v
        x = self.n1(x + self.o(mixed.permute(0, 2, 1, 3).flatten(2)))
        return self.n2(x + self.down(F.gelu(self.up(x))))


class Speech(nn.Module):
    """M5, narrow."""

    def __init__(self, width=16):
        super().__init__()
        block = lambda i, o, k, s=1: nn.Sequential(nn.Conv1d(i, o, k, s), nn.BatchNorm1d(o), nn.ReLU(), nn.MaxPool1d(4))
        self.blocks = nn.Sequential(block(1, width, 80, 16), block(width, width, 3), block(width, 2 * width, 3))
        self.fc = nn.Linear(2 * width, 12)

    def forward(self, x):
        x = self.blocks(x)
        return F.log_softmax(self.fc(F.avg_pool1d(x, x.shape[-1]).permute(0, 2, 1)), dim=2)


class KeywordSpotter(nn.Module):
    """DS-CNN (arXiv 1711.07128), narrow."""

    def __init__(self, width=16):
        super().__init__()
        block = lambda: nn.Sequential(nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                                      nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
        self.first = nn.Sequential(nn.Conv2d(1, width, (10, 4), (2, 2), (5, 1), bias=False), nn.BatchNorm2d(width), nn.ReLU())
        self.blocks, self.head = nn.Sequential(block(), block()), nn.Linear(width, 12)

    def forward(self, x):
        return self.head(self.blocks(self.first(x)).mean((2, 3)))


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.head = nn.Embedding(50, 16), nn.LSTM(16, 24, batch_first=True, bidirectional=True), nn.Linear(48, 7)

    def forward(self, ids):
        return self.head(self.rnn(self.embed(ids))[0])


class Mlp(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, width), nn.Tanh(), nn.Linear(width, 32))

    def forward(self, x):
        return self.layers(x)


class UNet(nn.Module):
    """Concatenation and upsampling between convolutions."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1), nn.Conv2d(24, 4, 3, padding=1)

    def forward(self, x):
        a = F.relu(self.a(x))
        b = F.relu(self.b(F.max_pool2d(a, 2)))
        return self.c(torch.cat([a, F.interpolate(b, scale_factor=2.0, mode="nearest")], 1))


class PerToken(nn.Module):
    """8-bit activations per token, 4-bit weights in groups: the form executorch's 8da4w flow wrote."""

    def __init__(self, inner=64, outer=48, group=32):
        super().__init__()
        self.group = group
        self.register_buffer("codes", torch.randint(-8, 8, (outer, inner), dtype=torch.int8))
        self.register_buffer("scales", torch.rand(outer, inner // group) * 0.05 + 0.01)
        self.register_buffer("zeros", torch.zeros(outer, inner // group, dtype=torch.int32))

    def forward(self, x):
        scale, zero = qd.choose_qparams_per_token_asymmetric(x, torch.int8)
        x = qd.quantize_per_token(x, scale, zero, -128, 127, torch.int8)
        x = qd.dequantize_per_token(x, scale, zero, -128, 127, torch.int8, torch.float32)
        w = qd.dequantize_per_channel_group(self.codes, self.scales, self.zeros, -8, 7, torch.int8, self.group, torch.float32)
        return F.linear(x, w)


class SixteenBit(nn.Module):
    """16-bit activations around 8-bit weights."""

    def __init__(self):
        super().__init__()
        self.register_buffer("weight", torch.randint(-127, 128, (8, 4, 3), dtype=torch.int8))
        self.register_buffer("scale", torch.rand(8) * 0.01 + 0.005)
        self.register_buffer("zero", torch.zeros(8, dtype=torch.int64))

    def forward(self, x):
        q = lambda y, s: qd.dequantize_per_tensor(qd.quantize_per_tensor(y, s, 0, -32768, 32767, torch.int16), s, 0, -32768, 32767, torch.int16)
        w = qd.dequantize_per_channel(self.weight, self.scale, self.zero, 0, -127, 127, torch.int8)
        return q(F.relu(F.conv1d(q(x, 2e-4), w)), 1e-4)


def randomize(model):
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(torch.randn_like(buffer) * 0.3)
        elif name.endswith("running_var"):
            buffer.copy_(torch.rand_like(buffer) + 0.5)
    return model


def exported(model, args, shapes):
    with torch.no_grad():
        return torch.export.export(model, args, dynamic_shapes=shapes)


def shapes_of(args):
    return tuple({0: BATCH} for _ in args)


def ptq(build, example, quantizer, dynamic=True):
    model = randomize(build().eval())
    shapes = shapes_of(example(2)) if dynamic else None
    prepared = quantize_pt2e.prepare_pt2e(exported(model, example(2), shapes).module(), quantizer)
    with torch.no_grad():
        for _ in range(3):
            prepared(*example(4))
    return exported(quantize_pt2e.convert_pt2e(prepared), example(2), shapes)


def qat(build, example, quantizer):
    model = randomize(build().train())
    shapes = shapes_of(example(2))
    prepared = quantize_pt2e.prepare_qat_pt2e(torch.export.export(model, example(2), dynamic_shapes=shapes).module(), quantizer)
    step = torch.optim.SGD(prepared.parameters(), lr=1e-2)
    for _ in range(3):
        step.zero_grad()
        prepared(*example(4)).square().mean().backward()
        step.step()
    converted = quantize_pt2e.convert_pt2e(prepared)
    pt2e.move_exported_model_to_eval(converted)
    return exported(converted, example(2), shapes)


def xnnpack(**options):
    return XNNPACKQuantizer().set_global(get_symmetric_quantization_config(**options))


def inductor(**options):
    return x86.X86InductorQuantizer().set_global(x86.get_default_x86_inductor_quantization_config(**options))


def eager_qat(build, example, qconfig):
    """Fake quantization still in place, as after training but before conversion."""
    model = nn.Sequential(eager.QuantStub(), build(), eager.DeQuantStub()).train()
    model.qconfig = qconfig
    model = eager.prepare_qat(model)
    for _ in range(3):
        model(*example(4))
    model.apply(eager.disable_observer).eval()
    return exported(model, example(2), shapes_of(example(2)))


def fx_reference(build, example):
    """The reference form of FX graph mode: weights quantized per channel inside the program, not folded."""
    from torch.ao.quantization import quantize_fx

    prepared = quantize_fx.prepare_fx(randomize(build().eval()), eager.get_default_qconfig_mapping("fbgemm"), example(2))
    for _ in range(3):
        prepared(*example(4))
    return exported(quantize_fx._convert_to_reference_decomposed_fx(prepared), example(2), shapes_of(example(2)))


def ao(build, example, config):
    from torchao.quantization import quantize_
    from torchao.utils import unwrap_tensor_subclass

    model = build().eval()
    quantize_(model, config)
    return exported(unwrap_tensor_subclass(model), example(2), shapes_of(example(2)))


def images(n):
    return (torch.randn(n, 3, 32, 32),)


def waves(n):
    return (torch.randn(n, 1, 4000),)


def spectra(n):
    return (torch.randn(n, 1, 49, 10),)


def tokens(n):
    return (torch.randn(n, 10, 32),)


def rows(n):
    return (torch.randn(n, 64),)


def words(n):
    return (torch.randint(0, 50, (n, 9)),)


def entries():
    """Name → (build the program, example)."""
    import torchao.quantization as aq

    per_channel = dict(is_per_channel=True)
    return {
        "q_m5_ptq": (lambda: ptq(Speech, waves, xnnpack()), waves),
        "q_m5_ptq_per_channel": (lambda: ptq(Speech, waves, xnnpack(**per_channel)), waves),
        "q_m5_qat": (lambda: qat(Speech, waves, xnnpack(is_qat=True, **per_channel)), waves),
        "q_ds_cnn_ptq": (lambda: ptq(KeywordSpotter, spectra, xnnpack(**per_channel)), spectra),
        "q_ds_cnn_qat_x86": (lambda: qat(KeywordSpotter, spectra, inductor(is_qat=True)), spectra),
        "q_resnet_ptq": (lambda: ptq(SmallResNet, images, xnnpack(**per_channel)), images),
        "q_resnet_ptq_x86": (lambda: ptq(SmallResNet, images, inductor()), images),
        "q_resnet_ptq_x86_reduced": (lambda: ptq(SmallResNet, images, inductor(reduce_range=True)), images),
        "q_resnet_qat_x86": (lambda: qat(SmallResNet, images, inductor(is_qat=True)), images),
        "q_mobilenet_ptq": (lambda: ptq(SmallMobileNet, images, xnnpack()), images),
        "q_mobilenet_ptq_x86": (lambda: ptq(SmallMobileNet, images, inductor()), images),
        "q_mobilenet_qat": (lambda: qat(SmallMobileNet, images, xnnpack(is_qat=True, **per_channel)), images),
        "q_unet_ptq": (lambda: ptq(UNet, images, xnnpack(**per_channel)), images),
        "q_attention_ptq_x86": (lambda: ptq(Attention, tokens, inductor()), tokens),
        "q_attention_dynamic_x86": (lambda: ptq(Attention, tokens, inductor(is_dynamic=True)), tokens),
        "q_attention_dynamic": (lambda: ptq(Attention, tokens, xnnpack(is_dynamic=True, **per_channel)), tokens),
        "q_lstm_dynamic_x86": (lambda: ptq(Tagger, words, inductor(is_dynamic=True)), words),
        "q_mlp_fx_reference": (lambda: fx_reference(Mlp, rows), rows),
        "q_resnet_fx_reference": (lambda: fx_reference(SmallResNet, images), images),
        "q_ds_cnn_eager_qat": (lambda: eager_qat(KeywordSpotter, spectra, eager.get_default_qat_qconfig("fbgemm")), spectra),
        "q_resnet_eager_qat": (lambda: eager_qat(SmallResNet, images, eager.get_default_qat_qconfig("x86")), images),
        "q_mlp_per_token_groups": (lambda: exported(PerToken(), rows(2), shapes_of(rows(2))), rows),
        "q_conv_int16": (lambda: exported(SixteenBit(), (torch.randn(2, 4, 30),), ({0: BATCH},)), lambda n: (torch.randn(n, 4, 30),)),
        "q_mlp_ao_int8_weights": (lambda: ao(Mlp, rows, aq.Int8WeightOnlyConfig()), rows),
        "q_mlp_ao_int8_dynamic": (lambda: ao(Mlp, rows, aq.Int8DynamicActivationInt8WeightConfig()), rows),
        "q_mlp_ao_int4_groups": (lambda: ao(Mlp, rows, aq.IntxWeightOnlyConfig(torch.int4, aq.PerGroup(32))), rows),
        "q_mlp_ao_8da4w": (lambda: ao(Mlp, rows, aq.Int8DynamicActivationIntxWeightConfig(torch.int4, aq.PerGroup(32))), rows),
        "q_attention_ao_8da4w": (lambda: ao(Attention, tokens, aq.Int8DynamicActivationIntxWeightConfig(torch.int4, aq.PerGroup(32))), tokens),
    }
