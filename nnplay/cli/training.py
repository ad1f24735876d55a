"""`nnplay train`: train, say what came of it, save it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnplay.cli.endings import FAILED, FINE, MISUSED, CommandError, reason, say
from nnplay.cli.pictures import NoPictures, PictureMaker
from nnplay.cli.runner import Runner, payload_of
from nnplay.cli.summary import summary
from nnplay.experiment import Experiment
from nnplay.link import Reel
from nnplay.record import FolderError, RunFolder, RunRecord
from nnplay.record.files import write_files
from nnplay.record.metrics_json import figures, json_line
from nnplay.translation import _


@dataclass(frozen=True)
class Wish:
    """What `train` is asked for."""

    key: str
    experiment: Experiment
    threads: int | None = None
    out: Path | None = None
    as_json: bool = False
    quiet: bool = False


def train(wish: Wish, make_pictures: PictureMaker | None) -> int:
    """Train and return the exit status; raises Trouble where the run did not get to its end."""
    folder = _open_folder(wish.out) if wish.out is not None else None
    try:
        payload = payload_of(wish.experiment.data.spec())
        pictured = folder is not None and make_pictures is not None
        demand = frozenset({payload} if pictured and payload is not None else ())
        runner = Runner(demand, quiet=wish.quiet)
        record = runner.run(wish.key, wish.experiment, wish.threads)
        # First of all, so that no trouble with the disk can lose it.
        print(json_line(figures(record)) if wish.as_json else summary(record), flush=True)
        if folder is not None:
            _save(record, folder)
            if make_pictures is not None:
                _picture(record, runner.reel, folder, make_pictures)
            if not wish.quiet:
                say(_("Saved in {folder}").format(folder=folder.path))
    finally:
        if folder is not None:
            folder.drop_if_empty()
    if record.trouble:
        raise CommandError(record.trouble, status=FAILED)
    return FINE


def _open_folder(path: Path) -> RunFolder:
    try:
        return RunFolder(path)
    except FolderError as error:
        raise CommandError(f"--out {error}", status=MISUSED) from None
    except OSError as error:
        message = _("--out {path}: nothing can be written there: {reason}").format(
            path=path, reason=reason(error)
        )
        raise CommandError(message, _("Name a folder of your own."), MISUSED) from None


def _save(record: RunRecord, folder: RunFolder) -> None:
    try:
        with folder.stage() as stage:
            write_files(record, stage)
        folder.drop_pictures()
    except OSError as error:
        raise CommandError(
            _("the run could not be saved: {reason}").format(reason=reason(error)),
            _("Make room or name another folder. The same seed trains the same network again."),
        ) from None


def _picture(record: RunRecord, reel: Reel, folder: RunFolder, make_pictures: PictureMaker) -> None:
    try:
        with folder.stage() as stage:
            make_pictures(record, reel, stage)
    except NoPictures as error:
        say(_("No pictures were made: {reason}").format(reason=error))
    except OSError as error:
        raise CommandError(
            _("the pictures could not be saved: {reason}").format(reason=reason(error))
        ) from None
