"""Features that are computed from one or two inputs by formulas."""

import ast
import operator
from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from math import e, pi
from typing import Any, ClassVar

import torch
from torch import nn


class Features(nn.Module):
    """Computes one feature per formula, such as "x**2" or "sin(y)", from a sample (x) or (x, y)."""

    operators: ClassVar[dict[type[ast.AST], Callable[..., Any]]] = {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Mod: torch.remainder,
        ast.Pow: torch.pow,
        ast.UAdd: operator.pos,
        ast.USub: operator.neg,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
    }
    functions: ClassVar[dict[str, Callable[..., Any]]] = {
        **{
            name: getattr(torch, name)
            for name in (
                *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
                *("exp", "log", "log2", "log10", "sqrt", "abs", "sign", "floor", "ceil", "round"),
                *("atan2", "hypot"),
            )
        },
        "min": torch.minimum,
        "max": torch.maximum,
    }

    def __init__(self, formulas: tuple[str, ...]) -> None:
        super().__init__()
        self.formulas = formulas
        self.trees = [ast.parse(formula, mode="eval").body for formula in formulas]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        known = dict(zip("xy", x.unbind(1), strict=False))
        known |= {"pi": x.new_full((), pi), "e": x.new_full((), e)}
        columns = [self.value(tree, known).to(x.dtype).expand(x.shape[0]) for tree in self.trees]
        return torch.stack(columns, 1)

    def value(self, node: ast.expr, known: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the value of a part of a formula for each sample, or one value for all."""

        def of(part: ast.expr) -> torch.Tensor:
            # True and false count as 1 and 0, in the precision of the inputs.
            return self.value(part, known).to(known["e"].dtype)

        found: torch.Tensor
        match node:
            case ast.Constant(value=int() | float() as number):
                found = known["e"].new_full((), float(number))
            case ast.Name(id=name):
                found = known[name]
            case ast.UnaryOp(op=ast.Not(), operand=part):
                found = of(part) == 0
            case ast.UnaryOp(op=op, operand=part):
                found = self.operators[type(op)](of(part) * 1.0)
            case ast.BinOp(left=left, op=op, right=right):
                # True and false are added and multiplied as 1 and 0.
                found = self.operators[type(op)](of(left) * 1.0, of(right) * 1.0)
            case ast.Compare(left=left, ops=ops, comparators=others):
                pairs = zip(ops, pairwise(map(of, [left, *others])), strict=True)
                found = reduce(
                    torch.logical_and, [self.operators[type(op)](*pair) for op, pair in pairs]
                )
            case ast.BoolOp(op=op, values=parts):
                both = torch.logical_and if isinstance(op, ast.And) else torch.logical_or
                found = reduce(both, map(of, parts))
            case ast.IfExp(test=test, body=body, orelse=other):
                found = torch.where(of(test) != 0, of(body) * 1.0, of(other) * 1.0)
            case ast.Call(func=ast.Name(id=name), args=parts):
                values = [of(part) * 1.0 for part in parts]
                call = self.functions[name]
                found = reduce(call, values) if name in ("min", "max") else call(*values)
            case _:
                raise ValueError(f"not a formula: {ast.unparse(node)}")
        return found

    def extra_repr(self) -> str:
        return ", ".join(self.formulas)
