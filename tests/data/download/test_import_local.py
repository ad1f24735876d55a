"""Local files are imported if they are MNIST, and reported if they are not."""

import gzip
import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnplay.catalog import MNIST
from nnplay.data.arrays import DataError
from nnplay.data.download.idx import format_idx
from nnplay.data.download.idx_files import IdxFiles
from nnplay.data.download.import_local import import_local
from nnplay.data.download.registry import ARCHIVES, folder_of, is_present, read
from nnplay.data.load import load

KEYS = ("x_train", "y_train", "x_test", "y_test")
STEMS = ("train-images", "train-labels", "test-images", "test-labels")
PARTS = IdxFiles().parts
Arrays = dict[str, np.ndarray]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNPLAY_DATA", raising=False)


@pytest.fixture(scope="module")
def like_mnist() -> Arrays:
    """Arrays with the form of MNIST, made up, by their keys in a .npz."""
    rng = np.random.default_rng(0)
    arrays = {}
    for count, pictures, labels in ((60_000, "x_train", "y_train"), (10_000, "x_test", "y_test")):
        arrays[pictures] = np.zeros((count, 28, 28), np.uint8)
        # Mostly zeros, as the real ones are, which makes packing quick.
        arrays[pictures][:, 14, 5:9] = rng.integers(0, 256, (count, 4))
        arrays[labels] = rng.integers(0, 10, count, dtype=np.uint8)
    return arrays


