"""Writes ten digits of MNIST as pictures of all kinds with Pillow, good and bad ones.

    jobs/get-mnist.sh
    python3 -m pip install pillow numpy
    python3 Tests/Oracle/pictures.py        # a second; rewrites the folder pictures and pictures.json

pictures.json has for each good picture its label and the SHA-256 of its grey pixels as Pillow and numpy have them
(transparent parts on white, luma of ITU-R BT.601), and for each bad one words of the expected error.
"""

import hashlib
import json
import os
import pathlib
import shutil
import zlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
ROOT = HERE / "pictures"
DATA = pathlib.Path(os.environ.get("MNIST_DATA", HERE.parent.parent / "data" / "mnist"))
images = np.frombuffer((DATA / "t10k-images-idx3-ubyte").read_bytes()[16:], np.uint8).reshape(-1, 28, 28)
labels = np.frombuffer((DATA / "t10k-labels-idx1-ubyte").read_bytes()[8:], np.uint8)
digits = [images[np.flatnonzero(labels == digit)[1]] for digit in range(10)]
facts = {"good": {}, "bad": {}}


def good(name, digit, grey, inverted=False):
    facts["good"][name] = {
        "label": digit, "inverted": inverted,
        "grey": hashlib.sha256(np.ascontiguousarray(grey, np.uint8).tobytes()).hexdigest()}


def luma(rgb):
    return np.asarray(Image.fromarray(rgb).convert("L"))


def write():
    kinds = ["grey", "rgb", "rgba", "palette", "inverted", "grey16", "bilevel", "p5", "p2", "tinted"]
    for digit, kind in enumerate(kinds):
        pixels = digits[digit]
        name = f"{digit}-{kind}.png"
        grey = pixels
        if kind == "grey":
            Image.fromarray(pixels).save(ROOT / name)
        elif kind == "rgb":
            Image.fromarray(pixels).convert("RGB").save(ROOT / name)
        elif kind == "rgba":
            # Black strokes whose alpha is the digit: on white they are the inverted digit.
            rgba = np.zeros((28, 28, 4), np.uint8)
            rgba[..., 3] = pixels
            Image.fromarray(rgba).save(ROOT / name)
            grey = 255 - pixels
        elif kind == "palette":
            Image.fromarray(pixels).quantize(256).save(ROOT / name)
            grey = np.asarray(Image.open(ROOT / name).convert("RGB").convert("L"))
        elif kind == "inverted":
            grey = 255 - pixels
            Image.fromarray(grey).save(ROOT / name)
        elif kind == "grey16":
            Image.fromarray(pixels.astype(np.uint16) * 257).save(ROOT / name)
        elif kind == "bilevel":
            Image.fromarray(pixels > 127).save(ROOT / name)
            grey = (pixels > 127) * np.uint8(255)
        elif kind == "p5":
            name = f"{digit}-{kind}.pgm"
            Image.fromarray(pixels).save(ROOT / name)
        elif kind == "p2":
            name = f"{digit}-{kind}.pgm"
            rows = "\n".join(" ".join(str(value) for value in row) for row in pixels)
            (ROOT / name).write_text(f"P2\n# made by numpy\n28 28\n255\n{rows}\n")
        else:
            tint = (pixels[..., None] * np.array([1.0, 0.8, 0.4])).astype(np.uint8)
            Image.fromarray(tint).save(ROOT / name)
            grey = luma(tint)
        good(name, digit, grey, inverted=kind in ("rgba", "inverted"))

    whole = (ROOT / "0-grey.png").read_bytes()
    bad = {
        "empty.png": (b"", ["is empty"]),
        "text.png": (b"hello", ["is neither a PNG nor a PGM file"]),
        "cut-off.png": (whole[:-40], ["is a damaged PNG file"]),
        "altered.png": (whole[:60] + bytes([whole[60] ^ 255]) + whole[61:], ["is a damaged PNG file"]),
        "cut-off.pgm": (b"P5 28 28 255\n" + bytes(700), ["ends early"]),
        "values.pgm": (b"P2 28 28 100\n" + b"101 " * 784, ["a value of 101"]),
        "no-size.pgm": (b"P5 x", ["no number"]),
    }
    for name, (content, words) in bad.items():
        (ROOT / name).write_bytes(content)
        facts["bad"][name] = words
    Image.fromarray(digits[0]).resize((32, 28)).save(ROOT / "wide.png")
    facts["bad"]["wide.png"] = ["has 32 x 28 pixels; the model is for 28 x 28"]
    # A header that promises 2^31 - 1 columns and rows.
    header = b"IHDR" + (2**31 - 1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    (ROOT / "huge.png").write_bytes(
        whole[:8] + (13).to_bytes(4, "big") + header + zlib.crc32(header).to_bytes(4, "big") + whole[33:])
    facts["bad"]["huge.png"] = ["PNG file"]


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir()
    write()
    (HERE / "pictures.json").write_text(json.dumps(facts, indent=1) + "\n")
