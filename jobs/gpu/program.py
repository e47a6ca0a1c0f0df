"""Starts mnist-mpi and reads its records and reports."""

import argparse
import gzip
import json
import os
import subprocess
import tempfile

# For --tiny: networks so small that a driver without a GPU computes them quickly.
TINY_NETWORKS = {"cnn": "conv3x3:1,relu,maxpool3,fc:classes", "mlp": "fc:12,relu,fc:classes"}


class Failed(Exception):
    """A run ended with an error; the message is one line."""


class Unavailable(Exception):
    """This GPU cannot do what was requested; the message is one line."""


def options(description):
    """A parser for the options that the scripts in this directory have in common."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="mnist-mpi")
    parser.add_argument("--mpirun", default="mpirun")
    parser.add_argument("--data", required=True, help="directory of MNIST, with .gz files")
    parser.add_argument("--results", required=True, help="directory for records")
    parser.add_argument("--tiny", action="store_true", help="as little work as there can be")
    return parser


class Program:
    """The program mnist-mpi that the options name."""

    def __init__(self, chosen):
        self.chosen = chosen

    def network(self, model):
        """The network to use for "cnn" or "mlp"."""
        return TINY_NETWORKS[model] if self.chosen.tiny else model

    def start(self, arguments, ranks=None, environment=None):
        """Runs mnist-mpi, under mpirun if `ranks` is given; returns its stdout.

        Raises Unavailable or Failed.
        """
        command = [self.chosen.program, *arguments]
        if ranks:
            command = [self.chosen.mpirun, "--oversubscribe", "-np", str(ranks), *command]
        process = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={**os.environ, **(environment or {})})
        if process.returncode:
            lines = (process.stderr.strip() or process.stdout.strip()).splitlines()
            # The first line is the reason; mpirun's messages follow it.
            line = lines[0] if lines else "no error message"
            if process.returncode == 69 or "has compute capability" in line:
                raise Unavailable(line)
            raise Failed(f"{line} (status {process.returncode} of {' '.join(arguments)})")
        return process.stdout

    def train(self, *arguments, device="cuda", ranks=None, environment=None):
        """Trains; returns the run's record and its stdout."""
        with tempfile.TemporaryDirectory(prefix="mnist-mpi-") as folder:
            if self.chosen.tiny:
                cut_data(self.chosen.data, folder)
                arguments = [*arguments, "--data", folder]
            copy = os.path.join(folder, "record.json")
            printed = self.start(
                ["--device", device, *arguments, "--log-interval", "1000000", "--results",
                 os.path.join(self.chosen.results, "records"), "--json", copy],
                ranks=ranks, environment=environment)
            with open(copy) as file:
                return json.load(file), printed

    def step_seconds(self, model, batch, precision, repeats):
        """Seconds per step: in graphs, and with gradients that pass through the host."""
        report = json.loads(self.start([
            "bench", "gpu", "--only", "steps", "--json", "--repeats", str(repeats),
            "--model", self.network(model), "--batch-size", str(batch), "--precision", precision]))
        network = report["networks"][0]
        return network["graphStepSeconds"], network["hostStepSeconds"]


def cut_data(source, target):
    """Writes the first 300 images and labels of MNIST's training and test files."""
    for part in ("train", "t10k"):
        for kind, header, size in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
            name = f"{part}-{kind}-ubyte"
            with gzip.open(os.path.join(source, name + ".gz")) as file:
                data = file.read(header + 300 * size)
            with open(os.path.join(target, name), "wb") as file:
                file.write(data[:4] + (300).to_bytes(4, "big") + data[8:])


def spread(values, scale=1.0, digits=1):
    """The median as text, with the smallest and the largest value in parentheses."""
    ordered = sorted(value * scale for value in values)
    return f"{median(ordered):.{digits}f} ({ordered[0]:.{digits}f} to {ordered[-1]:.{digits}f})"


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
