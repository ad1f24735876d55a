"""Change nnplay in one place at a time, by a seed, and see whether the tests notice.

    python tests/mutants/mutate.py --count 60 --seed 1 --jobs 2 --out mutants.json

Each mutant is made in a copy of the repository. The test files that import the changed module run
first, then the rest of the test folder that mirrors it; the first failure kills the mutant. What
survives is either equivalent (the change makes no difference) or a gap in the tests.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[2]
COPIED = ("nnplay", "resources", "tests", "docs")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile")

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
}


@dataclass(frozen=True)
class Mutant:
    """One change: a span of one line of a file, and what replaces it."""

    path: str
    line: int
    start: int
    end: int
    old: str
    new: str


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the first test that failed, or nothing."""

    mutant: Mutant
    killed_by: str


def _between(lines: list[str], left: ast.expr, right: ast.expr) -> tuple[int, int, int] | None:
    """Return line, start and end of what is between two expressions on one line."""
    if left.end_lineno != right.lineno or left.end_col_offset is None:
        return None
    gap = lines[right.lineno - 1].encode()[left.end_col_offset : right.col_offset].decode()
    text = gap.strip(" ()")
    if not text:
        return None
    start = left.end_col_offset + gap.index(text)
    return right.lineno, start, start + len(text)


def _operator(node: ast.AST) -> tuple[ast.expr, ast.expr, str] | None:
    """Return the operands around an operator and what replaces it."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return left, right, _COMPARISONS[type(op)]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return left, right, _OPERATORS[type(op)]
        case ast.BoolOp(op=op, values=[left, right, *_]):
            return left, right, "or" if isinstance(op, ast.And) else "and"
    return None


def _expression(node: ast.AST) -> tuple[ast.expr, str] | None:
    """Return an expression that is replaced as a whole, and by what."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return node, ast.unparse(operand)
        case ast.Constant(value=bool(value)):
            return node, str(not value)
        case ast.Constant(value=int(value) | float(value)):
            return node, repr(value + 1)
        case ast.Expr(value=ast.Call() as one) | ast.Return(value=ast.expr() as one):
            return one, "None"
        case ast.If(test=test):
            return test, "False"
    return None


def mutants_of(path: Path, text: str) -> list[Mutant]:
    """Return every mutant of a module that changes a span of one line."""
    lines = text.splitlines()
    places: list[tuple[int, int, int, str]] = []
    for node in ast.walk(ast.parse(text)):
        if (operator := _operator(node)) and (at := _between(lines, *operator[:2])):
            places.append((*at, operator[2]))
        elif expression := _expression(node):
            one, new = expression
            if one.lineno == one.end_lineno and one.end_col_offset is not None:
                places.append((one.lineno, one.col_offset, one.end_col_offset, new))
    found = [
        Mutant(str(path), line, start, end, lines[line - 1].encode()[start:end].decode(), new)
        for line, start, end, new in places
    ]
    return [one for one in found if one.old != one.new]


def chosen(count: int, seed: int) -> list[Mutant]:
    """Draw mutants: first a module, each as likely as its number of mutants, then one of them."""
    everything = [
        mutant
        for path in sorted((ROOT / "nnplay").rglob("*.py"))
        for mutant in mutants_of(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(everything, count)


def tests_for(path: str) -> list[list[str]]:
    """Return the tests to run, in turns: those that import the module, then its mirrored folder."""
    dotted = path[:-3].replace("/", ".").removesuffix(".__init__")
    package, _dot, name = dotted.rpartition(".")
    near = [
        str(test.relative_to(ROOT))
        for test in sorted((ROOT / "tests").rglob("test_*.py"))
        if dotted in (text := test.read_text(encoding="utf-8"))
        or (f"from {package} import" in text and name in text)
    ]
    folder = path.split("/")[1]
    turns = [near] if near else []
    mirrored = ROOT / "tests" / folder.removesuffix(".py")
    return [*turns, [f"tests/{folder}"]] if mirrored.is_dir() else [*turns, ["tests"]]


def _copy(target: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in FILES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, target / name)


def judge(mutant: Mutant, copy: Path, seconds: float, near: bool) -> Verdict:
    """Apply a mutant to a copy, run the tests, and take it back.

    `near` runs only the tests that import the module, if there are any.
    """
    path = copy / mutant.path
    before = path.read_text(encoding="utf-8")
    lines = before.splitlines(keepends=True)
    line = lines[mutant.line - 1].encode()
    changed = line[: mutant.start] + mutant.new.encode() + line[mutant.end :]
    lines[mutant.line - 1] = changed.decode()
    path.write_text("".join(lines), encoding="utf-8")
    try:
        turns = tests_for(mutant.path)
        for tests in turns[:1] if near else turns:
            killed_by = _first_failure(tests, copy, seconds)
            if killed_by:
                return Verdict(mutant, killed_by)
        return Verdict(mutant, "")
    finally:
        path.write_text(before, encoding="utf-8")


def _first_failure(tests: list[str], copy: Path, seconds: float) -> str:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            [*command, *tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no end within {seconds:.0f} s"
    if ran.returncode in (0, 5):
        return ""
    failures = [one for one in ran.stdout.splitlines() if one.startswith(("FAILED", "ERROR"))]
    return failures[0] if failures else f"pytest ended with {ran.returncode}"


def main() -> None:
    """Judge mutants and write what became of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=900, help="limit for one run of the tests")
    parser.add_argument("--near", action="store_true", help="only tests that import the module")
    parser.add_argument("--out", type=Path, default=Path("mutants.json"))
    options = parser.parse_args()
    mutants = chosen(options.count, options.seed)
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(options.jobs):
            copy = Path(folder) / str(number)
            _copy(copy)
            copies.put(copy)

        def run(mutant: Mutant) -> None:
            copy = copies.get()
            try:
                verdict = judge(mutant, copy, options.seconds, options.near)
            finally:
                copies.put(copy)
            verdicts.append(verdict)
            print(
                f"{len(verdicts):3} {'killed  ' if verdict.killed_by else 'SURVIVED'} "
                f"{mutant.path}:{mutant.line} {mutant.old!r} -> {mutant.new!r}",
                flush=True,
            )
            options.out.write_text(json.dumps([asdict(one) for one in verdicts], indent=1))

        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(run, mutants))
    killed = sum(bool(one.killed_by) for one in verdicts)
    print(f"{killed} killed, {len(verdicts) - killed} survived")


if __name__ == "__main__":
    main()
