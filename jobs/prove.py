"""Table of weight hashes over rank counts, threads, exchange methods and hosts. Started by jobs/prove.sh."""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile


def words(text):
    return text.split()


def options():
    parser = argparse.ArgumentParser(prog="jobs/prove.sh")
    parser.add_argument("--family", nargs=4, action="append", required=True,
                        metavar=("NAME", "PROGRAM", "LAUNCHER", "SPREAD"),
                        help="an MPI family: its build, its launcher, and its options for one rank a host in turn")
    parser.add_argument("--data", required=True)
    parser.add_argument("--limit", type=int, default=6400, help="training images; 0: all")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--steps", type=int, help="optimizer steps, in place of epochs")
    parser.add_argument("--ranks", type=words, default=words("1 2 3 4 5 6 8"))
    parser.add_argument("--threads", type=words, default=words("1 2"))
    parser.add_argument("--batches", type=words, default=words("64 96 100"))
    parser.add_argument("--models", type=words, default=words("cnn mlp"))
    parser.add_argument("--optimizers", type=words, default=words("adam sgd"))
    parser.add_argument("--hostfile", help="spread runs of several ranks over these hosts")
    parser.add_argument("--every", action="store_true", help="all combinations")
    return parser.parse_args()


def configurations(chosen):
    """The (ranks, threads, sync, family) of each run of one work; the first run is repeated."""
    pairs = list(itertools.product(chosen.threads, ["allreduce", "node"], chosen.family))
    if chosen.every:
        runs = [(ranks, *pair) for ranks in chosen.ranks for pair in pairs]
    else:
        runs = [(ranks, *pairs[index % len(pairs)]) for index, ranks in enumerate(chosen.ranks)]
    return runs[:1] + runs


def train(chosen, work, ranks, threads, sync, family):
    """Runs one training; returns its certificate, host names and the kernel that OpenBLAS chose."""
    model, optimizer, batch = work
    with tempfile.TemporaryDirectory() as directory:
        record = os.path.join(directory, "record.json")
        _, program, launcher, spread = family
        command = launcher.split() + ["-np", ranks]
        if chosen.hostfile and ranks != "1":
            command += ["--hostfile", chosen.hostfile] + spread.split()
        command += [
            program, "--data", chosen.data, "--reproducible", "--model", model,
            "--optimizer", optimizer, "--batch-size", batch, "--threads", threads, "--sync", sync,
            "--quiet", "--results", directory, "--json", record]
        command += ["--steps", str(chosen.steps)] if chosen.steps else ["--epochs", str(chosen.epochs)]
        if chosen.limit:
            command += ["--limit", str(chosen.limit)]
        if optimizer == "sgd" and model == "cnn":
            command += ["--learning-rate", "0.01"]
        environment = dict(os.environ, OMPI_MCA_mpi_yield_when_idle="1")
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}\nexit code {done.returncode}\n{done.stderr}")
        with open(record, encoding="utf-8") as file:
            record = json.load(file)
    hosts = "+".join(sorted(record["machine"]["hosts"]))
    return record["certificate"], hosts, record["machine"]["mpi"], record["machine"]["blasKernel"]


def main():
    chosen = options()
    equal = 0
    different = 0
    works = list(itertools.product(chosen.models, chosen.optimizers, chosen.batches))
    print(f"{chosen.limit or 'all'} training images, "
          f"{f'{chosen.steps} steps' if chosen.steps else f'{chosen.epochs} epochs'}, --reproducible, 8 leaves")
    for work in works:
        print("\n" + ", ".join((work[0], work[1], f"batch {work[2]}")))
        first = None
        for ranks, threads, sync, family in configurations(chosen):
            certificate, hosts, mpi, kernel = train(chosen, work, ranks, threads, sync, family)
            first = first or certificate
            same = certificate == first
            equal, different = equal + same, different + (not same)
            hashes = "  ".join(epoch["weightsSHA256"][:16] for epoch in certificate["epochs"])
            print(f"  {ranks:>2} ranks x {threads} threads  {sync:9}  {mpi:14}  {hosts:12}  {kernel:10}  {hashes}"
                  f"{'' if same else '  DIFFERS'}", flush=True)
    print(f"\n{equal} runs of {len(works)} works with equal hashes, {different} with different hashes")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
