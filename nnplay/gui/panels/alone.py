"""Opens one panel by itself with made-up data, on the screen or into a picture."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import get_args

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from nnplay.gui import theme
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.sample import Moment, Sort, moment
from nnplay.words import _

_LOOKS = {"light": theme.LIGHT, "dark": theme.DARK}


def main(make_panel: Callable[[], Panel], argv: Sequence[str] | None = None) -> int:
    """Show the panel until it is closed, or save its picture; return the exit status."""
    given = _parser().parse_args(argv)
    if given.save and sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    theme.apply(_LOOKS[given.theme])
    panel = make_panel()
    panel.resize(given.size)
    if not given.empty:
        feed(panel, moment(given.data or _sort_for(panel)))
    panel.show()
    panel.setFocus()
    if not given.save:
        return app.exec()
    # Twice: the first round lays out and asks for paints that the second carries out.
    QApplication.processEvents()
    QApplication.processEvents()
    saved = panel.grab().save(given.save)
    panel.close()
    panel.deleteLater()
    if not saved:
        print(_("Could not write {path}").format(path=given.save), file=sys.stderr)  # noqa: T201
    return 0 if saved else 1


def feed(panel: Panel, now: Moment) -> None:
    """Tell a panel all that there is to tell of a moment."""
    panel.show_data(now.spec, now.parts)
    panel.show_run(now.result.experiment)
    panel.show_traces(now.steps, now.epochs)
    panel.show_frame(now.frame)
    panel.show_result(now.result)


def _sort_for(panel: Panel) -> Sort:
    if "fit" in panel.wants:
        return "curve"
    if "forecast" in panel.wants:
        return "series"
    if "decision" in panel.wants:
        return "plane"
    sorts: tuple[Sort, ...] = ("pictures", "plane", "curve")
    return next(sort for sort in sorts if panel.fits(moment(sort).spec))


def _size(text: str) -> QSize:
    width, _x, height = text.partition("x")
    return QSize(int(width), int(height))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=_("Show one panel by itself."))
    parser.add_argument("--save", metavar="OUT.png", help="save a picture and end")
    parser.add_argument("--theme", choices=sorted(_LOOKS), default="light")
    parser.add_argument("--size", type=_size, default=QSize(800, 500), metavar="WxH")
    parser.add_argument("--data", choices=get_args(Sort))
    parser.add_argument("--empty", action="store_true", help="as it looks before any data")
    return parser
