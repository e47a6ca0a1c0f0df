"""A mirror on this machine, made data sets, and a start of get_data.py on them."""

import gzip
import hashlib
import http.server
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "jobs/datasets"))
import catalogue  # noqa: E402

WEB_PAGE = b"\n<!DOCTYPE html><html><body>The data have moved.</body></html>"
LIMIT_SECONDS = 120  # of a run, so that one that hangs is a failure


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def images(count, side=28, seed=1):
    """Returns made images as an IDX file."""
    pixels = bytes((seed + 7 * k) % 256 for k in range(count * side * side))
    return struct.pack(">4B3I", 0, 0, 8, 3, count, side, side) + pixels


def labels(count):
    return struct.pack(">4BI", 0, 0, 8, 1, count) + bytes(k % 10 for k in range(count))


class Mirror(http.server.ThreadingHTTPServer):
    """Sends `files` and notes the requests. A name in `cut` is sent by half, and one in `hangs` never ends."""

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.cut, self.hangs = dict(files), set(), set()
        self.requests = []
        self.half_sent, self.released = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, address):
        pass  # a client that refuses an answer, or is ended by a test, closes its connection

    def close(self):
        self.released.set()
        self.shutdown()
        self.server_close()


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.lstrip("/")
        self.server.requests.append(name)
        content = self.server.files.get(name)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if name in self.server.cut | self.server.hangs:
            self.wfile.write(content[:len(content) // 2])
            self.wfile.flush()
            self.server.half_sent.set()
            if name in self.server.hangs:
                self.server.released.wait(LIMIT_SECONDS)
            return
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


class Case(unittest.TestCase):
    """A test with an empty folder, mirrors that end with it, and runs of get_data.py."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="get-data-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.directory = self.folder / "data"

    def mirror(self, files):
        mirror = Mirror(files)
        self.addCleanup(mirror.close)
        return mirror

    def start(self, sets, *arguments, **environment):
        table = self.folder / "table"
        table.write_bytes(pickle.dumps(sets))
        return subprocess.Popen(
            [sys.executable, str(ROOT / "Tests/GetData/with_sets.py"), str(table), *map(str, arguments)],
            env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def end(self, process):
        """Waits for a run; returns (exit code, stdout, stderr)."""
        out, err = process.communicate(timeout=LIMIT_SECONDS)
        return process.returncode, out, err

    def get(self, data, **environment):
        """Runs get_data.py on one set, called `made`."""
        return self.end(self.start({"made": data}, "made", self.directory, **environment))

    def succeed(self, data, **environment):
        code, out, err = self.get(data, **environment)
        self.assertEqual((code, err), (0, ""), out)
        return out

    def fail_with(self, data, *parts):
        """Runs get_data.py on one set: exit code 1, and one line on stderr that has all the parts."""
        code, out, err = self.get(data)
        self.assertEqual(code, 1, out + err)
        self.assertEqual(len(err.splitlines()), 1, err)
        for part in parts:
            self.assertIn(part, err)
        return out

    def present(self):
        """Returns the names in the directory, also those of temporary files."""
        return sorted(path.name for path in self.directory.iterdir())


def gzip_set(mirrors, contents, **more):
    """Returns ({name: gzip file}, FileSet) of {name without .gz: content}."""
    files, table = {}, []
    for name, content in contents.items():
        packed = gzip.compress(content, mtime=0)
        files[name + ".gz"] = packed
        table.append(catalogue.File(name + ".gz", len(packed), sha256(packed)))
    return files, catalogue.FileSet(tuple(mirrors), tuple(table), **more)
