"""Resources are found by name, and the error for a missing one names it."""

from pathlib import Path

import pytest

from nnplay import assets


def test_finds_the_resources_of_this_installation() -> None:
    assert assets.asset().is_dir()
    assert assets.asset("locale").is_dir()
    assert assets.asset_path("locale", "README.md").read_text("utf-8").startswith("# Translations")


def test_names_a_missing_resource() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg.*resources"):
        assets.asset("icons", "none.svg")


def test_names_the_folders_when_all_resources_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = (tmp_path / "wheel", tmp_path / "checkout")
    monkeypatch.setattr(assets, "_places", lambda: places)
    with pytest.raises(FileNotFoundError, match=r"icons.*wheel or .*checkout.*install"):
        assets.asset("icons")


def test_the_wheels_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("wheel", "checkout"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "which").write_text(place)
    monkeypatch.setattr(assets, "_places", lambda: (tmp_path / "wheel", tmp_path / "checkout"))
    assert assets.asset("which").read_text() == "wheel"
