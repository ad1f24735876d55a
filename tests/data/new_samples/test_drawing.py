"""Drawn digits become samples of the size and in the place of those in the data sets."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from nnplay.data.download.registry import read
from nnplay.data.new_samples.drawing import as_drawn, as_in_digits, as_in_mnist


def bar(top: int, left: int, height: int, width: int, n: int = 280) -> np.ndarray:
    ink = np.zeros((n, n), np.uint8)
    ink[top : top + height, left : left + width] = 255
    return ink


def centre_of(image: np.ndarray) -> tuple[float, float]:
    weights = image.astype(np.float64)
    index = np.arange(28)
    return (
        float(weights.sum(1) @ index / weights.sum()),
        float(weights.sum(0) @ index / weights.sum()),
    )


def test_nothing_drawn_is_nothing() -> None:
    empty = np.zeros((280, 280), np.uint8)
    assert not as_in_mnist(empty).any()
    assert not as_in_digits(empty).any()
    assert not as_drawn(empty, 28).any()
    assert not as_in_mnist(np.full((280, 280), 40, np.uint8)).any()  # too faint for ink


@pytest.mark.parametrize(
    ("height", "width"), [(200, 50), (60, 30), (20, 20), (280, 280), (33, 101), (5, 250)]
)
def test_the_longer_side_is_20_pixels_and_the_mass_on_pixel_14(height: int, width: int) -> None:
    rng = np.random.default_rng(height)
    ink = bar(0, 280 - width, height, width)
    # Uneven ink with full corners: the box stays, the centre of mass does not.
    ink = np.where(rng.random(ink.shape) < 0.3, 0, ink).astype(np.uint8)
    ink[0, 280 - width] = ink[height - 1, 279] = 255
    found = as_in_mnist(ink)
    rows, columns = (np.flatnonzero((found > 0).any(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    for centre in centre_of(found):
        assert 13.5 - 0.05 <= centre <= 14.5 + 0.05


def test_a_drawing_made_smaller_keeps_its_mean_and_its_place() -> None:
    ink = bar(20, 100, 30, 45)
    found = as_drawn(ink, 28)
    assert (found[2:5, 10:14] == 255).all()
    assert (found[2:5, 14] == 128).all()  # half covered
    assert found.sum() == 3 * (4 * 255 + 128)


def test_digits_8x8_fill_the_height_with_counts_of_4x4_blocks() -> None:
    found = as_in_digits(bar(100, 10, 80, 20))  # four times as high as wide: 32 × 8
    assert (found[:, 3:5] == 255).all()
    assert not found[:, :3].any() and not found[:, 5:].any()
    wide = as_in_digits(bar(100, 10, 40, 200))
    # 20 of 32 columns, from 6 to 25: a half block at each side.
    assert (wide[:, 2:6] == 255).all()
    assert (wide[:, [1, 6]] == 128).all()
    assert not wide[:, [0, 7]].any()


@pytest.fixture
def mnist(mnist_dir: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    return read("mnist")


def test_digits_of_mnist_stay_as_they_are(mnist: dict[str, np.ndarray]) -> None:
    images = mnist["test-images"][:500]
    found = np.stack([as_in_mnist(one) for one in images])
    # Only faint pixels outside the box around the ink are lost, which seldom moves the centre of
    # mass to the next pixel.
    same = (np.abs(found.astype(int) - images) <= 40).all((1, 2))
    assert same.mean() > 0.98
    exact = (found == images).all((1, 2))
    assert exact.mean() > 0.7
    # Without them, a second time changes nothing at all.
    again = np.stack([as_in_mnist(one) for one in found])
    assert (again == found).all((1, 2)).mean() > 0.98


def test_what_a_drawing_becomes_does_not_depend_on_its_size_and_place(
    mnist: dict[str, np.ndarray],
) -> None:
    for image in mnist["test-images"][:100]:
        small = as_in_mnist(image)
        drawn = np.zeros((280, 280), np.uint8)
        large = np.kron(image[4:24, 4:24], np.ones((7, 7), np.uint8))
        drawn[130:270, 5:145] = large
        inner = np.zeros((28, 28), np.uint8)
        inner[4:24, 4:24] = image[4:24, 4:24]
        if (inner == image).all():
            assert np.abs(as_in_mnist(drawn).astype(int) - small).max() <= 1


@pytest.mark.slow
def test_the_accuracy_on_mnist_is_that_of_the_untouched_digits(
    mnist: dict[str, np.ndarray],
) -> None:
    arrays = mnist
    x, y = arrays["train-images"][:10_000].reshape(10_000, -1) / 255, arrays["train-labels"]
    model = MLPClassifier((64,), max_iter=8, random_state=0).fit(x, y[:10_000])
    images, labels = arrays["test-images"][:2000], arrays["test-labels"][:2000]
    before = model.score(images.reshape(2000, -1) / 255, labels)
    prepared = np.stack([as_in_mnist(one) for one in images])
    assert model.score(prepared.reshape(2000, -1) / 255, labels) == pytest.approx(before, abs=0.01)
    # Moved to a corner, such digits are not recognised; prepared again, they are.
    moved = np.stack([np.roll(one, (-4, -4), (0, 1)) for one in images])
    assert model.score(moved.reshape(2000, -1) / 255, labels) < before - 0.3
    again = np.stack([as_in_mnist(one) for one in moved]).reshape(2000, -1) / 255
    assert model.score(again, labels) > before - 0.03


@pytest.mark.slow
def test_prepared_digits_suit_the_small_data_set_better_than_small_copies(
    mnist: dict[str, np.ndarray],
) -> None:
    arrays, digits = mnist, load_digits()
    model = MLPClassifier((64,), max_iter=200, random_state=0)
    model.fit(digits.data / 16, digits.target)
    images, labels = arrays["test-images"][:800], arrays["test-labels"][:800]
    plain = np.stack([as_drawn(one, 8) for one in images]).reshape(800, -1) / 255
    prepared = np.stack([as_in_digits(one) for one in images]).reshape(800, -1) / 255
    assert model.score(prepared, labels) > model.score(plain, labels) + 0.2