@pytest.fixture(scope="module")
def written_once(like_mnist: Arrays, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked files, which nobody may change."""
    return as_plain(like_mnist, tmp_path_factory.mktemp("plain"))


@pytest.fixture
def plain_files(written_once: Path, tmp_path: Path) -> Path:
    """A folder with links to the unpacked files, each of which may be replaced."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for file in written_once.iterdir():
        (folder / file.name).symlink_to(file)
    return folder


def substitute(file: Path, data: bytes) -> None:
    """Replace a link by a file with other bytes."""
    file.unlink()
    file.write_bytes(data)


def as_packed(arrays: Arrays, folder: Path) -> Path:
    for part, key in zip(PARTS, KEYS, strict=True):
        (folder / part.name).write_bytes(gzip.compress(format_idx(arrays[key]), 1))
    return folder


def as_plain(arrays: Arrays, folder: Path) -> Path:
    for part, key in zip(PARTS, KEYS, strict=True):
        (folder / part.name.removesuffix(".gz")).write_bytes(format_idx(arrays[key]))
    return folder


def as_dotted(arrays: Arrays, folder: Path) -> Path:
    for part, key in zip(PARTS, KEYS, strict=True):
        name = part.name.removesuffix(".gz").replace("-idx", ".idx")
        (folder / name).write_bytes(format_idx(arrays[key]))
    return folder


def as_npz(arrays: Arrays, folder: Path) -> Path:
    np.savez(folder / "mnist.npz", **arrays)
    return folder


def as_small_npz(arrays: Arrays, folder: Path) -> Path:
    np.savez_compressed(folder / "mnist.npz", **arrays)
    return folder


def as_wide_npz(arrays: Arrays, folder: Path) -> Path:
    """As somebody may have saved it again: wide labels, columns first."""
    np.savez(
        folder / "mnist.npz",
        x_train=np.asfortranarray(arrays["x_train"]),
        y_train=arrays["y_train"].astype(np.int64),
        x_test=arrays["x_test"],
        y_test=arrays["y_test"].astype(np.int32),
    )
    return folder


@pytest.mark.parametrize(
    ("form", "whole"),
    [
        (as_packed, True),
        (as_packed, False),
        (as_plain, True),
        (as_dotted, False),
        (as_npz, True),
        (as_small_npz, False),
        (as_wide_npz, False),
    ],
)
def test_every_form_is_accepted(
    form: Callable[[Arrays, Path], Path], whole: bool, like_mnist: Arrays, tmp_path: Path
) -> None:
    folder = form(like_mnist, tmp_path)
    assert not is_present("mnist")
    adopted = import_local("mnist", folder if whole else min(folder.iterdir()))
    assert adopted == folder_of("mnist")
    assert is_present("mnist")
    assert sorted(p.name for p in adopted.iterdir()) == sorted(part.name for part in PARTS)
    arrays = read("mnist")
    for stem, key in zip(STEMS, KEYS, strict=True):
        assert (arrays[stem] == like_mnist[key]).all()
    assert (load(MNIST(), 0).samples.y == like_mnist["y_train"]).all()


def test_the_real_files_are_kept_byte_by_byte(mnist_dir: Path) -> None:
    folder = import_local("mnist", mnist_dir)
    for part in PARTS:
        assert (folder / part.name).read_bytes() == (mnist_dir / part.name).read_bytes()


def test_unpacked_files_in_the_data_folder_are_read_as_they_are(
    like_mnist: Arrays, plain_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_files.rename(plain_files.with_name("mnist"))
    monkeypatch.setenv("NNPLAY_DATA", str(plain_files.parent))
    assert is_present("mnist")
    assert (read("mnist")["test-labels"] == like_mnist["y_test"]).all()


def test_imported_files_are_loaded_next(like_mnist: Arrays, plain_files: Path) -> None:
    import_local("mnist", plain_files)
    assert load(MNIST(), 0).samples.y[0] == like_mnist["y_train"][0]
    other = (like_mnist["y_train"] + 1) % 10
    substitute(plain_files / "train-labels-idx1-ubyte", format_idx(other))
    import_local("mnist", plain_files)
    assert load(MNIST(), 0).samples.y[0] == other[0]


def test_importing_the_data_folder_itself_does_no_harm(like_mnist: Arrays) -> None:
    folder_of("mnist").mkdir(parents=True)
    as_plain(like_mnist, folder_of("mnist"))
    import_local("mnist", folder_of("mnist"))
    assert (read("mnist")["train-labels"] == like_mnist["y_train"]).all()


# ------------------------------------------------------------------------ what is refused


def refused(path: Path, says: str) -> None:
    """The import fails with such a message and three alternatives, and leaves no files."""
    with pytest.raises(DataError, match=says) as caught:
        import_local("mnist", path)
    assert "import files that you already have" in caught.value.hint
    assert not folder_of("mnist").exists()


def test_paths_that_are_not_mnist(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "There is no file or folder")
    refused(tmp_path, "has no train-images-idx3-ubyte.gz, train-labels")
    (tmp_path / "cat.png").write_bytes(b"\x89PNG")
    refused(tmp_path / "cat.png", "cat.png is not a file of MNIST")
    (tmp_path / "mnist.npz").write_bytes(b"no zip at all")
    refused(tmp_path / "mnist.npz", "cannot be read as an .npz archive")
    (tmp_path / "mnist.npz").write_bytes(b"")
    refused(tmp_path, "cannot be read as an .npz archive")


def test_a_missing_file_is_reported(plain_files: Path) -> None:
    (plain_files / "t10k-labels-idx1-ubyte").unlink()
    refused(plain_files, "has no t10k-labels-idx1-ubyte.gz;")


def cut(data: bytes) -> bytes:
    return data[:-7]


@pytest.mark.parametrize(
    ("name", "spoil", "says"),
    [
        ("train-labels-idx1-ubyte", cut, "should have 60,008 bytes"),
        ("train-labels-idx1-ubyte", lambda d: gzip.compress(d)[:-9], "incomplete"),
        ("train-labels-idx1-ubyte", lambda d: gzip.compress(d)[:200], "incomplete"),
        ("train-labels-idx1-ubyte", lambda d: gzip.compress(cut(d)), "60,001"),
        ("train-labels-idx1-ubyte", lambda d: d[:-1] + b"\x0a", "0 to 9, found 10"),
        ("train-labels-idx1-ubyte", lambda d: d + b"\0", "but has 60,009"),
        ("train-labels-idx1-ubyte", lambda d: d + bytes(100_000), "too large"),
        ("train-labels-idx1-ubyte", lambda d: gzip.compress(d + b"\0"), "too large"),
        ("train-labels-idx1-ubyte", lambda d: b"\1" + d[1:], "two zero bytes"),
        (
            "t10k-images-idx3-ubyte",
            lambda _: format_idx(np.zeros((10_000, 14, 56), np.uint8)),
            "10000 × 28 × 28, found 10000 × 14 × 56",
        ),
        (
            "t10k-labels-idx1-ubyte",
            lambda _: format_idx(np.zeros(5_000, np.uint8)),
            "10000, found 5000",
        ),
    ],
)
def test_a_corrupt_file_is_reported(
    name: str, spoil: Callable[[bytes], bytes], says: str, plain_files: Path
) -> None:
    file = plain_files / name
    substitute(file, spoil(file.read_bytes()))
    refused(plain_files, f"{name}.*{says}")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"y_test": None}, "has no array y_test; expected x_train, y_train, x_test, y_test"),
        ({"y_test": np.zeros(9_999, np.uint8)}, r"y_test: expected .* \(9999,\)"),
        ({"y_test": np.zeros(10_000, np.float32)}, "integers .* float32"),
        ({"y_test": np.full(10_000, -1)}, "0 to 255, found -1 to -1"),
        ({"y_test": np.full(10_000, 265)}, "0 to 255, found 265"),
        ({"y_test": np.full(10_000, 10)}, "labels from 0 to 9, found 10"),
        ({"y_test": np.full(10_000, None)}, "integers .* object"),
        ({"x_train": np.zeros((60_000, 28), np.uint8)}, r"x_train: .* \(60000, 28\)"),
    ],
)
def test_a_corrupt_npz_is_reported(
    change: dict[str, np.ndarray | None], says: str, like_mnist: Arrays, tmp_path: Path
) -> None:
    arrays = {k: v for k, v in {**like_mnist, **change}.items() if v is not None}
    refused(as_npz(arrays, tmp_path), says)


