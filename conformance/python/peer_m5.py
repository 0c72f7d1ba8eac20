#!/usr/bin/env python3
"""What Python's onnxruntime makes of the same FP32 M5 and the same clips: the other side of Octet's table.

Runs `quant_pre_process`, then `quantize_static` (min-max, per-channel weights) as QDQ and as QOperator, and prints one JSON object: for each
model its bytes, accuracy, top-1 agreement with the FP32 model and the median latency at batch 1 and 32 (interleaved runs); for the process
the seconds of each stage and its peak memory.

    python3 peer_m5.py m5_fp32.onnx --calibrate spoken_words_train.zip --test spoken_words_test.zip --samples 512 --out DIR
    python3 peer_m5.py m5_fp32.onnx --calibrate spoken_words_train.zip --formats qdq --out DIR       # quantize only, for timing

Clips are `<label>/<name>.wav` in a zip, mono 16-bit, at the model's own rate (8 kHz); they are padded with zeros or cut to the model's input
length. Labels come from the model's metadata entry `labels`, or from --labels, or are the 35 words in alphabetical order.
"""

import time

STARTED = time.perf_counter()

import argparse
import io
import json
import pathlib
import random
import resource
import statistics
import sys
import wave
import zipfile

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

IMPORTED = time.perf_counter()
LABELS = (
    "backward bed bird cat dog down eight five follow forward four go happy house learn left marvin nine no off on one right seven sheila "
    "six stop three tree two up visual wow yes zero"
).split()
FORMATS = {"qdq": QuantFormat.QDQ, "qoperator": QuantFormat.QOperator}
METHODS = {
    "minmax": CalibrationMethod.MinMax,
    "percentile": CalibrationMethod.Percentile,
    "entropy": CalibrationMethod.Entropy,
}


class Clips:
    """The clips of a zip, in the order of their names, as (label, entry) pairs; decoded when asked."""

    def __init__(self, path, labels, length):
        self.archive, self.labels, self.length = zipfile.ZipFile(path), labels, length
        self.entries = sorted(name for name in self.archive.namelist() if name.lower().endswith(".wav"))
        unknown = sorted({self.word(name) for name in self.entries} - set(labels))
        if unknown or not self.entries:
            sys.exit(f"{path}: " + (f"labels not in the list: {', '.join(unknown)}" if unknown else "no clips"))

    @staticmethod
    def word(entry):
        return entry.split("/")[-2]

    def sampled(self, count, seed):
        """A class-balanced draw: one clip of every word in turn, each word in a seeded order."""
        by_word = {}
        for entry in self.entries:
            by_word.setdefault(self.word(entry), []).append(entry)
        for word, entries in by_word.items():
            random.Random(f"{seed}/{word}").shuffle(entries)
        turns = max(map(len, by_word.values()))
        return [entries[turn] for turn in range(turns) for entries in by_word.values() if turn < len(entries)][:count]

    def decode(self, entry):
        with wave.open(io.BytesIO(self.archive.read(entry))) as sound:
            if (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) != (1, 2, 8000):
                sys.exit(f"{entry}: expected 8 kHz, mono, 16-bit")
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32) / 32768
        padded = np.zeros(self.length, np.float32)
        padded[: min(len(samples), self.length)] = samples[: self.length]
        return padded

    def batch(self, entries):
        return np.stack([self.decode(entry) for entry in entries])[:, None, :]


class Reader(CalibrationDataReader):
    def __init__(self, clips, entries, name):
        self.clips, self.entries, self.name = clips, iter(entries), name

    def get_next(self):
        entry = next(self.entries, None)
        return None if entry is None else {self.name: self.clips.batch([entry])}


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(opened, inputs):
    return opened.run(None, {opened.get_inputs()[0].name: inputs})[0]


def predictions(opened, clips):
    chunks = [clips.entries[at : at + 64] for at in range(0, len(clips.entries), 64)]
    scores = np.concatenate([run(opened, clips.batch(chunk)) for chunk in chunks])
    return scores.reshape(len(scores), -1).argmax(1)


