"""Opens one editor by itself, with undo, on the screen or into a picture."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

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
from nnplay.experiment.check import check
from nnplay.gui import theme
from nnplay.session.change import Change
from nnplay.words import _

_LOOKS = {"light": theme.LIGHT, "dark": theme.DARK}

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


class Desk(QObject):
    """Stands in for the session: takes changes, undoes them, and shows what is in force."""

    def __init__(self, editor: Any, experiment: Experiment) -> None:
        super().__init__(editor)
        self._editor = editor
        self._past: list[Experiment] = []
        self.experiment = experiment
        editor.edited.connect(self.take)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), editor).activated.connect(self.undo)
        self.show()

    def take(self, change: Change) -> None:
        """Make a change the truth."""
        self._past.append(self.experiment)
        self.experiment = change.experiment
        self.show()

    def undo(self) -> None:
        """Take the last change back."""
        if self._past:
            self.experiment = self._past.pop()
            self.show()

    def show(self) -> None:
        """Show the truth."""
        self._editor.show_experiment(self.experiment, check(self.experiment))


def main(editor_class: type[QWidget], argv: Sequence[str] | None = None) -> int:
    """Show the editor until it is closed, or save its picture; return the exit status."""
    given = _parser(editor_class).parse_args(argv)
    if given.save and sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    theme.apply(_LOOKS[given.theme])
    editor = editor_class()
    editor.resize(given.size)
    editor.show()
    Desk(editor, CASES[given.case])
    if not given.save:
        return app.exec()
    for _round in range(3):
        QApplication.processEvents()
    saved = editor.grab().save(given.save)
    editor.close()
    editor.deleteLater()
    if not saved:
        print(_("Could not write {path}").format(path=given.save), file=sys.stderr)  # noqa: T201
    return 0 if saved else 1


def _size(text: str) -> QSize:
    width, _x, height = text.partition("x")
    return QSize(int(width), int(height))


def _parser(editor_class: type[QWidget]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=editor_class.__name__, description=editor_class.__doc__)
    parser.add_argument("--save", metavar="OUT.png", help="save a picture and end")
    parser.add_argument("--theme", choices=sorted(_LOOKS), default="light")
    parser.add_argument("--size", type=_size, default=QSize(320, 600), metavar="WxH")
    parser.add_argument("--case", choices=sorted(CASES), default="cnn")
    return parser
