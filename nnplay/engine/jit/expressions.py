"""What an expression comes to: its syntax tree is walked once, and instructions are written."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from types import ModuleType
from typing import Any

from llvmlite import ir

from nnplay.engine.jit.emitting import Emitted
from nnplay.engine.jit.errors import KernelError, error_at
from nnplay.engine.jit.kinds import TRUTH, cast, common, constant, name_of, target, widened
from nnplay.engine.jit.operators import KNOWN, combine, compare, negated
from nnplay.engine.jit.parts import is_part

Write = Callable[[Any, Callable[..., Any], list[Any]], Any]
"""Writes a part where its caller stands: takes a builder, the part and what it is called with."""


class Expressions:
    """The expressions of one function: `value` writes one and returns what it comes to.

    That is one number, or a tuple of them.
    """

    def __init__(self, builder: Any, function: Callable[..., Any], write_part: Write) -> None:
        self.places: dict[str, Any] = {}
        """Where the function's own variables stand."""
        self._b = builder
        self._function = function
        self._write_part = write_part

    def value(self, node: ast.expr) -> Any:  # noqa: PLR0911 - one for each form that there is
        """Return what an expression comes to."""
        match node:
            case ast.Name(id=name) if name in self.places:
                return self._b.load(self.places[name])
            case ast.Tuple(elts=elements):
                return tuple(self.value(element) for element in elements)
            case ast.BinOp(left=left, op=operator, right=right):
                made = combine(self._b, operator, self.number(left), self.number(right))
                return self._known(node, made, "an operator for these numbers")
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                made = compare(self._b, operator, self.number(left), self.number(right))
                return self._known(node, made, "one comparison of two numbers")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return negated(self._b, self.number(operand))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._b.not_(self.test(operand))
            case ast.BoolOp(op=operator, values=values):
                return self._both_or_either(isinstance(operator, ast.And), values)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._choose(
                    node, self.test(test), lambda: self.value(body), lambda: self.value(other)
                )
            case ast.Call(func=called, args=arguments, keywords=[]):
                return self._call(node, self.known(called), arguments)
        return self._known(node, constant(self.known(node)), "a number")

    def number(self, node: ast.expr) -> Any:
        """Return what an expression comes to that stands for one number or vector."""
        value = self.value(node)
        if isinstance(value, tuple) or value is None:
            raise self.error(node, "a number", "a tuple" if value else "nothing")
        return value

    def test(self, node: ast.expr) -> Any:
        """Return whether an expression comes to something other than 0."""
        return target(self._b, self.number(node))

    def known(self, node: ast.expr) -> Any:
        """Return the Python object that a constant or a name of the module stands for."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                found = self._function.__globals__.get(name, getattr(builtins, name, None))
                return self._known(node, found, "a name that is known")
            case ast.Attribute(value=of, attr=name):
                owner = self.known(of)
                found = getattr(owner, name, None) if isinstance(owner, ModuleType) else None
                return self._known(node, found, "a name of a module")
        raise self.error(node, "what compiled code knows", type(node).__name__)

    def fitting(self, node: ast.AST, value: Any, kind: Any) -> Any:
        """Return a number as one of a kind, which must be able to hold it."""
        if isinstance(value, tuple) or value is None:
            raise self.error(node, name_of(kind), "a tuple" if value else "nothing")
        fits = widened(self._b, value, kind)
        if fits is None:
            raise self.error(node, name_of(kind), name_of(value.type))
        return fits

    def error(self, node: ast.AST, expected: str, came: str) -> KernelError:
        """Return the error that something came where something else was expected."""
        return error_at(self._function, node, expected, came)

    def _known(self, node: ast.expr, found: Any, expected: str) -> Any:
        if found is None:
            raise self.error(node, expected, ast.unparse(node))
        return found

    def _call(self, node: ast.expr, callee: Any, arguments: list[ast.expr]) -> Any:
        values = [self.number(argument) for argument in arguments]
        if isinstance(callee, Emitted):
            if len(values) != len(callee.arguments):
                wanted = f"{len(callee.arguments)} arguments"
                raise self.error(node, wanted, str(len(values)))
            pairs = zip(values, callee.arguments, strict=True)
            return callee.write(self._b, *[self.fitting(node, *pair) for pair in pairs])
        if is_part(callee):
            return self._write_part(self._b, callee, values)
        if callee in KNOWN:
            return KNOWN[callee](self._b, *values)
        raise self.error(node, "a function that compiled code knows", ast.unparse(node))

    def _both_or_either(self, both: bool, nodes: list[ast.expr]) -> Any:
        """Work out the second of two tests only where the first does not settle it."""
        first, *rest = nodes
        test = self.test(first)
        if not rest:
            return test

        def other() -> Any:
            return self._both_or_either(both, rest)

        def settled() -> Any:
            return TRUTH(not both)

        return self._choose(first, test, *((other, settled) if both else (settled, other)))

    def _choose(
        self, node: ast.AST, test: Any, yes: Callable[[], Any], no: Callable[[], Any]
    ) -> Any:
        """Work out one of two sides, which come to numbers, or to tuples of as many."""
        b = self._b
        blocks = [b.append_basic_block() for _ in range(3)]
        b.cbranch(test, *blocks[:2])
        sides = []
        for block, write in zip(blocks, (yes, no), strict=False):
            b.position_at_end(block)
            sides.append((write(), b.block))
        rows = [value if isinstance(value, tuple) else (value,) for value, _block in sides]
        if len(rows[0]) != len(rows[1]):
            raise self.error(node, f"{len(rows[0])} numbers on both sides", str(len(rows[1])))
        kinds = [common([one.type, other.type]) for one, other in zip(*rows, strict=True)]
        if None in kinds:
            raise self.error(node, "numbers that mix", "a vector and a number")
        arms = []
        for row, (_value, block) in zip(rows, sides, strict=True):
            b.position_at_end(block)
            arms.append([cast(b, value, kind) for value, kind in zip(row, kinds, strict=True)])
            b.branch(blocks[2])
        b.position_at_end(blocks[2])
        ends = [block for _value, block in sides]
        merged = tuple(self._merged(pair, ends) for pair in zip(*arms, strict=True))
        return merged if isinstance(sides[0][0], tuple) else merged[0]

    def _merged(self, values: tuple[Any, ...], blocks: list[Any]) -> ir.PhiInstr:
        phi = self._b.phi(values[0].type)
        for value, block in zip(values, blocks, strict=True):
            phi.add_incoming(value, block)
        return phi
