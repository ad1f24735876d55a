"""One slot: the latest frame wins, and is taken once."""

import threading

from nnplay.link import Frame, Mailbox, Payload, Progress

PROGRESS = Progress(0, 1, 0.0, 1, 0.0, 0.0, 0.0)


class Curve(Payload):
    """A payload that a view requests."""


def frame(step: int) -> Frame:
    return Frame(1, step, PROGRESS, 0.5, 0.1)


def test_the_latest_frame_wins_and_is_taken_once() -> None:
    mailbox = Mailbox()
    assert mailbox.is_empty
    assert mailbox.take() is None
    mailbox.put(frame(1))
    mailbox.put(frame(2))
    assert not mailbox.is_empty
    taken = mailbox.take()
    assert taken is not None
    assert taken.step == 2
    assert mailbox.is_empty
    assert mailbox.take() is None


def test_demand_is_the_last_request() -> None:
    mailbox = Mailbox()
    assert mailbox.demand == frozenset()
    mailbox.demand = frozenset({Curve})
    assert mailbox.demand == {Curve}


def test_across_threads_frames_come_in_order_and_the_last_one_comes() -> None:
    mailbox = Mailbox()
    done = threading.Event()

    def write() -> None:
        for step in range(20_000):
            mailbox.put(frame(step))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not (done.is_set() and mailbox.is_empty):
        taken = mailbox.take()
        if taken is not None:
            seen.append(taken.step)
    writer.join()
    assert seen == sorted(set(seen))
    assert seen[-1] == 19_999
