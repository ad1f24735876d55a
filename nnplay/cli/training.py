"""`nnplay train`: trains, prints the results and saves them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnplay.cli.choose import remark_lines, remarks_on
from nnplay.cli.continuing import Continued, continued_text
from nnplay.cli.errors import FAILURE, SUCCESS, USAGE_ERROR, CommandError, reason, say, write
from nnplay.cli.pictures import PictureMaker, PicturesError
from nnplay.cli.runner import Runner, payload_of
from nnplay.cli.summary import summary
from nnplay.data.sample_file import sample_file
from nnplay.experiment import Experiment
from nnplay.experiment.export.source import Companions
from nnplay.experiment.export.source_data import origin
from nnplay.link import FrameHistory
from nnplay.record import FolderError, RunFolder, RunRecord
from nnplay.record.files import write_files
from nnplay.record.metrics_json import json_line, metrics
from nnplay.translation import _


@dataclass(frozen=True)
class TrainOptions:
    """The arguments of `train`."""

    key: str
    experiment: Experiment
    threads: int | None = None
    out: Path | None = None
    as_json: bool = False
    quiet: bool = False
    continued: Continued | None = None
    """The run to continue; None starts a new one."""


def train(options: TrainOptions, make_pictures: PictureMaker | None) -> int:
    """Train and return the exit status; raises CommandError if the run ended early."""
    folder = _open_folder(options.out) if options.out is not None else None
    try:
        payload = payload_of(options.experiment.data.spec())
        draws_images = folder is not None and make_pictures is not None
        demand = frozenset({payload} if draws_images and payload is not None else ())
        if not options.quiet and (lines := remark_lines(remarks_on(options.experiment))):
            say(lines)
        if options.continued is not None and not options.quiet:
            say(continued_text(options.continued))
        runner = Runner(demand, quiet=options.quiet)
        record = runner.run(options.key, options.experiment, options.threads, options.continued)
        try:
            if folder is not None:
                _save(record, folder)
                if make_pictures is not None:
                    _save_pictures(record, runner.history, folder, make_pictures)
        finally:
            # After saving, as whoever reads the output may close it; in any case, so that a full
            # disk cannot lose it.
            write(json_line(metrics(record)) if options.as_json else summary(record))
        if folder is not None and not options.quiet:
            say(_("Saved in {folder}").format(folder=folder.path))
    finally:
        if folder is not None:
            folder.drop_if_empty()
    if record.divergence:
        raise CommandError(record.divergence, status=FAILURE)
    return SUCCESS


def _open_folder(path: Path) -> RunFolder:
    try:
        return RunFolder(path)
    except FolderError as error:
        raise CommandError(f"--out {error}", status=USAGE_ERROR) from None
    except OSError as error:
        message = _("--out {path}: cannot write there: {reason}").format(
            path=path, reason=reason(error)
        )
        raise CommandError(message, _("Choose a writable folder."), USAGE_ERROR) from None


def _save(record: RunRecord, folder: RunFolder) -> None:
    try:
        with folder.stage() as stage:
            write_files(record, stage, folder.path)
            if origin(record.experiment.data) == "file":
                samples = sample_file(record.experiment)
                (stage / Companions().data).write_bytes(samples)
    except OSError as error:
        raise CommandError(
            _("the run could not be saved: {reason}").format(reason=reason(error)),
            _("Free some space or choose another folder. The same seed reproduces the run."),
        ) from None


def _save_pictures(
    record: RunRecord, history: FrameHistory, folder: RunFolder, make_pictures: PictureMaker
) -> None:
    try:
        with folder.stage() as stage:
            make_pictures(record, history, stage)
    except PicturesError as error:
        say(_("No pictures were saved: {reason}").format(reason=error))
    except OSError as error:
        raise CommandError(
            _("the pictures could not be saved: {reason}").format(reason=reason(error))
        ) from None
