"""PyTorch's training steps on a GPU: data on the GPU, no data loader, losses stay on the GPU.

Three modes: eager, as PyTorch code is usually written; compiled, by torch.compile with its CUDA graphs; captured,
with the whole step captured explicitly in a CUDA graph.
"""

import contextlib
import gzip
import importlib.util
import os
import shutil
import time
import warnings

import torch
from torch.nn.functional import cross_entropy

from torch_models import network

# Steps between two readings of the clock, as in mnist-mpi's bench.
STEPS = 64

warnings.filterwarnings("ignore", message=".*(TF32|TensorFloat32).*")


def device():
    """The GPU or, without one, the CPU, on which all modes but `captured` work."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def read_idx(path):
    """The contents of a gzip-compressed IDX file."""
    with gzip.open(path, "rb") as file:
        data = bytearray(file.read())
    rank = data[3]
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(rank)]
    return torch.frombuffer(data, dtype=torch.uint8, offset=4 + 4 * rank).reshape(shape)


def read_data(directory):
    """Normalised images and labels on the device."""
    pixels = read_idx(os.path.join(directory, "train-images-idx3-ubyte.gz"))
    labels = read_idx(os.path.join(directory, "train-labels-idx1-ubyte.gz")).long()
    values = pixels.float() / 255
    images = ((values - values.mean()) / values.std()).unsqueeze(1)
    return images.to(device()), labels.to(device())


def obstacle(mode):
    """The reason why a mode does not work here, in one line; None where it works."""
    if mode == "captured" and device().type != "cuda":
        return "CUDA graphs need a GPU"
    if mode == "compiled":
        compiler = os.environ.get("CC") or "cc"
        if not any(shutil.which(name) for name in (compiler, "gcc", "clang")):
            return "no C compiler"
        if device().type == "cuda" and importlib.util.find_spec("triton") is None:
            return "no Triton"
    return None


class Steps:
    """A network with its optimizer, and the mode in which it runs training steps."""

    def __init__(self, mode, model, batch, precision, layout, data):
        self.mode, self.precision, self.batch = mode, precision, batch
        self.images, self.labels = data
        torch.manual_seed(1)
        self.net = network(model, channels_last=layout == "channels-last").to(device())
        self.optimizer = torch.optim.Adam(
            self.net.parameters(), lr=1e-3, fused=True, capturable=mode == "captured")
        self.order = torch.randperm(len(self.labels), device=device())
        self.indices = torch.zeros(batch, dtype=torch.int64, device=device())
        self.number = 0
        self.loss = self.loss_of
        if mode == "compiled":
            self.loss = torch.compile(self.loss_of, mode="reduce-overhead")
        self.allow_tf32()
        self.run = self.step
        if mode == "captured":
            self.run = self.capture()

    def allow_tf32(self):
        """Sets PyTorch's switches for the precision; process-wide, so set before each measurement."""
        torch.backends.cuda.matmul.allow_tf32 = self.precision == "tf32"
        torch.backends.cudnn.allow_tf32 = self.precision == "tf32"
        torch.backends.cudnn.benchmark = True

    def loss_of(self, images, labels):
        rounded = contextlib.nullcontext()
        if self.precision == "bfloat16":
            # No cache of rounded weights: they are used once per step, and a cache would disturb graphs.
            rounded = torch.autocast(device().type, dtype=torch.bfloat16, cache_enabled=False)
        with rounded:
            return cross_entropy(self.net(images), labels)

    def step(self):
        """One training step on the samples at `indices`."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.images[self.indices], self.labels[self.indices])
        loss.backward()
        self.optimizer.step()

    def capture(self):
        """Captures one step; returns a function that repeats it."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step()
        torch.cuda.current_stream().wait_stream(side)
        # Gradients that are unset before the capture are allocated in the graph's private memory.
        self.optimizer.zero_grad(set_to_none=True)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step()
        return graph.replay

    def take(self, count):
        """Runs `count` steps; returns their seconds."""
        self.settle()
        start = time.perf_counter()
        for _ in range(count):
            first = self.number * self.batch % (len(self.labels) - self.batch)
            self.number += 1
            self.indices.copy_(self.order[first : first + self.batch])
            self.run()
        self.settle()
        return time.perf_counter() - start

    @staticmethod
    def settle():
        """Waits until the GPU has finished all work."""
        if device().type == "cuda":
            torch.cuda.synchronize()

    def measure(self, repeats, steps=STEPS, warm_up=0.3):
        """Seconds per step: the median of `repeats` measurements of `steps` steps each."""
        self.allow_tf32()
        begin = time.perf_counter()
        self.take(min(steps, 20))
        while time.perf_counter() - begin < warm_up:
            self.take(steps)
        seconds = sorted(self.take(steps) for _ in range(repeats))
        return seconds[repeats // 2] / steps


def best_layout(model, batch, precision, data, steps=STEPS):
    """The memory layout of images that is faster here, and a line with the measured times (or None)."""
    if model != "cnn":
        return "contiguous", None
    mode = "captured" if obstacle("captured") is None else "eager"
    seconds = {
        layout: Steps(mode, model, batch, precision, layout, data).measure(5, steps)
        for layout in ("contiguous", "channels-last")}
    best = min(seconds, key=seconds.get)
    return best, f"PyTorch {best}: " + ", ".join(
        f"{layout} {value * 1e6:.1f} us {mode}" for layout, value in seconds.items())


def forget():
    """Frees the memory and the compiled code of the last networks."""
    torch.compiler.reset()
    if device().type == "cuda":
        torch.cuda.empty_cache()


def version():
    """PyTorch's version and the device, as text."""
    name = torch.cuda.get_device_name() if device().type == "cuda" else "the CPU"
    return f"PyTorch {torch.__version__} on {name}"
