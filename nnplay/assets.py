"""Finds the files that come with nnplay: icons, weights, presets, translations.

They are in `resources/` at the top of a checkout, and in `nnplay/resources/` in an installed wheel.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def _places() -> tuple[Traversable, ...]:
    # The folder in the wheel comes first: next to an installed package, `../resources` belongs
    # to somebody else if it exists at all.
    return files("nnplay") / "resources", Path(__file__).parent.parent / "resources"


def asset(*parts: str) -> Traversable:
    """Return a file or folder of the resources, such as `asset("icons", "play.svg")`.

    Without arguments it is the folder of all resources. Raises FileNotFoundError, with the names of
    what is missing and where.
    """
    places = _places()
    for place in places:
        if place.is_dir():
            found = place.joinpath(*parts)
            if found.is_file() or found.is_dir():
                return found
            raise FileNotFoundError(f"nnplay has no resource {'/'.join(parts)!r} in {place}")
    looked = " or ".join(str(place) for place in places)
    raise FileNotFoundError(
        f"nnplay's resources folder is missing (looked for {'/'.join(parts)!r} in {looked}): "
        "install nnplay again, or run it from a complete checkout"
    )


def asset_path(*parts: str) -> Path:
    """Return the same as `asset`, as a path that Qt and other libraries can open."""
    found = asset(*parts)
    if not isinstance(found, Path):
        raise FileNotFoundError(f"{found} is inside an archive: install nnplay unpacked")
    return found
