"""The memory of a run is bounded at any length, and shared by its film and its resume points."""

import numpy as np
import pytest

from nnplay.link import Control, Film, FilmLayout, Link, ResumePoint, RunMemory, WeightFrame
from nnplay.link.film import FEWEST_FRAMES, MOST_FRAMES


def frame(step: int, count: int) -> WeightFrame:
    return WeightFrame(step, float(step), 0.0, 0.1, np.zeros(count, np.float16))


def filmed(count: int, limit: int, steps: int) -> Film:
    film = Film(FilmLayout({"0.weight": (count,)}), limit)
    for step in range(steps):
        film.add(frame(step, count))
    return film


@pytest.mark.parametrize("megabytes", [64, 128, 256, 512])
def test_film_and_points_share_the_memory_in_a_fixed_ratio(megabytes: int) -> None:
    memory = RunMemory(megabytes)
    assert memory.point_bytes / memory.film_bytes == 2.5
    assert memory.film_bytes + memory.point_bytes == 0.875 * megabytes * 1e6


@pytest.mark.parametrize("limit", [1_000_000, 4_000_000])
def test_a_film_of_any_length_keeps_to_its_memory(limit: int) -> None:
    count = 10_000
    film = filmed(count, limit, 5_000)
    assert sum(one.numbers.nbytes for one in film.frames) <= limit
    assert film.frames[0].step == 0
    assert film.frames[-1].step == 4_999
    assert len(film) > limit / (2 * count) / 4, "no more goes than has to"


def test_a_film_that_was_planned_to_fit_is_not_thinned() -> None:
    count, limit = 10_000, 1_000_000
    film = Film(FilmLayout({"0.weight": (count,)}), limit)
    planned = film.most_frames
    for step in range(planned + 1):
        film.add(frame(step, count))
    assert [one.step for one in film.frames] == list(range(planned + 1))


def test_a_small_network_has_as_many_frames_as_before() -> None:
    assert filmed(10, RunMemory(64).film_bytes, 1).most_frames == MOST_FRAMES
    assert filmed(10**6, RunMemory(64).film_bytes, 1).most_frames == FEWEST_FRAMES


def test_a_run_that_goes_on_with_less_memory_is_thinned() -> None:
    count, link = 50_000, Link.within(RunMemory(2), lambda event: None, Control(1))
    before = Link.within(RunMemory(64), lambda event: None)
    before.film.layout = FilmLayout({"0.weight": (count,)})
    for step in range(120):
        before.film.add(frame(step, count))
        weights = {"0.weight": np.zeros(count, np.float32)}
        before.points.add(ResumePoint(step, step / 2, None, weights, {}, {}))
    assert (len(before.film), len(before.points)) == (120, 120)
    link.begin(before, 119)
    link.film.add(frame(120, count))
    link.points.add(ResumePoint(120, 60.0, None, weights, {}, {}))
    assert len(link.film) <= FEWEST_FRAMES
    assert sum(one.size for one in link.points.all) <= RunMemory(2).point_bytes
