"""Augments a few images in the background, to show what augmentation does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from nnplay.data.arrays import Floats
from nnplay.experiment import Augmentation
from nnplay.gui.background.background_task import BackgroundTask
from nnplay.session import engine_import


class Examples(QObject):
    """Augments images on request; only the newest request is served."""

    made = Signal(object, object)
    """The images before and after."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = BackgroundTask(self)
        self._task.ended.connect(self._take)

    def ask(self, images: Floats, rules: Augmentation, seed: int) -> None:
        """Augment images (n, channels, height, width) with a seed."""
        self._task.start(partial(_augment, images, rules, seed))

    def shut_down(self, milliseconds: int) -> bool:
        """Drop what is in progress and wait; return whether it has ended in time."""
        return self._task.shut_down(milliseconds)

    @Slot(object)
    def _take(self, result: object) -> None:
        if isinstance(result, tuple):
            self.made.emit(*result)


def _augment(images: Floats, rules: Augmentation, seed: int) -> tuple[Floats, Floats]:
    with engine_import:  # imports torch
        from nnplay.engine.model.augmentation import example

    return images, example(images, rules, seed)
