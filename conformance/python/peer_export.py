"""Exports a .pt2 with torch.onnx, to be timed as a whole process: peer_export.py PROGRAM.pt2 MODEL.onnx"""

import sys

import torch

program = torch.export.load(sys.argv[1])
torch.onnx.export(program, dynamo=True, verbose=False).save(sys.argv[2])
