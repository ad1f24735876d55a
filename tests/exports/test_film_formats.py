"""GIF pictures and videos, read back with other code than that which wrote them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnplay.exports.film_formats import (
    FILM_FORMATS,
    GIF_SAMPLES,
    LAST_SECONDS,
    FilmFormat,
    Picture,
    write_gif,
    write_mp4,
)

WIDTH, HEIGHT = 64, 36


def pictures(count: int) -> list[Picture]:
    """Return pictures on which a red column goes from left to right over blue."""
    made = []
    for place in range(count):
        one = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        one[..., 2] = 200
        one[:, 4 * place : 4 * place + 4] = (220, 0, 0)
        made.append(one)
    return made


def column(picture: np.ndarray) -> float:
    """Return where the red column is."""
    weight = picture[..., 0].astype(float).clip(60) - 60
    return float((weight.sum(0) * np.arange(WIDTH)).sum() / weight.sum())


def test_gif_has_every_picture_for_its_time() -> None:
    shown, file = pictures(12), BytesIO()
    write_gif(file, iter([shown[0], shown[6], shown[-1], *shown]), 12, 15)
    with Image.open(file) as gif:
        assert (gif.size, gif.n_frames, gif.info["loop"]) == ((WIDTH, HEIGHT), 12, 0)
        times = []
        for place in range(12):
            gif.seek(place)
            assert column(np.array(gif.convert("RGB"))) == pytest.approx(4 * place + 1.5, abs=0.1)
            times.append(gif.info["duration"])
    # 15 a second on average, although a GIF counts hundredths.
    assert sum(times[:-1]) == pytest.approx(11 * 1000 / 15, abs=10)
    assert times[-1] == 1000 * LAST_SECONDS


def test_gif_that_shows_a_moment_for_long_is_as_long() -> None:
    shown, file = pictures(2), BytesIO()
    still = [shown[0]] * 15 + [shown[1]]
    write_gif(file, iter([*shown, shown[1], *still]), 16, 15)
    with Image.open(file) as gif:
        assert gif.n_frames == 2
        assert gif.info["duration"] == pytest.approx(1000, abs=10)


def test_video_has_every_picture() -> None:
    av = pytest.importorskip("av")
    shown, file = pictures(12), BytesIO()
    write_mp4(file, iter(shown), 12, 30)
    file.seek(0)
    with av.open(file) as video:
        stream = video.streams.video[0]
        assert (stream.codec.name, stream.width, stream.height) == ("h264", WIDTH, HEIGHT)
        assert stream.average_rate == 30
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert [column(frame) for frame in frames] == pytest.approx(
        [4 * place + 1.5 for place in range(12)], abs=1
    )


@pytest.mark.parametrize("format_", FILM_FORMATS, ids=lambda one: one.suffix)
def test_full_disk_is_an_error_of_the_file(format_: FilmFormat) -> None:
    if format_.refusal():
        pytest.skip(format_.refusal())
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    noise = np.random.default_rng(0).integers(0, 255, (90, 160, 3), np.uint8)
    many = [noise] * (GIF_SAMPLES + 40)
    with pytest.raises(OSError, match="No space left"), full.open("wb") as file:
        format_.write(file, iter(many), 40, format_.rate)


def test_error_of_the_source_of_pictures_is_passed_on() -> None:
    pytest.importorskip("av")

    def broken() -> Iterator[Picture]:
        yield from pictures(5)
        raise KeyError("cancelled")

    for write in (write_gif, write_mp4):
        with pytest.raises(KeyError, match="cancelled"):
            write(BytesIO(), broken(), 8, 15)


def test_format_whose_package_is_missing_says_how_to_install_it() -> None:
    (mp4,) = [one for one in FILM_FORMATS if one.suffix == ".mp4"]
    absent = FilmFormat(mp4.label, mp4.suffix, 30, 0, mp4.write, "no_such_package", mp4.install)
    assert absent.refusal().endswith('pip install "nnplay[video]"')
