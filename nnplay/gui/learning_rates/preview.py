"""Opens the comparison of learning rates by itself, on the screen or into an image file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEventLoop, QSize
from PySide6.QtWidgets import QApplication

from nnplay.experiment import preset
from nnplay.gui.learning_rates.dialog import LearningRatesDialog
from nnplay.gui.preview import build_parser, prepare_app, save_picture
from nnplay.translation import _


def main(argv: Sequence[str] | None = None) -> int:
    """Show the dialog until it is closed, or compare and save a screenshot; return the status."""
    given = _parser().parse_args(argv)
    app = prepare_app(given)
    dialog = LearningRatesDialog(replace(preset(given.preset).experiment, device="cpu"))
    dialog.resize(given.size)
    dialog.show()
    if not given.save:
        return app.exec()
    if not given.empty:
        dialog.start.click()
    while dialog.is_busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
    return save_picture(dialog, given.save)


def _parser() -> argparse.ArgumentParser:
    parser = build_parser(None, _("Compare learning rates."), QSize(1040, 640))
    parser.add_argument("--preset", default="spiral")
    parser.add_argument(
        "--empty", action="store_true", help=_("save the dialog before a comparison")
    )
    return parser
