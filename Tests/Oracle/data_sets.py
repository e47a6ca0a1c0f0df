"""Writes small data sets in the formats that people have, good and bad ones, with numpy.

    python3 -m pip install numpy
    python3 Tests/Oracle/data_sets.py       # a second; rewrites the folder data-sets and data-sets.json

The tests of the module `Dataset` read what this writes. data-sets.json has, for each good set, the numbers
of samples, the size of an image, the labels that occur, the first training label and the SHA-256 of the
pixels of both parts as numpy has them; for each bad one, words of the expected error.
"""

import gzip
import hashlib
import io
import json
import pathlib
import shutil
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).parent
ROOT = HERE / "data-sets"
random = np.random.default_rng(1)
facts = {"good": {}, "bad": {}}

TRAINING, TEST = 13, 7
IMAGES = [random.integers(0, 256, (n, 5, 4), dtype=np.uint8) for n in (TRAINING, TEST)]
LABELS = [np.arange(n) % 3 for n in (TRAINING, TEST)]
TYPES = {"uint8": (8, ">u1"), "int8": (9, ">i1"), "int16": (11, ">i2"), "int32": (12, ">i4"),
         "float32": (13, ">f4")}
OFFICIAL = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


def idx(array, kind="uint8"):
    code, dtype = TYPES[kind]
    sizes = b"".join(int(size).to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, code, array.ndim]) + sizes + array.astype(dtype).tobytes()


def write(case, files):
    folder = ROOT / case
    folder.mkdir(parents=True)
    for name, content in files.items():
        if name.endswith(".gz"):
            content = gzip.compress(content, mtime=0)
        (folder / name).write_bytes(content)


def good(case, images=IMAGES, labels=LABELS, **more):
    facts["good"][case] = {
        "counts": [len(part) for part in images], "shape": list(images[0].shape[1:]),
        "labels": sorted({int(label) for label in labels[0]}), "firstLabel": int(labels[0][0]),
        "pixels": [hashlib.sha256(part.tobytes()).hexdigest() for part in images], **more}


def bad(case, *words):
    facts["bad"][case] = list(words)


def idx_set(names, images=IMAGES, labels=LABELS, kind="uint8"):
    return dict(zip(names, [idx(images[0]), idx(labels[0], kind), idx(images[1]), idx(labels[1], kind)]))


def npz(arrays, compressed=False, pickled=False):
    target = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(target, allow_pickle=pickled, **arrays)
    return target.getvalue()


def keras(images=IMAGES, labels=LABELS):
    return {"x_train": images[0], "y_train": labels[0].astype(np.uint8),
            "x_test": images[1], "y_test": labels[1].astype(np.uint8)}


def medmnist(images=IMAGES, labels=LABELS):
    columns = [part.astype(np.uint8).reshape(-1, 1) for part in labels]
    return {"train_images": images[0], "val_images": images[1], "test_images": images[1],
            "train_labels": columns[0], "val_labels": columns[1], "test_labels": columns[1]}


def with_header(array, old, new):
    """An npz file in which the text of an array's header is changed, with sizes and CRC of the archive right."""
    source = zipfile.ZipFile(io.BytesIO(npz(keras())))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for member in source.namelist():
            content = source.read(member)
            if member == f"{array}.npy":
                assert old in content
                content = content.replace(old, new)
            archive.writestr(zipfile.ZipInfo(member), content)
    return target.getvalue()


