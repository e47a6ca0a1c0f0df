"""Runs mnist-mpi and its peers in turn on the same work and prints the table. Started by
jobs/peers/compare.sh, with the Python in which the peers are installed.

First, short trials find the fastest configuration of each peer, which is then used: a comparison with
a badly configured peer would have no value. Then come the rounds. A round runs each program once, in
the same order, so that a temporary slowdown of the machine affects all of them. Ratios are computed
within a round.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import types

import machine
from programs import OURS, Failure, programs

STEPS = {"cnn": 100, "mlp": 500}


def parse():
    parser = argparse.ArgumentParser(prog="jobs/peers/compare.sh", description=(
        "Images/s of mnist-mpi, PyTorch, TensorFlow and JAX on the same work, measured in turn."))
    parser.add_argument("--runs", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--model", choices=("cnn", "mlp", "both"), default="both")
    parser.add_argument("--batch", type=int, default=64, help="global batch (default: 64)")
    parser.add_argument("--steps", type=int, help="steps of a run after its warm-up of 5 "
                        f"(default: {STEPS['cnn']} for cnn, {STEPS['mlp']} for mlp)")
    parser.add_argument("--two", action="store_true", help="two cores as well")
    parser.add_argument("--only-two", action="store_true", help="two cores only")
    parser.add_argument("--trials", type=int, default=2, help=(
        "trials of each configuration; 0: use each program's first one (default: 2)"))
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help=(
        "leave out the peers that have this in their names; may be repeated"))
    parser.add_argument("--options", default="", help="more options for mnist-mpi, as one quoted argument")
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown")
    parser.add_argument("--json", help="append one line for each run to this file")
    parser.add_argument("--time-limit", type=float, default=1800, help="time limit of a run, in seconds")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--data", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--bind", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


class Comparison:
    """Measures the rows of one model and keeps their results."""

    def __init__(self, chosen, work, rows):
        self.chosen, self.work, self.rows = chosen, work, rows
        self.figures = {row.name: [] for row in rows}
        self.failures, self.configurations, self.tried = {}, {}, {}
        self.busy = 0.0

    def once(self, row, steps, seed, configuration, kind):
        """Runs a program once and records the result; on failure keeps the reason and returns None."""
        neighbours = machine.Neighbours()
        try:
            result = row.run(self.work, steps, seed, configuration)
        except Failure as failure:
            print(f"  {kind}: {row.name} ({configuration}): {failure}", file=sys.stderr)
            self.failures.setdefault(row.name, str(failure))
            return None
        busy = neighbours.busy()
        self.busy = max(self.busy, busy)
        print(f"  {kind}: {row.name} ({configuration}): {result['images_per_second']:.0f} images/s",
              file=sys.stderr)
        if self.chosen.json:
            line = {"kind": kind, "row": row.name, "model": self.work.model,
                    "batch": self.work.batch, "steps": steps, "seed": seed,
                    "configuration": configuration, "busyNeighbours": round(busy, 2), **result}
            with open(self.chosen.json, "a") as file:
                file.write(json.dumps(line) + "\n")
        return result

    def choose(self, steps):
        """Finds the fastest configuration of each row; a row fails only if all its configurations fail."""
        for row in self.rows:
            best = {}
            repeats = 1 if row.is_ours else self.chosen.trials
            candidates = row.configurations if repeats else row.configurations[:1]
            for _ in range(repeats):
                for configuration in candidates:
                    result = self.once(row, steps, 1, configuration, "trial")
                    if result:
                        rate = result["images_per_second"]
                        best[configuration] = max(rate, best.get(configuration, 0))
            self.configurations[row.name] = max(best, key=best.get) if best else candidates[0]
            self.tried[row.name] = {c: best.get(c) for c in candidates} if repeats else {}
            if best or not repeats:
                self.failures.pop(row.name, None)

    def measure(self, steps):
        """Runs the rounds."""
        for index in range(self.chosen.runs):
            for row in self.rows:
                result = None
                if row.name not in self.failures:
                    result = self.once(
                        row, steps, index + 1, self.configurations[row.name], f"run {index + 1}")
                self.figures[row.name].append(result)

    def table(self):
        """Returns the rows of the table as text: the header, then one row per program."""
        ours = self.figures[self.rows[0].name]
        lines = [("program", "images/s", "(min-max)", "first row / this", "(min-max)",
                  "last loss")]
        for row in self.rows:
            results = [result for result in self.figures[row.name] if result]
            if not results or row.name in self.failures:
                why = self.failures.get(row.name, "no run")
                lines.append((row.name, f"failed: {why}", "", "", "", ""))
                continue
            rates = [result["images_per_second"] for result in results]
            ratios = [our["images_per_second"] / its["images_per_second"]
                      for our, its in zip(ours, self.figures[row.name]) if our and its]
            place = f", {row.place}" if row.place else ""
            note = "" if row.is_ours else f" ({self.configurations[row.name]})"
            lines.append((
                f"{row.program} {results[-1]['version']}{place}{note}",
                f"{statistics.median(rates):,.0f}", f"{min(rates):,.0f}-{max(rates):,.0f}",
                f"{statistics.median(ratios):.2f}" if ratios else "-",
                f"{min(ratios):.2f}-{max(ratios):.2f}" if ratios else "-",
                f"{statistics.median(result['loss'] for result in results):.3f}"))
        return lines

    def tried_lines(self):
        """Yields the rates of all configurations of each row that has several."""
        for row in self.rows:
            if len(self.tried.get(row.name, {})) > 1:
                rates = (f"{configuration} {f'{rate:,.0f}' if rate else 'failed'}"
                         for configuration, rate in self.tried[row.name].items())
                yield f"{row.name}: {', '.join(rates)}"


def formatted(lines, markdown):
    """Returns the table's lines, aligned or as Markdown."""
    if markdown:
        cells = [f"| {' | '.join(line)} |" for line in lines]
        return [cells[0], "| --- | ---: | ---: | ---: | ---: | ---: |", *cells[1:]]
    # The reason of a failure may be wider than its column.
    widths = [max(len(line[i]) for line in lines if i == 0 or line[2]) for i in range(6)]
    return [
        "  ".join([line[0].ljust(widths[0])]
                  + [c.rjust(w) for c, w in zip(line[1:], widths[1:])]).rstrip()
        if line[2] else f"{line[0].ljust(widths[0])}  {line[1]}" for line in lines]