def latencies(sessions, clips, rounds):
    """Median milliseconds by model and batch size; the models take turns, so a slow spell of the machine meets all of them."""
    result = {name: {} for name in sessions}
    for batch in (1, 32):
        inputs = clips.batch((clips.entries * batch)[:batch])
        times = {name: [] for name in sessions}
        for turn in range(rounds + 5):
            for name, opened in sessions.items():
                began = time.perf_counter()
                run(opened, inputs)
                if turn >= 5:
                    times[name].append(time.perf_counter() - began)
        for name in sessions:
            result[name][f"batch{batch}"] = round(1000 * statistics.median(times[name]), 4)
    return result


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="the FP32 ONNX model")
    parser.add_argument("--calibrate", type=pathlib.Path, required=True, help="zip of clips to calibrate on")
    parser.add_argument("--test", type=pathlib.Path, help="zip of labelled clips; left out: quantize only")
    parser.add_argument("--samples", type=int, default=512, help="calibration clips, class-balanced (default 512)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--method", choices=METHODS, default="minmax")
    parser.add_argument("--activations", choices=("int8", "uint8"), default="int8")
    parser.add_argument("--labels", type=pathlib.Path, help="one label a line, in the order of the model's outputs")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=200, help="timed runs of each model and batch size (default 200)")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the quantized models")
    return parser.parse_args()


def main():
    arguments = parse()
    arguments.out.mkdir(parents=True, exist_ok=True)
    source = session(arguments.model, arguments.threads)
    stored = source.get_modelmeta().custom_metadata_map.get("labels", "")
    labels = arguments.labels.read_text().split() if arguments.labels else stored.replace(",", " ").split() or LABELS
    tensor = source.get_inputs()[0]
    calibration = Clips(arguments.calibrate, labels, tensor.shape[-1])
    entries = calibration.sampled(arguments.samples, arguments.seed)

    seconds = {"import": IMPORTED - STARTED}
    began = time.perf_counter()
    prepared = arguments.out / "prepared.onnx"
    quant_pre_process(str(arguments.model), str(prepared))
    seconds["preprocess"] = time.perf_counter() - began
    paths = {"fp32": arguments.model}
    for name in arguments.formats:
        began = time.perf_counter()
        paths[name] = arguments.out / f"{name}.onnx"
        quantize_static(
            str(prepared),
            str(paths[name]),
            Reader(calibration, entries, tensor.name),
            quant_format=FORMATS[name],
            per_channel=True,
            activation_type=QuantType.QInt8 if arguments.activations == "int8" else QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=METHODS[arguments.method],
        )
        seconds[f"quantize_{name}"] = time.perf_counter() - began

    models = {name: {"model": path.name, "sizeBytes": path.stat().st_size} for name, path in paths.items()}
    if arguments.test:
        test = Clips(arguments.test, labels, tensor.shape[-1])
        truth = np.array([labels.index(test.word(entry)) for entry in test.entries])
        sessions = {name: session(path, arguments.threads) for name, path in paths.items()}
        chosen = {name: predictions(opened, test) for name, opened in sessions.items()}
        timed = latencies(sessions, test, arguments.rounds)
        for name in models:
            models[name] |= {
                "accuracy": float(np.mean(chosen[name] == truth)),
                "samples": len(truth),
                "agreement": float(np.mean(chosen[name] == chosen["fp32"])),
                "latencyMs": timed[name],
            }
    seconds["process"] = time.perf_counter() - STARTED
    print(
        json.dumps(
            {
                "peer": f"onnxruntime {onnxruntime.__version__}, {arguments.method}, per channel, {arguments.activations} activations",
                "calibrationClips": len(entries),
                "threads": arguments.threads,
                "rows": list(models.values()),
                "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
                "peakMemoryMiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
