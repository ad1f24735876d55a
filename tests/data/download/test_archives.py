"""Every downloadable set is fetched over HTTP, checked, read safely, sampled and resized."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nnplay.catalog import CIFAR10, KMNIST, MNIST, Digits, FashionMNIST, archives, kinds
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.download.archive import Archive, AsPublished, File
from nnplay.data.download.cifar import NAME, TEST, TRAINING, read_cifar
from nnplay.data.download.idx import format_idx
from nnplay.data.download.idx_files import IdxFiles
from nnplay.data.download.import_local import import_local
from nnplay.data.download.mirrors import download
from nnplay.data.download.registry import ARCHIVES, folder_of, is_present, read
from nnplay.data.known.images import downloaded
from nnplay.data.load import load
from nnplay.data.resize import resized
from nnplay.data.sampling import balanced_indices
from tests.serving import MirrorServer, serving

RECORDS = 7
CHANCE = np.random.default_rng(3)
BATCHES = {
    name: CHANCE.integers(0, 256, (RECORDS, 3073), dtype=np.uint8) for name in (*TRAINING, TEST)
}
for _batch in BATCHES.values():
    _batch[:, 0] %= 10


def packed(members: dict[str, bytes], *more: tarfile.TarInfo) -> bytes:
    """Return a .tar.gz with these files, and with members that have no bytes."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for info in more:
            tar.addfile(info)
    return whole.getvalue()


MEMBERS = {
    "cifar-10-batches-bin/readme.html": b"<p>",
    **{name: one.tobytes() for name, one in BATCHES.items()},
}
CIFAR = packed(MEMBERS)


def file_of(name: str, data: bytes) -> File:
    return File(name, len(data), hashlib.sha256(data).hexdigest())


def small_cifar(data: bytes = CIFAR) -> Archive:
    form = AsPublished(partial(read_cifar, records=RECORDS))
    return replace(ARCHIVES["cifar-10"], files=(file_of(NAME, data),), format=form)


def small_idx(key: str, folder: Path) -> Archive:
    """Write four small files of MNIST's form, and return the archive that they are."""
    shapes = ((20, 28, 28), (20,), (10, 28, 28), (10,))
    whole = IdxFiles().parts
    parts = tuple(replace(part, shape=shape) for part, shape in zip(whole, shapes, strict=True))
    files = []
    for part in parts:
        high = 256 if len(part.shape) == 3 else 10
        array = CHANCE.integers(0, high, part.shape, dtype=np.uint8)
        data = gzip.compress(format_idx(array))
        (folder / part.name).write_bytes(data)
        files.append(file_of(part.name, data))
    return replace(ARCHIVES[key], files=tuple(files), format=IdxFiles(parts))


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNPLAY_DATA", raising=False)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / NAME).write_bytes(CIFAR)
    return folder


