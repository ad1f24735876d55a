"""What the user has selected, which views show and probes are asked about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Selection:
    """One selection for all views."""

    sample: int = 0
    """Index within the part that predictions are shown of."""
