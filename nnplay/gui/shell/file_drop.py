"""Files dragged onto the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class FileDrop(QObject):
    """Lets one file at a time be dropped on a window."""

    dropped = Signal(object)
    """The Path of the file or folder."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept what holds a file."""
        if isinstance(event, QDropEvent):  # which entering and moving are as well
            path = first_file(event.mimeData())
            if path is not None and event.type() == QEvent.Type.Drop:
                event.acceptProposedAction()
                self.dropped.emit(path)
                return True
            if path is not None and isinstance(event, QDragEnterEvent):
                event.acceptProposedAction()
                return True
        return super().eventFilter(watched, event)


def first_file(mime: QMimeData) -> Path | None:
    """Return the first local file among what is dragged or copied, if any."""
    urls = mime.urls() if mime.hasUrls() else []
    return next((Path(url.toLocalFile()) for url in urls if url.isLocalFile()), None)
