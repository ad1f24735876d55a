"""A look at the data before training: the points or pictures, and how many of each there are."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.data.arrays import Parts
from nnplay.gui.panels.decision import DecisionPanel
from nnplay.gui.panels.fit import FitPanel
from nnplay.gui.panels.outcome_words import target_text
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.roles import PREVIEW, Role
from nnplay.gui.style.theme import SPACE
from nnplay.gui.views.class_balance import ClassBalance
from nnplay.gui.views.gallery import MOST_TILES, SampleGallery
from nnplay.gui.views.plots.point_preview import CurvePreview, PlanePreview
from nnplay.link import PayloadKind
from nnplay.translation import _


class DataPreview(Panel):
    """The samples themselves, their number in each part, and the balance of their classes."""

    role: ClassVar[Role] = PREVIEW
    wants: ClassVar[frozenset[PayloadKind]] = frozenset()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_(self.role.heading), parent)
        self.curve = CurvePreview(self)
        self.plane = PlanePreview(self)
        self.gallery = SampleGallery(self)
        self.balance = ClassBalance(self)
        self._pages = QStackedWidget(self)
        for page in (self.curve, self.plane, self.gallery):
            self._pages.addWidget(page)
        content = QWidget(self)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(SPACE * 3 // 2, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.balance)
        self.set_content(content)
        self.set_empty(_("Choose a data set to see its samples here."))

    def show_data(self, spec: DataSpec, parts: Parts) -> None:
        """Show samples of the training part, and the counts of all parts."""
        train = parts.train
        if not len(train):
            self.set_note("")
            self.set_empty(_("No samples are left for training: hold fewer back."))
            return
        self.set_empty("")
        self.set_note(_counts_text(parts))
        self.balance.setVisible(spec.has_accuracy)
        if spec.has_accuracy:
            classes = tuple(_(name) for name in spec.class_names)
            self.balance.show_counts(classes, _class_counts(spec, train.y))
        if FitPanel.fits(spec):
            self._pages.setCurrentWidget(self.curve)
            self.curve.show_points(train.x.reshape(-1), train.y.reshape(-1))
        elif DecisionPanel.fits(spec):
            self._pages.setCurrentWidget(self.plane)
            labelled = spec.task == "multilabel"
            self.plane.show_points(train.x, train.y if labelled else train.y.reshape(-1))
        elif spec.is_picture:
            self._pages.setCurrentWidget(self.gallery)
            shown = list(range(min(MOST_TILES, len(train))))
            names = [target_text(spec, train.y[index]) for index in shown]
            words = [
                _("picture {index:,}: {name}").format(index=index, name=name)
                for index, name in zip(shown, names, strict=True)
            ]
            self.gallery.show_samples(train.rows(shown), shown, words)
        else:
            shape = " × ".join(str(size) for size in spec.in_shape)
            self.set_empty(
                _("There is no picture for samples of shape {shape}.").format(shape=shape)
            )


def _class_counts(spec: DataSpec, y: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    if spec.task == "multilabel":
        carried: npt.NDArray[np.int64] = y.sum(0, dtype=np.float64).astype(np.int64)
        return carried
    return np.bincount(y.reshape(-1), minlength=spec.outputs)


def _counts_text(parts: Parts) -> str:
    pieces = [_("{count:,} to train").format(count=len(parts.train))]
    if len(parts.validation):
        pieces.append(_("{count:,} to validate").format(count=len(parts.validation)))
    if len(parts.test):
        pieces.append(_("{count:,} to test").format(count=len(parts.test)))
    return " · ".join(pieces)


if __name__ == "__main__":
    from nnplay.gui.panels.preview import main

    raise SystemExit(main(DataPreview))
