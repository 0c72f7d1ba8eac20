"""Makes small programs of one Core ATen operator each, with inputs and PyTorch's outputs, as one zip.

    python conformance/python/make_operator_goldens.py octet-torch/src/test/resources/core-aten.zip [OPERATOR…]

Core ATen is what PyTorch tags so (torch.Tag.core); every such operator must have a case here, in several element types and
shapes, or the script fails. A program is traced with one size and tested with another wherever its operator lets a size vary.
Entries are OPERATOR/NUMBER.pt2 and OPERATOR/NUMBER.npz. Where operators are named, the others' entries stay as they are.
Development-time only; its output is committed. Needs torch 2.13 or later (CPU).
"""

import io
import itertools
import sys
import warnings
import zipfile
import zlib

import gradient_cases
import numpy as np
import torch
import torch.utils._pytree as pytree

aten = torch.ops.aten
f32, f16, f64, i64, i32, i16, i8, u8, b1 = (
    torch.float32, torch.float16, torch.float64, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
)
FLOATS, INTS = (f32, f16, f64), (i64, i32)
TRACED, TESTED = 3, 5
CASES = {}


def operator(name):
    packet, overload = name.split(".")
    return getattr(getattr(aten, packet), overload)


def case(name, inputs, call=None):
    """inputs: a size to the list of tensors; call: the operator and the tensors to the results."""
    CASES.setdefault(name, []).append((inputs, call or (lambda op, *tensors: op(*tensors))))


def t(shape, dtype=f32, lo=-2.0, hi=2.0):
    """Random numbers between bounds; integers include both, unsigned ones have no sign."""
    if dtype == b1:
        return torch.rand(shape) > 0.5
    if dtype.is_floating_point:
        return (torch.rand(shape, dtype=f64) * (hi - lo) + lo).to(dtype)
    return torch.randint(0 if dtype == u8 else int(lo * 3), int(hi * 3) + 1, shape, dtype=dtype)


def shapes(n):
    return (n, 4), (2, n, 3), ()


def unary(names, dtypes=FLOATS, lo=-2.0, hi=2.0, args=(), kwargs=None):
    for name in names.split():
        for place, dtype in enumerate(dtypes):
            for which in range(3) if place == 0 else [place % 3]:
                make = lambda n, w=which, d=dtype: [t(shapes(n)[w], d, lo, hi)]
                case(name, make, lambda op, x: op(x, *args, **(kwargs or {})))


def binary(names, dtypes=FLOATS + INTS, lo=-2.0, hi=2.0, args=(), kwargs=None, nonzero=False):
    def other(shape, dtype):
        y = t(shape, dtype, lo, hi)
        return torch.where(y == 0, torch.ones_like(y), y) if nonzero else y

    pairs = lambda n: [((n, 4), (n, 4)), ((2, n, 3), (n, 1)), ((4,), (n, 4)), ((n, 4), ())]
    for name in names.split():
        for place, dtype in enumerate(dtypes):
            for which in range(4) if place == 0 else [place % 4]:
                def make(n, w=which, d=dtype):
                    a, b = pairs(n)[w]
                    return [t(a, d, lo, hi), other(b, d)]

                case(name, make, lambda op, x, y: op(x, y, *args, **(kwargs or {})))


def scalar(names, dtypes=FLOATS + INTS, numbers=(2, 0.5), lo=-2.0, hi=2.0, args=(), kwargs=None):
    for name in names.split():
        for place, (dtype, number) in enumerate(itertools.product(dtypes, numbers)):
            make = lambda n, w=place % 3, d=dtype: [t(shapes(n)[w], d, lo, hi)]
            case(name, make, lambda op, x, k=number: op(x, k, *args, **(kwargs or {})))


def each(names, inputs, *calls, dtypes=(f32,)):
    """Every call on inputs of every element type; inputs: size and type to tensors."""
    for name, dtype, call in itertools.product(names.split(), dtypes, calls or (None,)):
        case(name, lambda n, d=dtype: inputs(n, d), call)


