"""`nnplay list`: lists presets, layers, data sets and everything else to choose from."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from nnplay.catalog import Family, Kind, Param, kinds
from nnplay.cli.errors import SUCCESS, write
from nnplay.experiment import presets
from nnplay.translation import _, n_

_FAMILIES: dict[str, tuple[str, Family | None]] = {
    "presets": (n_("Presets"), None),
    "layers": (n_("Layers"), "layer"),
    "activations": (n_("Activations"), "activation"),
    "losses": (n_("Losses"), "loss"),
    "optimizers": (n_("Optimizers"), "optimizer"),
    "schedules": (n_("Learning rate schedules"), "schedule"),
    "data": (n_("Data sets"), "data"),
}
TOPICS = tuple(_FAMILIES)
_INTRODUCTION = """\
# Catalog

Everything that can be chosen in nnplay. This file is written by `make catalog` from the docstrings
of the classes in `nnplay/catalog` and from the presets.

`nnplay list layers` (or any other topic) shows the hyperparameters with their limits as well."""


@dataclass(frozen=True)
class _Entry:
    key: str
    name: str
    text: str
    settings: tuple[str, ...] = ()


def list_topic(topic: str | None, *, markdown: bool = False) -> int:
    """Print one topic with all settings, or all topics with one line per entry.

    As Markdown, each topic is a table; all topics together are docs/catalog.md.
    """
    if markdown:
        topics = TOPICS if topic is None else (topic,)
        introduction = (_INTRODUCTION,) if topic is None else ()
        write("\n\n".join((*introduction, *("\n".join(_table(one)) for one in topics))))
    elif topic is not None:
        write("\n".join(_section(topic, with_settings=True)))
    else:
        write("\n\n".join("\n".join(_section(one, with_settings=False)) for one in TOPICS))
    return SUCCESS


def _section(topic: str, *, with_settings: bool) -> Iterator[str]:
    yield _(_FAMILIES[topic][0])
    entries = _entries(topic)
    key_width = max(len(one.key) for one in entries)
    name_width = max(len(one.name) for one in entries)
    for one in entries:
        head = f"  {one.key.ljust(key_width)}  {one.name.ljust(name_width)}  "
        yield from _wrapped(head, one.text)
        if with_settings:
            for line in one.settings:
                yield from _wrapped(" " * (key_width + 4), line)
    extras = _extras(topic) if with_settings else ()
    if extras:
        yield ""
        yield _("Optional settings of some of them:")
    for line in extras:
        yield from _wrapped("  ", line)


def _table(topic: str) -> Iterator[str]:
    yield f"## {_(_FAMILIES[topic][0])}"
    yield ""
    yield f"| {_('key')} | {_('name')} | {_('description')} |"
    yield "|---|---|---|"
    for one in _entries(topic):
        # An unescaped bar, as in |x|, would end the cell.
        cells = (f"`{one.key}`", one.name, one.text)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _entries(topic: str) -> list[_Entry]:
    family = _FAMILIES[topic][1]
    return _presets() if family is None else [_entry(one) for one in kinds(family).values()]


def _extras(topic: str) -> tuple[str, ...]:
    family = _FAMILIES[topic][1]
    params = [] if family is None else [p for one in kinds(family).values() for p in one.params()]
    return tuple({p.name: _setting(p) for p in params if p.extra}.values())


def _presets() -> list[_Entry]:
    return [_Entry(one.key, _(one.experiment.name), _(one.experiment.about)) for one in presets()]


def _entry(kind: type[Kind]) -> _Entry:
    formula = (_(kind.formula),) if kind.formula else ()
    return _Entry(
        kind.key,
        _(kind.label),
        _(kind.help),
        formula + tuple(_setting(one) for one in kind.params() if not one.extra),
    )


def _setting(one: Param) -> str:
    default = str(one.default).lower() if one.type == "bool" else str(one.default)
    if one.type == "choice":
        legal = ", ".join(one.choices)
    else:
        legal = _("true or false") if one.type == "bool" else one.range_text()
    if isinstance(one.default, tuple):
        default = _("{count} rows").format(count=len(one.default))
    return f"{one.name} = {default} ({legal}): {_(one.help)}"


def _wrapped(head: str, text: str) -> Iterator[str]:
    """Yield a line, wrapped with indentation on a terminal, whole in a file or a pipe."""
    width = shutil.get_terminal_size().columns - len(head)
    if not sys.stdout.isatty() or width < 20:
        yield head + text
        return
    first, *rest = textwrap.wrap(text, width) or [""]
    yield head + first
    for line in rest:
        yield " " * len(head) + line
