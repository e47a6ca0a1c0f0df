"""Files from mirrors, checked by size and hash, and the error when no source has a file."""

import hashlib
import os
import tempfile
from pathlib import Path

from transfer import FILE_SECONDS, Problem, downloaded, report, save

MIRROR_VARIABLE = "MNIST_MPI_MIRROR"  # a URL that is used instead of the official mirrors; the hashes stay
ANSWER_SECONDS = 15  # limit for the first bytes of an answer
SLOWEST = 200_000  # a transfer of fewer bytes per second, after FILE_SECONDS, is ended
LABELS = {"sha256": "SHA-256", "md5": "MD5"}


def mirrors_of(mirrors):
    """Returns the user's own mirror if there is one, else `mirrors`."""
    own = os.environ.get(MIRROR_VARIABLE)
    return (own.rstrip("/") + "/",) if own else mirrors


def fetched(mirror, file, aside, problems):
    """Downloads a file, in blocks, to a temporary name, which it returns.

    Returns None if that fails; the reason is then printed and added to `problems`.
    """
    url = mirror + file.name
    # A name of its own: the thread of a transfer that was given up may still be writing.
    handle, path = tempfile.mkstemp(dir=aside)
    os.close(handle)
    hasher = hashlib.new(file.algorithm, usedforsecurity=False)
    seconds = FILE_SECONDS + file.size / SLOWEST
    try:
        downloaded(
            url, lambda response: save(response, path, file.size, hasher, seconds),
            answer_seconds=ANSWER_SECONDS, seconds=seconds + ANSWER_SECONDS)
        if hasher.hexdigest() != file.digest:
            raise Problem(f"what it sent is not the official file, by its {LABELS[file.algorithm]}")
    except Problem as problem:
        report(f"{url}: {problem}")
        problems.append(f"{url}: {problem}")
        return None
    return Path(path)


def unreachable(name, directory, file, problems, package="", installed=""):
    """Returns the error that no source has a file: what, where, and what to do."""
    advice = f"check the network, or put {file} into {directory} and run this again"
    if package:
        advice += f"; Debian's package {package} has the set (apt install {package}), in {installed}"
    return Problem(f"{name}: no source has {file} ({'; '.join(problems)}); {advice}")
