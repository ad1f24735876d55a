"""Translates the texts that the user reads.

Every text that a user sees is written in English in the source and passed through `_`. Translations
are gettext catalogues, `resources/locale/<language>/LC_MESSAGES/nnplay.mo`. The English text is
shown until `use_language` is called, and wherever a catalogue or an entry is missing.
"""

import gettext
from pathlib import Path

from nnplay.assets import asset_path

DOMAIN = "nnplay"
_SOURCE = "en"

_catalogue = gettext.NullTranslations()


def use_language(code: str | None) -> None:
    """Show all texts from now on in the language `code`, such as "de" or "pt_BR".

    None follows the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG). Texts already on the screen
    do not change.
    """
    global _catalogue  # noqa: PLW0603 - a process speaks one language at a time
    _catalogue = gettext.translation(
        DOMAIN, _locale_folder(), None if code is None else [code], fallback=True
    )


def current_language() -> str:
    """Return the code of the language that texts are shown in."""
    return _catalogue.info().get("language") or _SOURCE


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that there are catalogues for, and of the source."""
    folder = _locale_folder()
    found = () if folder is None else folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return tuple(sorted({_SOURCE, *(path.parts[-3] for path in found)}))


def _(text: str) -> str:
    """Return `text` in the current language."""
    # The empty msgid is the header of the catalogue, not a text.
    return _catalogue.gettext(text) if text else ""


def n_(text: str) -> str:
    """Mark `text` for translators and return it unchanged, for a later `_` where it is shown."""
    return text


def ngettext(one: str, many: str, n: int) -> str:
    """Return the form of a text for the number `n` in the current language."""
    return _catalogue.ngettext(one, many, n)


def _locale_folder() -> Path | None:
    try:
        return asset_path("locale")
    except FileNotFoundError:  # gettext then finds no catalogue and shows English
        return None
