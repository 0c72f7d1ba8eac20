"""What `onnxruntime.quantization` does with a model and samples in an .npz, as a whole process; to be timed beside `octet quantize`.

    time peer/bin/python python/peer_quantize.py MODEL.onnx SAMPLES.npz OUT.onnx [minmax|percentile]

The .npz holds one array named like the model's input, samples along its first axis. Prepared first as the peer's documentation asks.
"""

import sys
import tempfile

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

model, samples, out, *method = sys.argv[1:]
prepared = tempfile.mktemp(suffix=".onnx")
quant_pre_process(model, prepared)


class Reader(CalibrationDataReader):
    def __init__(self):
        data = np.load(samples)
        self.name = onnxruntime.InferenceSession(prepared, providers=["CPUExecutionProvider"]).get_inputs()[0].name
        self.rows = iter(data[self.name])

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {self.name: row[None]}


quantize_static(
    prepared, out, Reader(), quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
    per_channel=False, calibrate_method=CalibrationMethod.Percentile if method == ["percentile"] else CalibrationMethod.MinMax,
)
