"""Opens the window and runs until it is closed."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication, QWidget

from nnplay.data.folders import state_path
from nnplay.experiment import set_value
from nnplay.gui.screenshot import Photographer
from nnplay.gui.shell.errors import catch_all, write_log
from nnplay.gui.shell.files import SUFFIX
from nnplay.gui.shell.options import WindowOptions
from nnplay.gui.shell.settings import WindowSettings
from nnplay.gui.style.theme import DARK, LIGHT, dress, prepare
from nnplay.gui.style.zoom import set_zoom
from nnplay.gui.window import MainWindow
from nnplay.session import cannot_keep, state_folder

FRAME = QSize(8, 40)
"""Size in pixels of the title bar and the borders around a window."""


def run(options: WindowOptions) -> int:
    """Open the window, and return the exit status when it has been closed."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("nnplay")
    app.setApplicationDisplayName("nnplay")
    if options.screenshot is None:
        try:
            folder, warning = state_folder(), ""
        except OSError as error:
            # All that would be written there is left out without a further message.
            folder, warning = state_path(), cannot_keep(error)
        return _open(app, options, folder, warning)
    # A screenshot shows the defaults, and does not touch the user's settings.
    with TemporaryDirectory(prefix="nnplay-") as temporary:
        return _open(app, options, Path(temporary), "")


def _open(app: QApplication, options: WindowOptions, folder: Path, warning: str) -> int:
    if not warning:
        write_log(folder)
    settings = WindowSettings(folder)
    theme = {"light": LIGHT, "dark": DARK, None: settings.theme}[options.theme]
    set_zoom(settings.zoom)
    prepare(theme)
    if options.screenshot is not None:
        settings.speed = None  # nobody is watching
    window = MainWindow(folder, settings)
    dress()
    # Not before all panels are there: loading blocks the interpreter for long stretches.
    window.workspace.completed.connect(window.preloading.start)
    hook = sys.excepthook
    catch_all(window.error_occurred.emit)
    photographer = None
    if options.screenshot is not None:
        photographer = Photographer(window, options.screenshot)
    else:
        window.recovery.recover()
    _open_requested(window, options)
    if warning:
        window.notice.show_message(warning)
    if options.size is not None:
        window.resize(*options.size)
    if options.size is None and options.screenshot is None and not fits_on_screen(window):
        window.showMaximized()
    else:
        window.show()
    gc.enable()
    if photographer is not None:
        photographer.begin()
    status = app.exec()
    window.wait_for_threads()
    sys.excepthook = hook
    window.deleteLater()
    # Now, and not when Python ends, as Qt is gone by then.
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
    return status


def fits_on_screen(window: QWidget) -> bool:
    """Return whether a window with its frame fits on its screen."""
    available, needed = window.screen().availableSize(), window.size() + FRAME
    return needed.width() <= available.width() and needed.height() <= available.height()


def _open_requested(window: MainWindow, options: WindowOptions) -> None:
    if options.preset is not None:
        window.files.open_preset(options.preset)
    if options.file is not None:
        if options.file.suffix.lower() == SUFFIX:
            window.files.open_path(options.file)
        else:
            window.imports.open_path(options.file)
    if options.epochs is not None:
        changed = set_value(window.document.experiment, "epochs", options.epochs)
        window.document.open(changed, window.document.path, "")
