"""Measures the time to a test accuracy on one thread, for PyTorch and mnist-mpi with the same candidate
recipes. Started by jobs/peers/time-to-accuracy.sh.

A recipe (batch, schedule, rate, length) is fixed before its runs. Its accuracy is the mean over seeds.
Its time is the median training time, without start-up and evaluation. Recipes are tried in order of
length. A recipe is abandoned when its mean is unlikely to reach the target. After one recipe has reached
the target, recipes that would take longer are skipped. Every run is a line in a file, so that a search
can be stopped and resumed.
"""

import argparse
import os
import statistics
import sys

import common
import machine
from recipes import GRIDS, TRAINING_IMAGES, Recipe, Runs, candidates
from trainers import Ours, PyTorch

RUNS = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "results", "time-to-accuracy.jsonl")


class Search:
    """The search of one program through the recipes."""

    def __init__(self, chosen, runs, program):
        self.chosen, self.runs, self.program = chosen, runs, program
        self.done, self.best = [], None

    def run(self, recipe, seed):
        """Returns a run, from the file if it is there; with --report, None if it is not."""
        chosen, program = self.chosen, self.program
        line = {
            "program": program.name, "version": program.version, "options": program.options,
            "model": chosen.model, "threads": chosen.threads, "recipe": recipe.name, "seed": seed}
        if known := self.runs.find(line):
            return known
        if chosen.report:
            return None
        neighbours = machine.Neighbours()
        line["seconds"], line["accuracy"] = program.run(recipe, seed)
        line["images"], line["busyNeighbours"] = recipe.images, round(neighbours.busy(), 2)
        self.runs.add(line)
        print(f"  {program.name} {recipe.name} seed {seed}: {100 * line['accuracy']:.2f} %, "
              f"{line['seconds']:.1f} s", file=sys.stderr)
        return line

    def is_longer_than_the_best(self, recipe):
        if self.best is None or self.chosen.all:
            return False
        like = {
            "program": self.program.name, "version": self.program.version,
            "options": self.program.options, "model": self.chosen.model,
            "threads": self.chosen.threads, "recipe": "", "seed": 0}
        rate = self.runs.rate(like, recipe)
        return rate is not None and recipe.images / rate > self.best["seconds"]

    def consider(self, recipe):
        """Runs a recipe with all seeds; stops early if the mean is unlikely to reach the target."""
        if self.is_longer_than_the_best(recipe):
            return
        lines = []
        for seed in self.chosen.seeds:
            line = self.run(recipe, seed)
            if line is None:
                break
            lines.append(line)
            mean = statistics.fmean(line["accuracy"] for line in lines)
            # Accuracies of seeds spread by about 0.1 points: the mean of k is known to 0.1/sqrt(k).
            margin = self.chosen.patience / len(lines) ** 0.5
            if not self.chosen.all and mean < self.chosen.target - margin:
                break
        if not lines:
            return
        accuracies = [line["accuracy"] for line in lines]
        found = {
            "recipe": recipe, "mean": statistics.fmean(accuracies), "low": min(accuracies),
            "high": max(accuracies), "seeds": len(lines),
            "deviation": statistics.stdev(accuracies) if len(lines) > 1 else 0.0,
            "seconds": statistics.median(line["seconds"] for line in lines),
            "busy": max(line["busyNeighbours"] for line in lines)}
        found["reached"] = (
            len(lines) == len(self.chosen.seeds) and found["mean"] >= self.chosen.target - 1e-9)
        self.done.append(found)
        if found["reached"] and (self.best is None or found["seconds"] < self.best["seconds"]):
            self.best = found

    def report(self):
        target, program = 100 * self.chosen.target, self.program
        options = f" ({program.options})" if program.options else ""
        print(f"\n{program.name} {program.version}{options}, {self.chosen.model}, "
              f"{self.chosen.threads} thread(s)\n")
        header = ("recipe", "epochs", "accuracy %", "(min-max)", "deviation", "seeds", "seconds")
        rows = [header] + [(
            f"{f['recipe'].name}{' *' if f is self.best else ''}",
            f"{f['recipe'].images / TRAINING_IMAGES:.2f}", f"{100 * f['mean']:.3f}",
            f"{100 * f['low']:.2f}-{100 * f['high']:.2f}", f"{100 * f['deviation']:.3f}",
            f"{f['seeds']}", f"{f['seconds']:.1f}") for f in self.done]
        widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
        for row in rows:
            cells = [row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]
            print("  ".join(cells).rstrip())
        if self.best:
            print(f"\n* the shortest of these with a mean of at least {target:g} % over "
                  f"{len(self.chosen.seeds)} seeds: {self.best['seconds']:.1f} s")
        else:
            print(f"\nNone of these has a mean of {target:g} % over {len(self.chosen.seeds)} seeds.")
        note = machine.warning(max((f["busy"] for f in self.done), default=0))
        if note:
            print(note)


