"""Steps of dense networks in compiled code: no interpreter and no lock in between."""

from nnplay.catalog import Kind
from nnplay.engine.compiled.bends import BENDS
from nnplay.engine.compiled.costs import COSTS
from nnplay.engine.compiled.fetching import fetch
from nnplay.engine.compiled.stepper import CompiledStepper
from nnplay.engine.compiled.updates import UPDATES


def served(kind: Kind) -> bool:
    """Say whether the kernel has a piece for an activation, a loss or an optimizer."""
    return kind.key in BENDS or kind.key in COSTS or kind.key in UPDATES


__all__ = ["CompiledStepper", "fetch", "served"]
