"""What nobody foresaw: written to the log and told to the user, and the window stays alive."""

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
    """Send warnings and errors to a file in the user's folder."""
    handler = RotatingFileHandler(
        folder / "nnplay.log", maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("nnplay").addHandler(handler)


def catch_all(tell: Callable[[str], None]) -> None:
    """Give every exception that reaches the event loop to the log and, in a line, to `tell`."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logging.getLogger("nnplay").error("unforeseen", exc_info=(kind, error, trace))
        tell(
            _("Something in nnplay went wrong: {error}. Your experiment is kept.").format(
                error=f"{kind.__name__}: {error}"
            )
        )

    sys.excepthook = hook
