"""The real download code against real mirrors on this machine, healthy and broken."""

import gzip
import hashlib
import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnplay.catalog import MNIST
from nnplay.data.arrays import Cancelled, DataError
from nnplay.data.download.idx import format_idx
from nnplay.data.download.mirrors import DownloadProgress, download
from nnplay.data.download.registry import ARCHIVES, folder_of, is_present, read
from nnplay.data.load import load

TOTAL = 11_594_722
PARTS = ARCHIVES["mnist"].files
FIRST = PARTS[0].name


class Watch:
    """Records the progress of a download, and can cancel it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.progress: list[DownloadProgress] = []
        self.stop = threading.Event()

    def run(self, *mirrors: str, timeout: float = 20.0) -> Path:
        self.use(*mirrors)
        return download("mnist", self.progress.append, self.stop.is_set, timeout=timeout)

    def use(self, *mirrors: str) -> None:
        """Let MNIST have these mirrors and no others."""
        self._monkeypatch.setitem(ARCHIVES, "mnist", replace(ARCHIVES["mnist"], mirrors=mirrors))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


def closed_port() -> str:
    """Return the address of a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def assert_all_there(folder: Path) -> None:
    """The four files are there and right, and nothing else is."""
    assert sorted(p.name for p in folder.iterdir()) == sorted(part.name for part in PARTS)
    for part in PARTS:
        assert hashlib.sha256((folder / part.name).read_bytes()).hexdigest() == part.sha256


def assert_progress_is_complete(progress: list[DownloadProgress]) -> None:
    """Progress never goes back, goes on little by little, and ends at the total."""
    done = [p.done_bytes for p in progress]
    assert done == sorted(done)
    assert done[-1] == TOTAL
    assert {p.total_bytes for p in progress} == {TOTAL}
    assert list(dict.fromkeys(p.file for p in progress)) == [part.name for part in PARTS]
    assert len(set(done)) > 100


def test_the_files_are_downloaded_and_loaded(server, watch) -> None:  # type: ignore[no-untyped-def]
    assert not is_present("mnist")
    with pytest.raises(DataError) as caught:
        load(MNIST(), 0)
    for way in ("download again", "import files", "Digits"):
        assert way in caught.value.hint
    folder = watch.run(server.mirror("good"))
    assert folder == folder_of("mnist")
    assert is_present("mnist")
    assert_all_there(folder)
    assert_progress_is_complete(watch.progress)
    assert len(load(MNIST(), 0).samples) == 60_000


def test_existing_files_are_not_downloaded_again(server, watch) -> None:  # type: ignore[no-untyped-def]
    folder = watch.run(server.mirror("good"))
    (folder / PARTS[1].name).write_bytes(b"damaged")
    (folder / PARTS[2].name).unlink()
    watch.run(server.mirror("good"))
    assert [server.asked[f"good/{part.name}"] for part in PARTS] == [1, 2, 2, 1]
    assert_all_there(folder)


def test_a_redirect_is_followed(server, watch) -> None:  # type: ignore[no-untyped-def]
    assert_all_there(watch.run(server.mirror("redirect")))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("missing", "answered 404 Not Found"),
        ("circle", "too many redirects"),
        ("wrong", "checksum"),
        ("truncated", "ended after 9,912,322 of 9,912,422 bytes"),
        ("endless", "longer than the expected 9,912,422 bytes"),
        ("broken", "connection was lost"),
        ("stall", "no data for 0.3 seconds"),
        ("silent", "no data for 0.3 seconds"),
        ("dribble", "no data for 0.3 seconds"),
    ],
)
def test_a_broken_mirror_is_reported_and_the_next_one_used(server, watch, broken, says) -> None:  # type: ignore[no-untyped-def]
    timeout = 0.3 if broken in ("stall", "silent", "dribble") else 20.0
    with pytest.raises(DataError) as caught:
        watch.run(server.mirror(broken), timeout=timeout)
    assert FIRST in str(caught.value)
    assert f"{server.mirror(broken)}: " in str(caught.value)
    assert says in str(caught.value)
    assert "import files that you already have" in caught.value.hint
    assert list(folder_of("mnist").iterdir()) == [], "half a file was left"

    watch.progress.clear()
    folder = watch.run(server.mirror(broken), server.mirror("good"), timeout=max(timeout, 2))
    assert_all_there(folder)
    assert_progress_is_complete(watch.progress)
    # Once for the first run and once for the second: after that the good one is asked first.
    asked = [path for path in server.asked if path.startswith(f"{broken}/")]
    assert asked == [f"{broken}/{FIRST}"]


