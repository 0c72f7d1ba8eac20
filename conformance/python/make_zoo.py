"""Builds the zoo: programs of well-known architectures with seeded random weights, for Octet to export.

    python conformance/python/make_zoo.py OUT [NAME…] [--list] [--onnx] [--bare]

Writes OUT/NAME.pt2 and OUT/NAME.npz (inputs and PyTorch's outputs, in float and where it can be in double, at a batch other
than the traced one where the batch is dynamic). With --onnx also OUT/NAME.json: nodes and seconds of `torch.onnx.export(..., dynamo=True)`. Development-time only;
nothing of it is committed but the report made from it. Needs torch 2.13, torchvision 0.28, transformers 5.24, torchao 0.18, onnxscript.
"""

import argparse
import copy
import json
import pathlib
import time
import warnings

import numpy as np
import torch
import torch.nn.functional as F
import torch.utils._pytree as pytree
from torch import nn

BATCH = torch.export.Dim("batch", min=1, max=64)
ZOO = {}


def entry(name, build, example, dynamic=None):
    ZOO[name] = (build, example, dynamic)


def image(size=64, channels=3):
    return lambda n: (torch.randn(n, channels, size, size),)


def vision():
    import torchvision.models as tv

    plain = {
        64: """alexnet convnext_tiny densenet121 densenet169 efficientnet_b0 efficientnet_b1 efficientnet_v2_s mnasnet0_5 mnasnet1_0
            mobilenet_v2 mobilenet_v3_small mobilenet_v3_large regnet_x_400mf regnet_y_400mf regnet_x_800mf regnet_y_800mf resnet18
            resnet34 resnet50 resnet101 resnext50_32x4d wide_resnet50_2 shufflenet_v2_x0_5 shufflenet_v2_x1_0 squeezenet1_0
            squeezenet1_1 swin_t swin_s swin_v2_t vgg11 vgg11_bn vgg13 googlenet convnext_small efficientnet_b2
            shufflenet_v2_x1_5 regnet_x_1_6gf regnet_y_1_6gf""",
        96: "inception_v3",
        224: "vit_b_16 vit_b_32 maxvit_t",
    }
    for size, names in plain.items():
        for name in names.split():
            options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
            entry(f"tv_{name}", lambda n=name, o=options: getattr(tv, n)(weights=None, **o), image(size), ({0: BATCH},))
    for name in "fcn_resnet50 deeplabv3_mobilenet_v3_large lraspp_mobilenet_v3_large".split():
        build = lambda n=name: getattr(tv.segmentation, n)(weights=None, weights_backbone=None)
        entry(f"tv_{name}", build, image(64), ({0: BATCH},))
    for name in "r3d_18 mc3_18 r2plus1d_18".split():
        build = lambda n=name: getattr(tv.video, n)(weights=None)
        entry(f"tv_{name}", build, lambda n: (torch.randn(n, 3, 4, 32, 32),), ({0: BATCH},))
    fpn = lambda: tv.detection.backbone_utils.resnet_fpn_backbone(backbone_name="resnet18", weights=None)
    entry("tv_resnet18_fpn", fpn, image(64), ({0: BATCH},))


class Only(nn.Module):
    """A transformer as a function of tensors: its first output, without caches and dictionaries."""

    def __init__(self, model, *names, pick=0):
        super().__init__()
        self.model, self.names, self.pick = model, names, pick

    def forward(self, *args):
        result = self.model(**dict(zip(self.names, args)))
        return result[self.pick] if isinstance(result, (tuple, list)) else result.to_tuple()[self.pick]


