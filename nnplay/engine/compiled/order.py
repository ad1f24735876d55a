"""The order of an epoch's samples: the same as torch draws, worked out without the interpreter."""

from __future__ import annotations

from nnplay.engine.compiled.memory import get_int, put_int, remainder
from nnplay.engine.jit import acting, part

WORDS = 624
"""Size of the state of the Mersenne Twister (Matsumoto and Nishimura, 1998)."""
_FAR = 397
_MASK = 0xFFFFFFFF
_FACTOR = 1812433253
_UPPER, _LOWER, _TWIST = 0x80000000, 0x7FFFFFFF, 0x9908B0DF
_MASK_B, _MASK_C = 0x9D2C5680, 0xEFC60000


@part
def _seed(words: int, seed: int) -> None:
    word = seed & _MASK
    put_int(words, 0, word)
    for i in range(1, WORDS):
        word = (_FACTOR * (word ^ (word >> 30)) + i) & _MASK
        put_int(words, i, word)


@part
def _twist(words: int, i: int, after: int, far: int) -> None:
    mixed = (get_int(words, i) & _UPPER) | (get_int(words, after) & _LOWER)
    put_int(words, i, get_int(words, far) ^ (mixed >> 1) ^ (_TWIST & -(mixed & 1)))


@part
def _twist_all(words: int) -> None:
    for i in range(WORDS - _FAR):
        _twist(words, i, i + 1, i + _FAR)
    for i in range(WORDS - _FAR, WORDS):
        _twist(words, i, i + 1 if i + 1 < WORDS else 0, i + _FAR - WORDS)


@acting
def draw(desk: int, order: int, count: int, words: int, seed: int, _: int) -> None:
    """Fill `order` with 0, ... count - 1, mixed as torch.randperm mixes them for that seed.

    `order` and `words`, room for the generator's state, are addresses of int64.
    """
    _seed(words, seed)
    for i in range(count):
        put_int(order, i, i)
    place = WORDS
    for i in range(count - 1):
        if place == WORDS:
            _twist_all(words)
            place = 0
        word = get_int(words, place)
        place += 1
        word ^= word >> 11
        word ^= (word << 7) & _MASK_B
        word ^= (word << 15) & _MASK_C
        word ^= word >> 18
        other = i + remainder(word, count - i)
        mine = get_int(order, i)
        put_int(order, i, get_int(order, other))
        put_int(order, other, mine)
