"""The text of the engine's own torch modules, for scripts that run without nnplay."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib.resources import files

OWN = "nnplay.engine.modules."
"""What the targets of such modules begin with."""


@dataclass(frozen=True)
class Carried:
    """A module taken apart: the lines of its imports, and all that follows them."""

    imports: tuple[str, ...]
    text: str

    @staticmethod
    def read(module: str) -> Carried:
        """Return the module of that name; it is read as text, never imported."""
        name = module.removeprefix(OWN)
        source = (files("nnplay") / "engine" / "modules" / f"{name}.py").read_text("utf-8")
        body = ast.parse(source).body[1:]  # behind the docstring
        imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        rest = source.splitlines()[max(node.end_lineno or 0 for node in imports) :]
        return Carried(tuple(map(ast.unparse, imports)), "\n".join(rest).strip())