def elementwise():
    unary("abs.default neg.default sign.default relu.default", FLOATS + INTS + (i8,))
    unary("asin.default acos.default atanh.default", lo=-0.9, hi=0.9)
    unary("acosh.default", lo=1.1, hi=3)
    unary("log.default log2.default log10.default sqrt.default rsqrt.default reciprocal.default", lo=0.1, hi=3)
    unary("log1p.default", lo=-0.9)
    unary("""asinh.default atan.default ceil.default cos.default cosh.default erf.default exp.default expm1.default floor.default
        round.default sigmoid.default sin.default sinh.default tanh.default trunc.default gelu.default elu.default
        leaky_relu.default hardtanh.default""")
    unary("tan.default", lo=-1.2, hi=1.2)
    unary("sin.default exp.default sigmoid.default tanh.default log1p.default", INTS, lo=0)
    unary("gelu.default", kwargs={"approximate": "tanh"})
    unary("elu.default", (f32,), args=(1.5, 0.5, 0.8))
    unary("leaky_relu.default", (f32,), args=(0.2,))
    unary("hardtanh.default", (f32,), args=(-0.5, 1.5))
    odd = lambda n, d: [torch.tensor([1.0, float("nan"), float("inf"), -float("inf")] * n).to(d)]
    each("isinf.default isnan.default", odd, dtypes=FLOATS)
    unary("isinf.default isnan.default", INTS)
    unary("bitwise_not.default", (i64, i32, u8, b1, i8))
    unary("logical_not.default", (f32, i64, b1))
    unary("alias.default clone.default", (f32, f16, i64, b1, u8))
    unary("clamp.default", FLOATS + INTS, args=(-1, 1))
    unary("clamp.default", (f32, i64), args=(None, 1))
    unary("clamp.default", (f32,), args=(-0.5,))
    binary("add.Tensor sub.Tensor", FLOATS + INTS + (u8,))
    binary("add.Tensor sub.Tensor", (f32, i64), kwargs={"alpha": 2})
    binary("mul.Tensor maximum.default minimum.default", FLOATS + INTS + (i8,))
    each("add.Tensor mul.Tensor", lambda n, d: [t((n, 2), d), t((n, 2))], dtypes=(i64, f64, b1))
    binary("mul.Tensor add.Tensor maximum.default minimum.default", (b1,))
    binary("div.Tensor", FLOATS + INTS, nonzero=True)
    for mode in ("floor", "trunc", None):
        binary("div.Tensor_mode", (f32, f64) + INTS, nonzero=True, kwargs={"rounding_mode": mode})
        scalar("div.Scalar_mode", (f32, i64), kwargs={"rounding_mode": mode})
    scalar("add.Scalar sub.Scalar mul.Scalar div.Scalar")
    binary("remainder.Tensor fmod.Tensor", FLOATS + INTS, nonzero=True)
    scalar("remainder.Scalar fmod.Scalar", numbers=(2, 1.5))
    scalar("remainder.Scalar fmod.Scalar", (f32, i64), numbers=(-2,))
    binary("pow.Tensor_Tensor", FLOATS, lo=0.2)
    each("pow.Tensor_Tensor", lambda n, d: [t((n, 4), d), t((4,), d, 0, 1)], dtypes=INTS)
    scalar("pow.Tensor_Scalar", FLOATS, numbers=(2, 3, 0.5, -1, 1.7), lo=0.2)
    scalar("pow.Tensor_Scalar", INTS, numbers=(2, 3))
    unary("pow.Scalar", FLOATS, lo=-2)
    CASES["pow.Scalar"] = [(make, lambda op, x, b=base: op(b, x)) for base in (2, 0.5) for make, _ in CASES["pow.Scalar"]]
    binary("atan2.default", FLOATS)
    each("atan2.out", lambda n, d: [t((n, 3), d), t((n, 3), d)], lambda op, y, x: op(y, x, out=torch.zeros_like(x)), dtypes=(f32, f64))
    comparisons = "eq ne lt le gt ge".split()
    binary(" ".join(c + ".Tensor" for c in comparisons), FLOATS + INTS + (u8,))
    binary("eq.Tensor ne.Tensor lt.Tensor", (b1,))
    scalar(" ".join(c + ".Scalar" for c in comparisons), (f32, i64, f16, u8), numbers=(1, 0.5))
    binary("logical_and.default logical_or.default logical_xor.default", (b1, f32, i64))
    binary("bitwise_and.Tensor bitwise_or.Tensor bitwise_xor.Tensor", (i64, b1, i32, u8))
    scalar("bitwise_and.Scalar bitwise_or.Scalar bitwise_xor.Scalar", (i64, i32, u8), numbers=(3, 5))
    each("clamp.Tensor", lambda n, d: [t((n, 4), d), t((4,), d, -1, 0), t((4,), d, 0, 1)], dtypes=FLOATS + INTS)
    each("clamp.Tensor", lambda n, d: [t((2, n), d), t((n,), d)], lambda op, x, y: op(x, None, y), lambda op, x, y: op(x, y))
    each("where.self", lambda n, d: [t((n, 4), b1), t((n, 4), d), t((4,), d)], dtypes=FLOATS + INTS + (b1, u8))
    each("copy.default", lambda n, d: [t((n, 4), d), t((4,))], dtypes=(f32, f64, i64))
    unary("fill.Scalar", (f32, i64, b1, f16), args=(1,))
    unary("full_like.default", (f32, i64, b1, f16), args=(1,))
    for to, made in itertools.product((f32, f16, f64, i64, i32, u8, b1), (f32, i64, b1)):
        unary("_to_copy.default", (made,), lo=0, kwargs={"dtype": to})
    unary("native_dropout.default", (f32, f16), args=(0.5, False))
    CASES["native_dropout.default"] = [(make, lambda op, x: op(x, 0.5, False)[0]) for make, _ in CASES["native_dropout.default"]]


