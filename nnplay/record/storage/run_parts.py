"""A recorded run in parts, each of which is written once and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from nnplay.experiment import Experiment, FileError, dumps, loads
from nnplay.link import (
    EPOCH_COLUMNS,
    STEP_COLUMNS,
    DivergedStep,
    Film,
    FilmLayout,
    LiveEdit,
    ResumePoint,
    ResumePoints,
    Started,
    Trace,
    WeightFrame,
)
from nnplay.link.trace import Spacing
from nnplay.record.recorded_run import Parent, RecordedRun, with_edits
from nnplay.record.storage.archive import LARGEST
from nnplay.record.storage.plain_values import (
    damaged,
    json_bytes,
    parsed,
    read_json,
    refuse_many_parts,
)
from nnplay.record.storage.point_file import is_storable, point_bytes, read_point
from nnplay.record.storage.result_file import read_result, result_bytes
from nnplay.record.storage.tensors import Tensors, read_tensors, tensors_bytes

ROWS = 16_384
"""Rows of a trace in one part."""
FRAMES = 16
POINT_BYTES = 32_000_000
"""What the resume points of a run may take, besides the first and the last."""
RUN_FILE, EXPERIMENT_FILE, RESULT_FILE = "run.json", "experiment.json", "result.safetensors"
EXPERIMENT_LIMIT = 8 * 2**20
"""The maximum size of an experiment with its runs, in bytes."""
JSON_LIMIT = 2**20
_MOST_PARTS = 10_000
_LARGEST_STEP = 2**53
_MOST_EPOCHS = 10**9
Read = Callable[[str, int], bytes]
"""Returns the content of a part; the second argument is the maximum size in bytes, -1 for any."""


@dataclass(frozen=True)
class Part:
    """A file of a document."""

    name: str
    source: tuple[object, ...]
    """What it is made from: the same objects, the same content."""
    make: Callable[[], bytes]

    def is_same(self, source: tuple[object, ...]) -> bool:
        """Return whether a part with that source has the same content."""
        pairs = zip(self.source, source, strict=False)
        return len(self.source) == len(source) and all(
            one is two or (isinstance(one, int | bytes) and one == two) for one, two in pairs
        )


def run_parts(run: RecordedRun) -> tuple[Part, ...]:
    """Return the parts of a run; it may be one in progress, of another thread."""
    while True:
        before = (run.steps.cuts, run.epochs.cuts)
        found = _parts(run)
        # The run has gone back, and perhaps only some of what was read is from before.
        if before == (run.steps.cuts, run.epochs.cuts):
            return found


def _parts(run: RecordedRun) -> tuple[Part, ...]:
    # The points before the rows, which must go as far as they do.
    points = chosen_points(run.points.all)
    frames, layout = run.film.frames, run.film.layout
    parts: list[Part] = []
    counts: dict[str, Any] = {}
    for name, trace in (("steps", run.steps), ("epochs", run.epochs)):
        spacing, rows = trace.spacing, trace.read()
        counts[name] = {"rows": len(rows), "spacing": list(spacing)}
        for number, start in enumerate(range(0, len(rows), ROWS)):
            chunk = rows[start : start + ROWS]
            source = (trace, trace.cuts, start, len(chunk))
            make = partial(tensors_bytes, {"rows": chunk})
            parts.append(Part(f"{name}-{number}.safetensors", source, make))
    for number, start in enumerate(range(0, len(frames), FRAMES)):
        group = frames[start : start + FRAMES]
        name = f"film-{number}.safetensors"
        parts.append(Part(name, group, partial(_film_bytes, group)))
    for point in points:
        name = f"resume-{point.step}.safetensors"
        parts.append(Part(name, (point,), partial(point_bytes, point)))
    result = run.result
    if result is not None:
        parts.append(Part(RESULT_FILE, (result,), partial(result_bytes, result)))
    # Not written before the parts that it names.
    about = {
        "id": run.id,
        "number": run.number,
        "name": run.name,
        "note": run.note,
        "is_pinned": run.is_pinned,
        "parent": run.parent,
        "edits": run.edits,
        "diverged": run.diverged,
        "started": run.started,
        "has_result": result is not None,
        "traces": counts,
        "frames": len(frames),
        "layout": [[name, list(shape)] for name, shape in layout.shapes.items()],
        "points": [point.step for point in points],
    }
    for name, content in (
        (EXPERIMENT_FILE, dumps(run.experiment).encode()),
        (RUN_FILE, json_bytes(about)),
    ):
        parts.append(Part(name, (content,), partial(bytes, content)))
    return tuple(parts)


def chosen_points(
    points: tuple[ResumePoint, ...], limit: int = POINT_BYTES
) -> tuple[ResumePoint, ...]:
    """Return the first and the last of some points, and those between for which there is room."""
    points = tuple(filter(is_storable, points))
    between, every = points[1:-1], 1
    while sum(point.size for point in between[every - 1 :: every]) > limit:
        every *= 2
    return (*points[:1], *between[every - 1 :: every], *points[1:][-1:])


def read_run_parts(read: Read) -> RecordedRun:
    """Return the run with such parts; raises DocumentError."""
    about = read_json(read(RUN_FILE, JSON_LIMIT), RUN_FILE)
    text = read(EXPERIMENT_FILE, EXPERIMENT_LIMIT)
    refuse_many_parts(text, EXPERIMENT_FILE)
    try:
        experiment = loads(text)
    except FileError as error:
        raise damaged(EXPERIMENT_FILE) from error
    try:
        return _run(read, about, experiment)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise damaged(RUN_FILE) from error


def _run(read: Read, about: Mapping[str, Any], experiment: Experiment) -> RecordedRun:
    number = parsed(int, about["number"])
    identity = parsed(str, about["id"])
    if not (1 <= number < 10**9 and 1 <= len(identity) <= 100):
        raise ValueError("number")
    edits = _edits(about["edits"])
    started = None if about["started"] is None else parsed(Started, about["started"])
    parent = None if about["parent"] is None else parsed(Parent, about["parent"])
    layout = _layout(about["layout"])
    points = tuple(_points(read, about["points"]))
    result = None
    if about["has_result"] is True:
        content = read(RESULT_FILE, -1)
        result = read_result(content, RESULT_FILE, experiment)
    # Asked for later, where nobody expects an error.
    with_edits(experiment, edits)
    if points and any(
        points[0].weights[name].shape != shape for name, shape in layout.shapes.items()
    ):
        raise ValueError("layout")
    # However much memory runs may take here: the frames share that of the file.
    film = Film(layout, LARGEST)
    for frame in _frames(read, about["frames"], layout):
        film.add(frame)
    kept = ResumePoints()
    for point in points:
        kept.add(point)
    return RecordedRun(
        identity,
        number,
        experiment,
        _trace(read, "steps", STEP_COLUMNS, about["traces"]["steps"]),
        _trace(read, "epochs", EPOCH_COLUMNS, about["traces"]["epochs"]),
        film,
        kept,
        edits,
        started,
        result,
        parent,
        parsed(str, about["name"]),
        parsed(str, about["note"]),
        parsed(bool, about["is_pinned"]),
        # Files of earlier versions do not say where the run diverged.
        _diverged(about.get("diverged", ())),
    )


def _diverged(value: Any) -> tuple[DivergedStep, ...]:
    found: tuple[DivergedStep, ...] = parsed(tuple[DivergedStep, ...], value)
    if any(not 0 <= one.back <= one.step < _LARGEST_STEP for one in found):
        raise ValueError("diverged")
    return found


def _edits(value: Any) -> tuple[LiveEdit, ...]:
    edits: tuple[LiveEdit, ...] = parsed(tuple[LiveEdit, ...], value)
    for edit in edits:
        legal = 0 <= edit.step < _LARGEST_STEP and len(edit.path) <= 200 and isfinite(edit.value)
        if not legal or (edit.path == "epochs" and not 1 <= edit.value <= _MOST_EPOCHS):
            raise ValueError("edits")
    return edits


def _layout(value: Any) -> FilmLayout:
    shapes: dict[str, tuple[int, ...]] = {}
    for name, shape in value:
        sizes = parsed(tuple[int, ...], shape)
        if len(sizes) > 8 or any(not 0 <= size < 2**31 for size in sizes):
            raise ValueError("layout")
        shapes[parsed(str, name)] = sizes
    return FilmLayout(shapes)


def _trace(read: Read, name: str, columns: tuple[str, ...], about: Mapping[str, Any]) -> Trace:
    count, spacing = parsed(int, about["rows"]), Spacing(*map(_whole, about["spacing"]))
    if not (0 <= count <= ROWS * _MOST_PARTS and spacing.is_legal):
        raise ValueError("traces")
    chunks = []
    for number, start in enumerate(range(0, count, ROWS)):
        file = f"{name}-{number}.safetensors"
        rows = read_tensors(read(file, -1), file).arrays["rows"]
        if rows.dtype != np.float64 or rows.shape != (min(ROWS, count - start), len(columns)):
            raise damaged(file)
        chunks.append(rows)
    rows = np.concatenate(chunks) if chunks else np.empty((0, len(columns)))
    steps = rows[:, columns.index("step")]
    epochs = rows[:, columns.index("epoch")]
    legal = np.isfinite(epochs).all() and (np.diff(epochs) >= 0).all()
    if not legal or not _ascend(steps):
        raise ValueError(name)
    return Trace.of_rows(columns, rows, spacing)


def _ascend(steps: Any) -> bool:
    whole = bool(((steps > 0) & (steps < _LARGEST_STEP) & (steps == np.floor(steps))).all())
    return whole and bool((np.diff(steps) > 0).all())


def _film_bytes(frames: tuple[WeightFrame, ...]) -> bytes:
    arrays = {str(number): frame.numbers for number, frame in enumerate(frames)}
    marks = [[frame.step, frame.seconds, frame.loss, frame.lr] for frame in frames]
    return tensors_bytes(arrays | {"marks": np.array(marks, np.float64)})


def _frames(read: Read, count: Any, layout: FilmLayout) -> Iterator[WeightFrame]:
    last = -1
    if not 0 <= _whole(count) <= FRAMES * _MOST_PARTS:
        raise ValueError("frames")
    for number, start in enumerate(range(0, count, FRAMES)):
        file = f"film-{number}.safetensors"
        group = read_tensors(read(file, -1), file)
        for frame in _group(group, min(FRAMES, count - start), layout):
            if frame.step <= last:
                raise damaged(file)
            last = frame.step
            yield frame


def _group(group: Tensors, count: int, layout: FilmLayout) -> Iterator[WeightFrame]:
    marks = group.arrays["marks"]
    if marks.dtype != np.float64 or marks.shape != (count, 4):
        raise ValueError("marks")
    if not np.isfinite(marks[:, :2]).all() or (marks[:, :2] < 0).any():
        raise ValueError("marks")
    for place, (step, seconds, loss, lr) in enumerate(marks.tolist()):
        numbers = group.arrays[str(place)]
        if numbers.dtype not in (np.float16, np.float32) or numbers.shape != (layout.count,):
            raise ValueError("frame")
        if step != int(step) or step >= _LARGEST_STEP:
            raise ValueError("step")
        yield WeightFrame(int(step), seconds, loss, lr, numbers)


def _points(read: Read, steps: Any) -> Iterator[ResumePoint]:
    steps = list(map(_whole, steps))
    if any(one >= two for one, two in pairwise(steps)) or len(steps) > _MOST_PARTS:
        raise ValueError("points")
    shapes = None
    for step in steps:
        file = f"resume-{step}.safetensors"
        point, _about = read_point(read(file, -1), file)
        own = {name: (array.shape, array.dtype) for name, array in point.weights.items()}
        if point.step != step or own != (shapes or own):
            raise damaged(file)
        shapes = own
        yield point


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST_STEP:
        raise ValueError("whole number")
    return value
