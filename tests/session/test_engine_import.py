"""Threads of the window import the engine one at a time."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent.parent / "nnplay"

# Two modules that import each other, as many of PyTorch do, and take a while.
FIRST = "import time\ntime.sleep(0.8)\nfrom second import late\n"
SECOND = "import time\ntime.sleep(0.2)\nimport first\ntime.sleep(0.3)\nlate = 1\n"
THREADS = """
import sys, threading, time
from contextlib import nullcontext
from importlib import import_module
from nnplay.session import engine_import
sys.path.insert(0, sys.argv[2])
guard = engine_import if sys.argv[1] == "guarded" else nullcontext()
failed = []
def load(name):
    try:
        with guard:
            import_module(name)
    except ImportError as error:
        failed.append(error)
threads = [threading.Thread(target=load, args=(name,)) for name in ("first", "second")]
for thread in threads:
    thread.start()
    time.sleep(0.05)
for thread in threads:
    thread.join()
print(len(failed))
"""


def failures(folder: Path, how: str) -> int:
    (folder / "first.py").write_text(FIRST)
    (folder / "second.py").write_text(SECOND)
    done = subprocess.run(
        [sys.executable, "-c", THREADS, how, str(folder)],
        capture_output=True, text=True, cwd=PACKAGE.parent, check=True,
    )  # fmt: skip
    return int(done.stdout)


def test_modules_that_import_each_other_are_complete_for_every_thread(tmp_path: Path) -> None:
    assert failures(tmp_path, "unguarded") == 1, "this is what the lock is for"
    assert failures(tmp_path, "guarded") == 0


def late_imports(node: ast.AST, guarded: bool = False, late: bool = False) -> Iterator[int]:
    """Yield the lines that import the engine inside a function without the lock."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        late = True
    if isinstance(node, ast.With):
        guarded = guarded or any(
            ast.unparse(item.context_expr) == "engine_import" for item in node.items
        )
    if late and not guarded and "nnplay.engine" in first_line(node):
        yield node.lineno  # type: ignore[attr-defined]
    for child in ast.iter_child_nodes(node):
        yield from late_imports(child, guarded, late)


def first_line(node: ast.AST) -> str:
    is_import = isinstance(node, ast.Import | ast.ImportFrom)
    is_call = isinstance(node, ast.Call) and ast.unparse(node.func) == "import_module"
    return ast.unparse(node) if is_import or is_call else ""


def test_every_late_import_of_the_engine_holds_the_lock() -> None:
    paths = [path for part in ("gui", "session") for path in (PACKAGE / part).rglob("*.py")]
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(paths)
        for line in late_imports(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []
    assert list(late_imports(ast.parse("def f():\n    from nnplay.engine import train"))) == [2]
