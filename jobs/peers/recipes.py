"""Recipes (the settings of a training, fixed before it starts) and the file of the runs made with them."""

import argparse
import json
import math
import os
import statistics
import sys

TRAINING_IMAGES = 60000


class Recipe:
    """The settings of a training, written as batch:schedule:rate:length; length is such as 1.5ep or 700st."""

    def __init__(self, text):
        try:
            batch, self.schedule, rate, length = text.split(":")
            self.batch, self.rate = int(batch), float(rate)
            amount, unit = float(length[:-2]), length[-2:]
            if self.schedule not in ("constant", "one-cycle") or unit not in ("ep", "st"):
                raise ValueError
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not like 128:one-cycle:4e-3:1.5ep or 64:constant:1e-3:900st") from None
        self.steps = round(amount * self.steps_an_epoch) if unit == "ep" else int(amount)
        self.name = f"{self.batch}:{self.schedule}:{self.rate:g}:{self.steps}st"

    @property
    def steps_an_epoch(self):
        return math.ceil(TRAINING_IMAGES / self.batch)

    @property
    def images(self):
        return self.steps / self.steps_an_epoch * TRAINING_IMAGES


def candidates(text):
    """Returns all recipes of a grid: lists of batches, schedules with rates, and epochs.

    "128,256 one-cycle:3e-3,4e-3 constant:1e-3 1,1.5" results in 2 x 3 x 2 recipes.
    """
    batches, *rates, epochs = text.split()
    return [
        Recipe(f"{batch}:{schedule.split(':')[0]}:{rate}:{length}ep")
        for batch in batches.split(",") for schedule in rates
        for rate in schedule.split(":")[1].split(",") for length in epochs.split(",")]


GRIDS = ["64,128,256,512 one-cycle:2e-3,3e-3,4e-3,6e-3 constant:1e-3,2e-3 1,1.25,1.5,1.75,2,2.5,3"]


class Runs:
    """The file of runs, with one JSON line for each run."""

    def __init__(self, path, any_version=False):
        self.path, self.lines, self.any_version = path, {}, any_version
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        if os.path.exists(path):
            with open(path) as file:
                for text in file:
                    # The last line is incomplete if the search was stopped while writing it.
                    try:
                        line = json.loads(text)
                        self.lines[self.key(line)] = line
                    except (ValueError, KeyError):
                        print(f"time-to-accuracy: a broken line in {path}", file=sys.stderr)

    def key(self, line):
        """Returns what identifies a run. The first five items are all but recipe and seed."""
        version = "any" if self.any_version else line["version"]
        names = ("program", "options", "model", "threads", "recipe", "seed")
        program, *rest = (line[name] for name in names)
        return (program, version, *rest)

    def find(self, line):
        """Returns the run with the same key, or None."""
        return self.lines.get(self.key(line))

    def add(self, line):
        """Appends a run to the file."""
        # If the file ends with an incomplete line, start a new one.
        with open(self.path, "a+b") as file:
            if file.tell() and not self._ends_a_line():
                file.write(b"\n")
            file.write(json.dumps(line).encode() + b"\n")
        self.lines[self.key(line)] = line

    def _ends_a_line(self):
        with open(self.path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def rate(self, like, recipe):
        """Returns this program's median images/s at the recipe's batch, else at any; None without runs."""
        own = [line for line in self.lines.values() if self.key(line)[:5] == self.key(like)[:5]]
        same = [line for line in own if line["recipe"].startswith(f"{recipe.batch}:")]
        rates = [line["images"] / line["seconds"] for line in same or own]
        return statistics.median(rates) if rates else None
