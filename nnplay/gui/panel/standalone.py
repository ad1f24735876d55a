"""Opens one panel by itself with a made-up run, on the screen or into an image file."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import get_args

from PySide6.QtCore import QSize

from nnplay.gui.panel.example_runs import ExampleKey, ExampleRun, example_run, example_run_list
from nnplay.gui.panel.panel import Panel
from nnplay.gui.preview import build_parser, prepare_app, save_picture
from nnplay.translation import _


def main(make_panel: Callable[[], Panel], argv: Sequence[str] | None = None) -> int:
    """Show the panel until it is closed, or save its picture; return the exit status."""
    given = _parser().parse_args(argv)
    app = prepare_app(given)
    panel = make_panel()
    panel.resize(given.size)
    if not given.empty:
        feed(panel, example_run(given.data or best_example(panel)))
    panel.show()
    panel.setFocus()
    if not given.save:
        return app.exec()
    return save_picture(panel, given.save)


def feed(panel: Panel, run: ExampleRun) -> None:
    """Give a panel everything there is to show about a run."""
    panel.show_data(run.spec, run.parts)
    panel.show_run(run.result.experiment)
    panel.show_traces(run.steps, run.epochs)
    panel.show_frame(run.frame)
    panel.show_result(run.result)
    panel.show_runs(example_run_list(run))


def best_example(panel: Panel) -> ExampleKey:
    """Return the first example whose data fit the panel and that has most of what it wants."""
    keys: tuple[ExampleKey, ...] = ("images", "plane", "curve", "labels", "traits", "series")
    fitting = [key for key in keys if panel.fits(example_run(key).spec)]
    return max(
        fitting, key=lambda key: len(panel.entry.wants & set(example_run(key).frame.payloads))
    )


def _parser() -> argparse.ArgumentParser:
    parser = build_parser(None, _("Show one panel by itself."), QSize(800, 500))
    parser.add_argument("--data", choices=get_args(ExampleKey))
    parser.add_argument(
        "--empty", action="store_true", help=_("as it is before any data are shown")
    )
    return parser
