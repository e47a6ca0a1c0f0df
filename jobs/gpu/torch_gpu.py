"""PyTorch's training steps on a GPU: data on the GPU, no loader, losses left there.

Three ways: eager, as usually written; compiled, by torch.compile with its CUDA graphs; captured, the whole
step in a CUDA graph by hand.
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

WAYS = ("eager", "compiled", "captured")
# Steps between two looks at the clock, as in mnist-mpi's bench.
STEPS = 64

warnings.filterwarnings("ignore", message=".*(TF32|TensorFloat32).*")


def device():
    """The GPU, or the CPU, on which all but the captured way can be tried."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def read_idx(path):
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


def obstacle(way):
    """Why a way cannot be gone here, in one line; None where it can."""
    if way == "captured" and device().type != "cuda":
        return "CUDA graphs need a GPU"
    if way == "compiled":
        compiler = os.environ.get("CC") or "cc"
        if not any(shutil.which(name) for name in (compiler, "gcc", "clang")):
            return "no C compiler"
        if device().type == "cuda" and importlib.util.find_spec("triton") is None:
            return "no Triton"
    return None


class Steps:
    """A network with its optimizer, and the way in which it takes its steps."""

    def __init__(self, way, model, batch, precision, layout, data):
        self.way, self.precision, self.batch = way, precision, batch
        self.images, self.labels = data
        torch.manual_seed(1)
        self.net = network(model, channels_last=layout == "channels-last").to(device())
        self.optimizer = torch.optim.Adam(
            self.net.parameters(), lr=1e-3, fused=True, capturable=way == "captured")
        self.order = torch.randperm(len(self.labels), device=device())
        self.place = torch.zeros(batch, dtype=torch.int64, device=device())
        self.number = 0
        self.loss = self.loss_of
        if way == "compiled":
            self.loss = torch.compile(self.loss_of, mode="reduce-overhead")
        self.allow_tf32()
        self.run = self.step
        if way == "captured":
            self.run = self.capture()

    def allow_tf32(self):
        """Switches that hold for the whole process: to be set before each measurement."""
        torch.backends.cuda.matmul.allow_tf32 = self.precision == "tf32"
        torch.backends.cudnn.allow_tf32 = self.precision == "tf32"
        torch.backends.cudnn.benchmark = True

    def loss_of(self, images, labels):
        rounded = contextlib.nullcontext()
        if self.precision == "bfloat16":
            # Weights are used once a step: a cache of rounded ones would only get into a graph's way.
            rounded = torch.autocast(device().type, dtype=torch.bfloat16, cache_enabled=False)
        with rounded:
            return cross_entropy(self.net(images), labels)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.images[self.place], self.labels[self.place])
        loss.backward()
        self.optimizer.step()

    def capture(self):
        """A function that repeats a step which was captured once."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step()
        torch.cuda.current_stream().wait_stream(side)
        # Gradients that capture finds unset come to lie in the graph's own memory.
        self.optimizer.zero_grad(set_to_none=True)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step()
        return graph.replay

    def take(self, count):
        """Seconds of `count` steps."""
        self.settle()
        start = time.perf_counter()
        for _ in range(count):
            first = self.number * self.batch % (len(self.labels) - self.batch)
            self.number += 1
            self.place.copy_(self.order[first : first + self.batch])
            self.run()
        self.settle()
        return time.perf_counter() - start

    @staticmethod
    def settle():
        if device().type == "cuda":
            torch.cuda.synchronize()

    def measure(self, repeats, steps=STEPS, warm_up=0.3):
        """Seconds of a step: the median of `repeats` times `steps` steps."""
        self.allow_tf32()
        begin = time.perf_counter()
        self.take(min(steps, 20))
        while time.perf_counter() - begin < warm_up:
            self.take(steps)
        seconds = sorted(self.take(steps) for _ in range(repeats))
        return seconds[repeats // 2] / steps


def best_layout(model, batch, precision, data, steps=STEPS):
    """The layout of images in which the network is faster here, and a line about it."""
    if model != "cnn":
        return "contiguous", None
    way = "captured" if obstacle("captured") is None else "eager"
    seconds = {
        layout: Steps(way, model, batch, precision, layout, data).measure(5, steps)
        for layout in ("contiguous", "channels-last")}
    best = min(seconds, key=seconds.get)
    return best, f"PyTorch {best}: " + ", ".join(
        f"{layout} {value * 1e6:.1f} us {way}" for layout, value in seconds.items())


def forget():
    """Gives back what the last networks held."""
    torch.compiler.reset()
    if device().type == "cuda":
        torch.cuda.empty_cache()


def version():
    name = torch.cuda.get_device_name() if device().type == "cuda" else "the CPU"
    return f"PyTorch {torch.__version__} on {name}"
