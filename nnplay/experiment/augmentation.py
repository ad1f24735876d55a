"""How the pictures of a batch are changed by chance before the network learns from them."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.catalog import Value, param, params_of
from nnplay.translation import n_


@dataclass(frozen=True)
class Augmentation:
    """Changes that leave a picture what it is; only training sees them, and all are off at first.

    Every picture of every batch is changed anew, so that the network never sees the same one twice
    and cannot learn it by heart.
    """

    shift: float = param(
        0.0,
        low=0.0,
        high=0.5,
        label=n_("shift"),
        help=n_("Moves each picture by up to this share of its width and height, any way."),
    )
    rotation: float = param(
        0.0,
        low=0.0,
        high=180.0,
        label=n_("rotation (°)"),
        help=n_("Turns each picture by up to so many degrees, either way."),
    )
    scale: float = param(
        0.0,
        low=0.0,
        high=0.9,
        label=n_("scale"),
        help=n_("Makes each picture larger or smaller by up to this share."),
    )
    flip_horizontal: bool = param(
        False,
        label=n_("flip ↔"),
        help=n_("Mirrors every second picture: good for animals, wrong for digits and letters."),
    )
    flip_vertical: bool = param(
        False,
        label=n_("flip ↕"),
        help=n_("Turns every second picture upside down: good for what is seen from above."),
    )
    noise: float = param(
        0.0,
        low=0.0,
        high=2.0,
        label=n_("noise"),
        help=n_("Adds noise of this standard deviation to every pixel, as the network gets it."),
    )
    erasing: float = param(
        0.0,
        low=0.0,
        high=0.9,
        label=n_("erasing"),
        help=n_(
            "Blanks a piece of this share of width and height at a place drawn by chance, so that "
            "no single feature is relied on."
        ),
    )

    def values(self) -> dict[str, Value]:
        """Return the constants by name."""
        return {p.name: getattr(self, p.name) for p in params_of(Augmentation)}

    @property
    def is_on(self) -> bool:
        """Whether anything is changed."""
        return any(self.values().values())
