"""Microseconds of a training step: mnist-mpi's and PyTorch's, taking turns.

    steps.py PRECISION...

For each network, batch and precision several rounds are gone through: mnist-mpi in graphs and by way of the
host, PyTorch eager, compiled and captured. A figure is the median of the rounds with the smallest and the largest;
the ratio, PyTorch's fastest way over mnist-mpi in graphs, is taken within a round.
"""

import gc
import json
import os
import sys

from program import Failed, Program, Unavailable, median, options, spread

WAYS = ("eager", "compiled", "captured")
HEAD = ("model", "batch", "precision", "mnist-mpi", "through host", "PyTorch eager", "compiled", "captured",
        "fastest / mnist-mpi")


def peer(chosen):
    """PyTorch's module with its data, or None and why."""
    try:
        import torch_gpu
    except ImportError as error:
        return None, None, f"there is no PyTorch ({error})"
    if torch_gpu.device().type != "cuda" and not chosen.tiny:
        return None, None, "PyTorch sees no GPU"
    return torch_gpu, torch_gpu.read_data(chosen.data), torch_gpu.version()


def one_line(error):
    """The first words of an error, where PyTorch writes pages."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


class Comparison:
    """The rounds of one network, batch and precision."""

    def __init__(self, program, chosen, model, batch, precision):
        self.program, self.chosen = program, chosen
        self.model, self.batch, self.precision = model, batch, precision
        self.repeats = 1 if chosen.tiny else 20
        self.seconds = {way: [] for way in ("graphs", "host", *WAYS)}
        self.lacks = {}

    def prepare(self, torch_gpu, data):
        """PyTorch's ways that can be gone here."""
        steps = 2 if self.chosen.tiny else torch_gpu.STEPS
        setting = (self.model, self.batch, self.precision)
        ways = {}
        try:
            layout, line = torch_gpu.best_layout(*setting, data, steps)
        except Exception as error:  # PyTorch's errors are of any kind
            self.lacks.update({way: one_line(error) for way in WAYS})
            return ways
        if line:
            print(f"  {self.name}: {line}")
        for way in WAYS:
            if reason := torch_gpu.obstacle(way):
                self.lacks[way] = reason
                continue
            try:
                ways[way] = torch_gpu.Steps(way, *setting, layout, data)
                ways[way].take(5)  # the first steps compile
            except Exception as error:
                self.lacks[way] = one_line(error)
                ways.pop(way, None)
        return ways

    @property
    def name(self):
        return f"{self.model}, batch {self.batch}, {self.precision}"

    def run(self, torch_gpu, data):
        steps = 2 if self.chosen.tiny else 64
        ways = self.prepare(torch_gpu, data) if torch_gpu else {}
        for _ in range(2 if self.chosen.tiny else 5):
            graphs, host = self.program.step_seconds(self.model, self.batch, self.precision, self.repeats)
            self.seconds["graphs"].append(graphs)
            self.seconds["host"].append(host)
            for way, turns in list(ways.items()):
                try:
                    self.seconds[way].append(turns.measure(self.repeats, steps))
                except Exception as error:
                    self.lacks[way] = one_line(error)
                    self.seconds[way] = []
                    del ways[way]
        for way, reason in self.lacks.items():
            print(f"  {self.name}: PyTorch {way}: skipped: {reason}")

    @property
    def ratios(self):
        """PyTorch's fastest over ours, round by round."""
        fastest = min(
            (values for way, values in self.seconds.items() if way in WAYS and values),
            key=median, default=[])
        return [other / own for other, own in zip(fastest, self.seconds["graphs"])]

    def row(self):
        cells = [self.model, str(self.batch), self.precision]
        for values in self.seconds.values():
            cells.append(spread(values, 1e6) if values else "-")
        return cells + [spread(self.ratios, digits=2) if self.ratios else "-"]


def table(rows):
    widths = [max(len(row[place]) for row in [HEAD, *rows]) for place in range(len(HEAD))]
    lines = [HEAD, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def main():
    parser = options(__doc__)
    parser.add_argument("precisions", nargs="+", metavar="PRECISION")
    chosen = parser.parse_args()
    program = Program(chosen)
    torch_gpu, data, told = peer(chosen)
    print(told if torch_gpu else f"PyTorch: skipped: {told}")
    rows, good = [], True
    for precision in chosen.precisions:
        done = []
        for model in ("mlp", "cnn"):
            for batch in (8,) if chosen.tiny else (64, 512):
                comparison = Comparison(program, chosen, model, batch, precision)
                try:
                    comparison.run(torch_gpu, data)
                except Unavailable as reason:
                    print(f"  {comparison.name}: skipped: {reason}")
                    continue
                except Failed as reason:
                    print(f"  {comparison.name}: FAILED: {reason}")
                    good = False
                done.append({
                    "model": model, "batch": batch, "precision": precision, "peer": told,
                    "seconds": comparison.seconds, "skipped": comparison.lacks})
                rows.append(comparison.row())
                # At once, too: a command may be stopped before the table.
                print(f"  {comparison.name}: us " + ", ".join(
                    f"{title} {cell}" for title, cell in zip(HEAD[3:], rows[-1][3:])))
                with open(os.path.join(chosen.results, f"steps-{precision}.json"), "w") as file:
                    json.dump(done, file, indent=1)
                del comparison
                gc.collect()
                if torch_gpu:
                    torch_gpu.forget()
    print("\nMicroseconds of a step, median of rounds (smallest to largest)\n" + table(rows))
    return 0 if good else 1


sys.exit(main())
