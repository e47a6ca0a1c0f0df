"""Starts mnist-mpi and reads what it found."""

import argparse
import gzip
import json
import os
import subprocess
import tempfile

# For --tiny: networks that a driver without a GPU computes in no time.
TINY_NETWORKS = {"cnn": "conv3x3:1,relu,maxpool3,fc:classes", "mlp": "fc:12,relu,fc:classes"}


class Failed(Exception):
    """A run that ended with an error, in one line."""


class Unavailable(Exception):
    """What this GPU cannot do, in one line."""


def options(description):
    """The command line that the scripts beside this one have in common."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="mnist-mpi")
    parser.add_argument("--mpirun", default="mpirun")
    parser.add_argument("--data", required=True, help="directory of MNIST, with .gz files")
    parser.add_argument("--results", required=True, help="directory for records")
    parser.add_argument("--tiny", action="store_true", help="as little work as there can be")
    return parser


class Program:
    """mnist-mpi, as the options name it."""

    def __init__(self, chosen):
        self.chosen = chosen

    def network(self, model):
        return TINY_NETWORKS[model] if self.chosen.tiny else model

    def start(self, arguments, ranks=None, environment=None):
        """What a command printed to stdout."""
        command = [self.chosen.program, *arguments]
        if ranks:
            command = [self.chosen.mpirun, "--oversubscribe", "-np", str(ranks), *command]
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={**os.environ, **(environment or {})})
        if ended.returncode:
            said = (ended.stderr.strip() or ended.stdout.strip()).splitlines()
            # What came first is the reason; mpirun's words about it follow.
            line = said[0] if said else "nothing said"
            if ended.returncode == 69 or "has compute capability" in line:
                raise Unavailable(line)
            raise Failed(f"{line} (status {ended.returncode} of {' '.join(arguments)})")
        return ended.stdout

    def train(self, *arguments, device="cuda", ranks=None, environment=None):
        """A run's record, and what the run printed."""
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
        """Seconds of a step in graphs, and by way of the host."""
        report = json.loads(self.start([
            "bench", "gpu", "--only", "steps", "--json", "--repeats", str(repeats),
            "--model", self.network(model), "--batch-size", str(batch), "--precision", precision]))
        network = report["networks"][0]
        return network["graphStepSeconds"], network["hostStepSeconds"]


def cut_data(source, target):
    """The first 300 images of each of MNIST's files."""
    for part in ("train", "t10k"):
        for kind, header, size in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
            name = f"{part}-{kind}-ubyte"
            with gzip.open(os.path.join(source, name + ".gz")) as file:
                data = file.read(header + 300 * size)
            with open(os.path.join(target, name), "wb") as file:
                file.write(data[:4] + (300).to_bytes(4, "big") + data[8:])


def spread(values, scale=1.0, digits=1):
    """The median, and in brackets the smallest and the largest value."""
    ordered = sorted(value * scale for value in values)
    return f"{median(ordered):.{digits}f} ({ordered[0]:.{digits}f} to {ordered[-1]:.{digits}f})"


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
