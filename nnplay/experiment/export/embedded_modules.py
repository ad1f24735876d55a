"""The source text of nnplay's own torch modules, for scripts that run without nnplay."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib.resources import files

OWN = "nnplay.engine.modules."
"""The prefix of their targets."""


@dataclass(frozen=True)
class ModuleSource:
    """A module split into the lines of its imports and the rest."""

    imports: tuple[str, ...]
    text: str

    @staticmethod
    def read(module: str) -> ModuleSource:
        """Return a module by name; it is read as text, never imported."""
        name = module.removeprefix(OWN)
        source = (files("nnplay") / "engine" / "modules" / f"{name}.py").read_text("utf-8")
        body = ast.parse(source).body[1:]  # without the docstring
        imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        rest = source.splitlines()[max(node.end_lineno or 0 for node in imports) :]
        return ModuleSource(tuple(map(ast.unparse, imports)), "\n".join(rest).strip())
