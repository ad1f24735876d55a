"""Texts and names use the field's words: no phrase or word of these lists occurs."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

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
    *("figures are", "these figures", "plays back", "strangers", "reel", "serves it", "outcomes"),
)
NAMES = (
    # Of identifiers, docstrings and comments: the private words that had a term of the field.
    *("told", "truth", "mend", "mends", "mended", "cured", "stranger", "strangers", "rightly"),
    *("anew", "restraint", "restraints", "restrained", "ledger", "easel", "errand", "reel"),
    *("first weights", "so many", "by heart", "by chance", "held back", "taken for", "troubles"),
    *("answered by the network", "goes the same way", "its own way", "over-fitting"),
)
_FOUND = re.compile("|".join(rf"\b{re.escape(one)}\b" for one in PHRASES), re.IGNORECASE)
_NAMED = re.compile(
    "|".join(rf"(?<![a-z]){one.replace(' ', '[ _]')}(?![a-z])" for one in NAMES), re.IGNORECASE
)
"""Matches within names too, so that `first_weights` is found like "first weights"."""
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


def preset_texts() -> Iterator[str]:
    for path in sorted((REPO / "resources" / "presets").glob("*.json")):
        stored = json.loads(path.read_text("utf-8"))
        for one in stored if isinstance(stored, list) else [stored]:
            yield from (one.get("name", ""), one.get("about", ""), one.get("title", ""))


def paragraphs(path: Path) -> Iterator[str]:
    for one in re.split(r"\n\s*\n", path.read_text("utf-8")):
        yield " ".join(one.split())


def pages() -> list[Path]:
    return [*sorted(REPO.glob("*.md")), *sorted((REPO / "docs").rglob("*.md"))]


def misworded(texts: Iterable[str]) -> list[str]:
    return [f"{found[0]!r} in {text!r}" for text in texts if (found := _FOUND.search(text))]


def report(found: Iterable[tuple[Path, str]]) -> str:
    """Return one line for each violation, with the file it is in."""
    return "\n".join(f"{path.relative_to(REPO)}: {text}" for path, text in found)


def test_translated_texts_use_the_words_of_the_field() -> None:
    paths = sorted(SOURCE.rglob("*.py"))
    found = [(path, text) for path in paths for text in misworded(marked_texts(path))]
    assert not found, report(found)


def misnamed(path: Path) -> Iterator[str]:
    """Yield the lines of a source file with a word of `NAMES`."""
    text = path.read_text("utf-8")
    # A search for plain text first, as it is many times faster than the regular expression.
    lowered = text.lower().replace("_", " ")
    if not any(one in lowered for one in NAMES):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _NAMED.search(line):
            yield f"line {number}: {found[0]!r} in {line.strip()!r}"


def test_names_and_docstrings_use_the_words_of_the_field() -> None:
    paths = [*SOURCE.rglob("*.[pch]*"), *(REPO / "tests").rglob("*.py")]
    sources = sorted(path for path in paths if path.suffix in (".py", ".c", ".h"))
    assert len(sources) > 500
    # This file lists the words.
    checked = [path for path in sources if path != Path(__file__)]
    found = [(path, text) for path in checked for text in misnamed(path)]
    assert not found, report(found)


def test_presets_use_the_words_of_the_field() -> None:
    assert misworded(preset_texts()) == []


def test_pages_use_the_words_of_the_field() -> None:
    found = [(path, text) for path in pages() for text in misworded(paragraphs(path))]
    assert not found, report(found)


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


def test_misnamed_identifiers_are_found() -> None:
    assert _NAMED.search("model = first_weights(experiment)")
    assert _NAMED.search('"""Return the first weights."""')
    assert not _NAMED.search("untold = amended(reels)")
