"""Runs the player of web pages in Node.js, without a browser."""

import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from nnplay.assets import asset
from nnplay.exports.page.document import SCRIPTS, script

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js")
STUB = Path(__file__).parent / "dom_stub.js"
_INPUT = 'const input = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'


def evaluated(expression: str, given: object) -> Any:
    """Return the value of an expression, in which `input` is what was given."""
    parts = [asset("page", name).read_text("utf-8") for name in SCRIPTS if name != "player.js"]
    return _run("\n".join(parts) + f"\nconsole.log(JSON.stringify({expression}));", given)


def played(content: bytes, actions: str, result: str) -> Any:
    """Return the value of an expression after a page was loaded and some actions.

    Both can use `known`, the elements by id, `root` and `made`, all elements.
    """
    blocks = {block.attributes.get("id", ""): block.text for block in parsed(content).scripts}
    code = f"{STUB.read_text('utf-8')}\nconst {{known, root, made: all}} = stubBrowser(input);\n"
    return _run(f"{code}{script()}\n{actions}\nconsole.log(JSON.stringify({result}));", blocks)


def _run(code: str, given: object) -> Any:
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--input-type=commonjs", "-e", _INPUT + code],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Script:
    """A script element."""

    def __init__(self, attributes: dict[str, str | None]) -> None:
        self.attributes = attributes
        self.text = ""


class Page(HTMLParser):
    """The elements of a page, as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[Script] = []
        self.title = ""
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))
        self._open = tag
        if tag == "script":
            self.scripts.append(Script(dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Forget which tag is open."""
        self._open = ""

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts and of the title."""
        if self._open == "script":
            self.scripts[-1].text += data
        elif self._open == "title":
            self.title += data


def parsed(content: bytes) -> Page:
    """Return the elements of a page."""
    page = Page()
    page.feed(content.decode("utf-8"))
    page.close()
    return page


def contents(content: bytes) -> Any:
    """Return the data that a page shows."""
    return json.loads(parsed(content).scripts[0].text)
