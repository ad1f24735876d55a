"""The data sets that can be downloaded; this is the only place that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnplay.catalog import kinds
from nnplay.data.arrays import DataError
from nnplay.data.download.archive import Archive, Arrays, AsPublished, File
from nnplay.data.download.california import NAME as CALIFORNIA_NAME
from nnplay.data.download.california import read_california
from nnplay.data.download.cifar import NAME as CIFAR_NAME
from nnplay.data.download.cifar import read_cifar
from nnplay.data.download.idx_files import IdxFiles
from nnplay.data.folders import data_folder
from nnplay.filesystem import look
from nnplay.translation import _, n_

_ALL = (
    Archive(
        "mnist",
        n_("MNIST"),
        n_("70,000 images of handwritten digits"),
        "CC BY-SA 3.0, Y. LeCun, C. Cortes, C. Burges",
        (
            File(
                "train-images-idx3-ubyte.gz",
                9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            File(
                "train-labels-idx1-ubyte.gz",
                28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            File(
                "t10k-images-idx3-ubyte.gz",
                1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            File(
                "t10k-labels-idx1-ubyte.gz",
                4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        ),
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        IdxFiles(),
        "Digits",
    ),
    Archive(
        "fashion-mnist",
        n_("Fashion-MNIST"),
        n_("70,000 images of clothes and shoes"),
        "MIT, Zalando SE",
        (
            File(
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            File(
                "train-labels-idx1-ubyte.gz",
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            File(
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
            File(
                "t10k-labels-idx1-ubyte.gz",
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ),
        (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ),
        IdxFiles(),
        "Digits",
    ),
    Archive(
        "kmnist",
        n_("KMNIST"),
        n_("70,000 images of historical Japanese characters"),
        "CC BY-SA 4.0, ROIS-DS Center for Open Data in the Humanities",
        (
            File(
                "train-images-idx3-ubyte.gz",
                18_165_135,
                "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            ),
            File(
                "train-labels-idx1-ubyte.gz",
                29_497,
                "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            ),
            File(
                "t10k-images-idx3-ubyte.gz",
                3_041_136,
                "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            ),
            File(
                "t10k-labels-idx1-ubyte.gz",
                5_120,
                "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            ),
        ),
        # No other mirror is known. The second is the same host without encryption, in case its
        # certificate is rejected; the checksum protects against altered files.
        (
            "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        ),
        IdxFiles(),
        "Digits",
    ),
    Archive(
        "cifar-10",
        n_("CIFAR-10"),
        n_("60,000 small colour photographs in ten classes"),
        n_("no formal licence; its author A. Krizhevsky asks to be cited (2009)"),
        (
            File(
                CIFAR_NAME,
                170_052_171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            ),
        ),
        (
            "https://www.cs.toronto.edu/~kriz/",
            "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
        ),
        AsPublished(read_cifar),
        "Digits",
    ),
    Archive(
        "california-housing",
        n_("California housing"),
        n_("20,640 housing blocks from the 1990 census"),
        n_("CC BY 4.0 at figshare; R. K. Pace, R. Barry, from StatLib (1997)"),
        (
            File(
                CALIFORNIA_NAME,
                441_963,
                "aaa5c9a6afe2225cc2aed2723682ae403280c4a3695a2ddda4ffb5d8215ea681",
            ),
        ),
        (
            "https://ndownloader.figshare.com/files/5976036",
            "https://www.dcc.fc.up.pt/~ltorgo/Regression/",
        ),
        AsPublished(read_california),
        "Diabetes",
    ),
)
ARCHIVES = {archive.key: archive for archive in _ALL}


def folder_of(key: str) -> Path:
    """Return the folder of a data set; it need not exist yet."""
    return data_folder() / key


def is_present(key: str, folder: Path | None = None) -> bool:
    """Return whether all files exist; their content is checked on reading.

    True as well where a folder cannot be asked: `read` says why.
    """
    archive = ARCHIVES[key]
    folder = folder or folder_of(key)
    if look(folder / archive.files[0].name).kind == "unknown":
        return True
    return archive.format.is_present(archive, folder)


def read(key: str, folder: Path | None = None) -> Arrays:
    """Return the arrays in the files; raises DataError if a file is missing or wrong."""
    archive = ARCHIVES[key]
    with suggesting_alternatives(archive):
        return archive.format.read(archive, folder or folder_of(key))


def alternatives(archive: Archive) -> str:
    """Return what the user can do if a data set is not available."""
    text = _(
        "You can try the download again, import files that you already have ({files}), or use the "
        "data set {data}, which needs no download."
    )
    alternative = _(kinds("data")[archive.alternative].label)
    return text.format(files=archive.format.accepts(archive), data=alternative)


@contextmanager
def suggesting_alternatives(archive: Archive) -> Iterator[None]:
    """Add the alternatives as a hint to every DataError that has none."""
    try:
        yield
    except DataError as error:
        error.hint = error.hint or alternatives(archive)
        raise
