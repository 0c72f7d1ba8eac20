"""Makes the golden vectors that dev.octet.numeric is tested against, with ONNX Runtime's own Python quantizer.

Run once at development time with a Python that has onnxruntime 1.30.0, onnx and numpy:

    python conformance/python/make_numeric_goldens.py octet-quant/src/test/resources/dev/octet/numeric

Fixtures are text, one case a line, fields apart by spaces. Floats are written as the hexadecimal bits of their
float32 form, so that a comparison is exact; raw data is hexadecimal bytes.
"""

import random
import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import quant_utils as peer
from onnxruntime.quantization.base_quantizer import BaseQuantizer
from onnxruntime.quantization.qdq_loss_debug import compute_signal_to_quantization_noice_ratio
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

TYPES = {
    name: getattr(TensorProto, name) for name in ("UINT8", "INT8", "UINT16", "INT16", "UINT4", "INT4")
}
SYMMETRY = {False: "ASYMMETRIC", True: "SYMMETRIC"}
SPAN = {False: "FULL", True: "REDUCED"}


def bits(value):
    """Hexadecimal bits of a float32, exactly."""
    assert np.float32(value) == value or np.isnan(value), value
    return struct.pack(">f", np.float32(value)).hex()


def floats(values):
    return ",".join(bits(value) for value in np.asarray(values, dtype=np.float32).ravel()) or "-"


def ints(values):
    return ",".join(str(int(value)) for value in np.asarray(values).ravel()) or "-"


def raw(tensor):
    return numpy_or_raw(tensor).hex() or "-"


def numpy_or_raw(tensor):
    return tensor.raw_data if tensor.raw_data else numpy_helper.to_array(tensor).tobytes()


def scale_cases(rng):
    """type symmetry span minRealRange rmin rmax -> scale zeroPoint"""
    ranges = [(-1.0, 2.0), (0.0, 0.0), (3.0, 5.0), (-5.0, -3.0), (0.0, 6.0), (-1e-40, 1e-40), (0.0, 1e-38), (0.0, 3e-36)]
    ranges += [(-1e38, 1e38), (0.0, 1e-44), (-0.5, 0.5), (-127.0, 127.0), (-128.0, 127.0), (0.0, 255.0), (-1.0, 0.0)]
    for _ in range(50):
        magnitude = 10.0 ** rng.uniform(-6, 6)
        ends = sorted((rng.gauss(0, magnitude), rng.gauss(0, magnitude)))
        ranges.append(tuple(ends))
    for low, high in ranges:
        low, high = np.float32(low), np.float32(high)
        for name, number in TYPES.items():
            for symmetric in (False, True):
                for reduced in (False, True):
                    for least in (None, 1e-4) if abs(high - low) < 1 else (None,):
                        qmin, qmax = peer.get_qmin_qmax_for_qType(number, reduced, symmetric)
                        zero, scale = peer.compute_scale_zp(
                            np.array(low), np.array(high), qmin, qmax, symmetric, least
                        )
                        yield name, SYMMETRY[symmetric], SPAN[reduced], least or 0, bits(low), bits(high), bits(
                            scale
                        ), int(zero)
        for reduced in (False, True):
            qmin, qmax = peer.get_qmin_qmax_for_qType(TensorProto.UINT8, reduced, False)
            for least in (None, 1e-4):
                zero, scale = peer.snap_zero_point_to_uint8(low, high, int(qmin), int(qmax), least)
                if scale > 0:
                    yield "UINT8", "RESTRICTED", SPAN[reduced], least or 0, bits(low), bits(high), bits(scale), int(zero)


