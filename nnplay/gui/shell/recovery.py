"""Brings back what was open: after a crash by itself, after a normal end by an offer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from nnplay.gui.bars.notice import Notice, Offer
from nnplay.gui.shell.autosaver import Autosaver
from nnplay.gui.shell.files import Files
from nnplay.session import Recovered, work_title
from nnplay.translation import _, ngettext


class Recovery(QObject):
    """Restores unsaved experiments, or offers the last one, and says so in the notice."""

    def __init__(
        self, autosaver: Autosaver, files: Files, notice: Notice, leave: Callable[[], None]
    ) -> None:
        """`leave` is called before another experiment is opened."""
        super().__init__(autosaver)
        self._autosaver, self._files, self._notice = autosaver, files, notice
        self._leave = leave

    def recover(self) -> None:
        """Open what a crash left unsaved, or else offer what was open last."""
        if self._autosaver.recover():
            text = _("Restored the experiment that was open when nnplay ended unexpectedly.")
            if more := len(self._autosaver.left()):
                text += " " + ngettext(
                    "{n} more is under File > Open unsaved.",
                    "{n} more are under File > Open unsaved.",
                    more,
                ).format(n=more)
            self._notice.show_news(text + " " + _("Undo brings back the default."))
        elif work := self._files.last_work():
            text = _("Your last experiment was “{name}”.").format(name=work_title(work))
            self._notice.show_offer(text, Offer(_("Open it"), self._files.open_last))

    def open_unsaved(self, recovered: Recovered) -> None:
        """Open one of several experiments that were left unsaved."""
        if self._files.may_leave():
            self._leave()
            self._autosaver.restore(recovered)