@pytest.fixture
def server(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MirrorServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(published) as mirrors:
        yield mirrors


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(archive: Archive, *mirrors: str) -> None:
        monkeypatch.setitem(ARCHIVES, archive.key, replace(archive, mirrors=mirrors))

    return put


def get(key: str, timeout: float = 20.0) -> Path:
    return download(key, lambda _progress: None, lambda: False, timeout=timeout)


def test_the_table_is_complete() -> None:
    assert set(ARCHIVES) == set(archives())
    for archive in ARCHIVES.values():
        assert kinds("data")[archive.alternative]().offline  # type: ignore[attr-defined]
        assert archive.licence
        assert archive.mirrors[0].startswith("https://")
        for file in archive.files:
            assert len(bytes.fromhex(file.sha256)) == 32
            assert 1_000 < file.size < 200_000_000


def test_cifar_is_downloaded_and_read(server: MirrorServer, register: Callable[..., None]) -> None:
    register(small_cifar(), server.mirror("missing"), server.mirror("good"))
    assert not is_present("cifar-10")
    assert get("cifar-10") == folder_of("cifar-10")
    assert is_present("cifar-10")
    source = downloaded(CIFAR10(), np.random.default_rng(0))
    assert source.test is not None
    assert source.samples.x.shape == (5 * RECORDS, 3, 32, 32)
    # A record is the class, then all reds row by row, all greens, all blues.
    third = BATCHES[TRAINING[0]][2]
    assert source.samples.y[2] == third[0]
    pixel = source.samples.x[2, :, 4, 9]
    at = 1 + 4 * 32 + 9
    assert np.round(pixel * 255).tolist() == [third[at], third[at + 1024], third[at + 2048]]
    last = BATCHES[TRAINING[4]][-1]
    assert source.samples.y[-1] == last[0]
    assert source.test.y.tolist() == BATCHES[TEST][:, 0].tolist()


@pytest.mark.parametrize("dataset", [FashionMNIST(), KMNIST()])
def test_fashion_mnist_and_kmnist_are_downloaded_and_read(
    dataset: FashionMNIST | KMNIST,
    server: MirrorServer,
    published: Path,
    register: Callable[..., None],
) -> None:
    register(small_idx(dataset.archive, published), server.mirror("good"))
    with pytest.raises(DataError, match=f"{dataset.label} has not been downloaded") as caught:
        load(dataset, 0)
    assert "import files that you already have" in caught.value.hint
    get(dataset.archive)
    source = downloaded(dataset, np.random.default_rng(0))
    raw = gzip.decompress((published / "train-images-idx3-ubyte.gz").read_bytes())[16:]
    assert np.round(source.samples.x * 255).astype(np.uint8).tobytes() == raw
    assert source.test is not None
    assert len(source.test) == 10


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("wrong", "checksum"),
        ("truncated", "ended after"),
        ("endless", "longer than"),
        ("broken", "connection was lost"),
        ("stall", "no data for 0.3 seconds"),
    ],
)
def test_a_broken_mirror_is_reported_and_the_next_one_used(
    broken: str, says: str, server: MirrorServer, register: Callable[..., None]
) -> None:
    register(small_cifar(), server.mirror(broken))
    with pytest.raises(DataError, match=says) as caught:
        get("cifar-10", timeout=0.3 if broken == "stall" else 20.0)
    assert server.mirror(broken) in str(caught.value)
    assert NAME in caught.value.hint
    assert not list(folder_of("cifar-10").iterdir())
    register(small_cifar(), server.mirror(broken), server.mirror("good"))
    get("cifar-10", timeout=2.0)
    assert read("cifar-10")["train-labels"].shape == (5 * RECORDS,)


def test_a_mirror_may_be_the_address_of_the_file_itself(
    server: MirrorServer, published: Path, register: Callable[..., None]
) -> None:
    (published / "5976036").write_bytes(CIFAR)
    register(small_cifar(), server.mirror("good") + "5976036")
    assert (get("cifar-10") / NAME).read_bytes() == CIFAR


def test_a_stalled_download_can_be_cancelled(
    server: MirrorServer, register: Callable[..., None]
) -> None:
    register(small_cifar(), server.mirror("stall"))
    with pytest.raises(Cancelled):
        download("cifar-10", lambda _progress: None, lambda: bool(server.asked), timeout=1e4)


# ------------------------------------------------------------------------ files at hand


def test_the_published_archive_is_accepted_under_any_name(
    tmp_path: Path, published: Path, register: Callable[..., None]
) -> None:
    register(small_cifar())
    import_local("cifar-10", published)
    (tmp_path / "cifar (1).tar.gz").write_bytes(CIFAR)
    folder = import_local("cifar-10", tmp_path / "cifar (1).tar.gz", tmp_path / "own")
    assert (folder / NAME).read_bytes() == CIFAR


