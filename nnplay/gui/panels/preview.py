"""Opens one panel by itself with made-up data, on the screen or into a picture."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import get_args

from PySide6.QtCore import QSize

from nnplay.engine.probes.decision import DecisionMap
from nnplay.engine.probes.fit import FitCurve
from nnplay.engine.probes.forecast import Forecast
from nnplay.gui.panels.panel import Panel
from nnplay.gui.panels.sample import Moment, Sort, moment
from nnplay.gui.preview import build_parser, prepare_app, save_picture
from nnplay.translation import _


def main(make_panel: Callable[[], Panel], argv: Sequence[str] | None = None) -> int:
    """Show the panel until it is closed, or save its picture; return the exit status."""
    given = _parser().parse_args(argv)
    app = prepare_app(given)
    panel = make_panel()
    panel.resize(given.size)
    if not given.empty:
        feed(panel, moment(given.data or _sort_for(panel)))
    panel.show()
    panel.setFocus()
    if not given.save:
        return app.exec()
    return save_picture(panel, given.save)


def feed(panel: Panel, now: Moment) -> None:
    """Tell a panel all that there is to tell of a moment."""
    panel.show_data(now.spec, now.parts)
    panel.show_run(now.result.experiment)
    panel.show_traces(now.steps, now.epochs)
    panel.show_frame(now.frame)
    panel.show_result(now.result)


def _sort_for(panel: Panel) -> Sort:
    if FitCurve in panel.wants:
        return "curve"
    if Forecast in panel.wants:
        return "series"
    if DecisionMap in panel.wants:
        return "plane"
    sorts: tuple[Sort, ...] = ("pictures", "plane", "curve")
    return next(sort for sort in sorts if panel.fits(moment(sort).spec))


def _parser() -> argparse.ArgumentParser:
    parser = build_parser(None, _("Show one panel by itself."), QSize(800, 500))
    parser.add_argument("--data", choices=get_args(Sort))
    parser.add_argument("--empty", action="store_true", help="as it looks before any data")
    return parser
