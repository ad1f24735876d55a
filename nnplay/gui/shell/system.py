"""Checks for the libraries that Qt needs, as Qt aborts the process without them."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from nnplay.filesystem import is_file
from nnplay.translation import _

# The packages with each shared library on Debian and Ubuntu, Fedora, Arch.
_PACKAGES = {
    "libEGL.so.1": ("libegl1", "mesa-libEGL", "libglvnd"),
    "libGL.so.1": ("libgl1", "mesa-libGL", "libglvnd"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
    ),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
}
_X11_ONLY = ("libX11-xcb", "libxcb", "libxkbcommon-x11")
_WAYLAND_ONLY = ("libwayland",)
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*)")


def has_screen() -> bool:
    """Return whether there is a display, or a platform that needs none."""
    if sys.platform != "linux":
        return True
    platform = _platform()
    if platform and platform not in {"xcb", "wayland"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def qt_problem() -> str | None:
    """Return why Qt cannot open a window and which packages to install, or None if it can."""
    try:
        import_module("PySide6.QtWidgets")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "PySide6":
            raise
        return _("PySide6 is missing. Install it with: pip install PySide6-Essentials")
    except ImportError as error:
        on_x11 = bool(os.environ.get("DISPLAY")) and _platform() in {"", "xcb"}
        return _missing_text(str(error), _WAYLAND_ONLY if on_x11 else _WAYLAND_ONLY + _X11_ONLY)
    return _plugin_problem() if sys.platform == "linux" else None


def _platform() -> str:
    """Return the first platform in QT_QPA_PLATFORM, without its options."""
    return os.environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0]


def _plugin_problem() -> str | None:
    platform = _platform()
    display = os.environ.get("DISPLAY", "")
    if platform not in {"", "xcb", "wayland"}:
        error = _loading_error(platform)
        return None if error is None else _missing_text(error, _WAYLAND_ONLY + _X11_ONLY)
    if os.environ.get("WAYLAND_DISPLAY") and platform != "xcb":
        error = _loading_error("wayland")
        if error is None:
            return None
        if platform == "wayland" or not display:
            return _missing_text(error, _X11_ONLY)
    if (error := _loading_error("xcb")) is not None:
        return _missing_text(error, _WAYLAND_ONLY)
    if not _display_responds():
        return _(
            "No X server responds at DISPLAY={display}. Start one, or unset DISPLAY to train "
            "without a window."
        ).format(display=display)
    return None


def _loading_error(platform: str) -> str | None:
    """Return the error of loading Qt's plug-in for a platform, or None if it loads.

    Qt itself would abort the process. It reports a plug-in that does not exist well enough.
    """
    spec = find_spec("PySide6")
    assert spec is not None
    assert spec.origin is not None
    plugins = Path(spec.origin).parent / "Qt" / "plugins" / "platforms"
    plugin = plugins / f"libq{platform}.so"
    if not is_file(plugin):
        return None
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return None


def _display_responds() -> bool:
    """Return whether an X server accepts a connection, or whether that is unknown."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    refused = xcb.xcb_connection_has_error(connection) != 0
    xcb.xcb_disconnect(connection)
    return not refused


def _missing_text(error: str, ignored: tuple[str, ...]) -> str:
    """Return which packages have the library in an error, and all others that are missing."""
    found = _LIBRARY.search(error)
    first = found.group(1) if found else ""
    missing = [first] if first else []
    missing += [
        name
        for name in _PACKAGES
        if name != first and not name.startswith(ignored) and not _loads(name)
    ]
    known = [_PACKAGES[name] for name in missing if name in _PACKAGES]
    if not known:
        return _("Qt cannot be loaded: {error}").format(error=error)
    debian, fedora, arch = (" ".join(dict.fromkeys(column)) for column in zip(*known, strict=True))
    return "\n".join(
        (
            _("Qt needs libraries that are not installed: {names}.").format(
                names=", ".join(missing)
            ),
            _("Install them with:"),
            f"  Debian, Ubuntu:  sudo apt install {debian}",
            f"  Fedora:          sudo dnf install {fedora}",
            f"  Arch:            sudo pacman -S {arch}",
        )
    )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
