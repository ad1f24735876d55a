"""Which view each tile of the stage shows, as values that know no toolkit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnplay.catalog import DataSpec
from nnplay.translation import n_

MOST_TILES = 4
MAIN = ""
"""In place of a title: the first view that fits the data, which shows what the network predicts."""
CURVES, NETWORK, GRADIENTS = "Curves", "Network", "Gradients"
"""Titles of panels; an arrangement may name panels that do not exist or do not fit."""


@dataclass(frozen=True)
class Arrangement:
    """The views of the tiles; all others are tabs of the first tile."""

    views: tuple[str, ...] = (MAIN, CURVES)
    """Titles in source English, from 1 to 4: of the tile at the upper left, at the lower left, at
    the upper right and at the lower right."""

    def fitted(self, titles: Sequence[str]) -> Arrangement:
        """Return the arrangement for data that only the views with these titles fit.

        Each tile has a view that no other has: the first free one where its own does not fit.
        """
        free = [title for title in titles if title not in self.views]
        found: list[str] = []
        for view in self.views[:MOST_TILES]:
            if view in titles and view not in found:
                found.append(view)
            elif free:
                found.append(free.pop(0))
        return Arrangement(tuple(found or titles[:1]))

    def with_view(self, tile: int, view: str) -> Arrangement:
        """Return the arrangement with another view in one tile.

        Where another tile shows that view already, the two tiles swap theirs.
        """
        views = list(self.views)
        if view in views:
            views[views.index(view)] = views[tile]
        views[tile] = view
        return Arrangement(tuple(views))

    def with_count(self, count: int, titles: Sequence[str]) -> Arrangement:
        """Return the arrangement with that many tiles; new ones show what is usual there."""
        usual = [view for view in (CURVES, NETWORK, GRADIENTS) if view in titles]
        new = [view for view in (*usual, *titles) if view not in self.views]
        return Arrangement((*self.views, *dict.fromkeys(new))[:count])

    def text(self) -> str:
        """Return the arrangement as text, to keep it in settings."""
        return "|".join(self.views)

    @staticmethod
    def parse(text: str) -> Arrangement:
        """Return an arrangement from its text; views that do not exist are left out by `fitted`."""
        return Arrangement(tuple(text.split("|"))[:MOST_TILES])


@dataclass(frozen=True)
class NamedArrangement:
    """An arrangement that is offered under a name."""

    label: str
    """Source English, shown through `_`, as is the tip."""
    tip: str
    icon: str
    arrangement: Arrangement


NAMED = (
    NamedArrangement(
        n_("Predictions and &curves"),
        n_("What the network predicts, and the curves of loss and metrics below"),
        "tiles-two",
        Arrangement((MAIN, CURVES)),
    ),
    NamedArrangement(
        n_("&Network and predictions"),
        n_("The network with its weights, and what it predicts below"),
        "tiles-network",
        Arrangement((NETWORK, MAIN)),
    ),
    NamedArrangement(
        n_("&Everything"),
        n_("Predictions, curves, network and gradients at once, in four tiles"),
        "tiles-four",
        Arrangement((MAIN, CURVES, NETWORK, GRADIENTS)),
    ),
    NamedArrangement(
        n_("&One view"),
        n_("A single view, as large as possible"),
        "tiles-one",
        Arrangement((MAIN,)),
    ),
)


def kind_of_data(spec: DataSpec) -> str:
    """Return the kind of data that an arrangement is remembered for."""
    kinds = {
        "curve": spec.is_curve,
        "plane": spec.is_plane,
        "series": spec.is_series,
        "images": spec.is_picture,
    }
    return next((kind for kind, fits in kinds.items() if fits), "table")
