"""The scripts jobs/get-data.sh and jobs/get-mnist.sh, and the table of official data sets."""

import gzip
import os
import re
import subprocess
import unittest
from pathlib import Path

from support import LIMIT_SECONDS, ROOT, Case, catalogue

MNIST = Path(os.environ.get("MNIST_DATA") or ROOT / "data/mnist")
MNIST_NAMES = (
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


class ScriptTests(Case):
    def script(self, name, *arguments, **environment):
        done = subprocess.run(
            [str(ROOT / "jobs" / name), *map(str, arguments)], env={**os.environ, **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        return done.returncode, done.stdout, done.stderr

    def test_usage(self):
        for arguments, code in (([], 2), (["-x"], 2), (["mnist", "a", "b"], 2), (["--help"], 0)):
            got, out, err = self.script("get-data.sh", *arguments)
            self.assertEqual((got, out), (code, ""), err)
            self.assertIn("usage: jobs/get-data.sh NAME [DIR]", err)
            self.assertIn("emnist-SPLIT", err)

    def test_names(self):
        code, out, err = self.script("get-data.sh", "emnist", self.directory)
        self.assertEqual((code, out), (2, ""))
        for name in ("mnist", *catalogue.SETS):
            self.assertRegex(err, rf"[ ,]{name}[,\n]")
        self.assertFalse(self.directory.exists())

    def test_the_help_has_every_name(self):
        text = (ROOT / "jobs/get-data.sh").read_text()
        for name in catalogue.SETS:
            self.assertRegex(text, rf"\b{name.replace('emnist-', '')}\b")

    def test_the_table_has_whole_hashes(self):
        for name, data in catalogue.SETS.items():
            files = data.files if isinstance(data, catalogue.FileSet) else (data.archive,)
            hashes = [(file.algorithm, file.digest) for file in files]
            hashes += [("sha256", file.content.sha256) for file in files if file.content]
            self.assertEqual(len(set(hashes)), len(hashes), name)
            for algorithm, digest in hashes:
                digits = {"sha256": 64, "md5": 32}[algorithm]
                self.assertTrue(re.fullmatch(f"[0-9a-f]{{{digits}}}", digest), f"{name}: {digest}")

    @unittest.skipUnless(Path(catalogue.FASHION.installed).is_dir(), "dataset-fashion-mnist is not installed")
    def test_real_fashion_mnist(self):
        code, out, err = self.script("get-data.sh", "fashion-mnist", self.directory)
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(self.present(), sorted(file.name for file in catalogue.FASHION.files))
        for file in catalogue.FASHION.files:
            path = self.directory / file.name
            path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
            path.unlink()
        # Now the uncompressed files, by the hashes of their content.
        code, out, err = self.script("get-data.sh", "fashion-mnist", self.directory)
        self.assertEqual((code, err), (0, ""), out)
        self.assertIn("already there", out)

    def with_mnist(self):
        """Fills the directory with links to MNIST, except the last file, whose gzip file it returns."""
        self.directory.mkdir()
        for name in MNIST_NAMES[:-1]:
            (self.directory / name).symlink_to((MNIST / name).resolve())
        return gzip.compress((MNIST / MNIST_NAMES[-1]).read_bytes())

    @unittest.skipUnless((MNIST / MNIST_NAMES[-1]).is_file(), f"no uncompressed MNIST in {MNIST}")
    def test_mnist(self):
        name = MNIST_NAMES[-1]
        mirror = self.mirror({f"{name}.gz": self.with_mnist()})
        code, out, err = self.script("get-data.sh", "mnist", self.directory, MNIST_MPI_MIRROR=mirror.url)
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(mirror.requests, [f"{name}.gz"])
        self.assertEqual(out.splitlines(), [
            f"{self.directory}/{name} from {mirror.url}",
            f"{self.directory}: the four official files, SHA-256 checked"])
        there = f"{self.directory}: the four official files are already there, SHA-256 checked\n"
        self.assertEqual(self.script("get-mnist.sh", self.directory), (0, there, ""))

    @unittest.skipUnless((MNIST / MNIST_NAMES[-1]).is_file(), f"no uncompressed MNIST in {MNIST}")
    def test_mnist_refuses_another_file(self):
        name = MNIST_NAMES[-1]
        mirror = self.mirror({f"{name}.gz": gzip.compress(gzip.decompress(self.with_mnist())[::-1])})
        code, out, err = self.script(
            "get-data.sh", "mnist", self.directory, MNIST_MPI_MIRROR=mirror.url, PIP_NO_INDEX="1")
        self.assertEqual(code, 1, out + err)
        self.assertIn(f"{name}.gz: what it sent is not the official file; trying the next source", out)
        self.assertRegex(err, rf"^get-data: no source has {name}: .*\n$")
        self.assertEqual(self.present(), sorted(MNIST_NAMES[:-1]))

    @unittest.skipUnless((MNIST / MNIST_NAMES[-1]).is_file(), f"no uncompressed MNIST in {MNIST}")
    def test_get_mnist_unpacks_and_replaces(self):
        name = MNIST_NAMES[-1]
        packed = self.with_mnist()
        (self.directory / f"{name}.gz").write_bytes(packed)
        (self.directory / name).write_bytes(b"wrong")
        code, out, err = self.script("get-mnist.sh", self.directory)
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(out.splitlines(), [
            f"{self.directory}/{name} is not the official file: kept as {name}.rejected, fetching it anew",
            f"{self.directory}/{name} unpacked from {name}.gz",
            f"{self.directory}: the four official files are already there, SHA-256 checked"])
        (self.directory / name).unlink()
        (self.directory / name).mkdir()
        self.assertEqual(self.script("get-mnist.sh", self.directory), (
            1, "", f"get-mnist: {self.directory}/{name} is a directory; remove it and run this again\n"))


if __name__ == "__main__":
    unittest.main()
