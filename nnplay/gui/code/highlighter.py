"""Colours for Python code, of the current theme."""

from __future__ import annotations

import keyword
import re

from PySide6.QtCore import Slot
from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from nnplay.gui.style.theme import bus, theme

_TOKENS = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<text>[rbf]*(?:\"\"\".*?(?:\"\"\"|$)|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'))"
    r"|(?P<number>\b\d[\w.]*(?:e[+-]?\d+)?)"
    rf"|(?P<keyword>\b(?:{'|'.join(keyword.kwlist)})\b)"
    r"|(?P<name>(?<=def )\w+|(?<=class )\w+)"
)
_QUOTES = '"""'
_IN_TEXT = 1
"""The state of a line that ends within a text of several lines."""


class PythonHighlighter(QSyntaxHighlighter):
    """Colours comments, texts, numbers and keywords."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        bus.changed.connect(self._recolour)

    @Slot()
    def _recolour(self) -> None:
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line; Qt calls this for each."""
        start = 0
        if self.previousBlockState() == _IN_TEXT:
            end = text.find(_QUOTES)
            start = len(text) if end < 0 else end + len(_QUOTES)
            self.setFormat(0, start, _look("text"))
            if end < 0:
                self.setCurrentBlockState(_IN_TEXT)
                return
        self.setCurrentBlockState(0)
        for found in _TOKENS.finditer(text, start):
            kind = found.lastgroup or ""
            self.setFormat(found.start(), found.end() - found.start(), _look(kind))
            if kind == "text" and _is_open(found[0]):
                self.setCurrentBlockState(_IN_TEXT)


def _is_open(text: str) -> bool:
    """Return whether a text in triple quotes goes on in the next line."""
    inner = text.lstrip("rbf")
    return inner.startswith(_QUOTES) and not (len(inner) > 5 and inner.endswith(_QUOTES))


def _look(kind: str) -> QTextCharFormat:
    now = theme()
    look = QTextCharFormat()
    colour = {
        "comment": now.muted,
        "text": now.good,
        "number": now.validation,
        "keyword": now.accent,
        "name": now.text,
    }[kind]
    look.setForeground(QColor(colour))
    if kind in ("keyword", "name"):
        look.setFontWeight(QFont.Weight.DemiBold)
    return look
