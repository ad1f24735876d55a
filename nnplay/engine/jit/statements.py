"""From a Python function to instructions: what its statements do.

A variable is of the kind that it is first given. Parts are written where they are called, so that
LLVM sees loops whole.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from llvmlite import ir

from nnplay.engine.jit.expressions import Expressions
from nnplay.engine.jit.kinds import DOUBLE, FLOAT, INT, NOTHING
from nnplay.engine.jit.operators import combine
from nnplay.engine.jit.parts import syntax_of

_FLOATING = frozenset(("fadd", "fsub", "fmul", "fdiv", "fcmp"))
_LOOSE = ("reassoc", "contract", "arcp", "nsz")
"""Sums may be taken in any order, which is what lets a loop use whole vectors. Infinite numbers and
those that are none keep their meaning: a run that diverges is noticed by them."""


def write_function(
    module: ir.Module, name: str, function: Callable[..., Any], result: Any, arguments: int
) -> None:
    """Write a Python function of so many int64 into a module, under a name."""
    written = ir.Function(module, ir.FunctionType(result, [INT] * arguments), name)
    builder = ir.IRBuilder(written.append_basic_block())
    body = _Body(builder, function)
    answer = body.write(list(written.args))
    if result == NOTHING:
        builder.ret_void()
    else:
        builder.ret(body.says.fitting(body.syntax, answer, result))
    for block in written.blocks:
        for instruction in block.instructions:
            if instruction.opname in _FLOATING:
                instruction.flags = list(_LOOSE)
            elif instruction.opname == "call" and instruction.type in (FLOAT, DOUBLE):
                instruction.fastmath.update(_LOOSE)


def _write_part(builder: Any, function: Callable[..., Any], values: list[Any]) -> Any:
    return _Body(builder, function).write(values)


class _Body:
    """One function, written where its caller stands."""

    def __init__(self, builder: Any, function: Callable[..., Any]) -> None:
        self._b = builder
        self.syntax = syntax_of(function)
        self.says = Expressions(builder, function, _write_part)
        self._results: tuple[Any, ...] | None = None
        """Where what it returns stands, once it is known how many and of what kinds."""
        self._gives_tuple = False
        self._end: Any = builder.append_basic_block()
        self._loops: list[tuple[Any, Any]] = []
        """Of the loops around: where the next round begins, and what comes behind."""

    def write(self, arguments: list[Any]) -> Any:
        """Write all of it; return what it returns: a number, a tuple, or nothing."""
        b, names = self._b, [argument.arg for argument in self.syntax.args.args]
        if len(names) != len(arguments):
            raise self.says.error(self.syntax, f"{len(names)} arguments", str(len(arguments)))
        for name, value in zip(names, arguments, strict=True):
            self._set(self.syntax, name, value)
        self._all(self.syntax.body)
        if not b.block.is_terminated:
            b.branch(self._end)
        b.position_at_end(self._end)
        if self._results is None:
            return None
        values = tuple(b.load(place) for place in self._results)
        return values if self._gives_tuple else values[0]

    def _all(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)
            if self._b.block.is_terminated:
                return

    def _statement(self, node: ast.stmt) -> None:  # noqa: PLR0912 - one for each form that there is
        says = self.says
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return
            case ast.Expr(value=value):
                says.value(value)
            case ast.Assign(targets=[target], value=value):
                self._assign(target, says.value(value))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, says.value(value))
            case ast.AugAssign(target=ast.Name(id=name) as target, op=operator, value=value):
                old = says.number(target)
                self._set(node, name, combine(self._b, operator, old, says.number(value)))
            case ast.Return(value=value):
                self._return(node, value)
            case ast.If(test=test, body=body, orelse=other):
                self._if(says.test(test), body, other)
            case ast.While(test=test, body=body, orelse=[]):
                self._loop(lambda: says.test(test), lambda: self._all(body), lambda: None)
            case ast.For(target=target, iter=ast.Call(args=bounds) as call, body=body, orelse=[]):
                if says.known(call.func) is not range:
                    raise says.error(call, "a range", ast.unparse(call))
                self._count(target, bounds, body)
            case ast.For(target=target, iter=ast.Tuple(elts=rounds), body=body, orelse=[]):
                self._each(target, rounds, body)
            case ast.Continue():
                self._b.branch(self._loops[-1][0])
            case ast.Break():
                self._b.branch(self._loops[-1][1])
            case _:
                raise says.error(node, "what compiled code knows", ast.unparse(node))

    def _assign(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self._set(target, name, value)
            case ast.Tuple(elts=names) if isinstance(value, tuple) and len(names) == len(value):
                for name_node, one in zip(names, value, strict=True):
                    self._assign(name_node, one)
            case _:
                raise self.says.error(target, "as many names as values", ast.unparse(target))

    def _set(self, node: ast.AST, name: str, value: Any) -> None:
        places = self.says.places
        if name not in places:
            if isinstance(value, tuple) or value is None:
                raise self.says.error(node, "a number", "a tuple" if value else "nothing")
            places[name] = self._room(value.type)
        kind = places[name].allocated_type
        self._b.store(self.says.fitting(node, value, kind), places[name])

    def _room(self, kind: Any) -> Any:
        """Return where a variable of a kind stands."""
        # At the start of the function, so that a loop does not take more of the stack each time.
        with self._b.goto_entry_block():
            return self._b.alloca(kind)

    def _return(self, node: ast.Return, value: ast.expr | None) -> None:
        if value is not None:
            made = self.says.value(value)
            self._gives_tuple = isinstance(made, tuple)
            values = made if isinstance(made, tuple) else (made,)
            if self._results is None:
                self._results = tuple(self._room(one.type) for one in values)
            for one, place in zip(values, self._results, strict=True):
                self._b.store(self.says.fitting(node, one, place.allocated_type), place)
        self._b.branch(self._end)

    def _if(self, test: Any, body: list[ast.stmt], other: list[ast.stmt]) -> None:
        b = self._b
        blocks = [b.append_basic_block() for _ in range(3)]
        b.cbranch(test, *blocks[:2])
        for block, statements in zip(blocks, (body, other), strict=False):
            b.position_at_end(block)
            self._all(statements)
            if not b.block.is_terminated:
                b.branch(blocks[2])
        b.position_at_end(blocks[2])

    def _loop(
        self, test: Callable[[], Any], body: Callable[[], None], go_on: Callable[[], None]
    ) -> None:
        b = self._b
        ask, go, on, behind = (b.append_basic_block() for _ in range(4))
        b.branch(ask)
        b.position_at_end(ask)
        b.cbranch(test(), go, behind)
        b.position_at_end(go)
        self._loops.append((on, behind))
        body()
        self._loops.pop()
        if not b.block.is_terminated:
            b.branch(on)
        b.position_at_end(on)
        go_on()
        b.branch(ask)
        b.position_at_end(behind)

    def _count(self, target: ast.expr, bounds: list[ast.expr], body: list[ast.stmt]) -> None:
        b, says = self._b, self.says
        values = [says.fitting(bound, says.number(bound), INT) for bound in bounds]
        start, stop, step = (INT(0), *values, INT(1)) if len(values) == 1 else (*values, INT(1))[:3]
        counter = self._room(INT)
        b.store(start, counter)
        # Whether it counts down must be plain to see: by a minus in front of the step.
        down = len(bounds) == 3 and isinstance(bounds[2], ast.UnaryOp)
        sign = ">" if down else "<"

        def test() -> Any:
            return b.icmp_signed(sign, b.load(counter), stop)

        def round_() -> None:
            self._assign(target, b.load(counter))
            self._all(body)

        def go_on() -> None:
            b.store(b.add(b.load(counter), step, flags=["nsw"]), counter)

        self._loop(test, round_, go_on)

    def _each(self, target: ast.expr, rounds: list[ast.expr], body: list[ast.stmt]) -> None:
        """Write the body once for each of some values."""
        b = self._b
        behind = b.append_basic_block()
        for value in [self.says.value(one) for one in rounds]:
            after = b.append_basic_block()
            self._assign(target, value)
            self._loops.append((after, behind))
            self._all(body)
            self._loops.pop()
            if not b.block.is_terminated:
                b.branch(after)
            b.position_at_end(after)
        b.branch(behind)
        b.position_at_end(behind)
