"""Opens a widget by itself: what all that can be opened so have in common."""

from __future__ import annotations

import argparse
import os
import sys

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from nnplay.gui.style import theme
from nnplay.translation import _

_LOOKS = {"light": theme.LIGHT, "dark": theme.DARK}


def build_parser(prog: str | None, description: str | None, size: QSize) -> argparse.ArgumentParser:
    """Return a parser of the options for a picture, its look and its size."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--save", metavar="OUT.png", help=_("save a picture and end"))
    parser.add_argument("--theme", choices=sorted(_LOOKS), default="light")
    parser.add_argument("--size", type=_size, default=size, metavar="WxH")
    return parser


def prepare_app(given: argparse.Namespace) -> QApplication:
    """Return the application, in the look that is asked for; a picture needs no screen."""
    if given.save and sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(_LOOKS[given.theme])
    return app


def save_picture(widget: QWidget, path: str) -> int:
    """Save a picture of a widget that is shown, put it away, and return the exit status."""
    # Some rounds: the first lays out and asks for paints that those after it carry out.
    for _round in range(3):
        QApplication.processEvents()
    saved = widget.grab().save(path)
    widget.close()
    widget.deleteLater()
    if not saved:
        print(_("Could not write {path}").format(path=path), file=sys.stderr)  # noqa: T201
    return 0 if saved else 1


def _size(text: str) -> QSize:
    width, _x, height = text.partition("x")
    return QSize(int(width), int(height))