def compare(chosen, model, cores, two):
    """Measures and prints one table."""
    work = types.SimpleNamespace(
        model=model, batch=chosen.batch, program=chosen.program, data=chosen.data, cores=cores,
        python=sys.executable, taskset=shutil.which("taskset"), time_limit=chosen.time_limit)
    rows = [row for row in programs(model, two, chosen.bind)
            if row.is_ours or not any(name.lower() in row.name.lower() for name in chosen.without)]
    for row in rows:
        if row.is_ours and chosen.options:
            row.configurations = [chosen.options]
    steps = chosen.steps or STEPS[model]
    print(f"{model}{', two cores' if two else ''}:", file=sys.stderr)
    comparison = Comparison(chosen, work, rows)
    comparison.choose(max(steps // 4, 5))
    comparison.measure(steps)

    print()
    where = "two cores in all" if two else "one process, one thread"
    pinned = "pinned to the same cores" if work.taskset else "not pinned (no taskset)"
    print(f"{model}, batch {chosen.batch}, adam 1e-3, float32; {where}, {pinned}; medians of "
          f"{chosen.runs} rounds of {steps} steps after 5 of warm-up; data in memory as tensors.")
    if chosen.options:
        print(f"{OURS} {chosen.options}")
    print()
    print("\n".join(formatted(comparison.table(), chosen.markdown)))
    print()
    tried = list(comparison.tried_lines())
    if tried:
        print("Each peer in its fastest configuration; best of "
              f"{chosen.trials} short trials each, images/s:")
        print("\n".join(f"- {line}" for line in tried))
    if machine.warning(comparison.busy):
        print(machine.warning(comparison.busy))
    return comparison


def main():
    chosen = parse()
    if chosen.runs < 1 or (chosen.steps or 1) < 1:
        sys.exit("jobs/peers/compare.sh: --runs and --steps are at least 1")
    cores = machine.cores()
    if (chosen.two or chosen.only_two) and len(cores) < 2:
        sys.exit("jobs/peers/compare.sh: --two needs two cores")
    # Remove variables by which a program would detect a launcher or take its number of threads.
    for name in list(os.environ):
        if name.startswith(("OMPI_COMM", "PMIX_", "OMP_", "OPENBLAS_", "MKL_", "GOMP_", "MALLOC_")):
            del os.environ[name]
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    print(machine.describe())
    failed = False
    for model in ("cnn", "mlp") if chosen.model == "both" else (chosen.model,):
        for two in ([] if chosen.only_two else [False]) + (
                [True] if chosen.two or chosen.only_two else []):
            comparison = compare(chosen, model, cores, two)
            failed |= comparison.rows[0].name in comparison.failures
    # A failed peer has the reason in its row; only a failure of mnist-mpi makes the comparison fail.
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
