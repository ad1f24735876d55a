"""The layer that computes more input features from x and y."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from nnplay.catalog.formula import LONGEST, FormulaError, formula_faults, names_in, parse
from nnplay.catalog.kind import Fault, layer, param
from nnplay.catalog.layers.base import Layer, Shape, ShapeError
from nnplay.translation import n_


@dataclass(frozen=True)
class Feature:
    """An input feature computed from x and y."""

    name: str
    """Of the parameter that switches it on."""
    label: str
    formula: str
    needs_y: bool


FEATURES = (
    Feature("x", "x", "x", False),
    Feature("y", "y", "y", True),
    Feature("x2", "x²", "x**2", False),
    Feature("y2", "y²", "y**2", True),
    Feature("xy", "xy", "x*y", True),
    Feature("sin_x", "sin x", "sin(x)", False),
    Feature("sin_y", "sin y", "sin(y)", True),
    Feature("cos_x", "cos x", "cos(x)", False),
    Feature("cos_y", "cos y", "cos(y)", True),
)
_NAMES = ("x", "y")
_EXAMPLE = "x**2 + y**2"
_SQUARE = n_("Turns straight boundaries into parabolas and circles.")
_WAVE = n_("Lets predictions oscillate, as a spiral needs.")


@layer(n_("Input features"))
class Features(Layer):
    """Computes the features that are switched on: with the right ones, few units are enough."""

    target: ClassVar[str] = "nnplay.engine.modules.features:Features"
    takes: ClassVar[tuple[int, ...]] = (1,)
    # The window switches these with a row of buttons, not in the form.
    x: bool = param(True, label="x", editable=False, help=n_("The first input, unchanged."))
    y: bool = param(
        True, label="y", editable=False, help=n_("The second input, unchanged, if there is one.")
    )
    x2: bool = param(False, label="x²", editable=False, help=_SQUARE)
    y2: bool = param(False, label="y²", editable=False, help=_SQUARE)
    xy: bool = param(
        False, label="xy", editable=False, help=n_("Separates opposite quadrants of the plane.")
    )
    sin_x: bool = param(False, label="sin x", editable=False, help=_WAVE)
    sin_y: bool = param(False, label="sin y", editable=False, help=_WAVE)
    cos_x: bool = param(False, label="cos x", editable=False, help=_WAVE)
    cos_y: bool = param(False, label="cos y", editable=False, help=_WAVE)
    typed: str = param(
        "",
        longest=LONGEST,
        label=n_("formula"),
        help=n_("Your own feature of x and y, such as x**2 + y**2 or abs(x - y); empty for none."),
    )

    @property
    def is_plain(self) -> bool:
        """Whether it passes on its inputs unchanged."""
        return self.own_values() == Features().own_values()

    def faults(self) -> Iterable[Fault]:
        if self.typed.strip():
            yield from formula_faults("typed", self.typed, _NAMES, _EXAMPLE)

    def out_shape(self, in_shape: Shape) -> Shape:
        self.need_form(in_shape)
        if in_shape[0] > len(_NAMES):
            raise ShapeError(n_("one or two numbers, x and y"), in_shape)
        if in_shape[0] == 1 and self._asks_for_y():
            raise ShapeError(n_("two numbers, x and y"), in_shape)
        # A formula that is still being typed counts too: the shapes of later layers must not change
        # with every keystroke.
        count = len(self.listed(in_shape[0]))
        if not count:
            raise ShapeError(n_("at least one feature switched on"), in_shape)
        if in_shape[0] == 1 and self._needs_y():
            raise ShapeError(n_("two numbers, x and y"), in_shape)
        return (count,)

    def args(self, in_shape: Shape) -> Mapping[str, Any]:
        self.out_shape(in_shape)
        formulas = [feature.formula for feature in self._chosen(in_shape[0])]
        if self.typed.strip():
            formulas.append(ast.unparse(parse(self.typed, _NAMES)))
        return {"formulas": tuple(formulas)}

    def _needs_y(self) -> bool:
        """Return whether the typed formula uses y; an invalid one does not."""
        return (
            not any(self.faults())
            and bool(self.typed.strip())
            and "y" in names_in(parse(self.typed, _NAMES))
        )

    def listed(self, inputs: int) -> tuple[str, ...]:
        """Return the labels of the features that are on, for one input or two."""
        typed = (self.typed.strip(),) if self.typed.strip() else ()
        return (*(feature.label for feature in self._chosen(inputs)), *typed)

    def _asks_for_y(self) -> bool:
        try:
            return "y" in names_in(parse(self.typed, _NAMES))
        except FormulaError:
            return False  # reported by `faults`

    def _chosen(self, inputs: int) -> list[Feature]:
        values = self.values()
        return [f for f in FEATURES if values[f.name] and not (f.needs_y and inputs == 1)]
