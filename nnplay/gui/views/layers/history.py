"""The statistics of the layers of one run at the steps that were seen."""

from __future__ import annotations

from bisect import bisect_left

from nnplay.engine.probes.layer_statistics import LayerStatistics

MOST = 240
"""More are thinned out to every second one."""


class StatisticsHistory:
    """Keeps statistics in the order of their steps, also where a film is watched backwards."""

    def __init__(self) -> None:
        self._seen: list[LayerStatistics] = []

    @property
    def seen(self) -> tuple[LayerStatistics, ...]:
        """All that is kept, by step."""
        return tuple(self._seen)

    def add(self, statistics: LayerStatistics) -> None:
        """Keep statistics; those of another network replace everything."""
        if self._seen and _network(self._seen[0]) != _network(statistics):
            self.clear()
        at = bisect_left(self._seen, statistics.step, key=lambda one: one.step)
        if at < len(self._seen) and self._seen[at].step == statistics.step:
            self._seen[at] = statistics
        else:
            self._seen.insert(at, statistics)
        if len(self._seen) > MOST:
            del self._seen[1:-1:2]

    def before(self, step: int, count: int) -> list[LayerStatistics]:
        """Return up to that many statistics of earlier steps, at about even distances in steps."""
        earlier = [one for one in self._seen if one.step < step]
        if not earlier:
            return []
        first = earlier[0].step
        found: list[LayerStatistics] = []
        for number in range(count):
            goal = first + (step - first) * number / count
            nearest = min(earlier, key=lambda one: abs(one.step - goal))
            if not found or nearest is not found[-1]:
                found.append(nearest)
        return found

    def clear(self) -> None:
        """Forget everything."""
        self._seen.clear()


def _network(statistics: LayerStatistics) -> list[tuple[int, str]]:
    return [(one.layer, one.kind) for one in statistics.layers]
