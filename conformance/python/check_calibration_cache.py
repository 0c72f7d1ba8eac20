"""Has onnxruntime.quantization quantize a model with a calibration cache that Octet wrote.

    python check_calibration_cache.py CACHE.json MODEL.onnx

No samples are given, so the peer fails unless it takes the cache; then every activation's scale is compared with the
cache's range.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.calibrate import load_tensors_data

cache, model = Path(sys.argv[1]), sys.argv[2]
ranges = load_tensors_data(cache)
with tempfile.TemporaryDirectory() as folder:
    target = Path(folder) / "int8.onnx"
    quantize_static(
        model,
        target,
        None,
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        calibrate_method=CalibrationMethod[ranges.calibration_method.name],
        calibration_cache_path=cache,
    )
    quantized = onnx.load(target)
scales = {i.name: numpy_helper.to_array(i) for i in quantized.graph.initializer}
checked = 0
for name in ranges:
    scale = scales.get(name + "_scale")
    if scale is None:
        continue
    low, high = (float(np.ravel(v)[0]) for v in ranges[name].range_value)
    expected = np.float32(np.float64(np.float32(max(high, 0)) - np.float32(min(low, 0))) / 255)
    same = scale == expected
    checked += 1
    if not same:
        print(f"{name}: scale {scale}, from its range {expected}")
print(f"{len(list(ranges))} values in the cache, {checked} scales compared")
