"""Detects which words of a column denote missing values, and which are spellings of one word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from nnplay.data.importing.parse_cell import is_missing

_NEVER_WORDS = frozenset(
    (
        *("", "n/a", "n.a.", "nan", "null", "nat", "<na>", "?", "--", "---", "k. a.", "k.a."),
        *("k. a", "#n/v", "#n/a", "#na", "#div/0!", "#value!", "#ref!", "#name?", "#null!"),
        *("#num!", "#error!"),
    )
)
_TWO_CAPITALS = re.compile(r"[A-Z]{2}")


def missing_words(
    words: Collection[str], markers: Collection[str] = (), given: Collection[str] | None = None
) -> frozenset[str]:
    """Return the words of a column of words that denote missing values.

    `given` are those that the user named, which replace the detection. `markers` denote missing
    values in columns of numbers of the same file. Without them, "none" and "-" may be categories,
    and so may NA among codes of two letters, such as those of countries.
    """
    if given is not None:
        lowered = {one.lower() for one in given}
        return frozenset(word for word in words if not word or word.lower() in lowered)
    codes = [word for word in words if word != "NA" and not is_missing(word)]
    are_codes = 2 * sum(bool(_TWO_CAPITALS.fullmatch(word)) for word in codes) > len(codes)
    found = set()
    for word in words:
        lower = word.lower()
        if lower in _NEVER_WORDS or word in markers:
            found.add(word)
        elif lower == "na":
            if word == "NA" and not are_codes:
                found.add(word)
        elif lower in {"-", ".", "\u2013", "\u2014"} and "+" not in words:
            found.add(word)
    return frozenset(found)


def doubtful_words(words: Collection[str]) -> list[str]:
    """Return the categories that might as well denote missing values."""
    return sorted(word for word in words if word and is_missing(word))


def spellings(counts: Mapping[str, int], exact: bool) -> dict[str, str]:
    """Return the spelling by which each word is known.

    Composed and decomposed letters, and wider spaces, are always the same. Words that differ only
    by case are one, spelled as most often, unless `exact`; single letters and pairs, such as the
    genotypes AA, Aa and aa, stay apart if the column holds nothing longer.
    """
    plain = {word: " ".join(unicodedata.normalize("NFC", word).split()) for word in counts}
    if exact or all(len(word) <= 2 for word in plain.values()):
        return plain
    totals: dict[str, int] = {}
    for word, count in counts.items():
        totals[plain[word]] = totals.get(plain[word], 0) + count
    best: dict[str, str] = {}
    for word in sorted(totals, key=lambda one: (-totals[one], one)):
        best.setdefault(word.casefold(), word)
    return {word: best[one.casefold()] for word, one in plain.items()}
