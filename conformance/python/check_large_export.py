"""Compares a large exported model with what PyTorch computed: check_large_export.py FOLDER (see make_large_program.py)."""

import pathlib
import sys

import numpy
import onnxruntime

folder = pathlib.Path(sys.argv[1])
options = onnxruntime.SessionOptions()
# The weights stay where they are: mapped, not copied into another layout.
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
options.add_session_config_entry("session.disable_prepacking", "1")
session = onnxruntime.InferenceSession(folder / "large.onnx", options)
data = numpy.load(folder / "large.npz")
result = session.run(None, {"words": data["words"]})[0]
numpy.testing.assert_allclose(result, data["result"], rtol=1e-3, atol=1e-5)
print(f"agrees with PyTorch: {abs(result - data['result']).max():.2e} at most apart")
