"""The IDX reader accepts valid files and refuses everything else with a message."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nnplay.data.arrays import DataError
from nnplay.data.download.idx import format_idx, idx_size, parse_idx

ARRAYS = arrays(np.uint8, array_shapes(max_dims=4, max_side=6))


@given(ARRAYS)
def test_arrays_go_to_bytes_and_back(array: np.ndarray) -> None:
    data = format_idx(array)
    assert len(data) == idx_size(array.shape)
    back = parse_idx(data, "file")
    assert back.shape == array.shape
    assert (back == array).all()


def test_the_bytes_are_those_of_the_published_format() -> None:
    data = bytes.fromhex("00000802 00000002 00000003 010203040506")
    assert format_idx(np.array([[1, 2, 3], [4, 5, 6]], np.uint8)) == data
    assert parse_idx(data, "file").tolist() == [[1, 2, 3], [4, 5, 6]]


@given(ARRAYS, st.data())
def test_a_cut_or_longer_file_is_refused(array: np.ndarray, data: st.DataObject) -> None:
    whole = format_idx(array)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(DataError, match="file"):
        parse_idx(whole[:cut], "file")
    with pytest.raises(DataError, match="file"):
        parse_idx(whole + b"\0", "file")


@given(st.binary(max_size=64) | st.binary(max_size=40).map(lambda b: b"\0\0\x08" + b))
def test_any_bytes_give_an_array_or_a_message(data: bytes) -> None:
    try:
        array = parse_idx(data, "file")
    except DataError as error:
        assert "file" in str(error)
    else:
        assert format_idx(array) == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "two zero bytes"),
        (b"\x89PNG\r\n", "two zero bytes"),
        (b"\0\0\x0d\x01" + struct.pack(">If", 1, 1.0), "type 13"),
        (b"\0\0\x08\0", "0"),
        (b"\0\0\x08\x03\0\0", "ends within its header"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "79,228,162,458,924,105,385,300,197,391 bytes"),
        (b"\0\0\x08\x02" + struct.pack(">II", 0, 2**32 - 1), "no samples"),
    ],
)
def test_each_error_is_reported(data: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        parse_idx(data, "some file")
