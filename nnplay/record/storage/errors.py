"""Why a stored document cannot be read."""

from __future__ import annotations


class DocumentError(Exception):
    """A stored document cannot be read or written; the message says why, in lower case."""
