"""Predicts the rows of a table or the images of files, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnplay.data import DataError
from nnplay.data.arrays import Bytes
from nnplay.data.new_samples.image_files import image_files, is_image, read_images
from nnplay.data.new_samples.table_rows import TableRows, read_rows
from nnplay.engine.trained_network import Predictions, TrainedNetwork
from nnplay.translation import _, ngettext

MOST_LISTED = 20
"""Complaints that are listed; the others are only counted."""
_IMAGES_AT_ONCE = 64


@dataclass
class PredictedFile:
    """The predictions of a file as CSV, and what could not be predicted."""

    text: str = ""
    """The rows as they came, with the columns of the prediction added."""
    encoding: str = "utf-8"
    """The encoding in which the spreadsheet that wrote the file finds its letters again."""
    predicted: int = 0
    """Rows or images with a prediction."""
    without: int = 0
    """Rows or images without one, and lines that are not rows."""
    correct: int | None = None
    """Images that are predicted as the class that their folder is named after; None if there are
    other folders."""
    complaints: list[str] = field(default_factory=list)
    """The first reasons, one sentence each."""
    complained: int = 0
    """All complaints, listed or not."""

    def complain(self, text: str) -> None:
        """Add a complaint."""
        self.complained += 1
        if len(self.complaints) < MOST_LISTED:
            self.complaints.append(text)

    def report(self) -> str:
        """Return how many rows have a prediction, and why others have none."""
        text = ngettext("{count:,} prediction.", "{count:,} predictions.", self.predicted).format(
            count=self.predicted
        )
        lines = [text]
        if self.correct is not None:
            right = _(
                "{count:,} of them are of the class that their folder is named after ({share})."
            )
            share = f"{100 * self.correct / self.predicted:.1f} %"
            lines.append(right.format(count=self.correct, share=share))
        if self.without:
            lines.append(
                ngettext("{count:,} without a prediction:", "{count:,} without a prediction:",
                         self.without).format(count=self.without)
            )  # fmt: skip
        lines += self.complaints
        if more := self.complained - len(self.complaints):
            lines.append(_("and {count:,} more").format(count=more))
        return "\n".join(lines)


def predict_file(
    network: TrainedNetwork,
    paths: Sequence[Path],
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> PredictedFile:
    """Predict the rows of a table, or images and folders of images; raises DataError, Cancelled."""
    spec = network.spec
    if spec.is_picture:
        return _predicted_images(network, paths, progress, cancelled)
    if len(paths) > 1:
        raise DataError(
            _("Expected one table, received {count} files.").format(count=len(paths)),
            _("Put the rows into one file."),
        )
    if is_image(paths[0]):
        text = _("This network was trained on a table, and {path} is not one.")
        raise DataError(text.format(path=paths[0]), _("Choose a table such as a CSV file."))
    if len(spec.in_shape) != 1:
        raise DataError(
            _("Files of sequences cannot be predicted."),
            _("Tables and images can, by networks that were trained on such data."),
        )
    return _predicted_table(network, paths[0], progress, cancelled)


def _predicted_table(
    network: TrainedNetwork,
    path: Path,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> PredictedFile:
    columns = network.trained.columns
    if columns is None:
        raise DataError(
            _("How the columns of the table were encoded was not saved with this run."),
            _("Import the table again, train, and save the run with this version of nnplay."),
        )
    outcome, output = PredictedFile(), io.StringIO()
    rows: TableRows | None = None
    for rows in read_rows(path, columns, network.trained.experiment.data, progress, cancelled):
        layout = rows.layout
        writer = csv.writer(output, delimiter=layout.delimiter, lineterminator="\n")
        if not output.tell():
            writer.writerow([*layout.columns, *_added(network, layout.columns)])
            if layout.encoding == "utf-8-sig":
                outcome.encoding = layout.encoding
        predictions = network.predict(rows.samples.inputs)
        known = rows.samples.is_complete
        for number, row in enumerate(rows.rows):
            cells = _cells(network, predictions, number, comma=layout.comma)
            writer.writerow([*row, *(cells if known[number] else [""] * len(cells))])
        outcome.predicted += int(known.sum())
        outcome.without += int((~known).sum())
        for one in rows.samples.complaints:
            where = _("Line {line}, column {column}: {why}.")
            line = rows.lines[one.row]
            outcome.complain(where.format(line=line, column=one.column, why=one.why))
    for bad in rows.bad_lines if rows is not None else ():
        outcome.without += 1
        outcome.complain(_("Line {line}: {why}.").format(line=bad.number, why=bad.why))
    outcome.text = output.getvalue()
    return outcome


def _predicted_images(
    network: TrainedNetwork,
    paths: Sequence[Path],
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> PredictedFile:
    if len(paths) == 1 and not is_image(paths[0]):
        text = _("This network was trained on images, and {path} is not one.")
        raise DataError(text.format(path=paths[0]), _("Choose images or a folder of images."))
    files = image_files(paths)
    outcome, output = PredictedFile(), io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(["file", *_added(network, ["file"])])
    images: list[Bytes] = []
    read: list[Path] = []

    labels = [_(name) for name in network.spec.class_names]
    is_labelled = network.spec.task == "classification"
    is_labelled = is_labelled and all(file.parent.name in labels for file in files)
    outcome.correct = 0 if is_labelled else None

    def write() -> None:
        predictions = network.predict(np.stack(images))
        for number, path in enumerate(read):
            cells = _cells(network, predictions, number, comma=False)
            writer.writerow([str(path), *cells])
            if outcome.correct is not None:
                outcome.correct += cells[0] == path.parent.name
        outcome.predicted += len(read)
        images.clear()
        read.clear()

    for file in read_images(files, network.spec.in_shape, progress, cancelled):
        if file.image is None:
            outcome.without += 1
            outcome.complain(_("{path}: {why}.").format(path=file.path, why=file.why))
            continue
        images.append(file.image)
        read.append(file.path)
        if len(read) == _IMAGES_AT_ONCE:
            write()
    if read:
        write()
    if not outcome.predicted:
        outcome.correct = None
    outcome.text = output.getvalue()
    return outcome


def _added(network: TrainedNetwork, present: Sequence[str]) -> list[str]:
    """Return the names of the columns that are added; none is the name of a column present."""
    spec = network.spec
    names = ["prediction"]
    if spec.has_accuracy:
        names += [f"P({_(name)})" for name in spec.class_names]
    elif spec.outputs > 1:
        names = [f"prediction {number}" for number in range(1, spec.outputs + 1)]
    used = set(present)
    for index, name in enumerate(names):
        number = 2
        while names[index] in used:
            names[index], number = f"{name} ({number})", number + 1
        used.add(names[index])
    return names


def _cells(
    network: TrainedNetwork, predictions: Predictions, row: int, *, comma: bool
) -> list[str]:
    """Return the cells that are added to a row."""
    spec = network.spec
    if predictions.probabilities is None:
        assert predictions.values is not None
        texts = [f"{value:.9g}" for value in predictions.values[row].tolist()]
        return [text.replace(".", ",") for text in texts] if comma else texts
    odds = predictions.probabilities[row]
    names = [_(name) for name in spec.class_names]
    if spec.task == "multilabel":
        predicted = ", ".join(name for name, one in zip(names, odds, strict=True) if one > 0.5)
    else:
        predicted = names[int(odds.argmax())]
    texts = [f"{one:.6g}" for one in odds.tolist()]
    return [predicted, *(text.replace(".", ",") if comma else text for text in texts)]
