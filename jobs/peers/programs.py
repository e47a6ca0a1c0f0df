"""The programs that are compared: how each is started, its configurations, and the result it reports."""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = "mnist-mpi"


class Failure(Exception):
    """Raised for a program that gave no result; the message is the reason, in one line."""


class Program:
    """One row of the table."""

    def __init__(
            self, program, configurations, place="", processes=1, threads=1, script=None, launcher=()):
        self.program, self.place, self.configurations = program, place, list(configurations)
        self.name = f"{program}, {place}" if place else program
        self.processes, self.threads = processes, threads
        self.script, self.launcher = script, list(launcher)

    @property
    def is_ours(self):
        return self.script is None

    def command(self, work, steps, seed, configuration, record):
        """Returns the command for `steps` steps after the warm-up, which mnist-mpi's --steps includes."""
        options = ["--model", work.model, "--threads", str(self.threads), "--seed", str(seed)]
        if self.is_ours:
            command = [
                *self.launcher, work.program, *options, "--device", "cpu",
                "--batch-size", str(work.batch),
                "--steps", str(steps + 5), "--quiet", "--json", record,
                "--results", os.path.dirname(record), "--data", work.data]
            return command + ([] if configuration == "default" else configuration.split())
        launcher = self.launcher or [work.python]
        return [
            *launcher, os.path.join(HERE, self.script), *options, "--batch", str(work.batch),
            "--steps", str(steps), "--data", work.data, "--configuration", configuration]

    def run(self, work, steps, seed, configuration):
        """Starts the program once and returns its result. Raises Failure."""
        with tempfile.TemporaryDirectory(prefix="mnist-mpi-peers-") as folder:
            record = os.path.join(folder, "record.json")
            command = self.command(work, steps, seed, configuration, record)
            cores = ",".join(map(str, work.cores[: self.processes * self.threads]))
            # mpirun binds its ranks itself.
            if work.taskset and self.launcher[:1] != ["mpirun"]:
                command = [work.taskset, "-c", cores, *command]
            try:
                ended = subprocess.run(
                    command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                    timeout=work.time_limit)
            except subprocess.TimeoutExpired:
                raise Failure(f"no result within {work.time_limit} s") from None
            except OSError as error:
                raise Failure(str(error)) from None
            if ended.returncode:
                raise Failure(error_line(ended))
            return self._ours(record) if self.is_ours else self._peer(ended)

    @staticmethod
    def _ours(record):
        with open(record) as file:
            record = json.load(file)
        revision = record["machine"].get("revision", "")
        result = record["result"]
        return {
            "version": f"{record['version']} ({revision})", "loss": result["finalLoss"],
            "images_per_second": result["imagesPerSecond"]}

    @staticmethod
    def _peer(ended):
        for line in reversed(ended.stdout.splitlines()):
            if line.startswith("{"):
                return json.loads(line)
        raise Failure("it printed no result")


def error_line(ended):
    """Returns the exit status and the last line of output that looks like an error, else the last line."""
    lines = [line.strip() for line in (ended.stderr + ended.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line or "error:" in line]
    return f"status {ended.returncode}: {(errors or lines or ['no message'])[-1][:160]}"


def with_kept_memory(*configurations):
    """Returns each configuration, and the same with kept-memory."""
    return [word for c in configurations for word in (c, f"{c}+kept-memory")]


def programs(model, two, bind):
    """Returns the rows for a model, mnist-mpi first; `bind`: mpirun can bind two ranks to a core each."""
    cnn = model == "cnn"
    torch = with_kept_memory("plain", "channels-last") if cnn else with_kept_memory("plain")
    rows = [
        Program(OURS, ["default"]),
        Program("PyTorch", [*torch, "compile"], script="torch_train.py"),
        Program(
            "TensorFlow", [*with_kept_memory("plain", "fused-adam"), "xla"],
            script="tensorflow_train.py"),
        Program(
            "JAX", ["plain", "reshaped-pool", "patches+reshaped-pool",
                    "patches+reshaped-pool+kept-memory"]
            if cnn else with_kept_memory("plain"), script="jax_train.py"),
    ]
    if not two:
        return rows
    binding = ["--bind-to", "core"] if bind else ["--bind-to", "none", "--oversubscribe"]
    mpirun = ["mpirun", "-np", "2", *binding]
    torchrun = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    return [
        Program(OURS, ["default"], "2 ranks", processes=2, launcher=mpirun),
        Program(OURS, ["default"], "1 rank, 2 threads", threads=2),
        Program(
            "PyTorch", [*torch, "compile"], "2 threads", threads=2, script="torch_train.py"),
        Program(
            "PyTorch DDP", [c for t in torch for c in (t, f"{t}+bound")], "2 processes", processes=2,
            script="torch_train.py", launcher=torchrun),
        Program(
            "PyTorch + mpi4py", torch, "2 processes", processes=2, script="torch_mpi.py",
            launcher=[*mpirun, sys.executable]),
    ]
