"""Sets that are a part of a large archive, as the splits of EMNIST are."""

import gzip
import io
import struct
import unittest
import zipfile

from support import Case, catalogue, images, labels, sha256

PARTS = ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")
FILES = tuple(f"emnist-made-{part}-ubyte.gz" for part in PARTS)
CONTENTS = dict(zip(FILES, (images(30), labels(30), images(10), labels(10))))
LIMIT = len(images(30))
SUMS = "SHA256SUMS"


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class SplitTests(Case):
    def made(self, changed={}, change=lambda archive: archive):
        """Returns a mirror and the set of its archive, in which some gzip files are changed."""
        packed = {name: gzip.compress(content) for name, content in CONTENTS.items()}
        packed.update(changed)
        members = {f"gzip/{name}": content for name, content in packed.items() if content is not None}
        members["gzip/emnist-other-train-images-idx3-ubyte.gz"] = gzip.compress(images(50))
        archive = change(zipped(members))
        mirror = self.mirror({"gzip.zip": archive})
        official = catalogue.File("gzip.zip", len(archive), sha256(archive))
        return mirror, catalogue.SplitSet((mirror.url,), official, "gzip/", FILES, LIMIT)

    def test_extracts_the_split_only(self):
        mirror, data = self.made()
        self.assertIn("gzip.zip from", self.succeed(data))
        self.assertEqual(self.present(), sorted([SUMS, *FILES]))
        for name in FILES:
            self.assertEqual(gzip.decompress((self.directory / name).read_bytes()), CONTENTS[name])
        inodes = [(self.directory / name).stat().st_ino for name in FILES]
        self.assertIn("already there", self.succeed(data))
        self.assertEqual(mirror.requests, ["gzip.zip"])
        self.assertEqual(inodes, [(self.directory / name).stat().st_ino for name in FILES])

    def test_uses_the_users_archive(self):
        mirror, data = self.made()
        self.directory.mkdir()
        (self.directory / "gzip.zip").write_bytes(mirror.files["gzip.zip"])
        self.succeed(data)
        self.assertEqual(mirror.requests, [])
        self.assertEqual(self.present(), sorted([SUMS, "gzip.zip", *FILES]))

    def test_checks_files_against_the_archive(self):
        mirror, data = self.made()
        self.succeed(data)
        (self.directory / FILES[1]).write_bytes(gzip.compress(labels(31)))
        inode = (self.directory / FILES[0]).stat().st_ino
        self.assertIn("is not the file of the archive", self.succeed(data))
        self.assertEqual(len(mirror.requests), 2)
        self.assertEqual(self.present(), sorted([SUMS, FILES[1] + ".rejected", *FILES]))
        self.assertEqual((self.directory / FILES[0]).stat().st_ino, inode)

    def test_keeps_unknown_files_when_the_archive_cannot_be_fetched(self):
        mirror, data = self.made()
        del mirror.files["gzip.zip"]
        self.directory.mkdir()
        for name, content in CONTENTS.items():
            (self.directory / name).write_bytes(gzip.compress(content))
        self.fail_with(data, "no source has gzip.zip", "Not Found", f"put gzip.zip into {self.directory}")
        self.assertEqual(self.present(), sorted(FILES))

    def test_refuses_another_archive(self):
        mirror, data = self.made()
        mirror.files["gzip.zip"] = zipped({f"gzip/{name}": b"wrong" for name in FILES})
        self.fail_with(data, "not the official file, by its SHA-256")
        mirror.cut.add("gzip.zip")
        self.fail_with(data, "cut off")
        self.assertEqual(self.present(), [])

    def refused(self, *parts, **how):
        self.fail_with(self.made(**how)[1], *parts)
        self.assertEqual(self.present(), [])

    def test_refuses_a_member_that_is_longer_than_the_archive_says(self):
        def change(archive):
            # The uncompressed size of the first member, in its own header and in the directory at the end.
            changed = bytearray(archive)
            for mark, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
                at = changed.index(mark) + offset
                (size,) = struct.unpack_from("<I", changed, at)
                struct.pack_into("<I", changed, at, size - 5)
            return bytes(changed)
        self.refused("gzip.zip cannot be unpacked", "no file of it was used", change=change)

    def test_refuses_a_member_that_is_shorter_than_the_archive_says(self):
        def change(archive):
            changed = bytearray(archive)
            at = changed.index(b"PK\1\2") + 24
            struct.pack_into("<I", changed, at, struct.unpack_from("<I", changed, at)[0] + 5)
            return bytes(changed)
        self.refused(FILES[0], "fewer than", change=change)

    def test_refuses_a_member_that_is_too_large(self):
        self.refused(FILES[1], "too many", changed={FILES[1]: bytes(LIMIT + 1)})

    def test_refuses_content_that_its_header_does_not_promise(self):
        bomb = gzip.compress(labels(30) + bytes(1 << 24))
        self.refused(FILES[1], "more bytes than its header promises", changed={FILES[1]: bomb})
        short = gzip.compress(images(30)[:-1])
        self.refused(FILES[0], "fewer bytes than its header promises", changed={FILES[0]: short})
        promise = gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 1 << 20, 1 << 10, 1 << 10))
        self.refused(FILES[0], f"promises {1 << 40} bytes", changed={FILES[0]: promise})

    def test_refuses_what_is_no_gzip_file_or_missing(self):
        self.refused(FILES[2], "damaged", changed={FILES[2]: b"no gzip file"})
        self.refused(FILES[2], "not an IDX file", changed={FILES[2]: gzip.compress(b"no IDX file")})
        self.refused(FILES[2], "cannot be unpacked", changed={FILES[2]: None})

    def test_refuses_labels_of_another_number(self):
        self.refused("30 images", "29 labels", changed={FILES[1]: gzip.compress(labels(29))})


if __name__ == "__main__":
    unittest.main()
