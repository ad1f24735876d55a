"""The trace against a plain list, and read while it is written."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnplay.link import EPOCH_COLUMNS, STEP_COLUMNS, Trace

ROWS = st.lists(st.integers(0, 700), max_size=8)


@given(sizes=ROWS, start=st.integers(0, 3000))
def test_it_equals_a_list(sizes: list[int], start: int) -> None:
    trace, model = Trace(("a", "b")), np.empty((0, 2))
    for number, size in enumerate(sizes):
        rows = np.arange(2.0 * size).reshape(size, 2) + 10_000 * number
        trace.extend(rows)
        model = np.concatenate([model, rows])
        assert len(trace) == len(model)
    np.testing.assert_array_equal(trace.read(), model)
    np.testing.assert_array_equal(trace.read(start), model[start:])
    np.testing.assert_array_equal(trace.column("b", start), model[start:, 1])


def test_readers_cannot_write_and_keep_what_they_read() -> None:
    trace = Trace(STEP_COLUMNS)
    trace.extend(np.ones((3, 6)))
    seen = trace.read()
    with pytest.raises(ValueError, match="read-only"):
        seen[0, 0] = 2.0
    trace.extend(np.full((5000, 6), 7.0))
    np.testing.assert_array_equal(seen, np.ones((3, 6)))


def test_unknown_values_are_kept_as_nan() -> None:
    trace = Trace(EPOCH_COLUMNS)
    trace.extend(np.full((1, len(EPOCH_COLUMNS)), np.nan))
    assert np.isnan(trace.read()).all()


def test_a_reader_in_another_thread_never_sees_a_torn_row() -> None:
    trace = Trace(("a", "b", "c"))
    faults: list[str] = []
    done = threading.Event()

    def read() -> None:
        last = 0
        while not done.is_set():
            rows = trace.read()
            if len(rows) < last:
                faults.append(f"{last} rows became {len(rows)}")
            last = len(rows)
            expected = np.arange(last, dtype=np.float64)
            if not (rows == expected[:, np.newaxis]).all():
                faults.append(f"torn among {last}")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    count = 0
    for size in [1, 3, 50, 7] * 600:
        numbers = np.arange(count, count + size, dtype=np.float64)
        trace.extend(np.repeat(numbers[:, np.newaxis], 3, axis=1))
        count += size
    done.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert len(trace) == count


@given(sizes=st.lists(st.integers(0, 60), max_size=12), every=st.integers(2, 50))
def test_very_many_rows_are_thinned_more_and_more(sizes: list[int], every: int) -> None:
    trace = Trace(("n",), every)
    count = 0
    for size in sizes:
        trace.extend(np.arange(count + 1.0, count + size + 1).reshape(size, 1))
        count += size
    # The same row by row: the rows kept are 1, then 4, then 16, ... apart.
    expected, number, apart, room = [], 0, 1, every
    while number + apart <= count:
        number += apart
        expected.append(number)
        room -= 1
        if room == 0:
            apart, room = apart * 4, max(1, every // 2)
    np.testing.assert_array_equal(trace.read()[:, 0], expected)


def test_rows_can_be_removed_from_the_end_and_written_again() -> None:
    trace = Trace(("step", "loss"), every_row=8)
    trace.extend(np.array([[n, n / 2] for n in range(1, 7)], float))
    before = trace.read()
    trace.cut("step", 4)
    assert trace.column("step").tolist() == [1, 2, 3, 4]
    assert trace.cuts == 1
    trace.extend(np.array([[n, -n] for n in range(5, 9)], float))
    assert trace.column("loss").tolist() == [0.5, 1, 1.5, 2, -5, -6, -7, -8]
    assert before[:, 1].tolist() == [0.5, 1, 1.5, 2, 2.5, 3], "readers keep what they have read"
    trace.cut("step", 99)
    assert trace.cuts == 1
