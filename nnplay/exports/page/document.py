"""The HTML file: a template with the player, its data and the experiment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from nnplay.assets import asset
from nnplay.translation import _

SCRIPTS = ("network.js", "arrays.js", "drawing.js", "charts.js", "views.js", "pad.js", "player.js")
"""The files of the player in the order in which they are joined."""
# In a script block only these can end it or begin a comment; in JSON they occur only in texts.
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def page_html(title: str, language: str, data: Mapping[str, Any], experiment: str) -> bytes:
    """Return a complete page; `experiment` is its JSON, which nnplay reads when it opens the page.

    Whatever the texts of the user contain, they remain texts.
    """
    template = Template(asset("page", "page.html").read_text("utf-8"))
    page = template.substitute(
        title=escape(title),
        language=escape(language),
        noscript=escape(_("This page needs JavaScript, which is switched off.")),
        style=asset("page", "page.css").read_text("utf-8"),
        data=in_script(_json(data)),
        experiment=in_script(experiment),
        script=script(),
    )
    return page.encode("utf-8", "replace")


def _json(data: Mapping[str, Any]) -> str:
    from nnplay.record.metrics_json import plain  # late, as it loads NumPy

    return json.dumps(plain(dict(data)), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def script() -> str:
    """Return the source of the player."""
    parts = [asset("page", name).read_text("utf-8") for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();"


def in_script(text: str) -> str:
    """Return JSON that can be in a script block: its texts cannot end the block."""
    for character, code in _ESCAPES.items():
        text = text.replace(character, code)
    return text
