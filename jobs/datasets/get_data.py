"""Downloads a data set into a directory and checks it; started by get-data.sh as `get_data.py NAME DIR`.

Without arguments it prints the names. Every file is written to a temporary name in DIR, synced and renamed, so
that the program can be interrupted, and two of them can run at the same time.
"""

import shutil
import sys
from pathlib import Path

import archives
import catalogue
import get_mnist
from checks import check_plain, file_has, is_file, is_official
from sources import LABELS, fetched, mirrors_of, unreachable
from transfer import Problem, place_file, report, run, set_aside, temporary_folder

ASIDE = ".get-data-"


def from_directory(directory, file):
    """Returns True if the file is present, as gzip file or uncompressed; renames a wrong one."""
    packed = directory / file.name
    plain = packed.with_suffix("")
    if file.content is not None and is_file(plain):
        if file_has(plain, file.content.size, "sha256", file.content.sha256):
            return True
        set_aside(plain, "the official file")
    if is_file(packed):
        if is_official(packed, file):
            check_plain(packed)
            return True
        set_aside(packed, "the official file")
    return False


def from_package(directory, aside, data, file):
    """Returns True if the file was copied from where a package of the system installs it."""
    source = Path(data.installed) / file.name
    if not data.installed or not source.is_file():
        return False
    copy = aside / file.name
    shutil.copyfile(source, copy)
    if not is_official(copy, file):
        report(f"{source} is not the official file: not used")
        return False
    place_file(directory, copy, file.name)
    report(f"{directory / file.name} from {data.installed}, Debian's package {data.package}")
    return True


def bring_files(name, data, directory, aside):
    """Brings a FileSet; returns what was checked, and whether nothing was missing."""
    missing = [file for file in data.files if not from_directory(directory, file)]
    complete = not missing
    missing = [file for file in missing if not from_package(directory, aside, data, file)]
    problems = []
    for mirror in mirrors_of(data.mirrors):
        for file in missing[:]:
            path = fetched(mirror, file, aside, problems)
            if path is None:
                break
            place_file(directory, path, file.name)
            check_plain(directory / file.name)
            report(f"{directory / file.name} from {mirror}")
            missing.remove(file)
    if missing:
        raise unreachable(
            name, directory, missing[0].name, problems, package=data.package, installed=data.installed)
    return LABELS[data.files[0].algorithm], complete


def bring(name, data, directory):
    """Brings the files of a set that `directory` lacks; raises Problem if that fails."""
    bring_set = bring_files if isinstance(data, catalogue.FileSet) else archives.bring_split
    with temporary_folder(directory, ASIDE) as aside:
        checked, complete = bring_set(name, data, directory, aside)
    there = ", already there" if complete else ""
    report(f"{directory}: all official files of {name}{there}, {checked} checked")


def main(arguments, sets=catalogue.SETS):
    names = ["mnist", *sets]
    if not arguments:
        print("\n".join(names))
        return 0
    name, directory = arguments[0], Path(arguments[1])
    if name == "mnist":
        mirrors = mirrors_of(get_mnist.MIRRORS)
        return run("get-data", directory, lambda: get_mnist.bring(directory, mirrors))
    if name not in sets:
        print(f"get-data: no data set {name!r}; the names are: {', '.join(names)}", file=sys.stderr)
        return 2
    return run("get-data", directory, lambda: bring(name, sets[name], directory))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