def test_a_mirror_that_is_down_is_skipped(server, watch) -> None:  # type: ignore[no-untyped-def]
    down = closed_port()
    assert_all_there(watch.run(down, server.mirror("good")))
    other = closed_port()
    (folder_of("mnist") / FIRST).unlink()
    with pytest.raises(DataError) as caught:
        watch.run(down, other)
    assert str(caught.value).splitlines() == [
        f"{FIRST} could not be downloaded.",
        f"{down}: the server cannot be reached",
        f"{other}: the server cannot be reached",
    ]


def test_a_mirror_without_a_valid_address_has_failed(server, watch) -> None:  # type: ignore[no-untyped-def]
    assert_all_there(watch.run("http://[nowhere", "nonsense", server.mirror("good")))


def test_a_cut_download_starts_again_cleanly(server, watch) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match="connection was lost"):
        watch.run(server.mirror("cut"))
    assert not is_present("mnist")
    assert_all_there(watch.run(server.mirror("cut")))


def test_a_stalled_download_can_be_cancelled(server, watch) -> None:  # type: ignore[no-untyped-def]
    def stalled() -> bool:
        # Half of the file comes, in whole pieces of 16 KB; the reader then waits for the next.
        return bool(watch.progress) and watch.progress[-1].done_bytes >= PARTS[0].size // 2 - 16_384

    # With this timeout the test would not end within its own if the cancel were not seen.
    with pytest.raises(Cancelled):
        watch.use(server.mirror("stall"), server.mirror("good"))
        download("mnist", watch.progress.append, stalled, None, 1e4)
    assert server.asked.total() == 1, "a cancel is not a reason to try the next mirror"
    assert list(folder_of("mnist").iterdir()) == []
    assert not [t for t in threading.enumerate() if t.name.startswith("download ")]


def test_a_download_can_be_cancelled_before_the_response(server, watch) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Cancelled):
        watch.use(server.mirror("silent"))
        download("mnist", watch.progress.append, server.asked.total, None, 1e4)
    assert list(folder_of("mnist").iterdir()) == []


def test_downloaded_files_replace_cached_data(server, watch) -> None:  # type: ignore[no-untyped-def]
    labels = watch.run(server.mirror("good")) / PARTS[1].name
    labels.write_bytes(gzip.compress(format_idx(np.full(60_000, 9, np.uint8))))
    assert load(MNIST(), 0).samples.y[0] == 9
    watch.run(server.mirror("good"))
    assert load(MNIST(), 0).samples.y[0] == 5


def test_complete_files_are_kept_when_cancelled(server, watch) -> None:  # type: ignore[no-untyped-def]
    def stop_at_third(progress: DownloadProgress) -> None:
        watch.progress.append(progress)
        if progress.file == PARTS[2].name:
            watch.stop.set()

    with pytest.raises(Cancelled):
        watch.use(server.mirror("good"))
        download("mnist", stop_at_third, watch.stop.is_set)
    assert sorted(p.name for p in folder_of("mnist").iterdir()) == sorted(p.name for p in PARTS[:2])
    watch.stop.clear()
    assert_all_there(watch.run(server.mirror("good")))
    assert server.asked[f"good/{FIRST}"] == 1


def test_a_folder_that_cannot_be_written_is_reported(server, watch, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    blocked = folder_of("mnist").parent
    blocked.write_text("a file where the folder should be")
    with pytest.raises(DataError, match="Cannot write") as caught:
        watch.run(server.mirror("good"))
    assert str(blocked) in str(caught.value)
    assert "NNPLAY_DATA" in caught.value.hint


def test_there_are_two_public_mirrors_over_secure_connections() -> None:
    mirrors = ARCHIVES["mnist"].mirrors
    assert len({mirror.split("/")[2] for mirror in mirrors}) >= 2
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in mirrors)
    assert ARCHIVES["mnist"].size == TOTAL


@pytest.mark.skipif(
    not os.environ.get("NNPLAY_ONLINE"), reason="asks public servers only on request"
)
@pytest.mark.parametrize(
    ("key", "mirror"), [(a.key, mirror) for a in ARCHIVES.values() for mirror in a.mirrors]
)
def test_each_public_mirror_has_the_files(key, mirror, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv("NNPLAY_DATA", raising=False)
    monkeypatch.setitem(ARCHIVES, key, replace(ARCHIVES[key], mirrors=(mirror,)))
    download(key, print, bool)
    assert read(key)
