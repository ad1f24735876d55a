"""The names of the columns of tables, from the file or the published data set."""

from pathlib import Path

from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from nnplay.catalog import BreastCancer, CaliforniaHousing, Diabetes, Iris, Wine
from nnplay.data.importing.table import import_table


def words(text: str) -> set[str]:
    return set(text.replace("_", " ").replace("color", "colour").split())


def test_names_are_in_the_order_of_scikit_learn() -> None:
    for ours, theirs in ((Iris(), load_iris()), (Wine(), load_wine())):
        for own, name in zip(ours.spec().input_names, theirs.feature_names, strict=True):
            assert words(own) & words(name), (own, name)
    names = BreastCancer().spec().input_names
    for own, name in zip(names, load_breast_cancer().feature_names, strict=True):
        assert words(name) <= words(own), (own, name)
    assert len(Diabetes().spec().input_names) == len(load_diabetes().feature_names)
    assert len(CaliforniaHousing().spec().input_names) == CaliforniaHousing().spec().in_shape[0]


def test_an_imported_table_keeps_the_names_of_its_columns(
    tmp_path: Path, nnplay_home: Path
) -> None:
    path = tmp_path / "own.csv"
    rows = [f"{n},{'南' if n % 2 else '北'},{n % 3}" for n in range(40)]
    path.write_text("\n".join(["年龄,city,class", *rows]), encoding="utf-8")
    found = import_table(path, target="class", task="classes")
    names = found.table.spec().input_names
    assert names == found.features
    assert names[0] == "年龄"
    assert len(names) == 3
    assert all("city" in name for name in names[1:])
