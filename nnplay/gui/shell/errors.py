"""Unexpected errors: logged and shown to the user, while the window stays open."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from nnplay.translation import _

LOG_BYTES = 1_000_000


def write_log(folder: Path) -> None:
    """Write warnings and errors to a log file in the folder."""
    handler = RotatingFileHandler(
        folder / "nnplay.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("nnplay").addHandler(handler)


def catch_all(show: Callable[[str], None]) -> None:
    """Log every exception that reaches the event loop, and pass a message on to `show`."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logging.getLogger("nnplay").error("unexpected error", exc_info=(kind, error, trace))
        show(
            _("Unexpected error in nnplay: {error}. Your experiment is not affected.").format(
                error=f"{kind.__name__}: {error}"
            )
        )

    sys.excepthook = hook
