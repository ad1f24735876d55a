"""What the window knows of a panel before it is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nnplay.catalog import DataSpec
from nnplay.link import PayloadKind

Place = Literal["centre", "below", "side", "data"]
"""centre: tabs in the middle of the window; below: under them; side: at the right, under the
training editor; data: inside the data editor."""
Occasion = Literal["result", "sample"]
"""A run has finished, or a sample was chosen in another panel."""


@dataclass(frozen=True)
class PanelEntry:
    """Where a panel goes, for which data, and what it asks of the training."""

    title: str
    """Source English, shown through `_`."""
    place: Place
    rank: int
    """Position among the panels of its place, lowest first."""
    tab: str
    """Source English of its tab."""
    fits: Callable[[DataSpec], bool]
    """Whether there is anything to show for such data."""
    wants: frozenset[PayloadKind]
    """Payloads that are taken while the panel is visible."""
    min_interval_ms: int
    """Least time between two frames that it is given."""
    opens_on: Occasion | None
    """When its tab comes to the front."""
    has_tools: bool
    """Whether there are buttons beside the title."""
    height: int
    """In pixels, of a panel in a column that scrolls; 0 takes the room that there is."""
    stays_open: bool = False
    """Whether its tab stays in front, once chosen, when others would come to the front."""

    @property
    def is_editing(self) -> bool:
        """Whether it belongs to the data editor, so that it shows what is edited."""
        return self.place == "data"
