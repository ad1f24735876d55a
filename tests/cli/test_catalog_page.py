"""docs/catalog.md lists the whole catalog."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "catalog.md"


def test_the_page_is_up_to_date(call: Callable[..., Any]) -> None:
    assert PAGE.read_text("utf-8") == call("list", "--markdown").out, "run: make catalog"


def test_one_topic_is_a_part_of_the_page(call: Callable[..., Any]) -> None:
    table = call("list", "losses", "--markdown").out
    assert table.startswith("## Losses\n")
    assert table in PAGE.read_text("utf-8")
