"""Seeds for each purpose, derived from one, so that changing one thing leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

Purpose = Literal["init", "shuffle", "noise", "split", "dropout", "label_noise", "augment"]


def derive_seed(seed: int, purpose: Purpose, number: int = 0) -> int:
    """Return a 63-bit seed for a purpose (and, say, an epoch): the first bytes of a SHA-256."""
    return int.from_bytes(digests(seed, purpose, (number,))[:8], "little") >> 1


def digests(seed: int, purpose: Purpose, numbers: Iterable[int]) -> bytes:
    """Return the SHA-256 digests that several seeds are taken from, 32 bytes each."""
    start = sha256(f"nnplay/{seed}/{purpose}/".encode())
    found = []
    for number in numbers:
        whole = start.copy()
        whole.update(b"%d" % number)
        found.append(whole.digest())
    return b"".join(found)
