"""Sets that are a part of a large archive: the splits of EMNIST, a zip file of gzip files.

Only the archive has a published hash. Therefore the files that were extracted from it are listed with their
SHA-256 in the file SHA256SUMS beside them, and a later run checks them against that list.
"""

import contextlib
import zipfile
import zlib

from checks import check_plain, digest_of, idx_count, is_file, is_official, listed, write_sums
from sources import LABELS, fetched, mirrors_of, unreachable
from transfer import BLOCK, Problem, place_file, report, set_aside


def official_archive(name, data, directory, aside):
    """Returns the path of the archive: the user's own in `directory`, else a downloaded one."""
    archive, problems = data.archive, []
    own = directory / archive.name
    if is_file(own):
        if is_official(own, archive):
            return own
        report(f"{own} is not the official archive: not used")
    for mirror in mirrors_of(data.mirrors):
        path = fetched(mirror, archive, aside, problems)
        if path is not None:
            report(f"{archive.name} from {mirror}, {LABELS[archive.algorithm]} checked")
            return path
    raise unreachable(name, directory, archive.name, problems)


@contextlib.contextmanager
def opened(path, archive):
    """Opens the archive; makes the errors of zipfile a Problem."""
    try:
        with zipfile.ZipFile(path) as content:
            yield content
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError, RuntimeError, zlib.error) as error:
        reason = str(error).strip("'\"")
        raise Problem(f"{archive.name} cannot be unpacked ({reason}); no file of it was used") from None


def copy(source, target, size, name):
    """Copies exactly `size` bytes, in blocks; raises Problem if the source has more or fewer."""
    left = size
    while left >= 0 and (block := source.read(min(BLOCK, left + 1))):
        left -= len(block)
        if left >= 0:
            target.write(block)
    if left != 0:
        raise Problem(f"{name} in the archive has {'more' if left < 0 else 'fewer'} than {size} bytes")


def place_new(directory, aside, names):
    """Places extracted files, except those that are there already, and lists them in SHA256SUMS."""
    sums = {}
    for name in names:
        with open(aside / name, "rb") as file:
            sums[name] = digest_of(file)
        path = directory / name
        if is_file(path):
            with open(path, "rb") as file:
                same = digest_of(file) == sums[name]
            if same:
                continue
            set_aside(path, "the file of the archive")
        place_file(directory, aside / name, name)
        report(f"{path} extracted")
    write_sums(directory, aside, sums)


def bring_split(name, data, directory, aside):
    """Brings a SplitSet; returns what was checked, and whether nothing was missing."""
    complete = listed(directory, data.files)
    if not complete:
        path = official_archive(name, data, directory, aside)
        with opened(path, data.archive) as archive:
            for file in data.files:
                member = archive.getinfo(data.folder + file)
                if member.file_size > data.content_limit:
                    raise Problem(f"{file} in the archive has {member.file_size} bytes, too many")
                with archive.open(member) as source, open(aside / file, "wb") as target:
                    copy(source, target, member.file_size, file)
        counts = [idx_count(aside / file, data.content_limit) for file in data.files]
        for images, labels in ((0, 1), (2, 3)):
            if counts[images] != counts[labels]:
                raise Problem(
                    f"{data.files[images]} has {counts[images]} images, {data.files[labels]} has"
                    f" {counts[labels]} labels; no file was used")
        place_new(directory, aside, data.files)
    for file in data.files:
        check_plain(directory / file)
    return "SHA-256", complete