def npz_of(members: dict[str, bytes], path: Path, how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how, compresslevel=1) as archive:
        for key, data in members.items():
            archive.writestr(f"{key}.npy", data)
    return path


def npy_header(shape: tuple[int, ...]) -> bytes:
    file = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue()


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


ZEROS = bytes(200_000_000)
LONG_HEADER = b"\x93NUMPY\x02\x00" + (199_000_000).to_bytes(4, "little")


@pytest.mark.parametrize(
    "bomb",
    [
        lambda p: (p / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(ZEROS, 1)),
        lambda p: (p / "train-images-idx3-ubyte.gz").write_bytes(
            gzip.compress(b"\0\0\x08\x03" + b"\xff" * 12)
        ),
        lambda p: sparse(p / "train-images-idx3-ubyte", 10**9),
        lambda p: npz_of({"x_train": ZEROS}, p / "mnist.npz"),
        lambda p: npz_of({"x_train": npy_header((60_000, 28, 28)) + ZEROS}, p / "mnist.npz"),
        lambda p: npz_of({"x_train": LONG_HEADER + ZEROS}, p / "mnist.npz"),
        lambda p: npz_of({"x_train": ZEROS}, p / "mnist.npz", zipfile.ZIP_BZIP2),
        lambda p: npz_of({"x_train": npy_header((10**12,))}, p / "mnist.npz"),
        lambda p: npz_of({"x_train": npy_header((60_000, 28, 28))}, p / "mnist.npz"),
    ],
    ids=["gzip", "header", "sparse", "zip", "long", "npy header", "bzip2", "npy", "empty npy"],
)
def test_a_file_that_would_fill_the_memory_does_not(
    bomb: Callable[[Path], object], tmp_path: Path
) -> None:
    bomb(tmp_path)
    if not (tmp_path / "mnist.npz").exists():
        for part in PARTS[1:]:
            (tmp_path / part.name).write_bytes(b"")
    tracemalloc.start()
    try:
        with pytest.raises(DataError):
            import_local("mnist", tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The real training images take 47 MB; reading them may take a copy or two.
    assert peak < 150e6
    assert not folder_of("mnist").exists()


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch) -> Arrays:
    """Let MNIST be 6 and 3 images of 4 × 4, and return such arrays."""
    shapes = ((6, 4, 4), (6,), (3, 4, 4), (3,))
    parts = tuple(replace(part, shape=s) for part, s in zip(PARTS, shapes, strict=True))
    small = replace(ARCHIVES["mnist"], format=IdxFiles(parts))
    monkeypatch.setitem(ARCHIVES, "mnist", small)
    return {key: np.full(shape, 5, np.uint8) for key, shape in zip(KEYS, shapes, strict=True)}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from([as_packed, as_plain, as_npz, as_small_npz]),
    which=st.integers(0, 3),
    damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4),
    kept=st.just(1.0) | st.floats(0, 1),
)
def test_a_damaged_file_is_read_completely_or_refused_with_a_message(
    form: Callable[[Arrays, Path], Path],
    which: int,
    damage: list[tuple[float, int]],
    kept: float,
    small_mnist: Arrays,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = form(small_mnist, tmp_path_factory.mktemp("given"))
    files = sorted(folder.iterdir())
    file = files[which % len(files)]
    data = bytearray(file.read_bytes())
    for place, byte in damage:
        data[int(place * (len(data) - 1))] = byte
    file.write_bytes(data[: round(kept * len(data))])
    own = tmp_path_factory.mktemp("own")
    try:
        import_local("mnist", folder, own)
    except DataError as error:
        assert str(error)
        assert not list(own.iterdir())
        assert damage or kept < 1
    else:
        for array, key in zip(read("mnist", own).values(), KEYS, strict=True):
            assert array.shape == small_mnist[key].shape
            assert array.ndim == 3 or array.max() <= 9


def test_a_failed_import_keeps_the_existing_files(like_mnist: Arrays, plain_files: Path) -> None:
    import_local("mnist", plain_files)
    substitute(plain_files / "t10k-labels-idx1-ubyte", b"")
    with pytest.raises(DataError):
        import_local("mnist", plain_files)
    assert (read("mnist")["test-labels"] == like_mnist["y_test"]).all()


def test_a_folder_that_cannot_be_written_is_reported(plain_files: Path) -> None:
    folder_of("mnist").parent.write_text("a file where the folder should be")
    with pytest.raises(DataError, match="Cannot write") as caught:
        import_local("mnist", plain_files)
    assert str(folder_of("mnist")) in str(caught.value)


def test_a_damaged_file_in_the_data_folder_is_reported_when_loading(plain_files: Path) -> None:
    packed = import_local("mnist", plain_files) / "train-images-idx3-ubyte.gz"
    packed.write_bytes(packed.read_bytes()[:-1000])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz is damaged") as caught:
        load(MNIST(), 0)
    assert "import files that you already have" in caught.value.hint


@pytest.mark.parametrize("name", ["mnist.npz", "train-images-idx3-ubyte", "other"])
@pytest.mark.parametrize("what", ["device", "pipe"])
def test_endless_files_are_not_read(name: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    tracemalloc.start()
    try:
        for given_path in (path, tmp_path):
            with pytest.raises(DataError):
                import_local("mnist", given_path)
        # One of the archives that are a single file, which the user may have renamed.
        with pytest.raises(DataError):
            import_local("california-housing", path)
        assert tracemalloc.get_traced_memory()[1] < 2**21
    finally:
        tracemalloc.stop()


def test_a_directory_of_many_members_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2_000):
            archive.writestr(f"{number}.npy", b"")
    refused(path, "its directory is damaged or too long")


def test_an_unreachable_data_folder_is_not_treated_as_empty(
    tmp_path: Path,
) -> None:
    folder = tmp_path / ("x" * 300)
    for key in ("mnist", "cifar-10"):
        assert is_present(key, folder), "so that reading it says what is wrong"
        with pytest.raises(DataError, match=r"Cannot read .*: file name too long"):
            read(key, folder)
