"""The rules of the house, held by reading the code and by importing it."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp
import pytest
from PySide6.QtCore import QObject, Signal

REPO = Path(__file__).parent.parent
PACKAGE = REPO / "nnplay"
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 400
MOST_MODULES = 20

# Modules and calls that run whatever a file or a text says.
RUNS_ANYTHING = {"pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
RUNS_ANYTHING_CALLS = {"eval", "exec", "torch.load"}


def name_of(path: Path) -> str:
    return str(path.relative_to(REPO))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8"), filename=str(path)))


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for such an expression, and "" for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (front := dotted(node.value)):
        return f"{front}.{node.attr}"
    return ""


def imported(node: ast.AST) -> set[str]:
    """Return the full names that an import statement reads."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return set()


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=REPO, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_contracts_hold() -> None:
    code = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=REPO, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        # The window shows first, and torch loads in the background.
        ("nnplay.gui.app", ("torch", "pyqtgraph", "PIL", "psutil")),
        ("nnplay.start", ("torch", "PySide6")),
        # The engine and the command line run on servers that have no Qt.
        ("nnplay.engine.loop", ("PySide6", "pyqtgraph")),
        ("nnplay.cli", ("PySide6", "pyqtgraph")),
        ("nnplay.experiment", ("torch", "numpy", "PySide6")),
    ],
)
def test_importing_leaves_heavy_packages_alone(module: str, absent: tuple[str, ...]) -> None:
    loaded = run_python(f"import sys, {module}; print(*sorted(sys.modules))").split()
    assert not set(absent) & set(loaded)


def test_panels_can_be_imported_without_what_they_draw_with() -> None:
    # The window reads their titles and places before its first picture.
    loaded = run_python("""
import sys
from nnplay.gui.panel.registry import panel_kinds
assert len(panel_kinds()) > 10
print(*sys.modules)
""").split()
    assert not {"torch", "pyqtgraph", "sklearn", "nnplay.record"} & set(loaded)


def test_payloads_can_be_imported_without_torch() -> None:
    # Views name the payloads that they draw before torch is loaded.
    loaded = run_python("""
import sys
from nnplay.engine.probes.probe import probes
assert len(probes()) > 4
print(*sys.modules)
""").split()
    assert "torch" not in loaded


@pytest.mark.parametrize(
    "floor", ["assets.py", "translation.py", "catalog", "experiment", "session"]
)
def test_floor_imports_only_the_standard_library(floor: str) -> None:
    at = PACKAGE / floor
    paths = [at] if at.is_file() else sorted(at.rglob("*.py"))
    assert paths
    foreign = {
        f"{name_of(path)}:{node.lineno}: {name}"
        for path in paths
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(node)
        if name.partition(".")[0] not in sys.stdlib_module_names | {"nnplay"}
    }
    assert not foreign


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_runs_what_a_file_says(path: Path) -> None:
    bad = []
    for node in nodes(path):
        if any(name.partition(".")[0] in RUNS_ANYTHING for name in imported(node)):
            bad.append(f"line {node.lineno}: an import that can unpickle")
        if "torch.load" in imported(node):
            bad.append(f"line {node.lineno}: torch.load")
        if isinstance(node, ast.Call) and dotted(node.func) in RUNS_ANYTHING_CALLS:
            bad.append(f"line {node.lineno}: {dotted(node.func)}()")
        if (
            isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and not (isinstance(node.value, ast.Constant) and node.value.value is False)
        ):
            bad.append(f"line {node.value.lineno}: allow_pickle")
    assert not bad


@pytest.mark.parametrize("path", sorted((PACKAGE / "gui").rglob("*.py")), ids=name_of)
def test_slots_are_methods(path: Path) -> None:
    # A lambda or partial that holds self keeps the widget alive for ever; a bound method does not.
    bad = [
        f"line {node.lineno}"
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        for given in [*node.args, *(keyword.value for keyword in node.keywords)]
        for inner in ast.walk(given)
        if isinstance(inner, ast.Lambda)
        or (isinstance(inner, ast.Call) and dotted(inner.func).split(".")[-1] == "partial")
    ]
    assert not bad


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_readable(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=name_of)
def test_folders_stay_small(folder: Path) -> None:
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES


def imports_between(graph: grimp.ImportGraph, package: str) -> dict[str, set[str]]:
    """Return which modules and packages directly in a package each of them imports.

    Late imports, inside functions, count like all others.
    """
    parts = {one: {one} | graph.find_descendants(one) for one in graph.find_children(package)}
    part_of = {module: part for part, modules in parts.items() for module in modules}
    imported = {
        part: {
            part_of[target]
            for module in modules
            for target in graph.find_modules_directly_imported_by(module)
            if target in part_of
        }
        for part, modules in parts.items()
    }
    return {part: targets - {part} for part, targets in imported.items()}


def circles(imports: Mapping[str, set[str]]) -> list[set[str]]:
    """Return the largest groups of which each member imports every other, directly or not."""
    reached: dict[str, set[str]] = {}
    for start in imports:
        reached[start], waiting = set(), [start]
        while waiting:
            new = imports[waiting.pop()] - reached[start]
            reached[start] |= new
            waiting += new
    groups = {frozenset(b for b in reached[a] if a in reached[b]) for a in imports}
    return [set(group) for group in groups if group]


def test_no_import_goes_round_in_a_circle() -> None:
    # Between neighbours at every level, so that no two packages import each other either.
    graph = grimp.build_graph("nnplay", cache_dir=None)
    found = [
        circle
        for package in sorted(graph.modules)
        for circle in circles(imports_between(graph, package))
    ]
    assert found == []


class Emitter(QObject):
    told = Signal(bool)

    def hear(self, value: bool) -> None:
        assert value is True


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal from Python 3.12 on")
def test_emitting_keeps_the_references_to_true() -> None:
    # Some PySide6 releases drop one per emission, and Python aborts when none is left.
    emitter = Emitter()
    emitter.told.connect(emitter.hear)
    emitter.told.emit(True)
    before = sys.getrefcount(True)
    for _ in range(100):
        emitter.told.emit(True)
    after = sys.getrefcount(True)  # not in the assert, which pytest rewrites and so may hold True
    assert after == before
