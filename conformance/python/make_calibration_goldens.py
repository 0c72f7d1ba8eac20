"""Makes the goldens of calibration: what numpy and onnxruntime.quantization find in the same numbers.

    python make_calibration_goldens.py REPOSITORY

writes `octet-quant/src/test/resources/calibration/statistics.txt` (deviations, percentiles, least errors and the
entropy search, each done the slow and plain way) and `octet-run/src/test/resources/calibration/peer_*.json` (caches
that the peer's own calibrators and `save_tensors_data` write) and `tensorrt.*` (its `write_calibration_table`).
"""

import math
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(sys.argv[1])


def lcg(seed, count):
    """Uniform numbers in [0, 1) that any language can repeat."""
    state, out = seed, []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append((state >> 40) / 2**24)
    return np.array(out)


def cases():
    u = lcg(1, 40000)
    a, b = u[:20000], u[20000:]
    laplace = np.where(b < 0.5, -1, 1) * -np.log(1 - a) * 0.7
    yield "laplace", laplace.astype(np.float32)
    yield "relu", np.maximum(laplace, 0).astype(np.float32)
    yield "uniform", (6 * a - 2).astype(np.float32)
    normal = np.sqrt(-2 * np.log(1 - a)) * np.cos(2 * np.pi * b)
    yield "normal", (3 * normal + 1).astype(np.float32)
    outlier = normal.astype(np.float32)
    outlier[7] = 40
    yield "outlier", outlier


def quantized(x, low, high, symmetric):
    """Values put through an int8 grid over low..high, as QuantizeLinear and DequantizeLinear do."""
    if symmetric:
        bound = max(-low, high)
        scale, zero, qmin, qmax = 2 * bound / 254, 0, -127, 127
    else:
        scale = (high - low) / 255
        zero, qmin, qmax = np.rint(-128 - low / scale), -128, 127
    q = np.clip(np.rint(x.astype(np.float64) / scale) + zero, qmin, qmax)
    return (q - zero) * scale


def least(x, power, symmetric):
    """Smallest mean error over a fine search of ranges."""
    low, high = min(0.0, float(x.min())), max(0.0, float(x.max()))
    best = math.inf
    factors = np.exp(np.linspace(0, math.log(1 / 64), 160))
    for f in factors:
        seconds = [f] if symmetric or low == 0 or high == 0 else factors[::4]
        for g in seconds:
            error = np.mean(np.abs(x - quantized(x, low * f, high * g, symmetric)) ** power)
            best = min(best, float(error))
    return best


def power_of_two_bins(x, bins=4096):
    """Counts in bins as wide as a power of two, the largest magnitude within 4096 of them."""
    width = 2.0 ** (math.floor(math.log2(float(np.abs(x).max()))) + 1 - 12)
    index = np.floor(x.astype(np.float64) / width).astype(int)
    # A bin begins at its end nearer to 0: negative multiples of the width belong to the bin below.
    index = np.where(x < 0, -np.floor(-x.astype(np.float64) / width).astype(int) - 1, index)
    first, last = index.min(), index.max()
    while last - first + 1 > bins:
        index >>= 1
        first, last, width = first >> 1, last >> 1, width * 2
    return np.bincount(index - first), first, width