def tensor_cases(rng):
    """type symmetry span granularity shape data -> scales zeroPoints raw dequantized"""
    shapes = [(7,), (3, 5), (4, 3, 3), (2, 1, 5), (1, 1)]
    for name, number in TYPES.items():
        for symmetric in (False, True):
            for shape in shapes:
                data = rng.normal(rng.normal(), 10.0 ** rng.uniform(-2, 2), shape).astype(np.float32)
                weight = numpy_helper.from_array(data, "w")
                reduced = bool(rng.integers(0, 2))
                for axis in [None, *range(len(shape))]:
                    yield whole_or_channel(name, number, symmetric, reduced, weight, data, axis)
                if len(shape) == 2:
                    for axis in (0, 1):
                        for size in (2, 3, 16):
                            yield blocked(name, number, symmetric, weight, data, axis, size)
    ties = np.array([-1.5, -0.5, 0.5, 1.5, 2.5, 127.5, 63.5, -128.0, 127.0], dtype=np.float32)
    for name in ("INT8", "INT16"):
        yield whole_or_channel(name, TYPES[name], True, False, numpy_helper.from_array(ties, "w"), ties, None)


def whole_or_channel(name, number, symmetric, reduced, weight, data, axis):
    if axis is None:
        zeros, scales = peer.compute_data_quant_params(data.ravel(), number, symmetric, reduced)
    else:
        pairs = [
            peer.compute_data_quant_params(data.take(i, axis).ravel(), number, symmetric, reduced)
            for i in range(data.shape[axis])
        ]
        zeros = np.array([zero for zero, _ in pairs])
        scales = np.array([scale for _, scale in pairs], dtype=np.float32)
    codes = peer.quantize_onnx_initializer(weight, number, zeros, scales, axis)
    where = "tensor" if axis is None else f"channel:{axis}"
    return line(name, symmetric, SPAN[reduced], where, data, scales, zeros, codes)


def blocked(name, number, symmetric, weight, data, axis, size):
    zeros, scales = peer.compute_scale_zp_blocked(data, number, axis, size, symmetric)
    codes = peer.quantize_onnx_initializer(weight, number, zeros, scales, axis, block_size=size)
    return line(name, symmetric, "FULL", f"block:{axis}:{size}", data, scales, zeros, codes)


def line(name, symmetric, span, where, data, scales, zeros, codes):
    return name, SYMMETRY[symmetric], span, where, ints(data.shape), floats(data), floats(scales), ints(zeros), raw(codes)


class Initializers:
    """The little of a model that quantize_bias_static_impl touches."""

    def __init__(self, bias):
        self.tensors = [bias]

    def initializer(self):
        return self.tensors

    def initializer_extend(self, tensors):
        self.tensors.extend(tensors)


def half_scale_cases(rng):
    """type symmetry span minRealRange rmin rmax -> scale zeroPoint, all computed in float16"""
    ranges = [(-1.0, 2.0), (0.0, 0.0), (-0.005, 0.005), (0.0, 1e-3), (-300.0, 500.0), (0.0, 6.0), (-1e-6, 1e-7)]
    for _ in range(25):
        magnitude = 10.0 ** rng.uniform(-3, 3)
        ranges.append(tuple(sorted((rng.gauss(0, magnitude), rng.gauss(0, magnitude)))))
    for low, high in ranges:
        low, high = np.float16(low), np.float16(high)
        for name, number in TYPES.items():
            for symmetric in (False, True):
                for reduced in (False, True):
                    for least in (None, 1e-2) if abs(high - low) < 1 else (None,):
                        qmin, qmax = peer.get_qmin_qmax_for_qType(number, reduced, symmetric)
                        zero, scale = peer.compute_scale_zp(np.array(low), np.array(high), qmin, qmax, symmetric, least)
                        assert scale.dtype == np.float16
                        yield name, SYMMETRY[symmetric], SPAN[reduced], least or 0, bits(low), bits(high), bits(
                            scale
                        ), int(zero)


