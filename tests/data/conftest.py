"""The mirrors of MNIST, served on this machine, and no samples kept between tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nnplay.data.load import clear_cache
from tests.serving import MirrorServer, serving


@pytest.fixture
def server(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MirrorServer]:
    """Serve the real files on this machine; ends with all of its threads joined."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("NNPLAY_DATA", raising=False)
    with serving(mnist_dir) as mirrors:
        yield mirrors


@pytest.fixture(autouse=True)
def _forgets() -> Iterator[None]:
    """Keep no samples from one test to the next."""
    clear_cache()
    yield
    clear_cache()
