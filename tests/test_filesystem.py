"""Every question to the file system has an answer, whatever is at the path."""

import ast
import os
import socket
from pathlib import Path

import pytest

from nnplay.filesystem import (
    NotRegularFileError,
    absolute,
    expanded,
    is_absent,
    is_file,
    is_folder,
    listed,
    look,
    open_regular,
    read_limited,
)

PACKAGE = Path(__file__).parent.parent / "nnplay"
TOO_LONG = Path("/") / ("x" * 5000)
QUESTIONS = {"is_file", "is_dir", "exists", "stat", "lstat", "iterdir", "glob", "rglob", "resolve"}
QUESTIONS |= {"expanduser", "is_mount", "is_symlink", "samefile"}
# Resources of the package itself, and a script that runs while it is built.
OWN_FILES = {"filesystem.py", "assets.py", "translation.py", "build.py"}


def test_files_folders_and_missing_paths_are_distinguished(tmp_path: Path) -> None:
    file, loop = tmp_path / "a", tmp_path / "loop"
    file.write_bytes(b"12345")
    loop.symlink_to(loop)
    assert (look(file).kind, look(file).size) == ("file", 5)
    assert look(file).modified == file.stat().st_mtime
    assert is_file(file) and not is_folder(file) and not is_absent(file)
    assert is_folder(tmp_path) and not is_file(tmp_path)
    for absent in (tmp_path / "none", file / "below", loop):
        assert is_absent(absent) and look(absent).why == ""
    assert listed(tmp_path) == (file, loop)


@pytest.mark.parametrize("path", [TOO_LONG, Path("a\0b")], ids=["too long", "null byte"])
def test_an_inaccessible_path_is_unknown_and_says_why(path: Path) -> None:
    assert look(path).kind == "unknown"
    assert look(path).why
    assert not is_file(path) and not is_folder(path) and not is_absent(path)
    assert listed(path) == ()
    assert absolute(path).name == path.name
    with pytest.raises((OSError, ValueError)):
        read_limited(path, 10)


def test_a_home_folder_that_does_not_exist_is_left_as_it_is() -> None:
    assert expanded(Path("~nobody-has-this-name/x")) == Path("~nobody-has-this-name/x")
    assert expanded(Path("~")) == Path.home()


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name in ("pipe", "link", "socket"):
            assert look(tmp_path / name).kind == "other"
            with pytest.raises(NotRegularFileError, match="not a regular file"):
                open_regular(tmp_path / name)
    (tmp_path / "file").write_bytes(b"0123456789")
    assert read_limited(tmp_path / "file", 4) == b"0123"


def unguarded(tree: ast.AST) -> list[int]:
    """Return the lines that ask the file system outside `try … except OSError`.

    A function may do so whose docstring says that it raises OSError.
    """
    found = []

    def visit(node: ast.AST, is_guarded: bool) -> None:
        if isinstance(node, ast.Try):
            caught = {name for one in node.handlers for name in caught_by(one)}
            for one in node.body:
                visit(one, is_guarded or bool(caught & {"OSError", "Exception", ""}))
            for other in [*node.handlers, *node.orelse, *node.finalbody]:
                visit(other, is_guarded)
            return
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in QUESTIONS
            and not is_guarded
            and not is_resource(node.func.value)
        ):
            found.append(node.lineno)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            # Called somewhere else, where its docstring is what one goes by.
            is_guarded = not isinstance(node, ast.Lambda) and "OSError" in (
                ast.get_docstring(node) or ""
            )
        for child in ast.iter_child_nodes(node):
            visit(child, is_guarded)

    visit(tree, False)
    return found


def caught_by(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return {""}
    names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {name.id for name in names if isinstance(name, ast.Name)}


def is_resource(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in ("asset", "asset_path")
    )


def test_unguarded_checks_are_found() -> None:
    code = """
def f(p):
    try:
        p.is_file()
    except (ValueError, OSError):
        p.exists()
    try:
        p.stat()
    except ValueError:
        pass
    asset("icons").iterdir()
"""
    assert unguarded(ast.parse(code)) == [6, 8]


def test_no_other_module_checks_paths_without_handling_errors() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.name not in OWN_FILES
        for line in unguarded(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []
