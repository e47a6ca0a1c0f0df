#!/usr/bin/env python3
"""Brings single files out of a wheel without fetching the wheel.

    remote_file.py PACKAGE VERSION DIRECTORY NAME...    VERSION: its first numbers; NAME: the end of a path

A wheel is a zip archive: its table stands at the end, and a server that answers for ranges of bytes gives
that and the named files alone.
"""

import io
import pathlib
import re
import subprocess
import sys
import urllib.request
import zipfile


class RemoteFile(io.RawIOBase):
    """A file behind a URL, read a range at a time."""

    def __init__(self, url):
        self.url, self.place = url, 0
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
            self.size = int(answer.headers["Content-Length"])

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.place

    def seek(self, offset, whence=io.SEEK_SET):
        self.place = offset + (0, self.place, self.size)[whence]
        return self.place

    def readinto(self, buffer):
        end = min(self.place + len(buffer), self.size)
        if end <= self.place:
            return 0
        request = urllib.request.Request(
            self.url, headers={"Range": f"bytes={self.place}-{end - 1}"})
        with urllib.request.urlopen(request) as answer:
            if answer.status != 206:
                raise OSError(f"{self.url}: no ranges of bytes can be had")
            data = answer.read()
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)


def wheel_url(name, version):
    """Where pip, as it is set up here, finds the newest wheel `version`.* for this kind of machine."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", name, "-vv"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    links = re.findall(r"Found link (https?://\S+\.whl)", told.stdout)
    wheels = [link for link in links if f"-{version}." in link and link.endswith("x86_64.whl")]
    if not wheels:
        sys.exit(f"{name} {version}: pip's index names no wheel")
    return max(wheels, key=lambda link: [int(n) for n in re.findall(r"\d+", link.split("-")[-4])])


def main(package, version, directory, *names):
    with zipfile.ZipFile(io.BufferedReader(RemoteFile(wheel_url(package, version)), 1 << 16)) as wheel:
        for name in names:
            member = next(path for path in wheel.namelist() if path.endswith("/" + name))
            target = pathlib.Path(directory) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(wheel.read(member))


main(*sys.argv[1:])
