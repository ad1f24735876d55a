"""The two themes of the window: palette, font sizes, accent, and distinguishable data colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from nnplay.gui.style.zoom import px, resize_all, resize_dialogs, set_zoom, zoom

ThemeKey = Literal["light", "dark"]

SPACE = 8
"""The unit of the layout grid in device-independent pixels; gaps are multiples or halves of it."""
RADIUS = 6


@dataclass(frozen=True)
class Theme:
    """The colours of a theme, as #rrggbb."""

    key: ThemeKey
    window: str
    surface: str
    """Panels and plots."""
    raised: str
    """Buttons, fields and rows under the mouse."""
    border: str
    text: str
    muted: str
    """Explanations; contrast at least 4.5:1 against `surface`."""
    accent: str
    on_accent: str
    good: str
    bad: str
    bad_surface: str
    """The background of a problem."""
    train: str
    """Curves of the training data."""
    validation: str
    """Curves of the validation data."""
    points: str
    """The densest points of a regression."""
    fit: str
    """The fitted curve, which must stand out from the points."""
    error: str
    """Misclassified samples."""
    grid: str
    """The grid lines of a plot."""
    classes: tuple[str, ...]
    """Up to ten classes, after Okabe and Ito: distinguishable by colour-blind people."""
    sequence: tuple[str, ...]
    """The end points of a sequential scale; lightness increases, so that it works without hue."""


LIGHT = Theme(
    key="light",
    window="#eef0f3",
    surface="#ffffff",
    raised="#f4f6f8",
    border="#d3d8df",
    text="#16202c",
    muted="#566373",
    accent="#0b62c4",
    on_accent="#ffffff",
    good="#0a7a55",
    bad="#b3261e",
    bad_surface="#fdecea",
    train="#0b62c4",
    validation="#c65a00",
    points="#2b4a68",
    fit="#d9480f",
    error="#d9600f",
    grid="#e6e9ee",
    classes=(
        "#c65a00", "#0b62c4", "#008060", "#b0448f", "#8a6d00",
        "#2f9bd6", "#333333", "#7a3fb0", "#a02c2c", "#5b7f1e",
    ),
    sequence=("#2a0a8f", "#8b1fa3", "#cf3f73", "#c96a00"),
)  # fmt: skip

DARK = Theme(
    key="dark",
    window="#12161c",
    surface="#1a2028",
    raised="#242c37",
    border="#36404e",
    text="#eef2f7",
    muted="#a3b0c0",
    accent="#5aa9ff",
    on_accent="#06192e",
    good="#4fd1a1",
    bad="#ff8a80",
    bad_surface="#3a1f1f",
    train="#5aa9ff",
    validation="#ffa04d",
    points="#a9c8e6",
    fit="#ff9a3d",
    error="#ff9a3d",
    grid="#28313d",
    classes=(
        "#ffa04d", "#5aa9ff", "#2fc79a", "#ee8fd0", "#e8cf4a",
        "#8fd3ff", "#d0d0d0", "#bf94f2", "#ff8f8f", "#a9d15c",
    ),
    sequence=("#8f7bff", "#d672d9", "#ff8f87", "#ffd166"),
)  # fmt: skip


class _Bus(QObject):
    """Tells every view that the theme has changed."""

    changed = Signal()


bus = _Bus()
_current = LIGHT


def theme() -> Theme:
    """Return the current theme."""
    return _current


Role = Literal["small", "body", "strong", "title", "number"]
_SIZES: dict[Role, int] = {"small": 11, "body": 13, "strong": 13, "title": 15, "number": 20}
_ROLE = "fontRole"
"""The property with the role of the font of a widget."""
_PREFERRED = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "DejaVu Sans")
"""Preferred fonts, in this order, if the system does not set one, as on a minimal Linux."""


def font(role: Role) -> QFont:
    """Return a font of the type scale: 11, 13, 13 bold, 15 bold and 20 bold, in pixels at 100 %."""
    result = QFont(QApplication.font())
    result.setPixelSize(px(_SIZES[role]))
    if role in ("strong", "title", "number"):
        result.setWeight(QFont.Weight.DemiBold)
    return result


def set_font(widget: QWidget, role: Role) -> None:
    """Set a font that follows the zoom."""
    widget.setProperty(_ROLE, role)
    widget.setFont(font(role))


def zoom_to(factor: float) -> None:
    """Zoom everything that is shown, and whatever will be."""
    before = zoom()
    set_zoom(factor)
    _app().setStyleSheet("")
    prepare(_current)
    resize_all()
    dress()
    # Afterwards: with a style sheet, Qt restores the fonts from before.
    for widget in QApplication.allWidgets():
        role = widget.property(_ROLE)
        if role:
            widget.setFont(font(role))
    bus.changed.emit()
    resize_dialogs(zoom() / before)


def apply(new: Theme) -> None:
    """Apply a theme to the application and every view that listens to `bus.changed`."""
    # Qt takes four times as long to replace a style sheet as to remove it and set another.
    _app().setStyleSheet("")
    prepare(new)
    dress()
    bus.changed.emit()