def transformers():
    import transformers as hf

    small = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128)
    ids = lambda n: (torch.randint(0, 90, (n, 12)), torch.ones(n, 12, dtype=torch.int64))
    both = ("input_ids", "attention_mask")
    twice = ({0: BATCH}, {0: BATCH})

    def text(name, config, model, use=both):
        example = ids if len(use) == 2 else lambda n: ids(n)[:1]
        build = lambda: Only(model(config()), *use)
        # *args are one argument to torch.export.
        entry(f"hf_{name}", build, example, (twice[: len(use)],))

    text("bert", lambda: hf.BertConfig(vocab_size=100, **small), hf.BertModel)
    text("minilm", lambda: hf.BertConfig(vocab_size=100, **{**small, "num_hidden_layers": 3, "hidden_size": 48}), hf.BertModel)
    text("distilbert", lambda: hf.DistilBertConfig(vocab_size=100, dim=64, n_layers=2, n_heads=4, hidden_dim=128), hf.DistilBertModel)
    text("roberta", lambda: hf.RobertaConfig(vocab_size=100, **small), hf.RobertaModel)
    decoder = dict(vocab_size=100, num_key_value_heads=2, use_cache=False, **small)
    text("gpt2", lambda: hf.GPT2Config(vocab_size=100, n_embd=64, n_layer=2, n_head=4, use_cache=False), hf.GPT2Model)
    text("llama", lambda: hf.LlamaConfig(**decoder), hf.LlamaModel)
    text("qwen2", lambda: hf.Qwen2Config(**decoder), hf.Qwen2Model)
    text("mistral", lambda: hf.MistralConfig(**decoder), hf.MistralModel)
    text("gemma", lambda: hf.GemmaConfig(head_dim=16, **decoder), hf.GemmaModel)
    text("t5_encoder", lambda: hf.T5Config(vocab_size=100, d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4), hf.T5EncoderModel)
    text("clip_text", lambda: hf.CLIPTextConfig(vocab_size=100, **small), hf.CLIPTextModel)

    pixels = (({0: BATCH},),)
    picture = dict(image_size=32, patch_size=8, **small)
    entry("hf_vit", lambda: Only(hf.ViTModel(hf.ViTConfig(**picture)), "pixel_values"), image(32), pixels)
    entry("hf_deit", lambda: Only(hf.DeiTModel(hf.DeiTConfig(**picture)), "pixel_values"), image(32), pixels)
    entry("hf_clip_vision", lambda: Only(hf.CLIPVisionModel(hf.CLIPVisionConfig(**picture)), "pixel_values"), image(32), pixels)
    swin = lambda: hf.SwinConfig(image_size=32, patch_size=2, embed_dim=16, depths=[2, 2], num_heads=[2, 4], window_size=4)
    entry("hf_swin", lambda: Only(hf.SwinModel(swin()), "pixel_values"), image(32), pixels)
    wav2vec = lambda: hf.Wav2Vec2Config(vocab_size=32, conv_dim=(16, 16), conv_stride=(5, 2), conv_kernel=(10, 3),
                                        num_feat_extract_layers=2, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4, **small)
    entry("hf_wav2vec2", lambda: Only(hf.Wav2Vec2Model(wav2vec()), "input_values"), lambda n: (torch.randn(n, 400),), pixels)
    whisper = lambda: hf.WhisperConfig(vocab_size=100, d_model=64, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
                                       decoder_attention_heads=4, encoder_ffn_dim=128, decoder_ffn_dim=128, num_mel_bins=20,
                                       max_source_positions=25, max_target_positions=20, pad_token_id=0, bos_token_id=1,
                                       eos_token_id=2, decoder_start_token_id=1, use_cache=False)
    entry("hf_whisper_encoder", lambda: Only(hf.WhisperModel(whisper()).encoder, "input_features"), lambda n: (torch.randn(n, 20, 50),), pixels)
    entry("hf_whisper_decoder", lambda: Only(hf.WhisperModel(whisper()).decoder, "input_ids", "encoder_hidden_states"),
          lambda n: (torch.randint(0, 90, (n, 6)), torch.randn(n, 25, 64)), (twice,))


