"""A look at edited data beside a run of others: points or images, and the samples of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nnplay.catalog import DataSpec
from nnplay.gui.panel.panel import Panel
from nnplay.gui.panel.prediction_text import target_text
from nnplay.gui.panel.registry import panel
from nnplay.gui.style.theme import SPACE
from nnplay.gui.views.gallery import MOST_TILES, SampleGallery
from nnplay.gui.views.sample_field import sample_number
from nnplay.translation import _, n_

if TYPE_CHECKING:
    from nnplay.data import Parts


def _has_preview(spec: DataSpec) -> bool:
    return spec.is_curve or spec.is_plane or spec.is_picture


@panel(n_("Edited data"), "data", fits=_has_preview, has_tools=False, height=280)
class DataPreview(Panel):
    """Some samples, the size of each part of the data, and the balance of the classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        from nnplay.gui.views.class_balance import ClassBalance
        from nnplay.gui.views.plots.point_preview import CurvePreview, PlanePreview

        super().__init__(parent)
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
        """Show samples of the training part, and the sizes of all parts."""
        train = parts.train
        if not len(train):
            self.set_note("")
            self.set_empty(_("No samples are left for training: hold out fewer."))
            return
        self.set_empty("")
        self.set_note(_counts_text(parts))
        self.balance.setVisible(spec.has_accuracy)
        if spec.has_accuracy:
            classes = tuple(_(name) for name in spec.class_names)
            self.balance.show_counts(classes, _class_counts(spec, train.y))
        if spec.is_curve:
            self._pages.setCurrentWidget(self.curve)
            self.curve.show_points(train.x.reshape(-1), train.y.reshape(-1))
        elif spec.is_plane:
            self._pages.setCurrentWidget(self.plane)
            has_labels = spec.task == "multilabel"
            self.plane.show_points(train.x, train.y if has_labels else train.y.reshape(-1))
        else:
            self._show_images(spec, parts)

    def show_no_data(self, why: str) -> None:
        """Show why there are no data."""
        self.set_empty(why)

    def _show_images(self, spec: DataSpec, parts: Parts) -> None:
        train = parts.train
        self._pages.setCurrentWidget(self.gallery)
        shown = list(range(min(MOST_TILES, len(train))))
        names = [target_text(spec, train.y[index]) for index in shown]
        captions = [
            _("image {number}: {name}").format(number=sample_number(index), name=name)
            for index, name in zip(shown, names, strict=True)
        ]
        self.gallery.show_samples(train.rows(shown), shown, captions)


def _class_counts(spec: DataSpec, y: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    if spec.task == "multilabel":
        counts: npt.NDArray[np.int64] = y.sum(0, dtype=np.float64).astype(np.int64)
        return counts
    return np.bincount(y.reshape(-1), minlength=spec.outputs)


def _counts_text(parts: Parts) -> str:
    pieces = [_("{count:,} training").format(count=len(parts.train))]
    if len(parts.validation):
        pieces.append(_("{count:,} validation").format(count=len(parts.validation)))
    if len(parts.test):
        pieces.append(_("{count:,} test").format(count=len(parts.test)))
    return " · ".join(pieces)


if __name__ == "__main__":
    from nnplay.gui.panel.standalone import main

    raise SystemExit(main(DataPreview))
