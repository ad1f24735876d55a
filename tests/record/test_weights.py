"""The checksum over weights, compared with one computed from its description alone."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnplay.record import weights_sha256


def test_is_the_sha256_of_what_its_description_says() -> None:
    weights = {
        "0.weight": np.array([[1.5, -2.0]], dtype=np.float32),
        "0.bias": np.array([0.25], dtype=np.float32),
    }
    # 1.5, -2 and 0.25 in IEEE 754, the lowest byte first.
    text = b"0.bias float32 (1,)\n" + bytes.fromhex("0000803e")
    text += b"0.weight float32 (1, 2)\n" + bytes.fromhex("0000c03f000000c0")
    assert weights_sha256(weights) == hashlib.sha256(text).hexdigest()


def test_does_not_depend_on_the_order_or_the_layout_in_memory() -> None:
    square = np.arange(6, dtype=np.float32).reshape(2, 3)
    plain = weights_sha256({"a": square, "b": square[0]})
    assert plain == weights_sha256({"b": square[0].copy(), "a": np.asfortranarray(square)})
    assert plain == weights_sha256({"a": square.astype(">f4"), "b": square[0]})


@pytest.mark.parametrize(
    "other",
    [
        {"a": np.zeros((3, 2), np.float32)},
        {"a": np.zeros((2, 3), np.int32)},
        {"b": np.zeros((2, 3), np.float32)},
        {"a": np.zeros((2, 3), np.float32), "b": np.zeros(0, np.float32)},
        {"a": -np.zeros((2, 3), np.float32)},
        {},
    ],
)
def test_sees_a_change_of_shape_type_name_or_sign(other: dict[str, np.ndarray]) -> None:
    assert weights_sha256({"a": np.zeros((2, 3), np.float32)}) != weights_sha256(other)


@given(arrays(np.float32, array_shapes(max_dims=3, max_side=4)), st.data())
def test_sees_a_change_of_any_bit(array: np.ndarray, data: st.DataObject) -> None:
    bits = np.frombuffer(array.tobytes(), np.uint8).copy()
    at = data.draw(st.integers(0, 8 * len(bits) - 1))
    bits[at // 8] ^= 1 << at % 8
    changed = np.frombuffer(bits.tobytes(), array.dtype).reshape(array.shape)
    assert weights_sha256({"a": array}) != weights_sha256({"a": changed})
