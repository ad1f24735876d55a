"""The texts that users read are plain English of the field: phrases that were tried and are not."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import nnplay

SOURCE = Path(nnplay.__file__).parent
REPO = SOURCE.parent
PHRASES = (
    # Translated word by word from another language.
    *("so many", "which is none", "none such", "of the like", "to be told", "told rightly"),
    *("rightly", "does not suffice", "held against", "hold against", "in force", "amiss"),
    *("is wanted", "where wanted", "at first wanted", "what came", "of late", "just now"),
    *("break off", "broken off", "anew", "besides the", "behind the end", "from chance"),
    # Metaphors in the place of a term.
    *("by heart", "by chance", "with eyes", "mend", "mends", "mended", "stands", "learnt by"),
    *("taken for", "takes for", "pictures by", "the house", "floors"),
    # Other words than those of the field.
    *("first weights", "held back", "hold back", "over-fit", "over-fits", "over-fitting"),
    *("the truth", "its truth", "constants of the optimizer", "watched figure"),
)
_FOUND = re.compile("|".join(rf"\b{re.escape(one)}\b" for one in PHRASES), re.IGNORECASE)
MARKS = {"_", "n_", "ngettext"}


def marked_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a source file that are translated, and the docstrings of kinds."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield " ".join(argument.value.split())
        elif isinstance(node, ast.ClassDef) and node.decorator_list:
            yield " ".join((ast.get_docstring(node) or "").split())


def sources() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def preset_texts() -> Iterator[str]:
    for path in sorted((REPO / "resources" / "presets").glob("*.json")):
        stored = json.loads(path.read_text("utf-8"))
        for one in stored if isinstance(stored, list) else [stored]:
            yield from (one.get("name", ""), one.get("about", ""), one.get("title", ""))


def pages() -> list[Path]:
    return [REPO / "README.md", *sorted((REPO / "docs").rglob("*.md"))]


def misworded(texts: Iterator[str]) -> list[str]:
    return [f"{found[0]!r} in {text!r}" for text in texts if (found := _FOUND.search(text))]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_translated_texts_use_the_words_of_the_field(path: Path) -> None:
    assert misworded(marked_texts(path)) == []


def test_presets_use_the_words_of_the_field() -> None:
    assert misworded(preset_texts()) == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_pages_use_the_words_of_the_field(path: Path) -> None:
    paragraphs = re.split(r"\n\s*\n", path.read_text("utf-8"))
    assert misworded(" ".join(one.split()) for one in paragraphs) == []


def test_misworded_texts_are_found(tmp_path: Path) -> None:
    source = tmp_path / "one.py"
    source.write_text(
        "from nnplay.translation import _, n_, ngettext\n"
        '_("Turns by so many degrees.")\n'
        'n_("Which drawing of the "\n   "first weights.")\n'
        'ngettext("one sample is held back", "several are", 2)\n'
        '"Learns by heart, which nobody is shown."\n'
        '@kind("")\nclass Kind:\n    """Learns by\n    heart."""\n'
        '_("Standard deviation, understand, mending nothing")\n'
    )
    assert len(misworded(marked_texts(source))) == 4
