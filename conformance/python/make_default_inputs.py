"""Makes the inputs that docs/figures.md quantizes the measuring models with, where no recordings of their own kind are at hand.

    python make_default_inputs.py SHARED OUT

SHARED holds `models` and `data` as the tests expect them; OUT gets, ready for `octet quantize --data`:
  mnist8.npy     600 digits rendered in the fonts found, white on black, moved, turned, blurred
  dnsmos.npy     96 pieces of 9.01 s of words at 16 kHz, one after another, with noise of -5 to 40 dB
  go1.npy        2,000 observations drawn from the mean and deviation that the policy itself normalizes by
  go1_plain.npy  2,000 observations of standard normal numbers, which the policy never meets
  keypoint.npy   2,000 hands: 21 points around a wrist at the origin, scaled into [-1, 1]

Needs numpy, onnx, pillow. The same numbers on every run with the same fonts.
"""
import io
import sys
import wave
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = ("DejaVuSans", "DejaVuSerif", "DejaVuSans-Bold", "DejaVuSansMono", "LiberationSans-Regular", "LiberationSerif-Regular")


def digits(random, count=600):
    fonts = [path for path in sorted(Path("/usr/share/fonts").rglob("*.ttf")) if path.stem in FONTS]
    pictures = []
    for i in range(count):
        font = ImageFont.truetype(str(fonts[random.integers(len(fonts))]), int(random.integers(18, 25)))
        picture = Image.new("L", (28, 28))
        draw = ImageDraw.Draw(picture)
        place = (14 + float(random.uniform(-3, 3)), 14 + float(random.uniform(-3, 3)))
        draw.text(place, str(i % 10), fill=255, font=font, anchor="mm")
        picture = picture.rotate(float(random.uniform(-15, 15)), resample=Image.BILINEAR)
        picture = picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 0.9))))
        pictures.append(np.asarray(picture, np.float32)[None])
    return np.stack(pictures)


def speech(random, archive, count=96, length=144160):
    clips = []
    with zipfile.ZipFile(archive) as files:
        for name in sorted(name for name in files.namelist() if name.endswith(".wav")):
            with wave.open(io.BytesIO(files.read(name))) as clip:
                clips.append(np.frombuffer(clip.readframes(clip.getnframes()), "<i2").astype(np.float32) / 32768)
    pieces = []
    for _ in range(count):
        words = np.concatenate([clips[i] for i in random.choice(len(clips), 12, replace=False)])
        piece = np.resize(words, length)
        noise = random.standard_normal(length).astype(np.float32)
        loudness = np.sqrt(np.mean(piece**2)) * 10 ** (-random.uniform(-5, 40) / 20)
        pieces.append(np.clip(piece + noise * np.float32(loudness), -1, 1))
    return np.stack(pieces).astype(np.float32)


def observations(random, policy, count=2000):
    constants = {each.name: numpy_helper.to_array(each) for each in onnx.load(policy).graph.initializer}
    mean = constants["mlp_1/sub/ReadVariableOp:0"]
    reciprocal = constants["ConstantFolding/mlp_1/truediv_recip:0"]
    return (mean + random.standard_normal((count, mean.size)) / reciprocal).astype(np.float32)


def hands(random, count=2000):
    result = []
    for _ in range(count):
        turn = random.uniform(0, 2 * np.pi)
        points = [np.zeros(2)]
        for finger in range(5):
            direction = turn + (finger - 2) * random.uniform(0.15, 0.35)
            point = np.zeros(2)
            for joint in range(4):
                direction += random.uniform(-0.5, 0.5)
                point = point + np.array([np.cos(direction), np.sin(direction)]) * random.uniform(0.2, 1.0) / (joint + 1)
                points.append(point)
        flat = np.concatenate(points)
        result.append(flat / np.abs(flat).max())
    return np.asarray(result, np.float32)


def main(shared, out):
    out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(20261124)
    np.save(out / "mnist8.npy", digits(random))
    np.save(out / "dnsmos.npy", speech(random, shared / "data/speech_commands/speech_commands_16k_sample.zip"))
    np.save(out / "go1.npy", observations(random, shared / "models/go1_policy.onnx"))
    np.save(out / "go1_plain.npy", random.standard_normal((2000, 48)).astype(np.float32))
    np.save(out / "keypoint.npy", hands(random))


main(Path(sys.argv[1]), Path(sys.argv[2]))
