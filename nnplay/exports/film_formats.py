"""Animated pictures and videos of a film, written while their pictures arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt

from nnplay.exports.registry import ExportError
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from PIL.Image import Image

Picture = npt.NDArray[np.uint8]
"""Red, green and blue of each pixel: (height, width, 3); height and width are even."""
Write = Callable[[BinaryIO, Iterator[Picture], int, int], None]
"""Writes that many of the pictures at a rate per second; the iterator has its samples first."""
COLOURS = 128
"""Of a GIF: with all 256 it is half as large again, and looks the same."""
LAST_SECONDS = 1.5
"""How long a GIF shows its last picture before it begins again."""
GIF_SAMPLES = 3
_QUALITY = {"crf": "20", "preset": "veryfast"}
"""x264's constant rate factor: lines and texts stay sharp."""


@dataclass(frozen=True)
class FilmFormat:
    """A format of films."""

    label: str
    """Source English, marked by `n_`."""
    suffix: str
    rate: int
    """Pictures per second."""
    samples: int
    """Pictures that are needed before the first one, to choose colours."""
    write: Write
    module: str = ""
    """The package that it needs beside those of nnplay, empty if none."""
    install: str = ""
    """The command that installs it."""

    def refusal(self) -> str:
        """Return why such films cannot be written here; empty if they can."""
        if not self.module or find_spec(self.module) is not None:
            return ""
        return _(
            "{format} needs a package that is not installed. Install it with: {command}"
        ).format(format=_(self.label), command=self.install)


def write_gif(file: BinaryIO, pictures: Iterator[Picture], count: int, rate: int) -> None:
    """Write a GIF that repeats, in one palette for all pictures so that colours do not flicker.

    The first `GIF_SAMPLES` pictures only choose the palette. Raises OSError.
    """
    from PIL import Image

    samples = [Image.fromarray(one) for one in islice(pictures, GIF_SAMPLES)]
    palette = _palette(samples)
    # The file counts hundredths of a second, so that the rate is kept on average only.
    times = [round(100 * place / rate) * 10 for place in range(count + 1)]
    durations = [after - before for before, after in pairwise(times)]
    durations[-1] = round(1000 * LAST_SECONDS)
    images = (_few_colours(Image.fromarray(one), palette) for one in islice(pictures, count))
    first = next(images)
    # Pillow stores of each picture only the part that differs from the one before.
    first.save(file, "GIF", save_all=True, append_images=images, duration=durations, loop=0)


def write_mp4(file: BinaryIO, pictures: Iterator[Picture], count: int, rate: int) -> None:
    """Write a video in H.264; raises OSError, and ExportError without an encoder."""
    import av

    # Other builds of FFmpeg may have another encoder, or none.
    codec = next((name for name in ("libx264", "libopenh264") if name in av.codecs_available), "")
    if not codec:
        raise ExportError(_("This installation of PyAV has no encoder of H.264."))
    first = next(pictures)
    with av.open(file, "w", format="mp4") as video:
        stream = video.add_stream(codec, rate=rate, options=dict(_QUALITY))
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = first.shape[:2]
        # What every player can play.
        stream.pix_fmt = "yuv420p"
        # The window, and perhaps a training, need the other cores.
        stream.codec_context.thread_count = 1
        for picture in chain((first,), islice(pictures, count - 1)):
            video.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        video.mux(stream.encode())


FILM_FORMATS = (
    FilmFormat(n_("GIF picture"), ".gif", 15, GIF_SAMPLES, write_gif),
    FilmFormat(n_("MP4 video"), ".mp4", 30, 0, write_mp4, "av", 'pip install "nnplay[video]"'),
)


def _palette(samples: list[Image]) -> Image:
    """Return an image whose palette has the colours of some pictures."""
    from PIL import Image

    width = max(one.width for one in samples)
    together = Image.new("RGB", (width, sum(one.height for one in samples)))
    top = 0
    for one in samples:
        together.paste(one, (0, top))
        top += one.height
    return together.quantize(COLOURS, dither=Image.Dither.NONE)


def _few_colours(picture: Image, palette: Image) -> Image:
    from PIL import Image

    # Dots of two colours for one between them would change with every picture.
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)
