"""Puts what the user reads into the user's language.

Every text a user sees is written in English in the source and passed through `_`. The translations
are gettext catalogues, `resources/locale/<language>/LC_MESSAGES/nnplay.mo`. Until `use_language` is
called, and wherever a catalogue or one of its entries is missing, the English text is shown.
"""

import gettext
from pathlib import Path

from nnplay.assets import asset_path

DOMAIN = "nnplay"

_catalogue = gettext.NullTranslations()


def use_language(code: str | None) -> None:
    """Show every text from now on in the language `code`, such as "de" or "pt_BR".

    None follows the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG). Texts already on the screen
    stay as they are: whoever shows them asks again.
    """
    global _catalogue  # noqa: PLW0603 - a process speaks one language at a time
    _catalogue = gettext.translation(
        DOMAIN, _locale_folder(), None if code is None else [code], fallback=True
    )


def _(text: str) -> str:
    """Return `text` in the language in use at the time of the call."""
    # An empty msgid is the catalogue's header, never a text.
    return _catalogue.gettext(text) if text else ""


def n_(text: str) -> str:
    """Mark `text` for translators and return it as it is, for a later `_` where it is shown."""
    return text


def ngettext(one: str, many: str, n: int) -> str:
    """Return the form of a text that goes with the number `n`, in the language in use."""
    return _catalogue.ngettext(one, many, n)


def _locale_folder() -> Path | None:
    try:
        return asset_path("locale")
    except FileNotFoundError:  # gettext then finds no catalogue, which means English
        return None
