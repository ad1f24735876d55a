"""The tabular data sets: a row of numbers in, a class or a number out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from nnplay.catalog.datasets.base import TABLES, Dataset, DataSpec, Task
from nnplay.catalog.datasets.files import FromFile
from nnplay.catalog.kind import Fault, dataset, param
from nnplay.translation import _, n_

_IRIS = (
    n_("sepal length (cm)"),
    n_("sepal width (cm)"),
    n_("petal length (cm)"),
    n_("petal width (cm)"),
)
_WINE = (
    n_("alcohol"),
    n_("malic acid"),
    n_("ash"),
    n_("alcalinity of ash"),
    n_("magnesium"),
    n_("total phenols"),
    n_("flavanoids"),
    n_("nonflavanoid phenols"),
    n_("proanthocyanins"),
    n_("colour intensity"),
    n_("hue"),
    n_("od280/od315 when diluted"),
    n_("proline"),
)
_NUCLEUS = (
    *("radius", "texture", "perimeter", "area", "smoothness"),
    *("compactness", "concavity", "concave points", "symmetry", "fractal dimension"),
)
_BREAST_CANCER = tuple(
    f"{one} {what}" for one in ("mean", "error of", "worst") for what in _NUCLEUS
)
_DIABETES = (
    n_("age"),
    n_("sex"),
    n_("body mass index"),
    n_("blood pressure"),
    n_("cholesterol"),
    n_("LDL"),
    n_("HDL"),
    n_("cholesterol / HDL"),
    n_("log of triglycerides"),
    n_("blood sugar"),
)
_CALIFORNIA = (
    n_("median income"),
    n_("house age"),
    n_("rooms per household"),
    n_("bedrooms per household"),
    n_("population"),
    n_("people per household"),
    n_("latitude"),
    n_("longitude"),
)


@dataset(n_("Iris"))
class Iris(Dataset):
    """150 irises of three species with 4 lengths and widths in cm; included with scikit-learn."""

    group: ClassVar[str] = TABLES
    target: ClassVar[str] = "nnplay.data.known.tables:iris"

    def spec(self) -> DataSpec:
        names = (n_("setosa"), n_("versicolor"), n_("virginica"))
        return DataSpec("classification", (4,), 3, names, 150, 0, input_names=_IRIS)


@dataset(n_("Wine"))
class Wine(Dataset):
    """178 wines of three growers with 13 measurements on different scales; from scikit-learn."""

    group: ClassVar[str] = TABLES
    target: ClassVar[str] = "nnplay.data.known.tables:wine"
    needs_scaling: ClassVar[bool] = True

    def spec(self) -> DataSpec:
        names = (n_("grower 1"), n_("grower 2"), n_("grower 3"))
        return DataSpec("classification", (13,), 3, names, 178, 0, input_names=_WINE)


@dataset(n_("Breast cancer"))
class BreastCancer(Dataset):
    """569 tumours, malignant or benign, with 30 measurements of cell nuclei; from scikit-learn."""

    group: ClassVar[str] = TABLES
    target: ClassVar[str] = "nnplay.data.known.tables:breast_cancer"
    needs_scaling: ClassVar[bool] = True

    def spec(self) -> DataSpec:
        names = (n_("malignant"), n_("benign"))
        return DataSpec("classification", (30,), 2, names, 569, 0, input_names=_BREAST_CANCER)


@dataset(n_("Diabetes"))
class Diabetes(Dataset):
    """442 patients with 10 measurements: disease progression after a year; from scikit-learn."""

    group: ClassVar[str] = TABLES
    target: ClassVar[str] = "nnplay.data.known.tables:diabetes"
    needs_scaling: ClassVar[bool] = True

    def spec(self) -> DataSpec:
        return DataSpec("regression", (10,), 1, (), 442, 0, input_names=_DIABETES)


@dataset(n_("California housing"))
class CaliforniaHousing(Dataset):
    """House prices of 20,640 districts in California, with 8 features of the 1990 census."""

    group: ClassVar[str] = TABLES
    target: ClassVar[str] = "nnplay.data.known.tables:california"
    archive: ClassVar[str] = "california-housing"
    needs_scaling: ClassVar[bool] = True

    def spec(self) -> DataSpec:
        return DataSpec("regression", (8,), 1, (), 20_640, 0, input_names=_CALIFORNIA)


CLASS_SEPARATOR = "\u241f"
"""Separates the names of classes that are stored as one text."""
MOST_ROWS = 5_000_000
MOST_FEATURES = 10_000
LONGEST_NAMES = 100_000


MISSING = (n_("mean"), n_("most frequent"), n_("drop rows"))
"""How missing values are handled."""


@dataset(n_("Imported table"))
class Table(FromFile):
    """Your own table, from a CSV, TSV, Excel or OpenDocument file, or from the clipboard."""

    target: ClassVar[str] = "nnplay.data.importing.load_table:table"
    needs_scaling: ClassVar[bool] = True
    name: str = param(
        "",
        longest=255,
        label=n_("table"),
        help=n_("Name of the table; initially that of its file."),
    )
    digest: str = param(
        "",
        longest=64,
        editable=False,
        help=n_("SHA-256 of the imported data, which identifies them on this machine."),
    )
    samples: int = param(
        1, low=1, high=MOST_ROWS, editable=False, help=n_("Number of rows that were imported.")
    )
    features: int = param(
        1,
        low=1,
        high=MOST_FEATURES,
        editable=False,
        help=n_("Number of input features of each row."),
    )
    classes: str = param(
        "",
        longest=100_000,
        editable=False,
        help=n_("Names of the classes, separated by \u241f; empty for regression."),
    )
    inputs: str = param(
        "",
        longest=LONGEST_NAMES,
        editable=False,
        help=n_("Names of the input features, separated by \u241f; empty if there are none."),
    )
    roles: str = param(
        "",
        longest=5_000,
        editable=False,
        help=n_(
            "One letter for each column: n for numeric, c for categorical, d for a date, m for a "
            "date with the month first, i for ignored, t for the target."
        ),
    )
    missing: str = param(
        MISSING[0],
        choices=MISSING,
        editable=False,
        help=n_(
            "How missing values were handled: filled in one of two ways, or their rows dropped."
        ),
    )
    missing_words: str = param(
        "",
        longest=1_000,
        editable=False,
        help=n_("Words that denote missing values, separated by commas; detected if empty."),
    )
    exact_words: bool = param(
        False,
        editable=False,
        help=n_("Whether words that differ only by upper and lower case are different."),
    )

    def spec(self) -> DataSpec:
        names = tuple(self.classes.split(CLASS_SEPARATOR)) if self.classes else ()
        task: Task = "classification" if names else "regression"
        inputs = tuple(self.inputs.split(CLASS_SEPARATOR))
        return DataSpec(
            task,
            (self.features,),
            len(names) or 1,
            names,
            self.samples,
            0,
            input_names=inputs if self.inputs and len(inputs) == self.features else (),
        )

    def faults(self) -> Iterable[Fault]:
        if not self.digest:
            yield Fault(
                "name",
                _("No table has been imported yet."),
                _("Use File > Import table…, or drag a file onto the window."),
            )
