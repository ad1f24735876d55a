"""The language of typed formulas: a formula is checked here without being evaluated.

It is a small subset of Python: numbers, names, + - * / % **, comparisons, and, or, not, `a if c
else b`, and calls of the functions below. Everything else in Python is rejected here, before
anything is evaluated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from nnplay.catalog.kind import Fault
from nnplay.translation import _

LONGEST = 200
"""The maximum number of characters."""
_DEEPEST = 30
_LARGEST = 1e100

ANY_NUMBER = 9
_OF_ONE = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    *("exp", "log", "log2", "log10", "sqrt", "abs", "sign", "floor", "ceil", "round"),
)
_OF_TWO = {"min": (2, ANY_NUMBER), "max": (2, ANY_NUMBER), "atan2": (2, 2), "hypot": (2, 2)}
FUNCTIONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    dict.fromkeys(_OF_ONE, (1, 1)) | _OF_TWO
)
"""The minimum and maximum number of arguments by name; angles are in radians, log is natural."""
CONSTANTS = ("pi", "e")

_LEFT_SIDE = re.compile(r"\s*y\s*=(?!=)\s*")
_STRANGE = re.compile(r"[^A-Za-z0-9_ .,+\-*/%()<>=!]")
_STUCK = re.compile(r"(?<![\w.])(?>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?=[A-Za-z_(])")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Pow)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class FormulaError(Exception):
    """A text is not a valid formula; says why, and `at` is the index of the offending character."""

    def __init__(self, what: str, at: int, hint: str = "") -> None:
        super().__init__(what)
        self.at, self.hint = at, hint


def parse(text: str, names: Iterable[str], *, condition: bool = False) -> ast.expr:
    """Return the syntax tree of a formula over the given names; a leading `y =` is skipped.

    With `condition`, it must be a comparison, such as `y > x`. Raises FormulaError.
    """
    left = None if condition else _LEFT_SIDE.match(text)
    start = left.end() if left else len(text) - len(text.lstrip())
    _look_over(text, start)
    try:
        tree = ast.parse(text[start:].rstrip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # For an unexpected end, Python reports no column, or one after the end.
        column = getattr(error, "offset", None) or LONGEST
        at = min(start + column - 1, len(text.rstrip()))
        raise FormulaError(_("Something is missing, or there is too much here."), at) from error
    _Checker(text, start, (*names, *CONSTANTS)).check(tree, 0)
    if condition and not _compares(tree):
        what = _("Expected a comparison, which is true for one class and false for the other.")
        raise FormulaError(what, start, _("For example: y > x**3 - x"))
    return tree


def formula_faults(
    field: str, text: str, names: Iterable[str], example: str, *, condition: bool = False
) -> Iterable[Fault]:
    """Yield why the text of a field is not a valid formula; nothing if it is valid."""
    names = tuple(names)
    try:
        parse(text, names, condition=condition)
    except FormulaError as error:
        better = _with_powers(text, names, condition=condition) or example
        label = _("Use {example}").format(example=better)
        yield Fault(field, str(error), error.hint, label, ((field, better),), error.at)


def _with_powers(text: str, names: Iterable[str], *, condition: bool) -> str:
    """Return a formula with its powers written as in Python; empty where that is no formula."""
    meant = text.replace("^", "**").replace("²", "**2").replace("³", "**3")
    if meant == text:
        return ""
    try:
        parse(meant, names, condition=condition)
    except FormulaError:
        return ""
    return meant


def names_in(tree: ast.expr) -> frozenset[str]:
    """Return all names in a formula, including functions and constants."""
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _look_over(text: str, start: int) -> None:
    """Raise FormulaError for mistakes that are easier to explain before parsing."""
    if len(text) > LONGEST:
        what = _("A formula can have at most {longest} characters.")
        raise FormulaError(what.format(longest=LONGEST), LONGEST)
    if start == len(text):
        raise FormulaError(_("The formula is empty."), start, _("For example: sin(3*x)"))
    if strange := _STRANGE.search(text):
        what = _("The character {character} is not allowed in a formula.")
        hint = _("Powers are written **, as in x**2.") if strange[0] in "^²³" else ""
        raise FormulaError(what.format(character=strange[0]), strange.start(), hint)
    if stuck := _STUCK.search(text):
        hint = _("Write the multiplication sign: 3*x.")
        raise FormulaError(_("An operator is missing after the number."), stuck.end(), hint)
    open_ones = []
    for at, character in enumerate(text):
        if character == "(":
            open_ones.append(at)
        elif character == ")" and not open_ones:
            raise FormulaError(_("This bracket does not close anything."), at)
        elif character == ")":
            open_ones.pop()
    if open_ones:
        raise FormulaError(_("This bracket is never closed."), open_ones[-1])


class _Checker:
    """Rejects every part of a syntax tree that is not in the language."""

    def __init__(self, text: str, start: int, names: tuple[str, ...]) -> None:
        self._text, self._start, self._names = text, start, names

    def check(self, node: ast.expr, depth: int) -> None:
        """Raise FormulaError if a node or one of its children is not allowed."""
        if depth > _DEEPEST:
            raise self._error(node, _("The formula is nested too deeply."))
        match node:
            case ast.Constant():
                self._number(node)
            case ast.Name():
                self._name(node)
            case ast.BinOp(op=op) if isinstance(op, _OPERATORS):
                self._operation(node)
            case ast.UnaryOp(op=op) if isinstance(op, ast.UAdd | ast.USub | ast.Not):
                pass
            case ast.BoolOp() | ast.IfExp():
                pass
            case ast.Compare(ops=ops) if all(isinstance(op, _COMPARISONS) for op in ops):
                pass
            case ast.Call():
                self._call(node)
                for part in node.args:
                    self.check(part, depth + 1)
                return
            case _:
                raise self._error(node, _("This is not allowed in a formula."))
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.check(child, depth + 1)

    def _operation(self, node: ast.BinOp) -> None:
        divides = isinstance(node.op, ast.Div | ast.Mod)
        if divides and isinstance(node.right, ast.Constant) and node.right.value == 0:
            raise self._error(node.right, _("This divides by zero."))

    def _number(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(node, _("Only numbers are allowed here."))
        if value > _LARGEST:
            raise self._error(node, _("This number is too large."))

    def _name(self, node: ast.Name) -> None:
        if node.id in FUNCTIONS:
            what = _("{name} is a function: it needs brackets, as in {name}(x).")
            raise self._error(node, what.format(name=node.id))
        if node.id not in self._names:
            raise self._unknown(node, _("Unknown name {name}."), self._names)

    def _call(self, node: ast.Call) -> None:
        function = node.func
        if not isinstance(function, ast.Name) or node.keywords:
            raise self._error(node, _("This is not allowed in a formula."))
        if function.id not in FUNCTIONS:
            raise self._unknown(function, _("Unknown function {name}."), tuple(FUNCTIONS))
        fewest, most = FUNCTIONS[function.id]
        if not fewest <= len(node.args) <= most:
            what = (
                _("{name} takes {count} arguments, received {received}.")
                if fewest == most
                else _("{name} takes at least {count} arguments, received {received}.")
            )
            values = {"name": function.id, "count": fewest, "received": len(node.args)}
            raise self._error(function, what.format(**values))

    def _unknown(self, node: ast.Name, what: str, known: tuple[str, ...]) -> FormulaError:
        close = get_close_matches(node.id, (*known, *FUNCTIONS), 1)
        hint = _("Known: {names}.").format(names=", ".join(known))
        if close:
            hint = _("Did you mean {name}?").format(name=close[0]) + " " + hint
        return self._error(node, what.format(name=node.id), hint)

    def _error(self, node: ast.expr, what: str, hint: str = "") -> FormulaError:
        # The tree counts columns in bytes; `_look_over` left only one-byte characters.
        return FormulaError(what, self._start + node.col_offset, hint)


def _compares(node: ast.expr) -> bool:
    match node:
        case ast.Compare():
            return True
        case ast.BoolOp():
            return all(map(_compares, node.values))
        case ast.UnaryOp(op=ast.Not()):
            return _compares(node.operand)
    return False
