"""Random changes to the images of a batch before the network is trained on them."""

from __future__ import annotations

from dataclasses import dataclass

from nnplay.catalog import Value, param, params_of
from nnplay.translation import n_


@dataclass(frozen=True)
class Augmentation:
    """Random changes that keep the class of an image; only for training, all off by default.

    Every image of every batch is changed in a new way, so that the network never sees the same one
    twice and cannot memorise it.
    """

    shift: float = param(
        0.0,
        low=0.0,
        high=0.5,
        label=n_("shift"),
        help=n_("Shifts each image by up to this share of its width and height, in any direction."),
    )
    rotation: float = param(
        0.0,
        low=0.0,
        high=180.0,
        label=n_("rotation (°)"),
        help=n_("Rotates each image by up to this many degrees in either direction."),
    )
    scale: float = param(
        0.0,
        low=0.0,
        high=0.9,
        label=n_("scale"),
        help=n_("Enlarges or shrinks each image by up to this share."),
    )
    flip_horizontal: bool = param(
        False,
        label=n_("flip ↔"),
        help=n_(
            "Flips each image horizontally with probability 1/2: good for animals, "
            "wrong for digits and letters."
        ),
    )
    flip_vertical: bool = param(
        False,
        label=n_("flip ↕"),
        help=n_(
            "Flips each image vertically with probability 1/2: good for images taken from above."
        ),
    )
    noise: float = param(
        0.0,
        low=0.0,
        high=2.0,
        label=n_("noise"),
        help=n_("Adds Gaussian noise with this standard deviation to every pixel."),
    )
    erasing: float = param(
        0.0,
        low=0.0,
        high=0.9,
        label=n_("erasing"),
        help=n_(
            "Blanks a random patch of this share of width and height, so that the "
            "network does not rely on a single feature."
        ),
    )

    def values(self) -> dict[str, Value]:
        """Return the values of the parameters by name."""
        return {p.name: getattr(self, p.name) for p in params_of(Augmentation)}

    @property
    def is_on(self) -> bool:
        """Whether any change is switched on."""
        return any(self.values().values())
