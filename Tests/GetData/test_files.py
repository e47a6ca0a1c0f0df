"""Sets whose mirrors have each file by itself."""

import gzip
import hashlib
import signal
import socket
import unittest

from support import WEB_PAGE, Case, catalogue, gzip_set, images, labels, sha256

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
CONTENTS = {NAMES[0]: images(20), NAMES[1]: labels(20)}
PACKED = [name + ".gz" for name in NAMES]


class FileTests(Case):
    def made(self, **more):
        """Returns a mirror and the set that it has."""
        mirror = self.mirror({})
        mirror.files, data = gzip_set([mirror.url], CONTENTS, **more)
        return mirror, data

    def test_downloads_and_keeps(self):
        mirror, data = self.made()
        out = self.succeed(data)
        self.assertIn("SHA-256 checked", out)
        self.assertEqual(self.present(), PACKED)
        for name in NAMES:
            self.assertEqual(gzip.decompress((self.directory / f"{name}.gz").read_bytes()), CONTENTS[name])
        before = [(self.directory / name).stat() for name in PACKED]
        requests = list(mirror.requests)
        self.assertIn("already there", self.succeed(data))
        self.assertEqual(mirror.requests, requests)
        after = [(self.directory / name).stat() for name in PACKED]
        self.assertEqual([(s.st_ino, s.st_mtime_ns) for s in before], [(s.st_ino, s.st_mtime_ns) for s in after])

    def refused(self, change, *parts):
        """A mirror whose first file is changed: nothing is left of it, and the message says why."""
        mirror, data = self.made()
        change(mirror)
        self.fail_with(
            data, mirror.url + PACKED[0], f"made: no source has {PACKED[0]}", f"into {self.directory}", *parts)
        self.assertEqual(self.present(), [])

    def test_refuses_another_file(self):
        def change(mirror):
            content = bytearray(mirror.files[PACKED[0]])
            content[-1] ^= 1
            mirror.files[PACKED[0]] = bytes(content)
        self.refused(change, "not the official file, by its SHA-256")

    def test_refuses_a_web_page(self):
        self.refused(lambda mirror: mirror.files.update({PACKED[0]: WEB_PAGE}), "a web page instead")

    def test_refuses_what_is_cut_off(self):
        self.refused(lambda mirror: mirror.cut.add(PACKED[0]), "cut off after")

    def test_refuses_what_is_too_long(self):
        self.refused(lambda mirror: mirror.files.update({PACKED[0]: bytes(1 << 20)}), "it sent more than")

    def test_names_a_missing_file(self):
        self.refused(lambda mirror: mirror.files.pop(PACKED[0]), "Not Found")

    def test_names_a_mirror_that_cannot_be_reached(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
            url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
            _, data = gzip_set([url], CONTENTS, installed="/nowhere/made", package="dataset-made")
            self.fail_with(
                data, f"no source has {PACKED[0]} ({url}{PACKED[0]}: ", "refused", "check the network",
                f"into {self.directory}", "apt install dataset-made", "/nowhere/made")
        self.assertEqual(self.present(), [])

    def test_uses_the_second_mirror(self):
        mirror, data = self.made()
        empty = self.mirror({})
        out = self.succeed(data._replace(mirrors=(empty.url, mirror.url)))
        self.assertIn(f"{empty.url}{PACKED[0]}: Not Found", out)
        self.assertEqual(self.present(), PACKED)

    def test_uses_the_users_mirror_only(self):
        official, data = self.made()
        own = self.mirror({f"sets/{name}": content for name, content in official.files.items()})
        self.succeed(data, MNIST_MPI_MIRROR=own.url + "sets")
        self.assertEqual((len(own.requests), official.requests), (2, []))
        (self.directory / PACKED[0]).unlink()
        own.files[f"sets/{PACKED[0]}"] = gzip.compress(images(20, seed=2))
        code, _, err = self.get(data, MNIST_MPI_MIRROR=own.url + "sets")
        self.assertEqual((code, official.requests), (1, []), err)

    def test_replaces_a_wrong_file(self):
        _, data = self.made()
        self.directory.mkdir()
        (self.directory / PACKED[0]).write_bytes(b"wrong")
        self.assertIn("is not the official file: kept as", self.succeed(data))
        self.assertEqual(self.present(), sorted([*PACKED, PACKED[0] + ".rejected"]))
        self.assertEqual((self.directory / (PACKED[0] + ".rejected")).read_bytes(), b"wrong")

    def test_sets_an_uncompressed_file_with_another_content_aside(self):
        _, data = self.made()
        self.succeed(data)
        (self.directory / NAMES[0]).write_bytes(CONTENTS[NAMES[0]])
        (self.directory / NAMES[1]).write_bytes(CONTENTS[NAMES[1]] + b"1")
        self.assertIn(f"using {PACKED[1]}", self.succeed(data))
        self.assertEqual(self.present(), sorted([*PACKED, NAMES[0], NAMES[1] + ".rejected"]))

    def test_accepts_the_right_content_by_its_own_hash(self):
        mirror, data = self.made()
        files = tuple(
            file._replace(content=catalogue.Content(len(content), sha256(content)))
            for file, content in zip(data.files, CONTENTS.values()))
        self.directory.mkdir()
        (self.directory / NAMES[0]).write_bytes(CONTENTS[NAMES[0]])
        (self.directory / PACKED[1]).write_bytes(gzip.compress(CONTENTS[NAMES[1]], 1, mtime=9))
        self.assertIn("already there", self.succeed(data._replace(files=files)))
        self.assertEqual(mirror.requests, [])
        self.assertEqual(self.present(), sorted([NAMES[0], PACKED[1]]))

    def test_copies_what_a_package_has_installed(self):
        mirror, data = self.made(installed=str(self.folder / "package"), package="dataset-made")
        (self.folder / "package").mkdir()
        for name in PACKED:
            (self.folder / "package" / name).write_bytes(mirror.files[name])
        (self.folder / "package" / PACKED[1]).write_bytes(b"wrong")
        self.assertIn("Debian's package dataset-made", self.succeed(data))
        self.assertEqual((mirror.requests, self.present()), ([PACKED[1]], PACKED))

    def test_an_archive_of_arrays_by_its_md5(self):
        content = b"arrays"
        mirror = self.mirror({"made.npz": content})
        file = catalogue.File("made.npz", 1000, hashlib.md5(content).hexdigest(), algorithm="md5")
        data = catalogue.FileSet((mirror.url,), (file,))
        self.assertIn("MD5 checked", self.succeed(data))
        self.assertIn("already there", self.succeed(data))
        self.assertEqual((mirror.requests, self.present()), (["made.npz"], ["made.npz"]))
        (self.directory / "made.npz").unlink()
        mirror.files["made.npz"] = b"others"
        self.fail_with(data, "not the official file, by its MD5")

    def test_a_signal_leaves_nothing_behind(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            mirror, data = self.made()
            mirror.hangs.add(PACKED[0])
            process = self.start({"made": data}, "made", self.directory)
            self.assertTrue(mirror.half_sent.wait(60))
            process.send_signal(number)
            code, out, err = self.end(process)
            self.assertEqual((code, err), (128 + number, ""), out)
            self.assertEqual(self.present(), [])

    def test_two_runs_at_once(self):
        mirror, data = self.made()
        runs = [self.start({"made": data}, "made", self.directory) for _ in range(2)]
        for run in runs:
            code, out, err = self.end(run)
            self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(self.present(), PACKED)
        for name in PACKED:
            self.assertEqual((self.directory / name).read_bytes(), mirror.files[name])

    def test_lists_the_names(self):
        _, data = self.made()
        code, out, err = self.end(self.start({"made": data, "other": data}, "mady", self.directory))
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(err, "get-data: no data set 'mady'; the names are: mnist, made, other\n")
        self.assertFalse(self.directory.exists())


if __name__ == "__main__":
    unittest.main()