def good_sets():
    write("official", idx_set(OFFICIAL))
    good("official")
    write("gzip", idx_set([name + ".gz" for name in OFFICIAL]))
    good("gzip")
    dotted = [name.replace("-idx", ".idx") for name in OFFICIAL]
    write("dotted", idx_set(dotted))
    good("dotted")
    write("upper-case", idx_set([name.upper() for name in OFFICIAL]))
    good("upper-case")
    write("one-gzip", idx_set([OFFICIAL[0] + ".gz"] + OFFICIAL[1:]))
    good("one-gzip")
    write("prefix", idx_set(["kmnist-" + name + ".gz" for name in OFFICIAL]))
    good("prefix")
    letters = ["emnist-letters-" + name.replace("t10k", "test") + ".gz" for name in OFFICIAL]
    shifted = [part + 1 for part in LABELS]
    turned = [np.ascontiguousarray(part.transpose(0, 2, 1)) for part in IMAGES]
    write("letters", idx_set(letters, labels=shifted))
    good("letters", turned, shifted, details="IDX, gzip, emnist-letters, transposed")
    square = [random.integers(0, 256, (n, 8, 8), dtype=np.uint8) for n in (TRAINING, TEST)]
    write("emnist-square", idx_set(letters, square, shifted))
    good("emnist-square", [part.transpose(0, 2, 1).copy() for part in square], shifted)
    write("two-sets", idx_set(letters, labels=shifted) | idx_set(OFFICIAL))
    good("two-sets", split="official")
    columns = [np.stack([part] + [random.integers(-9, 99999, len(part)) for _ in range(7)], 1) for part in LABELS]
    qmnist = ["qmnist-train-images-idx3-ubyte", "qmnist-train-labels-idx2-int.gz",
              "qmnist-test-images-idx3-ubyte", "qmnist-test-labels-idx2-int.gz"]
    write("qmnist", idx_set(qmnist, labels=columns, kind="int32"))
    good("qmnist")
    for kind, values in (("int8", LABELS), ("int16", [part * 1000 - 7 for part in LABELS]),
                         ("int32", [part * 100000 for part in LABELS])):
        write(kind, idx_set(OFFICIAL, labels=values, kind=kind))
        good(kind, labels=values)
    write("one-channel", idx_set(OFFICIAL, [part.reshape(-1, 5, 4, 1) for part in IMAGES]))
    good("one-channel")
    gaps = [np.array([3, 77, 200])[part] for part in LABELS]
    write("gaps", idx_set(OFFICIAL, labels=gaps))
    good("gaps", labels=gaps)
    write("keras", {"mnist.npz": npz(keras())})
    good("keras", details="NPZ, mnist.npz")
    write("keras-compressed", {"mnist.npz": npz(keras(), compressed=True)})
    good("keras-compressed")
    write("medmnist", {"breastmnist.npz": npz(medmnist(), compressed=True)})
    good("medmnist", details="NPZ, breastmnist.npz, validation images not used")
    colour = [random.integers(0, 256, (n, 5, 4, 3), dtype=np.uint8) for n in (TRAINING, TEST)]
    write("colour", idx_set([name.replace("idx3", "idx4") for name in OFFICIAL], colour))
    good("colour", colour)
    write("pathmnist", {"pathmnist.npz": npz(medmnist(colour), compressed=True)})
    good("pathmnist", colour)
    transparent = [np.concatenate([part, np.full((*part.shape[:3], 1), 255, np.uint8)], 3) for part in colour]
    write("opaque", {"data.npz": npz(keras(transparent))})
    good("opaque", transparent)
    photos = [random.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8) for n in (5, 2)]
    labels = [np.array([7, 0, 9, 7, 3]), np.array([9, 0])]
    samples = [[bytes([label]) + image.transpose(2, 0, 1).tobytes() for image, label in zip(*part)]
               for part in zip(photos, labels)]
    write("cifar", {"data_batch_1.bin": b"".join(samples[0][:3]), "data_batch_2.bin": b"".join(samples[0][3:]),
                    "test_batch.bin": b"".join(samples[1])})
    good("cifar", photos, labels, details="CIFAR-10 binary, 3 files")
    for version in ((2, 0), (3, 0)):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, array in keras().items():
                content = io.BytesIO()
                np.lib.format.write_array(content, array, version=version)
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    member.write(content.getvalue())
        write(f"npy-version-{version[0]}", {"data.npz": target.getvalue()})
        good(f"npy-version-{version[0]}")


