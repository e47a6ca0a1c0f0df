"""Measures microseconds per training step of mnist-mpi and of PyTorch, in turn.

    steps.py PRECISION...

For each network, batch and precision there are several rounds. A round measures mnist-mpi in graphs and with
gradients through the host, then PyTorch eager, compiled and captured. A figure is the median of the rounds, with
the smallest and the largest. The ratio is PyTorch's fastest mode over mnist-mpi in graphs, within a round.
"""

import gc
import json
import os
import sys

from program import Failed, Program, Unavailable, median, options, spread

MODES = ("eager", "compiled", "captured")
HEAD = ("model", "batch", "precision", "mnist-mpi", "through host", "PyTorch eager", "compiled", "captured",
        "fastest / mnist-mpi")


def peer(chosen):
    """The module torch_gpu, its data and a description; if PyTorch cannot be used, None, None and the reason."""
    try:
        import torch_gpu
    except ImportError as error:
        return None, None, f"there is no PyTorch ({error})"
    if torch_gpu.device().type != "cuda" and not chosen.tiny:
        return None, None, "PyTorch sees no GPU"
    return torch_gpu, torch_gpu.read_data(chosen.data), torch_gpu.version()


def one_line(error):
    """The beginning of an error message in one line, because PyTorch's messages can be very long."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


class Comparison:
    """The rounds of one network, batch and precision."""

    def __init__(self, program, chosen, model, batch, precision):
        self.program, self.chosen = program, chosen
        self.model, self.batch, self.precision = model, batch, precision
        self.repeats = 1 if chosen.tiny else 20
        self.seconds = {mode: [] for mode in ("graphs", "host", *MODES)}
        self.skipped = {}

    def prepare(self, torch_gpu, data):
        """PyTorch's steps by mode, for the modes that work here; the others are recorded as skipped."""
        count = 2 if self.chosen.tiny else torch_gpu.STEPS
        setting = (self.model, self.batch, self.precision)
        steps = {}
        try:
            layout, line = torch_gpu.best_layout(*setting, data, count)
        except Exception as error:  # PyTorch raises errors of any type
            self.skipped.update({mode: one_line(error) for mode in MODES})
            return steps
        if line:
            print(f"  {self.name}: {line}")
        for mode in MODES:
            if reason := torch_gpu.obstacle(mode):
                self.skipped[mode] = reason
                continue
            try:
                steps[mode] = torch_gpu.Steps(mode, *setting, layout, data)
                steps[mode].take(5)  # the first steps compile
            except Exception as error:
                self.skipped[mode] = one_line(error)
                steps.pop(mode, None)
        return steps

    @property
    def name(self):
        return f"{self.model}, batch {self.batch}, {self.precision}"

    def run(self, torch_gpu, data):
        """Measures all rounds into `seconds`; `data` is that of torch_gpu, which is None without PyTorch."""
        count = 2 if self.chosen.tiny else 64
        steps = self.prepare(torch_gpu, data) if torch_gpu else {}
        for _ in range(2 if self.chosen.tiny else 5):
            graphs, host = self.program.step_seconds(self.model, self.batch, self.precision, self.repeats)
            self.seconds["graphs"].append(graphs)
            self.seconds["host"].append(host)
            for mode, mode_steps in list(steps.items()):
                try:
                    self.seconds[mode].append(mode_steps.measure(self.repeats, count))
                except Exception as error:
                    self.skipped[mode] = one_line(error)
                    self.seconds[mode] = []
                    del steps[mode]
        for mode, reason in self.skipped.items():
            print(f"  {self.name}: PyTorch {mode}: skipped: {reason}")

    @property
    def ratios(self):
        """The times of PyTorch's fastest mode over those of mnist-mpi in graphs, round by round."""
        fastest = min(
            (values for mode, values in self.seconds.items() if mode in MODES and values),
            key=median, default=[])
        return [other / own for other, own in zip(fastest, self.seconds["graphs"])]

    def row(self):
        """The row of the table."""
        cells = [self.model, str(self.batch), self.precision]
        for values in self.seconds.values():
            cells.append(spread(values, 1e6) if values else "-")
        return cells + [spread(self.ratios, digits=2) if self.ratios else "-"]


def table(rows):
    """The table as text."""
    widths = [max(len(row[column]) for row in [HEAD, *rows]) for column in range(len(HEAD))]
    lines = [HEAD, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def main():
    parser = options(__doc__)
    parser.add_argument("precisions", nargs="+", metavar="PRECISION")
    chosen = parser.parse_args()
    program = Program(chosen)
    torch_gpu, data, description = peer(chosen)
    print(description if torch_gpu else f"PyTorch: skipped: {description}")
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
                    "model": model, "batch": batch, "precision": precision, "peer": description,
                    "seconds": comparison.seconds, "skipped": comparison.skipped})
                rows.append(comparison.row())
                # Printed at once, too, because the command may be stopped before it prints the table.
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
