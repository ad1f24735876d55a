"""The documents agree with the code they describe."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

REPO = Path(__file__).parent.parent
PAGES = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "resources/**/*.md") for path in REPO.glob(pattern)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
# A module or something in one; file names such as nnplay/catalog have slashes instead.
NAME = re.compile(r"`(nnplay(?:\.\w+)+)(?:\(\))?`")
FILE = re.compile(r"`((?:nnplay|tests|docs|resources|\.github)/[\w./-]+)`")
# Examples of what a reader may add, and what a build creates.
NOT_HERE = {
    "nnplay/engine/kernels/libraries",
    "nnplay/engine/probes/largest_weight.py",
    "nnplay/gui/panels/largest_weight.py",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(REPO))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    local = [link.partition("#")[0] for link in links if not link.startswith(("http", "#"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_named_modules_and_files_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [one for one in NAME.findall(text) if not exists(one)]
    for one in FILE.findall(text):
        if one.rstrip("/") not in NOT_HERE and not (REPO / one).exists():
            missing.append(one)
    assert missing == []


def exists(name: str) -> bool:
    """Return whether there is a module of that name, or an attribute of one."""
    try:
        if find_spec(name) is not None:
            return True
    except ModuleNotFoundError:
        pass
    module, _dot, attribute = name.rpartition(".")
    try:
        return hasattr(import_module(module), attribute)
    except ModuleNotFoundError:
        return False


def test_the_plug_in_page_shows_the_package_as_it_is() -> None:
    page = (REPO / "docs" / "plugins.md").read_text("utf-8")
    package = REPO / "tests" / "plugin_package"
    code = (package / "src" / "nnplay_example" / "layers.py").read_text("utf-8")
    [shown] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert shown in code
    toml = (package / "pyproject.toml").read_text("utf-8")
    [shown] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert shown in toml