def seeds(text):
    """Seeds as 5 (1 to 5) or 6-10."""
    first, _, last = text.rpartition("-")
    return list(range(int(first or 1), int(last) + 1))


def parse():
    parser = argparse.ArgumentParser(
        prog="jobs/peers/time-to-accuracy.sh", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default="torch,mnist-mpi", help="one or both; both run in turn")
    parser.add_argument("--recipe", action="append", type=Recipe, default=[],
                        help="batch:schedule:rate:length; may be repeated")
    parser.add_argument("--grid", action="append", default=[], help=(
        f"lists of batches, schedule:rates and epochs, such as (default) \"{GRIDS[0]}\""))
    parser.add_argument("--seeds", type=seeds, default=seeds("5"), help="5, or 6-10 (default: 5)")
    parser.add_argument("--target", type=float, default=0.99)
    parser.add_argument("--patience", type=float, default=0.0015, help=(
        "abandon a recipe if its mean over k seeds is this/sqrt(k) below the target"))
    parser.add_argument("--all", action="store_true", help="run all recipes with all seeds")
    parser.add_argument("--file", default=RUNS, help="file of the runs (default: in results/)")
    parser.add_argument("--any-version", action="store_true", help=(
        "also use runs in the file from other versions or revisions of a program"))
    parser.add_argument("--report", action="store_true", help="print the results in the file; run nothing")
    parser.add_argument("--model", default="cnn", choices=("cnn", "mlp"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cores", default="", help="cores to pin to, such as 0 or 0,1")
    parser.add_argument("--configuration", default="channels-last+kept-memory",
                        help="of PyTorch: plain, channels-last, kept-memory, or the last two joined by +")
    parser.add_argument("--options", default="", help="more options for mnist-mpi, as one quoted argument")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--data", required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    chosen = parse()
    if "kept-memory" in chosen.configuration and os.environ.get("MALLOC_MMAP_MAX_") != "0":
        os.environ.update(common.KEPT_MEMORY)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    if chosen.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(map(int, chosen.cores.split(","))))
    recipes = chosen.recipe + [r for grid in chosen.grid for r in candidates(grid)]
    recipes = recipes or [r for grid in GRIDS for r in candidates(grid)]
    recipes.sort(key=lambda recipe: (recipe.images, recipe.batch))
    kinds = {"torch": PyTorch, "mnist-mpi": Ours}
    runs = Runs(chosen.file, chosen.any_version)
    searches = [Search(chosen, runs, kinds[name](chosen)) for name in chosen.programs.split(",")]
    print(machine.describe())
    for recipe in recipes:
        for search in searches:
            search.consider(recipe)
    for search in searches:
        search.report()
    best = {search.program.name: search.best for search in searches if search.best}
    if len(best) == 2:
        ratio = best["torch"]["seconds"] / best["mnist-mpi"]["seconds"]
        print(f"\ntorch / mnist-mpi, each with its shortest recipe: {ratio:.2f}")


if __name__ == "__main__":
    main()