def bad_sets():
    def one(case, name, content, *words):
        files = idx_set(OFFICIAL)
        files[name] = content
        write(case, files)
        bad(case, name, *words)

    images, labels = OFFICIAL[:2]
    one("empty", images, b"", "is empty")
    one("web-page", images, b"<!DOCTYPE html>\n<html><head><title>404</title></head></html>", "looks like a web page")
    one("xml", labels, b'\n  <?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "looks like a web page")
    one("lfs-pointer", images, b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 47040016\n",
        "is a Git LFS pointer", "git lfs pull")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(images), idx(IMAGES[0]))
    one("zip", images, packed.getvalue(), "is a zip archive", "unzip ")
    one("tar", images, b"a" * 257 + b"ustar\x00" + b"0" * 400, "is a tar archive", "tar -xf ")
    one("bzip2", images, b"BZh91AY&SY" + b"0" * 40, "bunzip2 ")
    one("xz", images, b"\xfd7zXZ\x00" + b"0" * 40, "unxz ")
    one("matlab", images, b"MATLAB 5.0 MAT-file, written by" + b" " * 90, "is a MATLAB file")
    one("truncated", images, idx(IMAGES[0])[:-1], "holds 259 bytes", "13 x 5 x 4")
    one("float-images", images, bytes([0, 0, 13, 3]) + idx(IMAGES[0])[4:] + bytes(3 * 260), "type 0xd")
    one("float-labels", labels, idx(LABELS[0], "float32"), "type 0xd", "expected labels of integers")
    one("other-counts", labels, idx(LABELS[0][:-1]), "12 labels for the 13 images")
    one("five-channels", images, idx(np.zeros((2, 4, 4, 5), np.uint8)), "5 channels")
    swapped = idx_set(OFFICIAL)
    swapped[images], swapped[labels] = swapped[labels], swapped[images]
    write("swapped", swapped)
    bad("swapped", images, "holds labels", "changed places")
    write("two-forms", idx_set(OFFICIAL) | {images + ".gz": idx(IMAGES[0] ^ 1)})
    bad("two-forms", "two files with the training images", images + " and " + images + ".gz")
    write("no-choice", idx_set(OFFICIAL) | idx_set(["kmnist-" + name for name in OFFICIAL]))
    bad("no-choice", "has 2 data sets: official, kmnist", "--split")

    rows = bytes(2 * 3073)
    write("cifar-cut-off", {"data_batch_1.bin": rows, "data_batch_2.bin": rows[:-1], "test_batch.bin": rows})
    bad("cifar-cut-off", "data_batch_2.bin: holds 6145 bytes")
    write("cifar-page", {"data_batch_1.bin": b"<html></html>", "test_batch.bin": rows})
    bad("cifar-page", "data_batch_1.bin: looks like a web page")
    write("cifar-no-test", {"data_batch_1.bin": rows})
    bad("cifar-no-test", "1 files data_batch_N.bin and 0 test_batch.bin")

    def archive(case, content, *words):
        write(case, {"data.npz": content})
        bad(case, "data.npz: ", *words)

    archive("npz-fortran", npz(keras([np.asfortranarray(part) for part in IMAGES])), "x_train", "Fortran order")
    archive("npz-float", npz(keras([part.astype(np.float32) for part in IMAGES])), "x_train is of type float32")
    archive("npz-int64-labels", npz(keras() | {"y_train": LABELS[0]}), "y_train is of type int64", "uint8")
    archive("npz-objects", npz(keras() | {"y_test": np.array([None, {}] * 4, object)}, pickled=True),
            "y_test holds pickled objects")
    archive("npz-flat", npz(keras([part.reshape(len(part), -1) for part in IMAGES])), "x_train has the shape (13 x 20)")
    archive("npz-one-hot", npz(keras() | {"y_train": np.eye(3, dtype=np.uint8)[LABELS[0]]}),
            "y_train has the shape (13 x 3)", "one label an image")
    archive("npz-counts", npz(keras() | {"y_train": LABELS[0][:-1].astype(np.uint8)}), "12 labels for the 13 images")
    archive("npz-names", npz({"a": IMAGES[0], "b": IMAGES[1]}), "has the arrays a, b", "expected x_train")
    archive("npz-cut-off", npz(keras())[:-30], "cut off")
    archive("npz-billions", with_header("x_train", b"(13, 5, 4), }", b"(10**12,), }"), "x_train", "shape")
    archive("npz-promise", with_header("x_train", b"(13, 5, 4), }        ", b"(1000000000000, 5, 4)"),
            "x_train has 260 bytes for the 1000000000000 x 5 x 4")
    damaged = bytearray(npz(keras()))
    damaged[damaged.index(IMAGES[0].tobytes())] ^= 1
    archive("npz-damaged", bytes(damaged), "x_train is damaged (its CRC differs)")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name, array in keras().items():
            with target.open(f"{name}.npy", "w", force_zip64=True) as member:
                if name == "x_train":
                    np.lib.format.write_array_header_1_0(
                        member, {"descr": "|u1", "fortran_order": False, "shape": (500000, 28, 28)})
                    for _ in range(500):
                        member.write(bytes(784000))
                else:
                    content = io.BytesIO()
                    np.lib.format.write_array(content, array)
                    member.write(content.getvalue())
    # Of 380 kB; twice compressed it is small enough for a repository.
    (ROOT / "npz-bomb").mkdir()
    (ROOT / "npz-bomb" / "data.npz.gz").write_bytes(gzip.compress(bomb.getvalue(), mtime=0))
    bad("npz-bomb", "data.npz: ", "x_train promises 500000 x 28 x 28", "as no images do")


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    good_sets()
    bad_sets()
    (HERE / "data-sets.json").write_text(json.dumps(facts, indent=1) + "\n")
