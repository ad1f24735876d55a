"""The format of MNIST and of data sets like it: four IDX files, compressed or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nnplay.data.download.archive import Archive, Arrays, Contents, is_missing
from nnplay.data.download.idx_import import collect_parts
from nnplay.data.download.idx_parts import Part, find, read_part
from nnplay.translation import _


@dataclass(frozen=True)
class IdxFiles:
    """Images and labels of a training and a test set, in one file each."""

    parts: tuple[Part, ...] = (
        Part("train-images", "train-images", (60_000, 28, 28), "x_train"),
        Part("train-labels", "train-labels", (60_000,), "y_train"),
        Part("t10k-images", "test-images", (10_000, 28, 28), "x_test"),
        Part("t10k-labels", "test-labels", (10_000,), "y_test"),
    )
    patterns: ClassVar[tuple[str, ...]] = ("*ubyte", "*.npz")

    def accepts(self, _archive: Archive) -> str:
        """Describe the files that can be imported."""
        return _("the four .gz files, the unpacked IDX files, or the .npz file of Keras")

    def is_present(self, _archive: Archive, folder: Path) -> bool:
        """Return whether all four files exist; their content is checked on reading."""
        return all(find(part, folder) for part in self.parts)

    def read(self, archive: Archive, folder: Path) -> Arrays:
        """Return the arrays by the keys of their parts."""
        arrays = {}
        for part in self.parts:
            path = find(part, folder)
            if path is None:
                raise is_missing(archive, part.name, folder)
            arrays[part.key] = read_part(part, path)
        return arrays

    def collect(self, archive: Archive, path: Path) -> Contents:
        """Return the four compressed files from a folder, one of the files, or an .npz."""
        return collect_parts(archive, self.parts, path)
