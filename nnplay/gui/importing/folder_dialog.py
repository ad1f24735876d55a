"""The dialog that imports a folder of images: their size, progress, and what was skipped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnplay.catalog import Param, Value
from nnplay.data.importing.image_folder import (
    ImportedFolder,
    folder_notes,
    folder_report,
    folder_summary,
    import_folder,
)
from nnplay.data.importing.images.image_file import WHITES
from nnplay.gui.dialogs.task_dialog import Progress, TaskDialog
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.forms import FieldRows, NumberField
from nnplay.gui.forms.fields import ChoiceField
from nnplay.gui.forms.param_words import tooltip, value_words
from nnplay.gui.importing.report import SkippedList, file_title
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import sized
from nnplay.translation import _, n_

_SIDE = Param(
    "side",
    "int",
    64,
    n_("Height and width that every image is scaled to; smaller images train faster."),
    n_("side in pixels"),
    low=4,
    high=256,
)
_COLOUR = Param(
    "colour",
    "choice",
    n_("if present"),
    n_("Whether to keep the three colour channels, which takes three times the memory of grey."),
    n_("colour"),
    choices=(n_("if present"), n_("always"), n_("never")),
)
_WHITE = Param(
    "white",
    "choice",
    n_("detected"),
    n_("The value that is white in images with more than 8 bits, such as scans and X-rays."),
    n_("white"),
    choices=(n_("detected"), *(f"{white:.0f}" for white in WHITES)),
)
_USE = Param(
    "use",
    "choice",
    n_("alone"),
    n_(
        "Digits can be added to the training images of MNIST, or be what a network that is trained "
        "with MNIST is tested on. They are grey then, with 28 × 28 pixels."
    ),
    n_("use"),
    choices=(n_("alone"), n_("after MNIST, for training"), n_("as test of MNIST")),
)
_WITH_MNIST = {"after MNIST, for training": "training", "as test of MNIST": "test"}
_IS_COLOURED = {"if present": None, "always": True, "never": False}


class FolderDialog(TaskDialog):
    """Imports one folder; accepted once its images are in `outcome`."""

    memory_hint: ClassVar[str] = n_("Choose a smaller size.")
    cancelled_text: ClassVar[str] = n_("Import cancelled; no data was kept.")

    def __init__(self, path: Path, parent: QWidget | None = None, side: int | None = None) -> None:
        """Import the folder at a path; `side` is the size that is proposed."""
        super().__init__(parent)
        self.outcome: ImportedFolder | None = None
        self._path = path
        self._done = (0, 0)
        self._values: dict[str, Value] = {
            param.name: param.default for param in (_SIDE, _COLOUR, _WHITE, _USE)
        }
        if side is not None:
            self._values["side"] = side
        self.setWindowTitle(_("Import a folder of images"))
        sized(self, minimumWidth=560)
        self.side, self.colour = NumberField(_SIDE), ChoiceField(_COLOUR)
        self.white, self.use = ChoiceField(_WHITE), ChoiceField(_USE)
        self.rows = FieldRows()
        self.report = SkippedList()
        self.summary = hint_label()
        self.summary.hide()
        self._lay_out()

    def show_busy(self, busy: bool) -> None:
        """Keep the choices as they are while the folder is being imported."""
        self.rows.setEnabled(not busy)
        self.start.setEnabled(not busy)
        if busy:
            self.summary.hide()
            self.report.hide()

    def show_result(self, result: object) -> None:
        """Take the images, or first show what was skipped."""
        assert isinstance(result, ImportedFolder)
        self.outcome = result
        report = "\n".join(filter(None, (*folder_notes(result), folder_report(result))))
        if not report:
            self.accept()
            return
        self.summary.setText(folder_summary(result))
        self.summary.show()
        self.report.show_text(report)
        layout = self.layout()
        assert layout is not None
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))
        self.start.setText(_("Use these images"))
        self.start.setFocus()

    def progress(self) -> Progress | None:
        """Return how many images have been read."""
        done, total = self._done
        text = _("{done:,} of {total:,} images").format(done=done, total=total)
        return Progress(done, total, text) if total else None

    def _lay_out(self) -> None:
        explain = hint_label()
        explain.setText(
            _(
                "Each subfolder is a class named after it; folders called train, val and test are "
                "parts of the data. All images are scaled to the same square; files that cannot be "
                "read are skipped and listed."
            )
        )
        for field, param in self._fields():
            field.show_value(self._values[param.name])
            field.value_edited.connect(self._take_value)
            default = value_words(param, param.default)
            self.rows.add(param.name, _(param.label), field, tooltip(param), default)
        self._show_use()
        self.side.complaint_changed.connect(self.rows.complain)
        self.rows.reset_asked.connect(self._reset)
        self.start.setText(_("Import"))
        self.start.clicked.connect(self._start)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.bar, 1)
        row.addStretch(1)
        row.addWidget(self.start)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 3, SPACE * 2, SPACE * 3, SPACE * 2)
        column.setSpacing(SPACE)
        for part in (
            file_title(self._path),
            explain,
            self.rows,
            self.message,
            self.summary,
            self.report,
        ):
            column.addWidget(part)
        column.addLayout(row)

    @Slot(str, object)
    def _take_value(self, name: str, value: Value) -> None:
        self._values[name] = value
        # What was imported before was imported in another way.
        self.outcome = None
        for part in (self.message, self.summary, self.report):
            part.hide()
        self._show_use()
        self.start.setText(_("Import"))

    def _show_use(self) -> None:
        """Let the size and the colour be chosen, unless MNIST decides them."""
        is_alone = self._values["use"] == _USE.default
        for field in (self.side, self.colour):
            field.setEnabled(is_alone)

    @Slot(str)
    def _reset(self, name: str) -> None:
        field, param = next(pair for pair in self._fields() if pair[1].name == name)
        field.show_value(param.default)
        self._take_value(name, param.default)

    def _fields(self) -> tuple[tuple[NumberField | ChoiceField, Param], ...]:
        scale = (self.side, _SIDE), (self.colour, _COLOUR), (self.white, _WHITE)
        return (*scale, (self.use, _USE))

    @Slot()
    def _start(self) -> None:
        if self.outcome is not None:
            self.accept()
            return
        side = self._values["side"]
        assert isinstance(side, int)
        white = str(self._values["white"])
        self._done = (0, 0)
        self.begin(
            partial(
                _imported,
                _WITH_MNIST.get(str(self._values["use"]), ""),
                self._path,
                side,
                _IS_COLOURED[str(self._values["colour"])],
                None if white == _WHITE.default else float(white),
                progress=self._take_progress,
                cancelled=self.task.is_cancelled,
            )
        )

    def _take_progress(self, done: int, total: int) -> None:
        # Called in the thread of the work, see BackgroundTask.
        self._done = (done, total)


def _imported(
    use: str,
    path: Path,
    side: int,
    colour: bool | None,
    white: float | None,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> ImportedFolder:
    """Import a folder by itself, or to be used with MNIST."""
    from nnplay.data.own_digits import SIDE, with_mnist  # seldom needed

    if not use:
        return import_folder(path, side, colour, white, progress, cancelled)
    return with_mnist(import_folder(path, SIDE, False, white, progress, cancelled), use)
