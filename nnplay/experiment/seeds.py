"""One seed per purpose, all from one, so that a change of one thing leaves the others alone."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

Purpose = Literal["init", "shuffle", "noise", "split", "dropout", "label_noise", "augment"]


def derive_seed(seed: int, purpose: Purpose, number: int = 0) -> int:
    """Return a 63-bit seed for a purpose (and, say, an epoch): the first bytes of a SHA-256."""
    digest = sha256(f"nnplay/{seed}/{purpose}/{number}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