def reductions():
    box = lambda n, d: [t((n, 4, 3), d)]
    one = lambda op, x: op(x, [1])
    two = lambda op, x: op(x, [0, -1], True)
    each("amax.default amin.default", box, one, two, lambda op, x: op(x), dtypes=FLOATS + INTS)
    each("mean.dim", box, one, two, dtypes=FLOATS)
    each("mean.dim", box, lambda op, x: op(x, [1], False, dtype=f32), dtypes=(i64, f16))
    each("sum.dim_IntList", box, one, two, lambda op, x: op(x, None), dtypes=FLOATS + INTS + (b1,))
    each("mean.default prod.default", lambda n, d: [t((n, 2), d, 0.5, 1.5)], dtypes=FLOATS)
    each("prod.default", lambda n, d: [t((n, 2), d, 0.4, 0.7)], dtypes=INTS)
    each("prod.dim_int", lambda n, d: [t((2, n), d, 0.4, 1.5)], lambda op, x: op(x, 1), lambda op, x: op(x, 0, True), dtypes=FLOATS + INTS)
    each("var.dim", box, one, two, dtypes=FLOATS)
    each("var.correction", box, one, lambda op, x: op(x, [0, -1], keepdim=True), dtypes=FLOATS)
    each("var.dim", box, lambda op, x: op(x, [1], False))
    each("var.correction", box, lambda op, x: op(x, [1], correction=0), lambda op, x: op(x, None, correction=2))
    each("any.default", lambda n, d: [t((n, 2), d)], dtypes=(b1, f32, i64))
    each("any.dim", box, lambda op, x: op(x, 1), lambda op, x: op(x, -1, True), dtypes=(b1, f32, i64))
    each("any.dims", box, lambda op, x: op(x, [0, 1]), lambda op, x: op(x, [2], True), dtypes=(b1, f32, i64))
    each("argmax.default argmin.default", box, lambda op, x: op(x), lambda op, x: op(x, 1), lambda op, x: op(x, -1, True), dtypes=FLOATS + (i32,))
    each("max.dim min.dim", lambda n, d: [torch.randperm(12 * n).view(n, 4, 3).to(d)], lambda op, x: op(x, 1), lambda op, x: op(x, -1, True), dtypes=FLOATS + INTS)
    each("cumsum.default", box, lambda op, x: op(x, 1), lambda op, x: op(x, 0), dtypes=FLOATS + INTS)
    each("_softmax.default _log_softmax.default", box, lambda op, x: op(x, 1, False), lambda op, x: op(x, -1, False), lambda op, x: op(x, 0, False), dtypes=FLOATS)
    several = lambda n, d: [torch.randperm(12 * n).view(n, 4, 3).to(d)]
    each("topk.default", several, lambda op, x: op(x, 2), lambda op, x: op(x, 3, 1, False), dtypes=FLOATS + INTS)
    each("sort.default", several, lambda op, x: op(x), lambda op, x: op(x, 0, True), dtypes=FLOATS + INTS)
    each("nonzero.default", lambda n, d: [t((n, 4), d)], dtypes=(b1, f32, i64))


