"""The SHA-256 of a file, by which a download or an import is recognised."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from nnplay.data.arrays import Cancelled
from nnplay.filesystem import open_regular
from nnplay.translation import _

_BLOCK = 1 << 20


def sha256_of(path: Path, cancelled: Callable[[], bool] = lambda: False) -> str:
    """Return the SHA-256 of a file in hexadecimal; raises OSError, or Cancelled within a block."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(_BLOCK):
            if cancelled():
                raise Cancelled(_("The import was cancelled."))
            digest.update(block)
    return digest.hexdigest()
