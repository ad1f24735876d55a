"""What data sets read from a file have in common: the file, and how it is parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from nnplay.catalog.datasets.base import OWN, Dataset
from nnplay.catalog.kind import param
from nnplay.translation import n_

LARGEST_FILE = 2**31
"""In bytes."""
MOST_LINES_ABOVE = 10_000
DELIMITERS: Mapping[str, str] = MappingProxyType(
    {n_("comma"): ",", n_("semicolon"): ";", n_("tab"): "\t", n_("bar"): "|", n_("space"): " "}
)
"""The delimiters by name."""
ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "gb18030", "big5"),
    *("shift_jis", "euc_kr", "cp1250", "cp1251", "cp1253", "cp1254", "iso8859-1"),
)
"""The encodings that can be chosen."""


@dataclass(frozen=True, kw_only=True)
class FromFile(Dataset):
    """Imported data; stores the file that they come from and how it was parsed."""

    group: ClassVar[str] = OWN
    file: str = param(
        "",
        longest=4096,
        editable=False,
        is_path=True,
        help=n_(
            "The file that the data come from; relative to the folder of the experiment's file."
        ),
    )
    file_bytes: int = param(
        0, low=0, high=LARGEST_FILE, editable=False, help=n_("Size of the imported file.")
    )
    file_digest: str = param(
        "",
        longest=64,
        editable=False,
        help=n_("SHA-256 of the imported file, which shows whether it has changed."),
    )
    sheet: str = param(
        "", longest=255, editable=False, help=n_("The sheet of a spreadsheet that was imported.")
    )
    encoding: str = param(
        "", longest=40, editable=False, help=n_("Character encoding of the file.")
    )
    delimiter: str = param(
        "",
        longest=20,
        editable=False,
        help=n_("The delimiter between columns: comma, semicolon, tab, bar or space."),
    )
    heading: bool = param(
        True, editable=False, help=n_("Whether the first line contains the column names.")
    )
    comma: bool = param(
        False, editable=False, help=n_("Whether a comma is used as the decimal separator.")
    )
    above: int = param(
        0,
        low=0,
        high=MOST_LINES_ABOVE,
        editable=False,
        help=n_("Lines skipped above the column names, such as a title or comments."),
    )
    below: int = param(
        0,
        low=0,
        high=MOST_LINES_ABOVE,
        editable=False,
        help=n_("Lines skipped below the column names, such as units."),
    )
