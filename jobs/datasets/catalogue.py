"""The data sets of get_data.py: official mirrors, names, sizes and hashes, with the source of each fact.

Sources:
[tfds] TensorFlow Datasets, tensorflow_datasets/url_checksums/NAME.txt: size and SHA-256 of what a mirror sends
[torchvision] torchvision/datasets/mnist.py: mirrors, names, MD5
[zalando] github.com/zalandoresearch/fashion-mnist, README.md: MD5
[medmnist] github.com/MedMNIST/MedMNIST, medmnist/info.py, version 3.0.2: mirror, MD5, number of samples
"""

from typing import NamedTuple, Optional, Tuple


class Content(NamedTuple):
    """An uncompressed file."""

    size: int
    sha256: str


class File(NamedTuple):
    """A file that a mirror has under this name."""

    name: str
    size: int  # in bytes; a limit if the size is not published
    digest: str
    algorithm: str = "sha256"
    content: Optional[Content] = None  # of a gzip file, if its hash is known: then any gzip file of it is right


class FileSet(NamedTuple):
    """A set whose mirrors have each file by itself."""

    mirrors: Tuple[str, ...]
    files: Tuple[File, ...]
    installed: str = ""  # a directory where a package of the system installs the set
    package: str = ""


class SplitSet(NamedTuple):
    """A set that is four gzip files of a large archive."""

    mirrors: Tuple[str, ...]
    archive: File
    folder: str
    files: Tuple[str, ...]
    content_limit: int  # no file is larger than this when it is uncompressed


def idx_size(images, side=28):
    return 16 + images * side * side


# gzip files: [tfds] fashion_mnist.txt, [torchvision], [zalando]. Contents: computed from Debian's package,
# version 0.0~git20200523.55506a9-1. Debian removed the name and the time from the headers of its gzip files;
# with the official name and time in its header, each file has the size, SHA-256 and MD5 of these sources.
FASHION = FileSet(
    ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    (
        File("train-images-idx3-ubyte.gz", 26421880,
             "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
             content=Content(idx_size(60000), "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888")),
        File("train-labels-idx1-ubyte.gz", 29515,
             "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
             content=Content(8 + 60000, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9")),
        File("t10k-images-idx3-ubyte.gz", 4422102,
             "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
             content=Content(idx_size(10000), "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b")),
        File("t10k-labels-idx1-ubyte.gz", 5148,
             "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
             content=Content(8 + 10000, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34")),
    ),
    installed="/usr/share/datasets/fashion-mnist",
    package="dataset-fashion-mnist",
)

# [tfds] kmnist.txt, [torchvision]. No hash of the uncompressed files is published.
KMNIST = FileSet(
    ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    (
        File("train-images-idx3-ubyte.gz", 18165135,
             "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        File("train-labels-idx1-ubyte.gz", 29497,
             "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        File("t10k-images-idx3-ubyte.gz", 3041136,
             "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        File("t10k-labels-idx1-ubyte.gz", 5120,
             "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ),
)

# [tfds] qmnist.txt, [torchvision]. No hash of the uncompressed files is published.
QMNIST = FileSet(
    ("https://raw.githubusercontent.com/facebookresearch/qmnist/master/",),
    (
        File("qmnist-train-images-idx3-ubyte.gz", 9704059,
             "9e26a7bf1683614e065d7b76460ccd52807165b3f22561fb782bd9f38c52b51d"),
        File("qmnist-train-labels-idx2-int.gz", 463024,
             "2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f"),
        File("qmnist-test-images-idx3-ubyte.gz", 9742279,
             "43fc22bf7498b8fc98de98369d72f752d0deabc280a43a7bcc364ab19e57b375"),
        File("qmnist-test-labels-idx2-int.gz", 526800,
             "9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06"),
    ),
)

# [tfds] emnist.txt; [torchvision] has the MD5 58c8d27c78d21e728a6bc7b3cc06412e. The first mirror is that of
# torchvision since its pull request 8350, the second that of [tfds].
EMNIST_MIRRORS = (
    "https://biometrics.nist.gov/cs_links/EMNIST/",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
)
EMNIST_ARCHIVE = File(
    "gzip.zip", 561753746, "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e")
EMNIST_SPLITS = ("balanced", "byclass", "bymerge", "digits", "letters", "mnist")  # [torchvision]


def emnist(split):
    """Returns a split of EMNIST. Its largest file is byclass's, with 697,932 images ([tfds], mnist.py)."""
    parts = ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")
    names = tuple(f"emnist-{split}-{part}-ubyte.gz" for part in parts)
    return SplitSet(EMNIST_MIRRORS, EMNIST_ARCHIVE, "gzip/", names, idx_size(697932))


# [medmnist]: the sets of images with one label each. Only the MD5 of each archive is published. Not here:
# chestmnist, which has 14 labels for an image, and the sets of three dimensions.
# Name: MD5, number of samples of all parts, channels.
MEDMNIST = {
    "bloodmnist": ("7053d0359d879ad8a5505303e11de1dc", 11959 + 1712 + 3421, 3),
    "breastmnist": ("750601b1f35ba3300ea97c75c52ff8f6", 546 + 78 + 156, 1),
    "dermamnist": ("0744692d530f8e62ec473284d019b0c7", 7007 + 1003 + 2005, 3),
    "octmnist": ("c68d92d5b585d8d81f7112f81e2d0842", 97477 + 10832 + 1000, 1),
    "organamnist": ("68e3f8846a6bd62f0c9bf841c0d9eacc", 34561 + 6491 + 17778, 1),
    "organcmnist": ("b9ceb9546e10131b32923c5bbeaea2b1", 12975 + 2392 + 8216, 1),
    "organsmnist": ("9ab87b696fb54e2a387ebe992d6ed5f1", 13932 + 2452 + 8827, 1),
    "pathmnist": ("a8b06965200029087d5bd730944a56c1", 89996 + 10004 + 7180, 3),
    "pneumoniamnist": ("28209eda62fecd6e6a2d98b1501bb15f", 4708 + 524 + 624, 1),
    "retinamnist": ("bd4c0672f1bba3e3a89f0e4e876791e4", 1080 + 120 + 400, 3),
    "tissuemnist": ("ebe78ee8b05294063de985d821c1c34b", 165466 + 23640 + 47280, 1),
}


def medmnist(name):
    """Returns a set of MedMNIST. Its archive is at most a little larger than its arrays."""
    md5, samples, channels = MEDMNIST[name]
    limit = samples * (28 * 28 * channels + 1) + (1 << 20)
    file = File(f"{name}.npz", limit, md5, algorithm="md5")
    return FileSet(("https://zenodo.org/records/10519652/files/",), (file,))


SETS = {
    "fashion-mnist": FASHION,
    "kmnist": KMNIST,
    "qmnist": QMNIST,
    **{f"emnist-{split}": emnist(split) for split in EMNIST_SPLITS},
    **{name: medmnist(name) for name in MEDMNIST},
}
