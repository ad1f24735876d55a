"""The dialog that saves the film of a run as a GIF picture or an MP4 video."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from queue import Empty, Queue

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from nnplay.data import DataError
from nnplay.exports import ExportError
from nnplay.exports.film_formats import FILM_FORMATS, FilmFormat, Picture
from nnplay.filesystem import look, reason, replacing
from nnplay.gui.dialogs.task_dialog import Progress, TaskDialog
from nnplay.gui.film_display import FilmDisplay
from nnplay.gui.filming.plan import picture, picture_moments, pixels_of
from nnplay.gui.style.theme import SPACE
from nnplay.gui.style.zoom import sized
from nnplay.link import WeightFrame
from nnplay.translation import _, n_, ngettext

SIZES: tuple[tuple[str, QSize | None], ...] = (
    (n_("As on the screen"), None),
    (n_("Up to 1280 × 720"), QSize(1280, 720)),
    (n_("Up to 1920 × 1080"), QSize(1920, 1080)),
)
LENGTHS = (4, 8, 15, 30, 60)
LENGTH = 8
AHEAD = 3
"""Pictures that may wait to be written: one of 1920 × 1080 takes 6 MB."""
POLL_MS = 10


class _CancelledError(Exception):
    """No further picture will come."""


class FilmDialog(TaskDialog):
    """Goes through the film of the run, and takes a picture of a view at each moment."""

    saved = Signal(str)
    """A message about the file."""
    cancelled_text = n_("Cancelled: nothing was saved.")
    memory_hint = n_("Choose a smaller size.")

    def __init__(
        self,
        display: FilmDisplay,
        views: Sequence[tuple[str, QWidget]],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """Offer some views by their names; `name` is suggested for the file, without a suffix."""
        super().__init__(parent, poll_ms=POLL_MS)
        self._display, self._name = display, name
        self._moments: list[WeightFrame] = []
        self._next = 0
        self._awaited: WeightFrame | None = None
        self._last: Picture | None = None
        self._pictures: Queue[Picture] = Queue()
        self._failure = ""
        self.setWindowTitle(_("Save the film"))
        self.view, self.format, self.size_, self.length = (QComboBox(self) for _i in range(4))
        for label, widget in views:
            self.view.addItem(label, widget)
        for format_ in FILM_FORMATS:
            self.format.addItem(_(format_.label), format_)
        for label, limit in SIZES:
            self.size_.addItem(_(label), limit)
        for seconds in LENGTHS:
            text = ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
            self.length.addItem(text, seconds)
        self.length.setCurrentIndex(LENGTHS.index(LENGTH))
        self._lay_out()
        self.format.currentIndexChanged.connect(self._show_refusal)
        self.start.clicked.connect(self._ask_file)
        self.task.polled.connect(self._advance)
        display.moment_shown.connect(self._take_later)
        display.failed.connect(self._give_up)

    def _lay_out(self) -> None:
        self.start.setText(_("Save…"))
        form = QFormLayout()
        form.setSpacing(SPACE)
        form.addRow(_("View"), self.view)
        form.addRow(_("Format"), self.format)
        form.addRow(_("Size"), self.size_)
        form.addRow(_("Length"), self.length)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.start)
        buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE)
        column.addLayout(form)
        column.addWidget(self.message)
        column.addStretch(1)
        column.addLayout(buttons)
        sized(self, minimumWidth=400)

    def progress(self) -> Progress:
        """Return how many pictures have been taken."""
        return Progress(self._next, max(1, len(self._moments)))

    def show_busy(self, busy: bool) -> None:
        """Lock the choices while pictures are taken; afterwards the film is where it was."""
        for widget in (self.view, self.format, self.size_, self.length, self.start):
            widget.setEnabled(not busy)
        if not busy:
            self._awaited = self._last = None
            self._moments = []
            self._display.end_showing()

    def show_result(self, result: object) -> None:
        """Close when the file is complete, or say why there is none."""
        if isinstance(result, Path):
            text = _("The film is saved as {path} ({size:.1f} MB).")
            self.saved.emit(text.format(path=result.name, size=look(result).size / 1e6))
            self.accept()
        else:
            self.say(self._failure or _(self.cancelled_text))

    def save(self, path: Path) -> None:
        """Write the film as chosen; the dialog closes when the file is complete."""
        format_ = self._format()
        self._moments = picture_moments(
            self._display.moments, self.length.currentData(), format_.rate, format_.samples
        )
        self._next, self._failure = 0, ""
        self._pictures = Queue()
        widget: QWidget = self.view.currentData()
        self._pixels = pixels_of(widget, self.size_.currentData())
        count = len(self._moments) - format_.samples
        self._display.begin_showing()
        self.begin(partial(self._written, format_, path, self._pictures, count))

    def _format(self) -> FilmFormat:
        found: FilmFormat = self.format.currentData()
        return found

    @Slot()
    def _show_refusal(self) -> None:
        refusal = self._format().refusal()
        self.message.setVisible(bool(refusal))
        self.message.setText(refusal)
        self.start.setEnabled(not refusal)

    @Slot()
    def _ask_file(self) -> None:
        format_ = self._format()
        chosen, _kind = QFileDialog.getSaveFileName(
            self,
            _("Save the film"),
            self._name + format_.suffix,
            f"{_(format_.label)} (*{format_.suffix})",
        )
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix else path.with_suffix(format_.suffix))

    @Slot()
    def _advance(self) -> None:
        """Ask for the next moment, if the file is not too far behind."""
        while self._awaited is None and self._pictures.qsize() < AHEAD:
            if self._next >= len(self._moments) or self.task.is_cancelled():
                return
            moment = self._moments[self._next]
            if self._last is not None and moment is self._moments[self._next - 1]:
                self._put(self._last)
            else:
                self._awaited = moment
                self._display.show_moment(moment)

    @Slot(object)
    def _take_later(self, step: int) -> None:
        if self._awaited is not None and step == self._awaited.step:
            # After layouts and other events that the new frame has caused.
            QTimer.singleShot(0, self._take)

    @Slot()
    def _take(self) -> None:
        if self._awaited is not None:
            self._awaited = None
            self._put(picture(self.view.currentData(), self._pixels))

    def _put(self, picture: Picture) -> None:
        self._last = picture
        self._next += 1
        self._pictures.put(picture)

    @Slot(str)
    def _give_up(self, why: str) -> None:
        if self.is_busy:
            self._failure = why
            self.task.cancel()

    def _written(
        self, format_: FilmFormat, path: Path, pictures: Queue[Picture], count: int
    ) -> Path | None:
        """Write the file and return its path, None if it was cancelled; runs in the thread."""

        def arriving() -> Iterator[Picture]:
            while not self.task.is_cancelled():
                try:
                    yield pictures.get(timeout=0.05)
                except Empty:
                    continue
            raise _CancelledError

        try:
            with replacing(path) as file:
                format_.write(file, arriving(), count, format_.rate)
        except _CancelledError:
            return None
        except ExportError as error:
            raise DataError(str(error), error.hint) from error
        except (OSError, ValueError) as error:
            text = _("{path} could not be saved: {why}.")
            raise DataError(text.format(path=path.name, why=reason(error))) from error
        return path
