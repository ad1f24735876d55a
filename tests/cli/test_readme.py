"""The tables in the README are what there is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_lists_what_there_is(call: Callable[..., Any]) -> None:
    text = README.read_text("utf-8")
    _before, _mark, rest = text.partition("<!-- list -->\n")
    table, mark, _after = rest.partition("<!-- /list -->")
    assert mark
    # To mend it: `nnplay list --markdown`, put between the two marks.
    assert table == call("list", "--markdown").out
