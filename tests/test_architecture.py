"""The rules of the architecture, checked by reading the code and by importing it."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
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


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of a module, which is parsed once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"), filename=str(path))))


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
    "layer", ["assets.py", "filesystem.py", "translation.py", "catalog", "experiment", "session"]
)
def test_layer_imports_only_the_standard_library(layer: str) -> None:
    at = PACKAGE / layer
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


def unsafe_calls(path: Path) -> Iterator[str]:
    """Yield what in a module could run code that a file contains."""
    for node in nodes(path):
        if any(name.partition(".")[0] in RUNS_ANYTHING for name in imported(node)):
            yield f"{name_of(path)}:{node.lineno}: an import that can unpickle"
        if "torch.load" in imported(node):
            yield f"{name_of(path)}:{node.lineno}: torch.load"
        if isinstance(node, ast.Call) and dotted(node.func) in RUNS_ANYTHING_CALLS:
            yield f"{name_of(path)}:{node.lineno}: {dotted(node.func)}()"
        if (
            isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and not (isinstance(node.value, ast.Constant) and node.value.value is False)
        ):
            yield f"{name_of(path)}:{node.value.lineno}: allow_pickle"


def test_no_module_runs_code_from_a_file() -> None:
    found = [one for path in MODULES for one in unsafe_calls(path)]
    assert not found, "\n".join(found)


def test_slots_are_methods() -> None:
    # A lambda or partial that refers to self keeps the widget alive; a bound method does not.
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in sorted((PACKAGE / "gui").rglob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        for given in [*node.args, *(keyword.value for keyword in node.keywords)]
        for inner in ast.walk(given)
        if isinstance(inner, ast.Lambda)
        or (isinstance(inner, ast.Call) and dotted(inner.func).split(".")[-1] == "partial")
    ]
    assert not found, "\n".join(found)


def test_modules_stay_readable() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_folders_stay_small() -> None:
    modules = Counter(name_of(path.parent) for path in MODULES if path.name != "__init__.py")
    assert {name: count for name, count in modules.items() if count > MOST_MODULES} == {}


def test_folders_of_tests_mirror_those_of_the_package() -> None:
    tests = REPO / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    assert len(folders) > 20
    assert [str(one) for one in sorted(folders) if not (PACKAGE / one).is_dir()] == []


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


def cycles(imports: Mapping[str, set[str]]) -> list[set[str]]:
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


def test_imports_form_no_cycles() -> None:
    # Between neighbours at every level, so that no two packages import each other either.
    graph = grimp.build_graph("nnplay", cache_dir=None)
    found = [
        cycle
        for package in sorted(graph.modules)
        for cycle in cycles(imports_between(graph, package))
    ]
    assert found == []


class Emitter(QObject):
    changed = Signal(bool)

    def receive(self, value: bool) -> None:
        assert value is True


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal from Python 3.12 on")
def test_emitting_keeps_the_references_to_true() -> None:
    # Some PySide6 releases drop one per emission, and Python aborts when none is left.
    emitter = Emitter()
    emitter.changed.connect(emitter.receive)
    emitter.changed.emit(True)
    before = sys.getrefcount(True)
    for _ in range(100):
        emitter.changed.emit(True)
    after = sys.getrefcount(True)  # not in the assert, which pytest rewrites and so may hold True
    assert after == before