def float8_cases(rng):
    """shape granularity data -> scales raw dequantized; the codes are those of onnx's reference QuantizeLinear"""
    number = TensorProto.FLOAT8E4M3FN
    for shape in [(1,), (6,), (7,), (9,), (300,), (1031,), (3, 5), (4, 3, 3)]:
        for magnitude in (1e-6, 1.0, 1e4) if np.prod(shape) < 100 else (1.0,):
            data = rng.normal(0, magnitude, shape).astype(np.float32)
            data.flat[0] *= 9  # saturates
            if data.size == 1:
                continue
            weight = numpy_helper.from_array(data, "w")
            for axis in [None, *range(len(shape))] if data.size < 100 else [None]:
                if axis is None:
                    zeros, scales = peer.compute_data_quant_params(data.ravel(), number, True)
                elif data.shape[axis] == data.size:
                    continue
                else:
                    pairs = [
                        peer.compute_data_quant_params(data.take(i, axis).ravel(), number, True)
                        for i in range(data.shape[axis])
                    ]
                    zeros = np.array([zero for zero, _ in pairs])
                    scales = np.array([scale for _, scale in pairs], dtype=np.float32)
                codes = peer.quantize_onnx_initializer(weight, number, zeros, scales, axis)
                real = numpy_helper.to_array(codes).astype(np.float32)
                spread = scales if axis is None else scales.reshape([-1 if i == axis else 1 for i in range(len(shape))])
                where = "tensor" if axis is None else f"channel:{axis}"
                yield ints(data.shape), where, floats(data), floats(scales), raw(codes), floats(real * spread)


def bias_cases(rng):
    """weightGranularity bias inputScale weightScales -> adjustedWeightScales codes biasScales"""
    for channels in (1, 2, 7):
        for per_channel in (False, True):
            for magnitude in (1.0, 1e-3, 1e4, 1e12):
                bias = (rng.normal(0, magnitude, channels)).astype(np.float32)
                input_scale = np.array(10.0 ** rng.uniform(-4, 0), dtype=np.float32)
                count = channels if per_channel else 1
                scales = (10.0 ** rng.uniform(-9, -1, count)).astype(np.float32)
                given = scales if per_channel else scales.reshape(())
                tensor = numpy_helper.from_array(bias, "b")
                _, adjusted = QDQQuantizer._adjust_weight_scale_for_int32_bias(
                    None, input_scale, given.copy(), "w", tensor, per_channel
                )
                owner = SimpleNamespace(model=Initializers(tensor), weight_qType=TensorProto.INT8)
                BaseQuantizer.quantize_bias_static_impl(owner, "b", input_scale, adjusted)
                made = {made.name: numpy_helper.to_array(made) for made in owner.model.tensors}
                where = "channel:0" if per_channel else "tensor"
                yield where, floats(bias), bits(input_scale), floats(scales), floats(adjusted), ints(
                    made["b_quantized"]
                ), floats(made["b_quantized_scale"])


def metric_cases(rng):
    """actual desired rtol atol -> mismatched maxAbs maxRel sqnr cosine (the last two as decimals)"""
    for size in (1, 5, 130):
        for noise in (0.0, 1e-4, 0.1):
            desired = rng.normal(0, 1, size).astype(np.float32)
            actual = (desired + rng.normal(0, 1, size) * noise).astype(np.float32)
            for rtol, atol in ((1e-3, 1e-5), (0.1, 0.1), (0.0, 0.0)):
                close = np.isclose(actual, desired, rtol=rtol, atol=atol, equal_nan=True)
                error = np.abs(actual - desired)
                relative = error / np.abs(desired)
                sqnr = compute_signal_to_quantization_noice_ratio(desired, actual)
                left, right = desired.astype(np.float64), actual.astype(np.float64)
                cosine = float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right)))
                yield floats(actual), floats(desired), rtol, atol, int((~close).sum()), bits(error.max()), bits(
                    relative.max()
                ), repr(float(sqnr)), repr(cosine)


def write(path, cases):
    kept = [" ".join(str(field) for field in case) for case in cases]
    doc = cases.gi_code.co_name
    path.write_text("\n".join(kept) + "\n")
    print(f"{path}: {len(kept)} cases of {doc}, {path.stat().st_size} bytes")


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "scales.txt", scale_cases(random.Random(1)))
    write(folder / "tensors.txt", tensor_cases(np.random.default_rng(2)))
    write(folder / "biases.txt", bias_cases(np.random.default_rng(3)))
    write(folder / "metrics.txt", metric_cases(np.random.default_rng(4)))
    write(folder / "half_scales.txt", half_scale_cases(random.Random(5)))
    write(folder / "float8.txt", float8_cases(np.random.default_rng(6)))


if __name__ == "__main__":
    main(sys.argv[1])
