"""The layers of a network as the player of a web page computes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from nnplay.assets import asset
from nnplay.catalog import Layer, Shape

_ENTRY = re.compile(r'^LAYERS\["([^"]+)"\]', re.MULTILINE)
_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.And: "and",
    ast.Or: "or",
}
Tree = list[Any]


@cache
def computed_targets() -> frozenset[str]:
    """Return the PyTorch classes that the player can compute, as the catalog names them."""
    source = asset("page", "network.js").read_text("utf-8")
    return frozenset(_ENTRY.findall(source))


def page_layers(
    network: Sequence[Layer], in_shape: Shape, weight_names: Iterable[str]
) -> list[dict[str, Any]] | None:
    """Return what the player needs of each layer; None if it cannot compute one of them.

    `weight_names` are those of PyTorch's state_dict, such as `0.weight`.
    """
    names = tuple(weight_names)
    found, shape = [], in_shape
    for number, layer in enumerate(network):
        call, out = layer.call(shape), layer.out_shape(shape)
        if call.target not in computed_targets():
            return None
        args = dict(call.args)
        if "formulas" in args:
            args["formulas"] = [_tree(ast.parse(one, mode="eval").body) for one in args["formulas"]]
        prefix = f"{number}."
        own = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
        found.append({"kind": call.target, "args": args, "in": shape, "out": out, "weights": own})
        shape = out
    return found


def _tree(node: ast.expr) -> Tree:
    """Return a checked formula as nested lists: a word, then what it applies to."""
    found: Tree
    match node:
        case ast.Constant(value=int() | float() as number):
            found = ["number", float(number)]
        case ast.Name(id=name):
            found = ["name", name]
        case ast.UnaryOp(op=ast.Not(), operand=part):
            found = ["not", _tree(part)]
        case ast.UnaryOp(op=ast.USub(), operand=part):
            found = ["-", ["number", 0.0], _tree(part)]
        case ast.UnaryOp(operand=part):
            found = _tree(part)
        case ast.BinOp(left=left, op=op, right=right):
            found = [_OPERATORS[type(op)], _tree(left), _tree(right)]
        case ast.BoolOp(op=op, values=parts):
            found = [_OPERATORS[type(op)], *map(_tree, parts)]
        case ast.Compare(left=left, ops=ops, comparators=others):
            ends = [_tree(one) for one in (left, *others)]
            pairs = zip(ops, ends, ends[1:], strict=False)
            found = ["and", *([_OPERATORS[type(op)], *pair] for op, *pair in pairs)]
        case ast.IfExp(test=test, body=body, orelse=other):
            found = ["if", _tree(test), _tree(body), _tree(other)]
        case ast.Call(func=ast.Name(id=name), args=parts):
            found = [name, *map(_tree, parts)]
        case _:
            raise ValueError(f"not a formula: {ast.unparse(node)}")
    return found