class Tagger(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.embed, self.rnn, self.head = nn.Embedding(50, 16), cell(16, 24, 2, batch_first=True, bidirectional=True), nn.Linear(48, 7)

    def forward(self, ids):
        return self.head(self.rnn(self.embed(ids))[0])


class DepthwiseCnn(nn.Module):
    """DS-CNN for keyword spotting (arXiv 1711.07128), small."""

    def __init__(self, width=32):
        super().__init__()
        block = lambda: nn.Sequential(nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                                      nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
        self.first = nn.Sequential(nn.Conv2d(1, width, (10, 4), (2, 2), (5, 1), bias=False), nn.BatchNorm2d(width), nn.ReLU())
        self.blocks, self.head = nn.Sequential(*(block() for _ in range(4))), nn.Linear(width, 12)

    def forward(self, x):
        return self.head(self.blocks(self.first(x)).mean((2, 3)))


class TemporalCnn(nn.Module):
    """Dilated causal convolutions with residual connections (arXiv 1803.01271)."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(8 if i else 4, 8, 3, dilation=2**i) for i in range(4))
        self.skip, self.head = nn.Conv1d(4, 8, 1), nn.Linear(8, 5)

    def forward(self, x):
        for i, conv in enumerate(self.convs):
            y = F.relu(conv(F.pad(x, (2 * 2**i, 0))))
            x = y + (x if i else self.skip(x))
        return self.head(x[:, :, -1])


class Conformer(nn.Module):
    """One block: half-step feed-forward, attention, convolution with a gate, half-step feed-forward (arXiv 2005.08100)."""

    def __init__(self, d=32):
        super().__init__()
        ff = lambda: nn.Sequential(nn.LayerNorm(d), nn.Linear(d, 4 * d), nn.SiLU(), nn.Dropout(0.1), nn.Linear(4 * d, d))
        self.ff1, self.ff2, self.norm, self.last = ff(), ff(), nn.LayerNorm(d), nn.LayerNorm(d)
        self.attention = nn.MultiheadAttention(d, 4, batch_first=True)
        self.conv = nn.Sequential(nn.Conv1d(d, 2 * d, 1), nn.GLU(1), nn.Conv1d(d, d, 7, padding=3, groups=d), nn.BatchNorm1d(d), nn.SiLU(), nn.Conv1d(d, d, 1))

    def forward(self, x):
        x = x + 0.5 * self.ff1(x)
        y = self.norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        x = x + self.conv(x.transpose(1, 2)).transpose(1, 2)
        return self.last(x + 0.5 * self.ff2(x))


class M5(nn.Module):
    def __init__(self):
        super().__init__()
        block = lambda i, o, k, s=1: nn.Sequential(nn.Conv1d(i, o, k, s), nn.BatchNorm1d(o), nn.ReLU(), nn.MaxPool1d(4))
        self.blocks, self.fc = nn.Sequential(block(1, 32, 80, 16), block(32, 32, 3), block(32, 64, 3), block(64, 64, 3)), nn.Linear(64, 35)

    def forward(self, x):
        x = self.blocks(x)
        return F.log_softmax(self.fc(F.avg_pool1d(x, x.shape[-1]).permute(0, 2, 1)), dim=2)


class Spectrogram(nn.Module):
    """Raw audio to log-mel features to a small CNN, the transform inside the model."""

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(64))
        self.register_buffer("mel", torch.rand(33, 16))
        self.conv, self.head = nn.Conv1d(16, 24, 3), nn.Linear(24, 5)

    def forward(self, x):
        power = torch.stft(x, 64, 32, window=self.window, return_complex=True).abs() ** 2
        mel = torch.log(power.transpose(1, 2) @ self.mel + 1e-6).transpose(1, 2)
        return self.head(F.relu(self.conv(mel)).amax(2))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        two = lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.GroupNorm(2, o), nn.SiLU())
        self.a, self.b, self.c = two(3, 8), two(8, 16), two(24, 8)

    def forward(self, x):
        a = self.a(x)
        b = self.b(F.max_pool2d(a, 2))
        return self.c(torch.cat([a, F.interpolate(b, scale_factor=2.0, mode="bilinear")], 1))


def audio():
    ids = lambda n: (torch.randint(0, 50, (n, 9)),)
    entry("lstm_tagger", lambda: Tagger(nn.LSTM), ids, ({0: BATCH},))
    entry("gru_tagger", lambda: Tagger(nn.GRU), ids, ({0: BATCH},))
    entry("rnn_tagger", lambda: Tagger(nn.RNN), ids, ({0: BATCH},))
    entry("ds_cnn", DepthwiseCnn, lambda n: (torch.randn(n, 1, 49, 10),), ({0: BATCH},))
    entry("tcn", TemporalCnn, lambda n: (torch.randn(n, 4, 50),), ({0: BATCH},))
    entry("conformer_block", Conformer, lambda n: (torch.randn(n, 20, 32),), ({0: BATCH},))
    entry("m5", M5, lambda n: (torch.randn(n, 1, 8000),), ({0: BATCH},))
    entry("spectrogram_cnn", Spectrogram, lambda n: (torch.randn(n, 1024),), ({0: BATCH},))
    entry("unet2d", UNet, image(16), ({0: BATCH},))


def settle(model, args):
    """Gives batch normalizations statistics that keep every layer's numbers near one. With the initial ones the numbers of a
    deep network grow or vanish by orders of magnitude; with those of a batch, random layers, whose results hardly differ from
    sample to sample, have rounding errors magnified from block to block. Either way no tolerance would say anything."""

    def measure(norm, inputs):
        square = inputs[0].pow(2).mean()
        norm.running_var.fill_(square)
        norm.running_mean.copy_(0.1 * square.sqrt() * torch.randn(len(norm.running_mean)))

    norms = [module for module in model.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    hooks = [norm.register_forward_pre_hook(measure) for norm in norms]
    if norms:
        with torch.no_grad():
            model(*args)
    for hook in hooks:
        hook.remove()
    # What training begins with at or near zero would hide all that leads to it.
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1 and weight.abs().max() < 1e-5:
                weight.normal_(std=0.1)


def quantized():
    import zoo_quantized

    for name, (build, example) in zoo_quantized.entries().items():
        ZOO[name] = (build, example, None)


def leaves(value):
    return [t for t in pytree.tree_leaves(value) if isinstance(t, torch.Tensor)]


def exact(model, inputs):
    """Results in double precision, against which PyTorch's own rounding shows; none for programs bound to their types."""
    double = lambda t: t.double() if t.is_floating_point() else t
    try:
        with torch.no_grad():
            return leaves(copy.deepcopy(model).double()(*pytree.tree_map_only(torch.Tensor, double, inputs)))
    except Exception:
        return []


def make(folder, name, with_onnx, keep, bare):
    torch.manual_seed(7)
    build, example, dynamic = ZOO[name]
    built = build()
    if isinstance(built, torch.export.ExportedProgram):
        program, model = built, built.module()
    else:
        model = built.eval()
        settle(model, example(4))
        with torch.no_grad():
            program = torch.export.export(model, example(2), dynamic_shapes=dynamic)
    for node in program.graph.nodes:
        node.meta.pop("from_node", None)
        if bare:
            node.meta.pop("stack_trace", None)
    with torch.no_grad():
        torch.export.save(program, folder / f"{name}.pt2")
        other = example(3)
        outputs = leaves(model(*other))
    arrays = {f"input_{i}": np.ascontiguousarray(a.numpy()) for i, a in enumerate(leaves(other))}
    arrays |= {f"output_{i}": np.ascontiguousarray(o.numpy()).reshape(o.shape) for i, o in enumerate(outputs)}
    arrays |= {f"exact_{i}": np.ascontiguousarray(o.numpy()) for i, o in enumerate(exact(model, other))}
    np.savez(folder / f"{name}.npz", **arrays)
    if with_onnx:
        facts = {}
        try:
            start = time.perf_counter()
            exported = torch.onnx.export(program, (), dynamo=True, verbose=False)
            exported.save(folder / f"{name}.peer.onnx")
            facts = {"seconds": time.perf_counter() - start, "nodes": len(list(exported.model.graph))}
        except Exception as failure:  # the peer's failure is a finding, not ours
            facts = {"failure": str(failure).splitlines()[0][:200]}
        (folder / f"{name}.json").write_text(json.dumps(facts))
        if not keep:
            (folder / f"{name}.peer.onnx").unlink(missing_ok=True)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--onnx", action="store_true")
    parser.add_argument("--keep", action="store_true", help="with --onnx: keep NAME.peer.onnx")
    parser.add_argument("--bare", action="store_true", help="leave out stack traces, which name the machine's folders")
    options = parser.parse_args()
    torch.set_num_threads(1)
    vision(), transformers(), audio(), quantized()
    if options.list:
        print(*ZOO, sep="\n")
        raise SystemExit
    options.out.mkdir(parents=True, exist_ok=True)
    for each in options.names or ZOO:
        try:
            make(options.out, each, options.onnx or options.keep, options.keep, options.bare)
            print(each, "made", flush=True)
        except Exception as failure:
            print(each, "NOT MADE:", type(failure).__name__, str(failure).splitlines()[0][:160], flush=True)