def entropy(x, codes=256):
    """The window around 0 whose quantized histogram diverges least from the observed one."""
    counts, first, width = power_of_two_bins(x)
    counts = counts.astype(np.float64)
    zero = -first
    if 0 <= zero and zero + 1 < len(counts):
        counts[zero] = min(counts[zero], counts[zero + 1])
    if zero - 2 >= 0 and zero - 1 < len(counts):
        counts[zero - 1] = min(counts[zero - 1], counts[zero - 2])
    farthest = max(len(counts) - zero, zero)
    start = codes // (2 if 0 < zero < len(counts) else 1)
    found = []
    for reach in [*range(start, farthest, max(1, start // 8)), farthest]:
        lo, hi = max(0, zero - reach), min(len(counts), zero + reach)
        inside = counts[lo:hi]
        p = inside.copy()
        p[0] += counts[:lo].sum()
        p[-1] += counts[hi:].sum()
        q = np.zeros(len(inside))
        groups = min(codes, len(inside))
        for g in range(groups):
            s, e = len(inside) * g // groups, len(inside) * (g + 1) // groups
            filled = inside[s:e] > 0
            if filled.any():
                q[s:e][filled] = inside[s:e].sum() / filled.sum()
        p, q = p / p.sum(), q / q.sum()
        q[(q == 0) & (p > 0)] = 1e-7
        divergence = float(np.sum(p[p > 0] * np.log(p[p > 0] / q[p > 0])))
        found.append((divergence, reach * width))
    # The whole range wins a tie, then the narrower window.
    best = min(d for d, _ in found)
    return found[-1][1] if found[-1][0] == best else next(r for d, r in found if d == best)


def statistics():
    lines = []
    for name, x in cases():
        wide = x.astype(np.float64)
        lines.append(f"{name} mean {float(wide.mean())!r}")
        lines.append(f"{name} std {float(wide.std())!r}")
        lines.append(f"{name} percentile99 {float(np.quantile(wide, 0.005))!r} {float(np.quantile(wide, 0.995))!r}")
        for symmetric in (False, True):
            kind = "symmetric" if symmetric else "asymmetric"
            lines.append(f"{name} mse-{kind} {least(x, 2, symmetric)!r}")
            lines.append(f"{name} mae-{kind} {least(x, 1, symmetric)!r}")
        lines.append(f"{name} entropy {float(entropy(x))!r}")
    target = ROOT / "octet-quant/src/test/resources/calibration/statistics.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n")


def peer_caches():
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, create_calibrator
    from onnxruntime.quantization.calibrate import save_tensors_data

    weights = np.array([[1, -2, 3], [4, 5, 6]], np.float32)
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["hidden"]), helper.make_node("MatMul", ["hidden", "W"], ["scores"])],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 3])],
        [numpy_helper.from_array(weights, "W")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    rows = ((lcg(5, 400) - 0.4) * 3).astype(np.float32).reshape(50, 4, 2)

    class Rows(CalibrationDataReader):
        def __init__(self):
            self.left = iter(rows)

        def get_next(self):
            row = next(self.left, None)
            return None if row is None else {"x": row}

    target = ROOT / "octet-run/src/test/resources/calibration"
    target.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp())
    onnx.save(model, scratch / "tiny.onnx")
    for method in CalibrationMethod:
        calibrator = create_calibrator(
            str(scratch / "tiny.onnx"),
            [],
            augmented_model_path=str(scratch / "augmented.onnx"),
            calibrate_method=method,
            extra_options={} if method.name in ("MinMax", "Entropy") else {"num_bins": 512},
        )
        calibrator.collect_data(Rows())
        save_tensors_data(calibrator.compute_data(), target / f"peer_{method.name.lower()}.json")


def tensorrt_tables():
    """Ranges whose upper end is the farther one, for of others the peer writes the nearer end."""
    from onnxruntime.quantization.calibrate import TensorData
    from onnxruntime.quantization.quant_utils import write_calibration_table

    ends = {"z/out": (-1.0, 3.5), "a": (0.0, 0.1), "wide": (-2e20, 3e20), "tiny": (-1e-7, 2.5e-6), "m.none": (0.0, 0.0)}
    cache = {name: TensorData(lowest=np.float32(low), highest=np.float32(high)) for name, (low, high) in ends.items()}
    scratch = Path(tempfile.mkdtemp())
    write_calibration_table(cache, str(scratch))
    target = ROOT / "octet-run/src/test/resources/calibration"
    for kind in ("cache", "flatbuffers"):
        (target / f"tensorrt.{kind}").write_bytes((scratch / f"calibration.{kind}").read_bytes())


if __name__ == "__main__":
    statistics()
    peer_caches()
    tensorrt_tables()
