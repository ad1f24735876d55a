"""Opens the comparison of learning rates by itself, on the screen or into a picture."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEventLoop, QSize
from PySide6.QtWidgets import QApplication

from nnplay.experiment import preset
from nnplay.gui import theme
from nnplay.gui.rates import RatesDialog
from nnplay.words import _

_LOOKS = {"light": theme.LIGHT, "dark": theme.DARK}


def main(argv: Sequence[str] | None = None) -> int:
    """Show the dialog until it is closed, or compare and save its picture; return the status."""
    given = _parser().parse_args(argv)
    if given.save and sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    theme.apply(_LOOKS[given.theme])
    dialog = RatesDialog(replace(preset(given.preset).experiment, device="cpu"))
    dialog.resize(given.size)
    dialog.show()
    if not given.save:
        return app.exec()
    if not given.empty:
        dialog.start.click()
    while dialog.is_busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
    # Twice: the first round lays out and asks for paints that the second carries out.
    QApplication.processEvents()
    QApplication.processEvents()
    saved = dialog.grab().save(given.save)
    dialog.close()
    dialog.deleteLater()
    if not saved:
        print(_("Could not write {path}").format(path=given.save), file=sys.stderr)  # noqa: T201
    return 0 if saved else 1


def _size(text: str) -> QSize:
    width, _x, height = text.partition("x")
    return QSize(int(width), int(height))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=_("Compare learning rates."))
    parser.add_argument("--save", metavar="OUT.png", help="compare, save a picture and end")
    parser.add_argument("--theme", choices=sorted(_LOOKS), default="light")
    parser.add_argument("--size", type=_size, default=QSize(1040, 640), metavar="WxH")
    parser.add_argument("--preset", default="spiral")
    parser.add_argument("--empty", action="store_true", help="as it looks before it begins")
    return parser
