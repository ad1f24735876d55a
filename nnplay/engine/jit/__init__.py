"""A compiler for a small part of Python, for steps that hold no interpreter lock.

It knows whole numbers, floating-point numbers, memory by its address, conditions and loops, which
is what training a network takes, and nothing else: so a kernel is there in a fraction of a second,
the first time and without a compiler on the user's machine. LLVM does the rest.
"""

from nnplay.engine.jit.emitting import emitted
from nnplay.engine.jit.errors import KernelError
from nnplay.engine.jit.parts import part
from nnplay.engine.jit.pieces import Piece, acting, measuring, sharing

__all__ = ["KernelError", "Piece", "acting", "emitted", "measuring", "part", "sharing"]