def shapes_and_parts():
    box = lambda n, d: [t((n, 4, 3), d)]
    kinds = (f32, f16, i64, b1)
    each("permute.default", box, lambda op, x: op(x, [2, 0, 1]), lambda op, x: op(x, [0, -1, 1]), dtypes=kinds)
    each("view.default", box, lambda op, x: op(x, [x.shape[0], 12]), lambda op, x: op(x, [-1, 3]), lambda op, x: op(x, [2, 2, -1]), dtypes=kinds)
    each("unsqueeze.default", box, lambda op, x: op(x, 1), lambda op, x: op(x, -1), dtypes=kinds)
    each("squeeze.dim", lambda n, d: [t((n, 1, 3), d)], lambda op, x: op(x, 1), lambda op, x: op(x, 2), dtypes=kinds)
    each("squeeze.dims", lambda n, d: [t((1, n, 1), d)], lambda op, x: op(x, [0, 2]), lambda op, x: op(x, [0, 1]), dtypes=kinds)
    each("expand.default", lambda n, d: [t((n, 1, 3), d)], lambda op, x: op(x, [-1, 4, -1]), lambda op, x: op(x, [2, x.shape[0], 4, 3]), dtypes=kinds)
    each("repeat.default", box, lambda op, x: op(x, [1, 2, 1]), lambda op, x: op(x, [2, 1, 1, 2]), dtypes=kinds)
    each("flip.default", box, lambda op, x: op(x, [1]), lambda op, x: op(x, [0, -1]), dtypes=kinds)
    each("cat.default", lambda n, d: [t((n, 2), d), t((n, 3), d)], lambda op, x, y: op([x, y], 1), lambda op, x, y: op([y, x, y], -1), dtypes=kinds)
    each("cat.default", lambda n, d: [t((n, 2), d), t((1, 2), f32)], lambda op, x, y: op([x, y]), dtypes=(f32, i64, f64))
    each("slice.Tensor", box, lambda op, x: op(x, 1, 1, 3), lambda op, x: op(x, 2, -2), lambda op, x: op(x, 0, 0, None, 2), dtypes=kinds)
    each("select.int", box, lambda op, x: op(x, 1, 2), lambda op, x: op(x, 0, -1), dtypes=kinds)
    each("split_with_sizes.default", box, lambda op, x: op(x, [1, 3], 1), lambda op, x: op(x, [1, 1, 1], 2), dtypes=kinds)
    each("diagonal.default", box, lambda op, x: op(x, 0, 1, 2), lambda op, x: op(x, 1, 1, 2), lambda op, x: op(x, -1, -2, -1), dtypes=kinds)
    each("as_strided.default", lambda n, d: [t((4, 6), d)], lambda op, x: op(x, [3, 2], [6, 1]), lambda op, x: op(x, [4, 4], [1, 6], 1), dtypes=kinds)
    each("constant_pad_nd.default", box, lambda op, x: op(x, [1, 2]), lambda op, x: op(x, [0, 1, 2, 0], 1.0), lambda op, x: op(x, [-1, 1]), dtypes=(f32, f16, f64, i64, i32))
    for dims, shape in ((1, (4,)), (2, (4, 5)), (3, (3, 4, 5))):
        pads = [1, 2, 2, 1, 1, 0][: 2 * dims]
        names = [f"reflection_pad{dims}d.default"] + ([f"replication_pad{dims}d.default"] if dims > 1 else [])
        for batch in ((2,), ()):
            make = lambda n, d, s=shape, b=batch: [t(b + (n,) + s, d)]
            each(" ".join(names), make, lambda op, x, p=pads: op(x, p), dtypes=(f32, f64, f16))
    index = lambda *shape: torch.randint(0, 3, shape)
    each("index_select.default", lambda n, d: [t((4, n), d), index(6)], lambda op, x, i: op(x, 0, i), dtypes=kinds)
    each("index_select.default", lambda n, d: [t((n, 4), d), index(2).to(i32)], lambda op, x, i: op(x, 1, i))
    each("gather.default", lambda n, d: [t((n, 4), d), index(n, 2)], lambda op, x, i: op(x, 1, i), dtypes=kinds)
    each("gather.default", lambda n, d: [t((3, n, 4), d), index(2, n, 4)], lambda op, x, i: op(x, 0, i))
    each("index.Tensor", lambda n, d: [t((4, n, 3), d), index(2, 5)], lambda op, x, i: op(x, [i]), lambda op, x, i: op(x, [None, None, i]), dtypes=kinds)
    each("index.Tensor", lambda n, d: [t((4, 3, n), d), index(5), index(5)], lambda op, x, i, j: op(x, [i, j]), lambda op, x, i, j: op(x, [i, None, j]))
    each("index.Tensor", lambda n, d: [t((n, 3), d), t((n, 3), b1)], lambda op, x, m: op(x, [m]))
    each("embedding.default", lambda n, d: [t((6, 4), d), index(n, 2)], dtypes=FLOATS)
    each("embedding.default", lambda n, d: [t((6, 4), d), index(n).to(i32)])
    put = lambda n, d: [t((4, n), d), index(2), t((2, n), d)]
    each("index_put.default", put, lambda op, x, i, v: op(x, [i], v, True), dtypes=(f32, f64, i64))
    each("index_put.default", lambda n, d: [t((4, n), d), torch.tensor([2, 0]), t((2, n), d)], lambda op, x, i, v: op(x, [i], v), dtypes=kinds)
    each("index_put.default", lambda n, d: [t((n, 3), d), t((n, 3), b1), t((), d)], lambda op, x, m, v: op(x, [m], v), dtypes=(f32, i64))
    distinct = lambda n: torch.stack([torch.randperm(4)[:2] for _ in range(n)])
    each("scatter.src", lambda n, d: [t((n, 4), d), distinct(n), t((n, 2), d)], lambda op, x, i, s: op(x, 1, i, s), dtypes=kinds)
    each("scatter.src", lambda n, d: [t((n, 4), d), distinct(n), t((n, 3), d)], lambda op, x, i, s: op(x, 1, i, s))
    each("scatter.value", lambda n, d: [t((n, 4), d), distinct(n)], lambda op, x, i: op(x, 1, i, 1), dtypes=kinds)
    each("scatter_add.default", lambda n, d: [t((n, 4), d), index(n, 3), t((n, 3), d)], lambda op, x, i, s: op(x, 1, i, s), dtypes=(f32, f64, f16, i64))
    for how, own in itertools.product(("sum", "prod", "mean", "amax", "amin"), (True, False)):
        call = lambda op, x, i, s, h=how, o=own: op(x, 1, i, s, h, include_self=o)
        each("scatter_reduce.two", lambda n, d: [t((n, 4), d), index(n, 4), t((n, 4), d)], call, dtypes=(f32,) if how == "mean" else (f32, f64, i64))
    each("masked_scatter.default", lambda n, d: [t((n, 4), d), t((n, 4), b1), t((4 * n,), d)], dtypes=kinds)
    each("select_scatter.default", lambda n, d: [t((n, 4), d), t((n,), d)], lambda op, x, s: op(x, s, 1, 2), dtypes=kinds)
    each("slice_scatter.default", lambda n, d: [t((n, 4), d), t((n, 2), d)], lambda op, x, s: op(x, s, 1, 1, 3), lambda op, x, s: op(x, s, 1, 0, 4, 2), dtypes=kinds)


