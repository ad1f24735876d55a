"""`nnplay export`: writes an experiment or a saved run in another format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnplay.cli.choose import changed, choose, ensure_document, ensure_runnable, is_document
from nnplay.cli.errors import SUCCESS, USAGE_ERROR, CommandError, reason, say
from nnplay.data import DataError
from nnplay.experiment import WeightsError
from nnplay.exports import ExportError, ExportSource, export_formats
from nnplay.filesystem import absolute, is_absent, is_folder, replace_file
from nnplay.translation import _


@dataclass(frozen=True)
class ExportOptions:
    """The arguments of `export`."""

    name: str
    """A preset, an experiment file or the folder of a run."""
    format: str
    out: Path | None = None
    settings: Sequence[str] = ()
    force: bool = False
    quiet: bool = False
    number: int | None = None
    """Of a run in a .nnplay file, None for the newest."""


def export(options: ExportOptions) -> int:
    """Write the files of an export and return the exit status; raises CommandError."""
    format_ = next(one for one in export_formats() if one.key == options.format)
    key, source = _source(options)
    if format_.needs_run and source.run is None:
        raise CommandError(
            _("{format} needs a trained network, and {name} is an experiment.").format(
                format=_(format_.label), name=options.name
            ),
            _("Train it with nnplay train --out DIR, and export DIR."),
            USAGE_ERROR,
        )
    out = options.out or Path(key).with_suffix(format_.suffix)
    try:
        files = format_.files(source, out.name)
    except (ExportError, DataError, WeightsError) as error:
        raise CommandError(str(error), error.hint) from None
    paths = [out.parent / name for name in files]
    _refuse_existing(paths, options)
    for path, content in zip(paths, files.values(), strict=True):
        try:
            replace_file(path, content)
        except OSError as error:
            text = _("{path}: cannot write there: {reason}").format(path=path, reason=reason(error))
            raise CommandError(text, _("Choose a writable folder."), USAGE_ERROR) from None
    if not options.quiet:
        say(_("Saved as {files}").format(files=", ".join(map(str, paths))))
    return SUCCESS


def _source(options: ExportOptions) -> tuple[str, ExportSource]:
    path = Path(options.name)
    ensure_document(path, options.number)
    if not is_folder(path) and not is_document(path):
        key, experiment = choose(options.name)
        for setting in options.settings:
            experiment = changed(experiment, setting)
        ensure_runnable(experiment)
        return key, ExportSource(experiment)
    # Imported late: NumPy takes a tenth of a second, which other commands need not wait for.
    from nnplay.record.document_run import finished_run
    from nnplay.record.finished_run import FinishedRun
    from nnplay.record.saved_run import SavedRunError

    if options.settings:
        raise CommandError(
            _("--set changes an experiment, and {name} is a run.").format(name=options.name),
            _("Export its experiment.json instead."),
            USAGE_ERROR,
        )
    try:
        is_file = is_document(path)
        run = finished_run(path, options.number) if is_file else FinishedRun.read(path)
    except SavedRunError as error:
        raise CommandError(str(error), error.hint, USAGE_ERROR) from None
    return absolute(path).stem or "run", ExportSource(run.trained.experiment, run)


def _refuse_existing(paths: Sequence[Path], options: ExportOptions) -> None:
    existing = [path for path in paths if not is_absent(path)]
    if existing and not options.force:
        raise CommandError(
            _("{path} exists already.").format(path=existing[0]),
            _("Choose another --out, or overwrite it with --force."),
            USAGE_ERROR,
        )
