"""A web page in one file: the film of a run to play, and its network to use."""

from __future__ import annotations

from nnplay.exports.registry import ExportError, ExportSource, Files, export
from nnplay.translation import _, current_language, n_

LARGEST = 5_000_000
"""Bytes; larger files cannot be sent by e-mail."""


@export("page", n_("Web page"), ".html", needs_run=True, rank=45)
def web_page(source: ExportSource, name: str) -> Files:
    """Return the page, which needs no connection and no other file."""
    from nnplay.experiment import dumps
    from nnplay.experiment.storage.relative_paths import with_bare_paths
    from nnplay.exports.page.contents import page_contents
    from nnplay.exports.page.document import page_html

    assert source.run is not None
    contents = page_contents(source.run, source.poll)
    # Whoever gets the page should not learn the folders of this computer.
    experiment = dumps(with_bare_paths(source.run.trained.experiment))
    content = page_html(contents["title"], current_language(), contents, experiment)
    if len(content) > LARGEST:
        raise ExportError(
            _("The page would have {size:.1f} MB, and {limit:.0f} MB at most are possible.").format(
                size=len(content) / 1e6, limit=LARGEST / 1e6
            ),
            _("Export the weights or the PyTorch script."),
        )
    return {name: content}