def creation():
    like = lambda n, d: [t((n, 4), d)]
    each("arange.start_step", like, lambda op, x: op(0, x.shape[0], 1), lambda op, x: op(1, 9, 2, dtype=x.dtype), lambda op, x: op(3, -2, -1), dtypes=(f32, i64, f64))
    each("full.default", like, lambda op, x: op([x.shape[0], 2], 1, dtype=x.dtype), lambda op, x: op([2, 3], 0.5), lambda op, x: op([], 7), dtypes=(f32, i64, f16, b1))
    each("scalar_tensor.default", like, lambda op, x: x + op(2, dtype=x.dtype), dtypes=(f32, i64, f16, f64))
    # What an empty tensor holds and what is drawn is nobody's business: only what must be so is compared.
    each("empty.memory_format", like, lambda op, x: op([x.shape[0], 2], dtype=x.dtype).fill_(1), dtypes=(f32, i64, b1))
    each("empty_strided.default", like, lambda op, x: op([x.shape[0], 2], [2, 1], dtype=x.dtype).fill_(1), dtypes=(f32, i64, b1))
    each("rand.default", like, lambda op, x: op([x.shape[0], 2], dtype=x.dtype) < 1, dtypes=FLOATS)
    each("randn.default", like, lambda op, x: op([x.shape[0], 2], dtype=x.dtype) < 100, dtypes=FLOATS)
    each("randperm.default", like, lambda op, x: op(x.shape[0]).sort()[0], lambda op, x: op(6, dtype=i32).sort()[0])
    each("sym_size.int", like, lambda op, x: aten.full.default([op(x, 0)], 1.0), lambda op, x: aten.full.default([op(x, 1)], 1.0), dtypes=(f32, i64))
    each("sym_numel.default", like, lambda op, x: aten.full.default([op(x)], 1.0), dtypes=(f32, i64))
    each("sym_stride.int", like, lambda op, x: aten.full.default([op(x, 0)], 1.0), dtypes=(f32, i64))
    each("sym_stride.int", lambda n, d: [t((4, n), d)], lambda op, x: aten.full.default([op(x, 0)], 1.0))
    each("sym_storage_offset.default", like, lambda op, x: aten.full.default([op(x) + 2], 1.0), dtypes=(f32, i64))
    each("_local_scalar_dense.default", lambda n, d: [t((), d, 0.4, 1.4), t((n,), d)], lambda op, k, x: aten.mul.Scalar(x, op(k)), dtypes=(f32, i64))


