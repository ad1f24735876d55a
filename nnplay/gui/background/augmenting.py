"""Asks the engine what augmentation makes of a few pictures, beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.data.arrays import Floats
from nnplay.experiment import Augmentation
from nnplay.gui.background.thread import Worker


@dataclass(frozen=True, eq=False)
class _Wish:
    pictures: Floats
    rules: Augmentation
    seed: int


class Examples(QObject):
    """Answers with pictures; only the newest wish is answered."""

    made = Signal(object, object)
    """Pictures as they are, and what became of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._next: _Wish | None = None
        self._worker: Worker | None = None

    def ask(self, pictures: Floats, rules: Augmentation, seed: int) -> None:
        """Change pictures (n, channels, height, width) by chance from a seed."""
        self._next = _Wish(pictures, rules, seed)
        if self._worker is None:
            self._begin()

    def shut_down(self, milliseconds: int) -> bool:
        """Wait for the work under way; say whether it has ended."""
        self._next = None
        return self._worker is None or self._worker.wait(milliseconds)

    def _begin(self) -> None:
        wish, self._next = self._next, None
        if wish is None:
            return
        worker = self._worker = Worker(parent=self)
        worker.told.connect(self._take)
        worker.finished.connect(self._ended)
        worker.begin(partial(_make, wish, worker))

    @Slot(object)
    def _take(self, answer: tuple[Floats, Floats]) -> None:
        if self._next is None:
            self.made.emit(*answer)

    @Slot()
    def _ended(self) -> None:
        if self._worker is not None:
            self._worker.deleteLater()
            self._worker = None
        self._begin()


def _make(wish: _Wish, worker: Worker) -> None:
    from nnplay.engine.model.augmentation import example  # brings torch with it

    worker.told.emit((wish.pictures, example(wish.pictures, wish.rules, wish.seed)))
