#!/usr/bin/env python3
"""Kills training runs at random places and resumes them, as often as it is told.

    kill_campaign.py PROGRAM DATA RUNS [SEED]

A run is mlp or cnn on 1, 2 or 3 ranks with either exchange method, and writes many checkpoints. It is
killed by SIGKILL: a rank at a random time; mpirun; all processes at once, as if the host were lost; or
rank 0 in one stage of writing a checkpoint. Then it is resumed, perhaps killed again, and at last it
must end with the certificate and the weights of a run that nothing disturbed. After each end no
process may be left, and no shared memory of ours. Prints a line for each run and a table; exit code 1 if
one ended otherwise. It takes about 6 s a run and is not part of the tests that run by themselves.
"""

import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

STAGES = ["copy", "write", "fsync", "rename"]
WORKS = {
    "mlp": ["--model", "mlp", "--hidden", "256,128", "--limit", "6400", "--epochs", "3"],
    "cnn": ["--model", "cnn", "--limit", "2560", "--epochs", "3"],
}
# Longer than any of these runs takes on a busy machine: only a hang reaches it.
HANG = 120


def environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMPI_", "PMIX_", "SLURM_"))}
    return kept | {
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMPI_MCA_mpi_yield_when_idle": "1",
    }


def processes(mark):
    """Ids of the ranks and launchers that have a word among their arguments."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if mark in words and (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append((int(entry.name), os.path.basename(words[0])))
        except OSError:
            continue
    return found


class Campaign:
    def __init__(self, program, data, seed):
        self.program, self.data, self.random = os.path.abspath(program), data, random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kill-campaign-"))
        self.expected = {}
        self.seconds = {}

    def start(self, work, ranks, sync, folder, options):
        command = ["mpirun", "-np", str(ranks), self.program, "--data", self.data, "--threads", "1", "--quiet",
                   "--sync", sync, "--results", str(folder / "results"), "--json", str(folder / "record.json"),
                   *WORKS[work], *options]
        return subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def outcome(self, folder):
        record = json.loads((folder / "record.json").read_text())
        return (record["result"]["weightsSHA256"], json.dumps(record["certificate"], sort_keys=True),
                record["result"]["steps"])

    def reference(self, kind):
        """The outcome of an undisturbed run, and its seconds."""
        if kind not in self.expected:
            folder = self.folder / "-".join(map(str, kind))
            folder.mkdir()
            start = time.monotonic()
            run = self.start(*kind, folder, [])
            _, errors = run.communicate(timeout=HANG)
            assert run.returncode == 0, errors
            self.seconds[kind] = time.monotonic() - start
            self.expected[kind] = self.outcome(folder)
        return self.expected[kind], self.seconds[kind]

    def kill(self, how, run, mark):
        if how == "mpirun":
            run.kill()
        elif how == "host":
            for number, _ in [(run.pid, ""), *processes(mark)]:
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        else:
            ranks = [number for number, name in processes(mark) if name != "mpirun"]
            if ranks:
                os.kill(self.random.choice(ranks), signal.SIGKILL)

    def disturbed(self, number):
        """One run with its interruptions; returns what was done, and what was wrong."""
        choose = self.random.choice
        kind = (choose(sorted(WORKS)), choose([1, 2, 3]), choose(["allreduce", "node"]))
        expected, seconds = self.reference(kind)
        folder = self.folder / f"run{number}"
        folder.mkdir()
        mark = str(folder / "record.json")
        done, wrong = [], []
        interval = choose(["7", "13", "0.05s"])
        options = ["--checkpoint", str(folder / "c"), "--checkpoint-every", interval, "--resume"]
        # A third is aimed at the stages of a checkpoint, all of them equally often.
        for _ in range(choose([1, 1, 2])):
            how = STAGES[number // 3 % 4] if number % 3 == 0 else choose(["rank", "rank", "mpirun", "host"])
            aimed = ["--die-in", f"{how}:{self.random.randint(1, 4)}"] if how in STAGES else []
            run = self.start(*kind, folder, options + aimed)
            if not aimed:
                time.sleep(self.random.uniform(0.2, 1.0) * seconds)
                self.kill(how, run, mark)
            try:
                _, errors = run.communicate(timeout=HANG)
            except subprocess.TimeoutExpired:
                wrong.append(f"{how}: did not end")
                self.kill("host", run, mark)
                _, errors = run.communicate()
            done.append(how + ("" if run.returncode else " (had ended)"))
            end = time.monotonic() + 20
            while processes(mark) and time.monotonic() < end:
                time.sleep(0.05)
            if processes(mark):
                wrong.append(f"{how}: processes left {processes(mark)}")
                self.kill("host", run, mark)
            (folder / "record.json").unlink(missing_ok=True)
        run = self.start(*kind, folder, options)
        _, errors = run.communicate(timeout=HANG)
        if run.returncode:
            wrong.append(f"resume failed with {run.returncode}: {errors.strip().splitlines()[-1:]}")
        else:
            wrong += [] if self.outcome(folder) == expected else ["other bits than the undisturbed run"]
            parts = json.loads((folder / "record.json").read_text()).get("parts", [])
            done.append(f"{max(1, len(parts))} parts")
        shutil.rmtree(folder)
        return f"{kind[0]} np {kind[1]} {kind[2]}, every {interval}", done, wrong


def shared_memory():
    return set(os.listdir("/dev/shm"))


def main():
    program, data, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    campaign = Campaign(program, data, int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    before = shared_memory()
    counts, bad = collections.Counter(), 0
    for number in range(runs):
        what, done, wrong = campaign.disturbed(number)
        counts.update(done)
        bad += bool(wrong)
        print(f"{number + 1}: {what}: {', '.join(done)}" + (f": WRONG: {'; '.join(wrong)}" if wrong else ""), flush=True)
    left = shared_memory() - before
    print(f"\n{runs} runs, {bad} wrong; in /dev/shm: {len(left)} files left {sorted(left)[:5]}")
    for name, count in sorted(counts.items()):
        print(f"  {count:4} {name}")
    shutil.rmtree(campaign.folder)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
