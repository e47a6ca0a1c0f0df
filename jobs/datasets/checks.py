"""Hashes of files, the form of IDX files, and the list of files that an archive was the source of."""

import gzip
import hashlib
import os
import struct
import zlib

from transfer import BLOCK, Problem, place, set_aside

DAMAGED = (OSError, EOFError, zlib.error)  # what gzip raises for a damaged file
SUMS = "SHA256SUMS"


def digest_of(stream, algorithm="sha256", limit=None):
    """Returns the hash of a stream as hexadecimal digits; None if it is longer than `limit` bytes."""
    hasher, size = hashlib.new(algorithm, usedforsecurity=False), 0
    while block := stream.read(BLOCK):
        size += len(block)
        if limit is not None and size > limit:
            return None
        hasher.update(block)
    return hasher.hexdigest()


def file_has(path, size, algorithm, digest):
    """Returns True if a file has this hash and not more than `size` bytes."""
    with open(path, "rb") as file:
        return os.fstat(file.fileno()).st_size <= size and digest_of(file, algorithm) == digest


def content_has(path, content):
    """Returns True if the uncompressed content of a gzip file is `content`."""
    try:
        with gzip.open(path) as file:
            return digest_of(file, limit=content.size) == content.sha256
    except DAMAGED:
        return False


def is_official(path, file):
    """Returns True if a file is this one of the catalogue."""
    if file_has(path, file.size, file.algorithm, file.digest):
        return True
    return file.content is not None and content_has(path, file.content)


def is_file(path):
    """Returns True if the path is a file; raises Problem if it is a directory."""
    if path.is_dir():
        raise Problem(f"{path} is a directory; remove it and run this again")
    return path.exists()


def equal(one, other):
    while True:
        left, right = one.read(BLOCK), other.read(BLOCK)
        if left != right:
            return False
        if not left:
            return True


def check_plain(packed):
    """Renames the uncompressed file beside a right gzip file if it has another content."""
    plain = packed.with_suffix("")
    if packed.suffix != ".gz" or not is_file(plain):
        return
    with open(plain, "rb") as file, gzip.open(packed) as content:
        same = equal(file, content)
    if not same:
        set_aside(plain, f"the content of {packed.name}", f"using {packed.name}")


def idx_count(path, limit):
    """Returns the number of items of a gzip file in IDX format.

    Raises Problem if the file is damaged, or if its header does not agree with its length, or promises more than
    `limit` bytes.
    """
    try:
        with gzip.open(path) as file:
            start = file.read(4)
            if len(start) < 4 or start[:3] != b"\0\0\x08" or not 1 <= start[3] <= 3:
                raise Problem(f"{path.name} is not an IDX file of bytes")
            dimensions = struct.unpack(f">{start[3]}I", file.read(4 * start[3]))
            left = 1
            for dimension in dimensions:
                left *= dimension
            if left > limit:
                raise Problem(f"{path.name} promises {left} bytes, more than {limit}")
            while left >= 0 and (block := file.read(min(BLOCK, left + 1))):
                left -= len(block)
    except (*DAMAGED, struct.error) as error:
        raise Problem(f"{path.name} is damaged ({error})") from None
    if left != 0:
        raise Problem(f"{path.name} has {'more' if left < 0 else 'fewer'} bytes than its header promises")
    return dimensions[0]


def read_sums(directory):
    """Returns {name: SHA-256} of the file SHA256SUMS; empty without one."""
    sums = {}
    try:
        lines = (directory / SUMS).read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return sums
    for line in lines:
        digest, _, name = line.partition("  ")
        if len(digest) == 64 and name:
            sums[name] = digest
    return sums


def write_sums(directory, aside, added):
    """Adds to the file SHA256SUMS; `sha256sum -c` reads it too."""
    sums = {**read_sums(directory), **added}
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    place(directory, aside, SUMS, text.encode("ascii"))


def listed(directory, names):
    """Returns True if SHA256SUMS has the hash of each of the files."""
    sums = read_sums(directory)
    for name in names:
        path = directory / name
        if name not in sums or not is_file(path):
            return False
        with open(path, "rb") as file:
            if digest_of(file) != sums[name]:
                return False
    return True
