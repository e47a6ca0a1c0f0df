"""Functions shared by the peer programs: options, MNIST files, batches, timing, report.

A peer runs once for each measurement and prints one JSON line. No function imports numpy before
`options` has run, because BLAS libraries read the number of threads when they are loaded.
"""

import argparse
import json
import os
import sys
import time

# Steps before the timing starts, as in mnist-mpi: they exclude compilation and first touches of memory.
WARM_UP = 5

# With these variables, glibc keeps freed memory instead of returning it to the kernel. Otherwise every
# large activation is mapped and cleared page by page in every step. PyTorch's tuning guide recommends the
# same effect by another allocator; these variables need none.
KEPT_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 36)}


def options(description, configurations):
    """Reads the command line of a peer; `configurations` are the words that it accepts besides "plain"."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", choices=("cnn", "mlp"), default="cnn")
    parser.add_argument("--batch", type=int, default=64, help="global batch")
    parser.add_argument("--steps", type=int, default=100, help=f"steps after {WARM_UP} of warm-up")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", default=os.environ.get("MNIST_DATA", "data/mnist"))
    parser.add_argument(
        "--configuration", default="plain",
        help=f"plain, or words joined by +: {', '.join((*configurations, 'kept-memory'))}")
    chosen = parser.parse_args()
    chosen.words = set(chosen.configuration.split("+")) - {"plain"}
    unknown = chosen.words - set(configurations) - {"kept-memory"}
    if unknown:
        parser.error(f"unknown configuration: {', '.join(sorted(unknown))}")
    if "kept-memory" in chosen.words and os.environ.get("MALLOC_MMAP_MAX_") != "0":
        # The allocator reads its variables only when the process starts.
        os.environ.update(KEPT_MEMORY)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(chosen.threads)
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    return chosen


def read_idx(path):
    """Returns the bytes of an IDX file as an array of its shape."""
    import numpy

    with open(path, "rb") as file:
        data = file.read()
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an IDX file of bytes")
    rank = data[3]
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(rank)]
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def images_and_labels(directory, part="train", statistics=None):
    """Returns normalised images [n, 28, 28] as float32, labels as int64, and (mean, deviation).

    The mean and the deviation are those of the training images, as in mnist-mpi.
    """
    import numpy

    pixels = read_idx(os.path.join(directory, f"{part}-images-idx3-ubyte"))
    labels = read_idx(os.path.join(directory, f"{part}-labels-idx1-ubyte"))
    if statistics is None:
        counts = numpy.bincount(pixels.ravel(), minlength=256)
        values = numpy.arange(256) / 255
        mean = (counts * values).sum() / counts.sum()
        statistics = (mean, ((counts * (values - mean) ** 2).sum() / counts.sum()) ** 0.5)
    mean, deviation = statistics
    table = ((numpy.arange(256) / 255 - mean) / deviation).astype(numpy.float32)
    return table[pixels], labels.astype(numpy.int64), statistics


def batches(count, batch, seed, rank=0, ranks=1):
    """Yields index arrays without end: this rank's local batches, in a new permutation every epoch.

    The incomplete last batch of an epoch is left out: a program that compiles for a shape would compile
    again for it.
    """
    import numpy

    if batch % ranks or batch > count:
        raise ValueError(f"a batch of {batch} does not suit {ranks} ranks and {count} images")
    generator = numpy.random.default_rng(seed)
    local = batch // ranks
    while True:
        order = generator.permutation(count)
        for start in range(rank * local, count - batch + rank * local + 1, batch):
            yield order[start : start + local]


def measure(step, settle, indices, steps, barrier=lambda: None):
    """Returns the seconds of `steps` steps after the warm-up, and the loss of the last step.

    step(indices) trains and returns a loss that may not be computed yet. settle(loss) waits for it and
    returns it as a number. barrier() waits for the other ranks, so that the time is that of the slowest.
    """
    for _ in range(WARM_UP):
        loss = step(next(indices))
    settle(loss)
    barrier()
    start = time.perf_counter()
    for _ in range(steps):
        loss = step(next(indices))
    last = settle(loss)
    barrier()
    return time.perf_counter() - start, last


def report(program, version, chosen, seconds, loss, processes=1):
    """Prints the line that `compare.py` reads."""
    print(json.dumps({
        "program": program, "version": version, "configuration": chosen.configuration,
        "model": chosen.model, "batch": chosen.batch, "processes": processes,
        "threads": chosen.threads, "steps": chosen.steps, "seconds": seconds,
        "images_per_second": chosen.steps * chosen.batch / seconds, "loss": float(loss),
    }), flush=True)