def prepare(new: Theme) -> None:
    """Set what a window needs while it is built; `dress` does the rest afterwards.

    If the style sheet were set first, every widget would be restyled each time a parent is added,
    which takes longer than everything else.
    """
    global _current  # noqa: PLW0603 - one application has one look
    _current = new
    app = _app()
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setFont(_base_font(app))
    app.setPalette(_palette(new))


def dress() -> None:
    """Apply the style sheet of the current theme to all widgets."""
    _app().setStyleSheet(_style(_current))


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def _base_font(app: QApplication) -> QFont:
    base = QFont(app.font())
    if base.family() in ("Sans Serif", "Sans", ""):
        there = set(QFontDatabase.families())
        base.setFamilies([name for name in _PREFERRED if name in there] or [base.family()])
    base.setPixelSize(px(_SIZES["body"]))
    # Tabular digits, so that changing numbers do not shift.
    base.setFeature(QFont.Tag("tnum"), 1)
    return base


def _palette(t: Theme) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in {
        roles.Window: t.window,
        roles.WindowText: t.text,
        roles.Base: t.surface,
        roles.AlternateBase: t.raised,
        roles.Text: t.text,
        roles.PlaceholderText: t.muted,
        roles.Button: t.raised,
        roles.ButtonText: t.text,
        roles.BrightText: t.bad,
        roles.Highlight: t.accent,
        roles.HighlightedText: t.on_accent,
        roles.ToolTipBase: t.raised,
        roles.ToolTipText: t.text,
        roles.Link: t.accent,
        roles.Mid: t.border,
    }.items():
        palette.setColor(role, QColor(colour))
    off = QPalette.ColorGroup.Disabled
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(off, role, QColor(t.muted))
    return palette


def _style(t: Theme) -> str:
    return f"""
    QToolTip {{ color: {t.text}; background: {t.raised}; border: 1px solid {t.border};
        padding: 4px; }}
    QMenuBar {{ background: {t.window}; color: {t.text}; border: none; }}
    QMenuBar::item {{ background: transparent; border-radius: 4px; padding: 1px 6px; }}
    QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {t.accent};
        color: {t.on_accent}; }}
    #outdated {{ background: {t.raised}; border: 1px solid {t.accent}; border-radius: 4px; }}
    #panel {{ background: {t.surface}; border: 1px solid {t.border};
        border-radius: {RADIUS}px; }}
    #heading {{ color: {t.text}; font-weight: 600; font-size: {px(13)}px; }}
    #title {{ color: {t.text}; font-weight: 600; font-size: {px(15)}px; }}
    #about {{ color: {t.muted}; font-size: {px(13)}px; }}
    #hint {{ color: {t.muted}; font-size: {px(11)}px; }}
    #empty {{ color: {t.muted}; font-size: {px(13)}px;
        padding: {SPACE}px {3 * SPACE}px {3 * SPACE}px; }}
    #problem {{ color: {t.bad}; background: {t.bad_surface}; border-radius: 4px;
        padding: 4px 6px; font-size: {px(12)}px; }}
    QPushButton {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border};
        border-radius: 5px; padding: 5px 12px; }}
    QPushButton:hover {{ border-color: {t.accent}; }}
    QPushButton:focus {{ border-color: {t.accent}; }}
    QPushButton:pressed, QPushButton:checked {{ background: {t.border}; }}
    QPushButton:disabled {{ color: {t.muted}; border-color: {t.border}; }}
    QPushButton#primary {{ background: {t.accent}; color: {t.on_accent};
        border: 2px solid {t.accent}; border-radius: 5px; padding: 5px 16px; font-weight: 600; }}
    QPushButton#primary:focus {{ border-color: {t.text}; }}
    QPushButton#primary:disabled {{ background: {t.border}; color: {t.muted};
        border-color: {t.border}; }}
    QPushButton#link {{ color: {t.accent}; background: transparent; border: none;
        text-align: left; padding: 2px; }}
    QPushButton#link:hover, QPushButton#link:focus {{ text-decoration: underline; }}
    QToolButton {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border};
        border-radius: 4px; padding: 2px 6px; font-size: {px(12)}px; min-height: {px(16)}px; }}
    QToolButton:hover, QToolButton:focus {{ border-color: {t.accent}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {t.border}; }}
    QToolButton:disabled {{ background: transparent; color: #99{t.muted[1:]};
        border-color: {t.grid}; }}
    QSlider::groove:horizontal {{ background: {t.border}; height: 4px; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {t.surface}; border: 2px solid {t.accent};
        width: 10px; margin: -5px 0; border-radius: 7px; }}
    QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{
        background: {t.accent}; }}
    QTableView {{ background: {t.surface}; border: none; gridline-color: {t.grid};
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QTableView::item {{ padding: 0 2px; }}
    QHeaderView {{ background: {t.surface}; border: none; }}
    QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: none;
        border-bottom: 1px solid {t.border}; padding: 4px; font-size: {px(11)}px; }}
    #preview QHeaderView {{ background: {t.surface}; border: none; }}
    #preview QTableCornerButton::section {{ background: {t.surface}; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {t.border}; border-radius: 4px; margin: 1px;
        min-height: 24px; min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {t.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QSplitter::handle {{ background: {t.window}; }}
    """
