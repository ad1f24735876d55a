"""Texts follow the language in use at the time they are asked for."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnplay import translation
from nnplay.start import main
from nnplay.translation import _, languages, n_, ngettext, use_language

GERMAN = {
    "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n",
    "Train": "Trainieren",
    "%d layer\0%d layers": "%d Schicht\0%d Schichten",
}


def mo(entries: dict[str, str]) -> bytes:
    """Return a compiled catalogue, the way msgfmt writes it."""
    pairs = [(key.encode(), value.encode()) for key, value in sorted(entries.items())]
    keys_at, values_at = 28, 28 + 8 * len(pairs)
    text_at = values_at + 8 * len(pairs)
    tables: list[list[int]] = [[], []]
    blob = b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += [len(pair[side]), text_at + len(blob)]
            blob += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), keys_at, values_at, 0, 0)
    return head + struct.pack(f"<{4 * len(pairs)}I", *tables[0], *tables[1]) + blob


@pytest.fixture(autouse=True)
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    catalogue = tmp_path / "de" / "LC_MESSAGES" / "nnplay.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_bytes(mo(GERMAN))
    with monkeypatch.context() as patch:
        patch.setattr(translation, "asset_path", lambda *parts: tmp_path)
        yield
    use_language("en")


def test_english_by_default() -> None:
    assert _("Train") == "Train"
    assert ngettext("%d layer", "%d layers", 1) == "%d layer"
    assert ngettext("%d layer", "%d layers", 2) == "%d layers"


def test_use_language_takes_effect_on_the_next_call() -> None:
    use_language("de")
    assert _("Train") == "Trainieren"
    assert ngettext("%d layer", "%d layers", 1) == "%d Schicht"
    assert ngettext("%d layer", "%d layers", 5) == "%d Schichten"
    use_language("en")
    assert _("Train") == "Train"


def test_none_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    use_language(None)
    assert _("Train") == "Trainieren"


def test_a_regional_language_falls_back_to_the_language() -> None:
    use_language("de_AT")
    assert _("Train") == "Trainieren"


def test_untranslated_texts_stay_english() -> None:
    use_language("de")
    assert _("Not in the catalogue") == "Not in the catalogue"
    use_language("tlh")
    assert _("Train") == "Train"


def test_marking_does_not_translate_and_the_empty_text_stays_empty() -> None:
    use_language("de")
    assert n_("Train") == "Train"
    assert _("") == ""


def test_works_without_any_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*parts: str) -> Path:
        raise FileNotFoundError(parts)

    monkeypatch.setattr(translation, "asset_path", missing)
    use_language("de")
    assert _("Train") == "Train"


def test_languages_are_those_with_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "fr" / "LC_MESSAGES" / "nnplay.po").touch()  # not compiled
    assert languages() == ("de", "en")


def test_a_language_without_a_catalogue_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "fr"])
    said = capsys.readouterr().err
    assert "fr" in said and "'de', 'en'" in said


def test_the_help_names_the_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "language: de, en" in capsys.readouterr().out
