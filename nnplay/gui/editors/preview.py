"""Opens a single editor with undo, in a window or as a picture."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from nnplay.catalog import (
    MNIST,
    MSE,
    SGD,
    Adam,
    Conv2d,
    Cosine,
    CrossEntropy,
    Dense,
    Digits,
    Flatten,
    Line,
    MaxPool2d,
    ReLU,
    Spiral,
    Tanh,
)
from nnplay.experiment import Augmentation, Experiment, Policy, Regularisation, Split
from nnplay.experiment.checks.check import check
from nnplay.gui.preview import build_parser, prepare_app, save_picture
from nnplay.session.change import Change

CASES: dict[str, Experiment] = {
    "line": Experiment(Line(), (Dense(1),), MSE(), SGD(lr=1e-4), batch_size=None, epochs=5000),
    "spiral": Experiment(
        Spiral(), (Dense(8), Tanh(), Dense(8), Tanh(), Dense(2)), CrossEntropy(), Adam(),
        split=Split(0.2),
    ),
    "cnn": Experiment(
        MNIST(),
        (
            Conv2d(32), ReLU(), MaxPool2d(), Conv2d(64), ReLU(), MaxPool2d(), Flatten(),
            Dense(128), ReLU(), Dense(10),
        ),
        CrossEntropy(), Adam(), schedule=Cosine(), split=Split(0.2), batch_size=64,
    ),
    "ruled": Experiment(
        Spiral(), (Dense(8), Tanh(), Dense(2)), CrossEntropy(), Adam(),
        regularisation=Regularisation(l2=1e-4), policy=Policy(early_stopping=True, keep_best=True),
    ),
    "frozen": Experiment(
        MNIST(),
        (
            Conv2d(16, frozen=True, name="strokes"), ReLU(), MaxPool2d(),
            Conv2d(32, frozen=True), ReLU(), MaxPool2d(), Flatten(),
            Dense(10, initialiser="He normal", l2=0.001),
        ),
        CrossEntropy(), Adam(), start="mnist-features",
    ),
    "augmented": Experiment(
        Digits(), (Flatten(), Dense(64), ReLU(), Dense(10)), CrossEntropy(), Adam(),
        augmentation=Augmentation(shift=0.1, rotation=20.0, erasing=0.3),
    ),
    "broken": Experiment(
        MNIST(), (Conv2d(32), ReLU(), Dense(128), ReLU(), Dense(7)), MSE(),
        SGD(nesterov=True), split=Split(0.6, 0.4), batch_size=64,
    ),
    "outputs": Experiment(
        MNIST(), (Flatten(), Dense(128), ReLU(), Dense(7)), CrossEntropy(), Adam(),
    ),
    "long": Experiment(
        MNIST(), (Flatten(), *((Dense(64), ReLU()) * 100), Dense(10)), CrossEntropy(), Adam(),
    ),
}  # fmt: skip


class PreviewSession(QObject):
    """Replaces the session: applies changes, undoes them, and shows the current experiment."""

    def __init__(self, editor: Any, experiment: Experiment) -> None:
        super().__init__(editor)
        self._editor = editor
        self._past: list[Experiment] = []
        self.experiment = experiment
        editor.edited.connect(self.take)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), editor).activated.connect(self.undo)
        self.show()

    def take(self, change: Change) -> None:
        """Apply a change."""
        self._past.append(self.experiment)
        self.experiment = change.experiment
        self.show()

    def undo(self) -> None:
        """Undo the last change."""
        if self._past:
            self.experiment = self._past.pop()
            self.show()

    def show(self) -> None:
        """Show the current experiment."""
        self._editor.show_experiment(self.experiment, check(self.experiment))


def main(editor_class: type[QWidget], argv: Sequence[str] | None = None) -> int:
    """Show the editor until it is closed, or save a picture of it; return the exit status."""
    given = _parser(editor_class).parse_args(argv)
    app = prepare_app(given)
    editor = editor_class()
    editor.resize(given.size)
    editor.show()
    PreviewSession(editor, CASES[given.case])
    if not given.save:
        return app.exec()
    return save_picture(editor, given.save)


def _parser(editor_class: type[QWidget]) -> argparse.ArgumentParser:
    parser = build_parser(editor_class.__name__, editor_class.__doc__, QSize(320, 600))
    parser.add_argument("--case", choices=sorted(CASES), default="cnn")
    return parser
