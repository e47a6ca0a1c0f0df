"""The trainers of a recipe: PyTorch in this process, mnist-mpi as a child process."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import common


class PyTorch:
    """Trains in this process; the tensors are read once for all runs, as in a notebook."""

    name = "torch"

    def __init__(self, chosen):
        import torch

        import torch_models

        self.torch, self.models = torch, torch_models
        torch.set_num_threads(chosen.threads)
        self.channels_last = "channels-last" in chosen.configuration
        images, labels, statistics_ = common.images_and_labels(chosen.data)
        self.training = torch_models.tensors(images, labels, self.channels_last)
        images, labels, _ = common.images_and_labels(chosen.data, "t10k", statistics_)
        self.test = torch_models.tensors(images, labels, self.channels_last)
        self.model, self.options = chosen.model, chosen.configuration
        self.version = torch.__version__

    def indices(self, steps, batch):
        """Yields `steps` batches over the epochs; the last batch of an epoch may be smaller."""
        while True:
            for indices in self.torch.randperm(len(self.training[1])).split(batch):
                if steps == 0:
                    return
                steps -= 1
                yield indices

    def run(self, recipe, seed):
        """Trains once; returns the training seconds and the test accuracy."""
        torch = self.torch
        torch.manual_seed(seed)
        net = self.models.network(self.model, self.channels_last)
        optimizer = torch.optim.Adam(net.parameters(), lr=recipe.rate, fused=True)
        schedule = None
        if recipe.schedule == "one-cycle":
            schedule = torch.optim.lr_scheduler.OneCycleLR(
                optimizer, max_lr=recipe.rate, total_steps=recipe.steps, cycle_momentum=False)
        images, labels = self.training
        start = time.perf_counter()
        for indices in self.indices(recipe.steps, recipe.batch):
            optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(net(images[indices]), labels[indices])
            loss.backward()
            optimizer.step()
            if schedule:
                schedule.step()
        seconds = time.perf_counter() - start
        return seconds, self.accuracy(net)

    def accuracy(self, net):
        net.eval()
        with self.torch.no_grad():
            correct = sum(
                (net(images).argmax(1) == labels).sum().item()
                for images, labels in zip(*(part.split(500) for part in self.test)))
        return correct / len(self.test[1])


class Ours:
    """Starts mnist-mpi and reads its record."""

    name = "mnist-mpi"

    def __init__(self, chosen):
        self.chosen, self.options = chosen, chosen.options
        completed = subprocess.run([chosen.program, "--version"], capture_output=True, text=True)
        self.version = completed.stdout.strip()
        # Variables that tune PyTorch in this process must not reach mnist-mpi.
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("MALLOC_", "OMPI_COMM", "PMIX_", "OMP_", "OPENBLAS_"))}
        self.pin = ["taskset", "-c", chosen.cores] if chosen.cores and shutil.which("taskset") else []

    def run(self, recipe, seed):
        """Trains once; returns the training seconds and the test accuracy."""
        chosen = self.chosen
        with tempfile.TemporaryDirectory(prefix="mnist-mpi-accuracy-") as folder:
            record = os.path.join(folder, "record.json")
            ended = subprocess.run([
                *self.pin, chosen.program, "--model", chosen.model, "--data", chosen.data,
                "--device", "cpu", "--batch-size", str(recipe.batch),
                "--schedule", recipe.schedule, "--learning-rate", repr(recipe.rate), "--steps", str(recipe.steps),
                "--seed", str(seed), "--threads", str(chosen.threads), "--quiet",
                "--results", folder, "--json", record, *self.options.split()],
                stdin=subprocess.DEVNULL, env=self.environment)
            if ended.returncode:
                sys.exit(f"time-to-accuracy: mnist-mpi ended with status {ended.returncode}")
            with open(record) as file:
                result = json.load(file)["result"]
        return result["trainingSeconds"], result["testAccuracy"]