def test_any_other_file_is_refused_by_its_size_or_checksum(
    tmp_path: Path, register: Callable[..., None]
) -> None:
    register(small_cifar())
    for data, says in ((CIFAR[:-1], "bytes, expected"), (CIFAR[:-1] + b"x", "checksum")):
        (tmp_path / NAME).write_bytes(data)
        with pytest.raises(DataError, match=says) as caught:
            import_local("cifar-10", tmp_path)
        assert "import files that you already have" in caught.value.hint
    with pytest.raises(DataError, match="There is no cifar"):
        import_local("cifar-10", tmp_path / "..")
    assert not is_present("cifar-10")


def link(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = tarfile.SYMTYPE, "/etc/passwd", RECORDS * 3073
    return info


def without(name: str) -> dict[str, bytes]:
    return {key: data for key, data in MEMBERS.items() if key != name}


BAD_LABEL = b"\x0a" + BATCHES[TEST].tobytes()[1:]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "damaged"),
        (b"no archive", "damaged"),
        (CIFAR[: len(CIFAR) // 2], "damaged"),
        (packed(without(TEST)), "has no .*test_batch"),
        (packed(without(TEST), link(TEST)), "expected .*test_batch.bin to be a file"),
        (packed({**MEMBERS, TEST: b"short"}), "to be a file of 21,511 bytes"),
        (packed({**MEMBERS, TEST: BAD_LABEL}), "labels from 0 to 9, found 10"),
        (packed({**MEMBERS, TEST: bytes(300_000_000)}), "to be a file of 21,511 bytes"),
        (packed({**{str(i): b"" for i in range(200)}, **MEMBERS}), "too many"),
    ],
    ids=["empty", "none", "cut", "lacking", "link", "short", "label", "bomb", "many"],
)
def test_a_bad_archive_is_refused_with_a_message(
    data: bytes, says: str, register: Callable[..., None]
) -> None:
    register(small_cifar(data))
    folder = folder_of("cifar-10")
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(data)
    with pytest.raises(DataError, match=says) as caught:
        read("cifar-10")
    assert "import files that you already have" in caught.value.hint
    # Nothing of an archive is ever written anywhere.
    assert [one.name for one in folder.iterdir()] == [NAME]


# ------------------------------------------------------------------------ fewer, and smaller


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=60),
    st.integers(1, 60),
    st.integers(0, 2**32 - 1),
)
def test_a_sample_is_as_balanced_as_possible(classes: list[int], count: int, seed: int) -> None:
    labels = np.array(classes)
    count = min(count, len(labels))
    taken = balanced_indices(labels, count, np.random.default_rng(seed))
    assert len(taken) == count
    assert (np.diff(taken) > 0).all()
    there, picked = np.bincount(labels, minlength=5), np.bincount(labels[taken], minlength=5)
    # A class with fewer samples than the second largest is used completely.
    assert all(p == t for p, t in zip(picked, there, strict=True) if p < picked.max() - 1)
    assert balanced_indices(labels, 0, np.random.default_rng(seed)).tolist() == list(
        range(len(labels))
    )


def test_a_few_digits_of_each_class_depend_on_the_seed() -> None:
    few = load(Digits(samples=100), 5).samples
    assert np.bincount(few.y).tolist() == [10] * 10
    assert not np.array_equal(few.x, load(Digits(samples=100), 6).samples.x)
    whole = load(Digits(), 5).samples
    assert all((whole.x == one).all((1, 2, 3)).any() for one in few.x)


def test_limiting_images_keeps_the_whole_test_set(
    mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    source = load(MNIST(samples=500, side=14), 0)
    assert np.bincount(source.samples.y).tolist() == [50] * 10
    assert source.samples.x.shape == (500, 1, 14, 14)
    assert source.test is not None
    assert source.test.x.shape == (10_000, 1, 14, 14)


@pytest.mark.parametrize("side", [5, 14, 28, 33, 64])
def test_resizing_matches_pillow(side: int) -> None:
    picture = CHANCE.random((28, 28), dtype=np.float32)
    ours = resized(picture[np.newaxis, np.newaxis], side)[0, 0]
    theirs = Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR)
    assert ours == pytest.approx(np.asarray(theirs), abs=1e-5)
