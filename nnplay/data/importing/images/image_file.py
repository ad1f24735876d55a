"""Reads one image file as a square of bytes, with a bound on the memory that it takes."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, features

from nnplay.data.arrays import Bytes
from nnplay.filesystem import look
from nnplay.translation import _

_HAS_AVIF = features.check("avif")
SUFFIXES = frozenset(
    (
        *(".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".bmp", ".gif", ".webp", ".tif", ".tiff"),
        *(".ppm", ".pgm", ".pbm", ".pnm"),
        *((".avif",) if _HAS_AVIF else ()),
    )
)
MAX_PIXELS = 32_000_000
"""Width times height of the largest image that is read, all of whose pixels are in memory."""
_MAX_PIXELS_OF = {
    # The decoder shrinks it on the way.
    "JPEG": 64_000_000,
    "MPO": 64_000_000,
    # The decoder keeps several frames of an animation.
    "WEBP": 16_000_000,
    "GIF": 16_000_000,
    "AVIF": 16_000_000,
}
MAX_FILE_BYTES = 256 * 2**20
_FORMATS = (
    *("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM"),
    *(("AVIF",) if _HAS_AVIF else ()),
)
_DEEP_MODES = frozenset(("I", "I;16", "I;16B", "I;16L", "I;16N", "F"))
_GREY_MODES = frozenset(("1", "L", "LA", "La")) | _DEEP_MODES
WHITES = (1.0, 255.0, 1023.0, 4095.0, 16_383.0, 65_535.0)
"""The white of images of 8, 10, 12, 14 and 16 bits, and of fractions."""


class UnreadableError(Exception):
    """A file cannot be used as an image; the message says why."""


def open_image(file: Path) -> Image.Image:
    """Open an image without decoding it; raises UnreadableError or what Pillow raises."""
    if look(file).size > MAX_FILE_BYTES:
        raise UnreadableError(_("the file is too large"))
    # Pillow warns above a limit of its own; here, MAX_PIXELS decides.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=_FORMATS)
        except Image.DecompressionBombError:
            raise UnreadableError(_("it has too many pixels")) from None
    width, height = image.size
    most = _MAX_PIXELS_OF.get(image.format or "", MAX_PIXELS)
    if not width * height or width * height > most:
        image.close()
        text = _("{width:,} × {height:,} pixels are too many")
        raise UnreadableError(text.format(width=width, height=height))
    return image


def mode_of(file: Path) -> str:
    """Return the mode of an image by its header; nothing if it cannot be opened."""
    try:
        with open_image(file) as image:
            return image.mode
    except Exception:  # a damaged file is reported when it is read
        return ""


def has_colour(mode: str) -> bool:
    """Return whether images of a mode have colour."""
    return bool(mode) and mode not in _GREY_MODES


def is_deep(mode: str) -> bool:
    """Return whether images of a mode have more than 8 bits a pixel."""
    return mode in _DEEP_MODES


def white_of(files: list[Path]) -> float:
    """Return what is white in deep images: the largest number of the smallest depth that fits."""
    largest = 0.0
    for file in files:
        try:
            with open_image(file) as image:
                largest = max(largest, float(np.nanmax(np.asarray(image))))
        except Exception:  # a damaged file is reported when it is read
            continue
    return next((white for white in WHITES if largest <= white), largest)


def read_image(file: Path, side: int, colour: bool, white: float) -> Bytes:
    """Return an image as (channels, side, side); `white` is that of deep images.

    Transparent pixels become white. Raises UnreadableError.
    """
    try:
        with open_image(file) as image:
            # Lets the decoder shrink large photographs by up to 8 times while decoding.
            image.draft("RGB" if colour else "L", (2 * side, 2 * side))
            upright = ImageOps.exif_transpose(image)
            if is_deep(upright.mode):
                grey = _deep_square(upright, side, white)
                return np.repeat(grey[np.newaxis], 3 if colour else 1, 0)
            if upright.has_transparency_data:
                small = _opaque_square(upright, side)
            else:
                small = upright.convert("RGB" if colour else "L")
                small = small.resize((side, side), Image.Resampling.BILINEAR)
            pixels = np.asarray(small.convert("RGB" if colour else "L"))
    except UnreadableError:
        raise
    except MemoryError:
        raise UnreadableError(_("not enough memory")) from None
    except Exception as error:
        # Pillow's decoders raise many kinds of exceptions for damaged files.
        raise UnreadableError(_("damaged, or not an image")) from error
    return np.moveaxis(pixels, -1, 0) if colour else pixels[np.newaxis]


def _opaque_square(image: Image.Image, side: int) -> Image.Image:
    """Return a small image on white; it is resized first, which takes less memory."""
    size, smooth = (side, side), Image.Resampling.BILINEAR
    # Premultiplied colours, so that what is transparent does not count. Each copy of a large image
    # is dropped before the next is made.
    if image.mode != "RGBA":
        image = image.convert("RGBA")
    image = image.convert("RGBa")
    small = np.asarray(image.resize(size, smooth), np.uint16)
    opaque = small[..., :3] + (255 - small[..., 3:])
    return Image.fromarray(np.minimum(opaque, 255).astype(np.uint8))


def _deep_square(image: Image.Image, side: int, white: float) -> npt.NDArray[np.uint8]:
    """Return a deep grey image as a square of bytes."""
    deep = np.asarray(image)
    # Blocks of whole pixels first: a copy in floating point would take two to four times as much.
    step = max(1, min(deep.shape) // (2 * side))
    rows, columns = (length // step for length in deep.shape)
    blocks = deep[: rows * step, : columns * step].reshape(rows, step, columns, step)
    grey = Image.fromarray(blocks.mean((1, 3), dtype=np.float32))
    small = np.asarray(grey.resize((side, side), Image.Resampling.BILINEAR))
    scaled = np.clip(np.rint(np.nan_to_num(small) * (255 / white)), 0, 255)
    return np.asarray(scaled, np.uint8)
