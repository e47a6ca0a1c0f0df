"""What get_mnist.py and get_data.py share: downloads with time limits, safe writing, signals.

A file is written into a temporary folder inside the destination, synced and renamed. Therefore a run can be
interrupted at any time, and two runs can work on the same destination.
"""

import contextlib
import errno
import gzip
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

CONNECT_SECONDS = 5  # limit for the first bytes of a mirror's answer, including the name look-up
FILE_SECONDS = 60  # limit for a whole file from a mirror
LEFTOVER_SECONDS = 24 * 3600  # temporary folders older than this belong to killed runs
BLOCK = 1 << 16
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Problem(Exception):
    """An error with a one-line message, which includes what the user can do."""


def report(line):
    print(line, flush=True)


def unzipped(stream, limit):
    """Returns the uncompressed content of a gzip stream, cut off one byte after `limit`."""
    with gzip.GzipFile(fileobj=stream) as file:
        return file.read(limit + 1)


def downloaded(url, read, answer_seconds=CONNECT_SECONDS, seconds=FILE_SECONDS):
    """Returns what `read` makes of the response to a URL. Uses a thread, because name look-up has no time-out."""
    answered = threading.Event()
    result = {}

    def fetch():
        try:
            with urllib.request.urlopen(url, timeout=answer_seconds) as response:
                answered.set()
                result["value"] = read(response)
        except Exception as error:  # after any error, the next source is tried
            result["error"] = error
        answered.set()

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    if answered.wait(answer_seconds + 1):
        thread.join(seconds)
    if "value" in result:
        return result["value"]
    error = result.get("error", "no answer in time")
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        raise error  # this machine's disk, not the mirror
    raise Problem(" ".join(str(getattr(error, "reason", error)).split()))


def save(response, path, limit, hasher, seconds):
    """Writes a response to `path` in blocks, and hashes it; raises Problem if it cannot be the file."""
    deadline = time.monotonic() + seconds
    announced = response.headers.get("Content-Length") or ""
    size = 0
    with open(path, "wb") as file:
        # read1 returns after each arrival of data, so that the deadline also ends a very slow transfer.
        while block := response.read1(BLOCK):
            if size == 0 and block.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
                raise Problem("it sent a web page instead of the file")
            size += len(block)
            if size > limit:
                raise Problem(f"it sent more than {limit} bytes, too many for the official file")
            if time.monotonic() > deadline:
                raise Problem(f"it sent only {size} bytes in {seconds:.0f} s")
            hasher.update(block)
            file.write(block)
    if announced.isdigit() and size < int(announced):
        raise Problem(f"the transfer was cut off after {size} of {announced} bytes")


def place(directory, aside, name, content):
    """Writes a verified file: syncs it to disk under a temporary name, then renames it in one step."""
    temporary = aside / name
    temporary.write_bytes(content)
    place_file(directory, temporary, name)


def place_file(directory, temporary, name):
    """Syncs a verified temporary file to disk and renames it in one step."""
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)
    os.replace(temporary, directory / name)


def set_aside(path, expected, instead="fetching it anew"):
    """Renames a file that is not what is expected to NAME.rejected."""
    rejected = path.with_name(path.name + ".rejected")
    try:
        os.replace(path, rejected)
    except FileNotFoundError:
        pass  # another run of this script has moved it already
    report(f"{path} is not {expected}: kept as {rejected.name}, {instead}")


def remove_leftovers(directory, prefix):
    """Removes the temporary folders of killed runs. The folder of a run in progress is younger."""
    for leftover in directory.glob(prefix + "*"):
        try:
            if leftover.stat().st_mtime < time.time() - LEFTOVER_SECONDS:
                shutil.rmtree(leftover, ignore_errors=True)
        except FileNotFoundError:
            pass  # that run has just ended


@contextlib.contextmanager
def temporary_folder(directory, prefix):
    """Creates `directory`, and a folder in it for the time of a `with` block."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        remove_leftovers(directory, prefix)
        folder = tempfile.TemporaryDirectory(prefix=prefix, dir=directory)
    except OSError as error:
        raise Problem(
            f"cannot write into {directory}: {error.strerror}; name another directory"
        ) from None
    with folder as path:
        yield Path(path)


def stop(number, frame):
    sys.exit(128 + number)  # raises SystemExit, so that every `with` block removes its files


def run(program, directory, action):
    """Calls `action`; returns the exit code, after an error with its one line on stderr."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        action()
    except Problem as problem:
        print(f"{program}: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        where = error.filename or directory  # the error of a full disk has no file name
        print(f"{program}: {where}: {error.strerror}; correct this and run it again", file=sys.stderr)
        return 1
    return 0