def products():
    each("mm.default", lambda n, d: [t((n, 4), d), t((4, 3), d)], dtypes=FLOATS + INTS)
    each("bmm.default", lambda n, d: [t((n, 2, 4), d), t((n, 4, 3), d)], dtypes=FLOATS + INTS)
    each("addmm.default", lambda n, d: [t((3,), d), t((n, 4), d), t((4, 3), d)], lambda op, b, x, y: op(b, x, y), lambda op, b, x, y: op(b, x, y, beta=2, alpha=3), dtypes=FLOATS + (i64,))
    each("addmm.default", lambda n, d: [t((n, 3), d), t((n, 4), d), t((4, 3), d)], lambda op, b, x, y: op(b, x, y, beta=0.5))
    for p in (2.0, 1.0, 3.0, float("inf"), 0.0):
        each("_cdist_forward.default", lambda n, d: [t((n, 3), d), t((4, 3), d)], lambda op, x, y, p=p: op(x, y, p, None), dtypes=(f32, f64))
        each("_pdist_forward.default", lambda n, d: [t((4, 3), d)], lambda op, x, p=p: op(x, p), dtypes=(f32, f64))
    each("_cdist_forward.default", lambda n, d: [t((n, 5, 3), d), t((n, 4, 3), d)], lambda op, x, y: op(x, y, 2.0, 1))
    conv = lambda spatial, groups=1, out=4: lambda n, d: [t((n, 4) + spatial, d), t((out, 4 // groups) + (3,) * len(spatial), d), t((out,), d)]
    for dims, spatial in ((1, (9,)), (2, (6, 7)), (3, (4, 5, 4))):
        one, zero = [1] * dims, [0] * dims
        plain = lambda op, x, w, b, s=one, p=one, z=zero: op(x, w, b, s, p, s, False, z, 1)
        wide = lambda op, x, w, b, s=one, z=zero, k=dims: op(x, w, None, [2] * k, z, s, False, z, 1)
        each("convolution.default", conv(spatial), plain, wide, dtypes=(f32, f16, f64))
        each("convolution.default", conv(spatial, 2), lambda op, x, w, b, s=one, z=zero, k=dims: op(x, w, b, s, [2] * k, [2] * k, False, z, 2) if k < 3 else op(x, w, b, s, s, s, False, z, 2))
        turned = lambda n, d, s=spatial, k=dims: [t((n, 4) + s, d), t((4, 3) + (3,) * k, d), t((3,), d)]
        each("convolution.default", turned, lambda op, x, w, b, s=one, k=dims: op(x, w, b, [2] * k, s, s, True, s, 1))
    bag = lambda n, d: [t((6, 4), d), torch.randint(0, 6, (7,)), torch.tensor([0, 3, 5])]
    each("_embedding_bag.default", bag, *[lambda op, w, i, o, m=mode: op(w, i, o, False, mode=m)[0] for mode in (0, 1, 2)], dtypes=(f32, f64))
    each("_embedding_bag.default", lambda n, d: bag(n, d) + [t((7,), d)], lambda op, w, i, o, s: op(w, i, o, False, 0, False, s)[0])
    pairs = lambda op: lambda *args: torch.view_as_real(op(*args))
    each("_fft_r2c.default", lambda n, d: [t((n, 8), d)], lambda op, x: pairs(op)(x, [1], 0, True), lambda op, x: pairs(op)(x, [1], 1, False), dtypes=(f32, f64))
    each("_fft_c2r.default", lambda n, d: [t((n, 5, 2), d)], lambda op, x: op(torch.view_as_complex(x), [1], 2, 8), lambda op, x: op(torch.view_as_complex(x), [1], 0, 9), dtypes=(f32, f64))


def windows():
    pool = lambda *spatial: lambda n, d: [t((n, 2) + spatial, d)]
    for dims, spatial in ((1, (9,)), (2, (7, 8)), (3, (4, 6, 5))):
        three, two, one = [3] * dims, [2] * dims, [1] * dims
        average = f"avg_pool{dims}d.default"
        each(average, pool(*spatial), lambda op, x, k=two: op(x, k), lambda op, x, k=three, s=two, p=one: op(x, k, s, p), lambda op, x, k=three, s=two, p=one: op(x, k, s, p, False, False), dtypes=(f32, f64) if dims == 3 else (f32, f64, f16))
        each(average, lambda n, d, s=spatial: [t((2,) + s, d)], lambda op, x, k=two: op(x, k))
        each(average, pool(*spatial), lambda op, x, k=three, s=two: op(x, k, s, 0, True))
        if dims > 1:
            each(average, pool(*spatial), lambda op, x, k=two, s=two: op(x, k, s, 0, False, True, 3))
            most = f"max_pool{dims}d_with_indices.default"
            each(most, pool(*spatial), lambda op, x, k=two: op(x, k), lambda op, x, k=three, s=two, p=one: op(x, k, s, p), dtypes=(f32, f64, f16))
            each(most, pool(*spatial), lambda op, x, k=two, s=one, p=[0] * dims, l=two: op(x, k, s, p, l))
            each(most, lambda n, d, s=spatial: [t((2,) + s, d)], lambda op, x, k=two: op(x, k, k, 0, 1, True))
    each("adaptive_avg_pool1d.default", pool(9), lambda op, x: op(x, [1]), lambda op, x: op(x, [3]), lambda op, x: op(x, [4]), dtypes=(f32, f16))
    each("_adaptive_avg_pool2d.default", pool(7, 8), lambda op, x: op(x, [1, 1]), lambda op, x: op(x, [7, 4]), lambda op, x: op(x, [3, 5]), dtypes=(f32, f16, f64))
    each("_adaptive_avg_pool3d.default", pool(4, 6, 5), lambda op, x: op(x, [1, 1, 1]), lambda op, x: op(x, [2, 3, 5]), lambda op, x: op(x, [3, 4, 2]), dtypes=(f32, f16))
    each("col2im.default", lambda n, d: [t((n, 8, 12), d)], lambda op, x: op(x, [4, 5], [2, 2], [1, 1], [0, 0], [1, 1]), dtypes=(f32, f64))
    each("col2im.default", lambda n, d: [t((n, 4, 9), d)], lambda op, x: op(x, [4, 6], [2, 2], [1, 1], [1, 0], [2, 2]))
    grid = lambda n, d: [t((n, 2, 4, 5), d), t((n, 3, 3, 2), d, -1.2, 1.2)]
    for mode, padding, corners in itertools.product((0, 1, 2), (0, 1, 2), (False, True)):
        each("grid_sampler_2d.default", grid, lambda op, x, g, m=mode, p=padding, c=corners: op(x, g, m, p, c), dtypes=(f32, f64) if not mode and not padding else (f32,))
    image = lambda n, d: [t((n, 2, 4, 5), d)]
    for corners in (False, True):
        each("upsample_bilinear2d.vec", image, lambda op, x, c=corners: op(x, [7, 9], c, None), lambda op, x, c=corners: op(x, None, c, [2.0, 2.0]), lambda op, x, c=corners: op(x, [2, 3], c, None), dtypes=(f32, f16))
    each("upsample_nearest2d.vec", image, lambda op, x: op(x, [7, 9], None), lambda op, x: op(x, None, [2.0, 3.0]), lambda op, x: op(x, [2, 3], None), dtypes=(f32, f16))


def normalization():
    channels = lambda n, d: [t((n, 4, 5), d), t((4,), d), t((4,), d), t((4,), d), t((4,), d, 0.5, 1.5)]
    each("_native_batch_norm_legit.default", channels, lambda op, x, w, b, m, v: op(x, w, b, m, v, False, 0.1, 1e-5)[0], dtypes=(f32, f64, f16))
    each("_native_batch_norm_legit_no_training.default", channels, lambda op, x, w, b, m, v: op(x, w, b, m, v, 0.1, 1e-5)[0], lambda op, x, w, b, m, v: op(x, None, None, m, v, 0.1, 1e-3)[0], dtypes=(f32, f64, f16))
    each("_native_batch_norm_legit.no_stats", channels, lambda op, x, w, b, m, v: op(x, w, b, True, 0.1, 1e-5), lambda op, x, w, b, m, v: op(x, None, None, True, 0.1, 1e-5), dtypes=(f32, f64))
    each("native_layer_norm.default", lambda n, d: [t((n, 3, 4), d), t((4,), d), t((4,), d)], lambda op, x, w, b: op(x, [4], w, b, 1e-5), lambda op, x, w, b: op(x, [3, 4], None, None, 1e-3), dtypes=(f32, f64))
    each("native_layer_norm.default", lambda n, d: [t((n, 3, 4), d), t((4,), d), t((4,), d)], lambda op, x, w, b: op(x, [4], w, b, 1e-5)[0], dtypes=(f16,))
    each("native_group_norm.default", lambda n, d: [t((n, 4, 6), d), t((4,), d), t((4,), d)], lambda op, x, w, b: op(x, w, b, x.shape[0], 4, 6, 2, 1e-5), lambda op, x, w, b: op(x, None, None, x.shape[0], 4, 6, 4, 1e-3), dtypes=(f32, f64))


def memory():
    """What changes a tensor's size where it lies."""
    several = lambda n, d: [t((2, 4), d)]
    each("resize_.default", several, lambda op, x: op(x.clone(), [3, 2]), lambda op, x: op(x.clone(), [8]), lambda op, x: op(x.clone(), [2, 2, 1]), lambda op, x: op(x.clone(), []), dtypes=(f32, f16, i64, b1))

    def read_afterwards(op, x):
        y = x + 1
        op(y, [2, 3])
        return y * 2, y.relu_()

    each("resize_.default", several, read_afterwards, lambda op, x: op(x.t().clone(memory_format=torch.contiguous_format), [3]))


class Program(torch.nn.Module):
    def __init__(self, op, call):
        super().__init__()
        self.op, self.call = op, call

    def forward(self, tensors):
        return self.call(self.op, *tensors)


def export(name, inputs, call):
    """The archive and the inputs to test it with: of another size where all that should vary does."""
    module = Program(operator(name), call)
    torch.manual_seed(zlib.crc32(name.encode()))
    traced, tested = inputs(TRACED), inputs(TESTED)
    dims = [{axis: torch.export.Dim.AUTO for axis, size in enumerate(x.shape) if size != y.shape[axis]} for x, y in zip(traced, tested)]
    with torch.no_grad():
        program = torch.export.export(module, (traced,), dynamic_shapes=(dims,), strict=False)
    places = [node for node in program.graph.nodes if node.op == "placeholder" and isinstance(node.meta.get("val"), torch.Tensor)]
    varies = all(isinstance(node.meta["val"].shape[axis], torch.SymInt) for node, own in zip(places, dims) for axis in own)
    calls = [str(node.target) for node in program.graph.nodes if node.op == "call_function"]
    assert f"aten.{name}" in calls or name.startswith("sym_"), (name, calls)
    for node in program.graph.nodes:
        for key in ("stack_trace", "from_node", "nn_module_stack", "source_fn_stack", "torch_fn"):
            node.meta.pop(key, None)
    arguments = tested if varies else traced
    with torch.no_grad():
        outputs = pytree.tree_leaves(program.module()([x.clone() for x in arguments]))
    archive = io.BytesIO()
    torch.export.save(program, archive)
    return slim(archive.getvalue()), arguments, [o for o in outputs if isinstance(o, torch.Tensor)]


def slim(archive):
    """The archive without its sample inputs, which tests do not read."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            if "sample_inputs" not in entry.filename:
                new.writestr(zipfile.ZipInfo(entry.filename, (2020, 1, 1, 0, 0, 0)), old.read(entry))
    return out.getvalue()


def arrays(inputs, outputs):
    named = {f"input_{i}": x for i, x in enumerate(inputs)} | {f"output_{i}": x for i, x in enumerate(outputs)}
    out = io.BytesIO()
    np.savez(out, **{key: np.ascontiguousarray(x.numpy()).reshape(x.shape) for key, x in named.items()})
    return out.getvalue()


def core():
    """Every overload tagged core."""
    for name in torch._C._dispatch_get_all_op_names():
        packet, _, overload = name.removeprefix("aten::").partition(".")
        if name.startswith("aten::") and hasattr(aten, packet):
            op = getattr(getattr(aten, packet), overload or "default", None)
            if op is not None and torch.Tag.core in op.tags:
                yield f"{packet}.{overload or 'default'}"


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    for group in (elementwise, reductions, shapes_and_parts, creation, products, windows, normalization, memory):
        group()
    gradient_cases.add(each, t)
    # Asks how memory is laid out; no program torch.export writes can hold its answer.
    missing = set(core()) - set(CASES) - {"sym_is_contiguous.default"}
    assert not missing, sorted(missing)
    path, only = sys.argv[1], set(sys.argv[2:])
    entries, count, failed = {}, 0, []
    if only:
        with zipfile.ZipFile(path) as goldens:
            entries = {each: goldens.read(each) for each in goldens.namelist() if each.split("/")[0] not in only}
    for name in sorted(only or CASES):
        for number, (inputs, call) in enumerate(CASES[name]):
            try:
                archive, arguments, outputs = export(name, inputs, call)
            except Exception as failure:
                failed.append((name, number, str(failure).splitlines()[0][:150]))
                continue
            entries[f"{name}/{number:02}.npz"] = arrays(arguments, outputs)
            entries[f"{name}/{number:02}.pt2"] = archive
            count += 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as goldens:
        for entry in sorted(entries):
            goldens.writestr(zipfile.ZipInfo(entry, (2020, 1, 1, 0, 0, 0)), entries[entry], zipfile.ZIP_DEFLATED, 9)
    print(count, "programs of", len(only or CASES), "operators")
    for each_failed in failed:
        print("PyTorch itself cannot:", *each_failed)
