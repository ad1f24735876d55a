"""Which runs are compared, and in which place."""

from nnplay.gui.runs.run_list import MOST_COMPARED, Compared

EXISTING = [str(number) for number in range(10)]


def compared(*ids: str) -> Compared:
    found = Compared()
    for one in ids:
        more = found.with_run(one, EXISTING)
        assert more is not None
        found = more
    return found


def test_each_run_keeps_its_place() -> None:
    runs = compared("1", "2", "3")
    assert [runs.place(one) for one in "1234"] == [0, 1, 2, None]
    fewer = runs.without("1")
    assert [fewer.place(one) for one in "123"] == [None, 1, 2]
    again = fewer.with_run("4", EXISTING)
    assert again is not None
    assert [again.place(one) for one in "234"] == [1, 2, 0]
    assert again.with_run("4", EXISTING) == again


def test_more_than_six_are_refused() -> None:
    runs = compared(*EXISTING[:MOST_COMPARED])
    assert MOST_COMPARED == 6
    assert runs.with_run("6", EXISTING) is None
    assert runs.without("3").with_run("6", EXISTING) is not None


def test_a_deleted_run_makes_room_and_has_its_place_again_when_it_comes_back() -> None:
    runs = compared(*EXISTING[:MOST_COMPARED])
    left = [one for one in EXISTING if one != "2"]
    assert runs.place("2") == 2
    more = runs.with_run("6", left)
    assert more is not None
    assert (more.place("6"), more.place("2")) == (2, None)
