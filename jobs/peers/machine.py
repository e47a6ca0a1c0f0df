"""Describes the machine of a measurement: name, cores, and load by other processes."""

import datetime
import os
import platform
import resource
import time


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def describe():
    """Returns one line: date, CPU, cores, operating system."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _read("/proc/cpuinfo").splitlines()
         if line.startswith("model name")), platform.processor() or platform.machine())
    flags = set(_read("/proc/cpuinfo").split())
    vectors = next((name for name in ("avx512f", "avx2", "asimd") if name in flags), "")
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{date}; {model}{f' ({vectors})' if vectors else ''}, {os.cpu_count()} cores; {system}"


def cores():
    """Returns the cores that this process may use, one hardware thread of each."""
    if not hasattr(os, "sched_getaffinity"):
        return list(range(os.cpu_count() or 1))
    seen, free = set(), []
    for core in sorted(os.sched_getaffinity(0)):
        siblings = _read(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
        if siblings.strip() not in seen:
            free.append(core)
        seen.add(siblings.strip() or core)
    return free


class Neighbours:
    """Measures how many cores other processes keep busy, on average, from its creation on (Linux only)."""

    def __init__(self):
        self._start = time.perf_counter()
        self._busy, self._own = self._total(), self._own_seconds()

    @staticmethod
    def _total():
        fields = _read("/proc/stat").split("\n", 1)[0].split()[1:]
        if len(fields) < 8:
            return None
        user, nice, system, _, _, interrupts, soft, stolen = map(int, fields[:8])
        return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def _own_seconds():
        """Returns the CPU seconds of this process and of its children that have ended."""
        usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)

    def busy(self):
        """Returns the average number of busy cores; 0 where the system does not report it."""
        if self._busy is None:
            return 0.0
        others = self._total() - self._busy - (self._own_seconds() - self._own)
        return max(0.0, others / max(time.perf_counter() - self._start, 1e-9))


def warning(busy):
    """Returns a warning if other processes were busy during a run, else an empty string."""
    if busy < 0.1:
        return ""
    return (
        f"Other processes kept up to {busy:.1f} cores busy during a run: repeat it on an idle machine "
        "before you use these figures.")
