"""The picker of layers and losses: type to filter, Enter to choose, Escape to cancel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnplay.catalog import Family, Kind, kinds
from nnplay.gui.editors.frame import hint_label
from nnplay.gui.style.plain import PlainLabel
from nnplay.gui.style.theme import SPACE, font
from nnplay.gui.style.zoom import sized
from nnplay.translation import _, n_

_GROUPS: tuple[tuple[Family, str], ...] = (
    ("layer", n_("Layers")),
    ("activation", n_("Activations")),
    ("loss", n_("Losses")),
)
_KIND = Qt.ItemDataRole.UserRole
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class LayerPicker(QFrame):
    """A popup with the kinds of some families."""

    chosen = Signal(str, str)
    """(family, key)."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("panel")
        self._families: tuple[Family, ...] = ()
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._take)
        self.list.currentItemChanged.connect(self._explain)
        self.formula = PlainLabel()
        self.formula.setWordWrap(True)
        self.hint = hint_label()
        sized(self.hint, minimumHeight=44)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE // 2)
        for part in (self.search, self.list, self.formula, self.hint):
            layout.addWidget(part)
        self._fill()

    def open_below(self, widget: QWidget, families: Sequence[Family]) -> None:
        """Open below a widget to add a kind, with an empty search field."""
        self._offer(families, _("Add a layer"))
        corner = widget.mapToGlobal(widget.rect().bottomRight())
        self._open(QPoint(corner.x() - self._room().width(), corner.y() + SPACE // 2))

    def open_at(self, corner: QPoint, families: Sequence[Family], now: Kind) -> None:
        """Open at a point of the screen to exchange a kind, which is marked."""
        self._offer(families, _("Change {kind}").format(kind=_(now.label)))
        for item in self._visible():
            if self._kind(item) is type(now):
                self.list.setCurrentItem(item)
        self._open(corner)

    def _offer(self, families: Sequence[Family], name: str) -> None:
        self._families = tuple(families)
        self.setAccessibleName(name)
        self.search.setPlaceholderText(_("Search"))
        self.search.clear()
        self._filter("")

    def _room(self) -> QSize:
        """Return the size of the popup: no higher than its entries need."""
        row = max(self.list.sizeHintForRow(0), self.fontMetrics().height())
        rest = self.search.sizeHint().height() + self.hint.minimumHeight() + 6 * SPACE
        height = min(440, row * len(self._visible()) + rest + 2 * self.fontMetrics().height())
        return QSize(max(280, self.sizeHint().width()), height)

    def _open(self, corner: QPoint) -> None:
        size, screen = self._room(), self.screen().availableGeometry()
        left = min(max(corner.x(), screen.left()), screen.right() - size.width())
        top = min(corner.y(), screen.bottom() - size.height())
        self.setGeometry(left, max(top, screen.top()), size.width(), size.height())
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown(self) -> list[str]:
        """Return the keys of the kinds that match the search."""
        return [kind.key for kind in map(self._kind, self._visible()) if kind is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the keys that move and choose while the search field has the focus."""
        if watched is self.search and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() in _MOVES:
                QApplication.sendEvent(self.list, event)
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() in (
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
            ):
                self._take(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        for family, title in _GROUPS:
            head = QListWidgetItem(_(title))
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            head.setFont(font("small"))
            self.list.addItem(head)
            for kind in kinds(family).values():
                item = QListWidgetItem("   " + _(kind.label))
                item.setData(_KIND, kind)
                self.list.addItem(item)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        head: QListWidgetItem | None = None
        first: QListWidgetItem | None = None
        for number in range(self.list.count()):
            item = self.list.item(number)
            kind = self._kind(item)
            if kind is None:
                head = item
                head.setHidden(True)
                continue
            known = f"{_(kind.label)} {kind.label} {kind.key}".casefold()
            is_offered = kind.family in self._families
            item.setHidden(not (is_offered and all(word in known for word in words)))
            if not item.isHidden():
                assert head is not None
                head.setHidden(False)
                if first is None or _rank(kind, text) < _rank(self._sure(first), text):
                    first = item
        self.list.setCurrentItem(first)  # type: ignore[arg-type]
        if first is None:
            self.formula.hide()
            self.hint.setText(_("Nothing found. Try dense, conv, pool or relu."))

    def _explain(self, item: QListWidgetItem | None) -> None:
        kind = self._kind(item)
        if kind is not None:
            self.formula.setText(kind.formula)
            self.formula.setVisible(bool(kind.formula))
            self.hint.setText(_(kind.help))

    def _take(self, item: QListWidgetItem | None) -> None:
        kind = self._kind(item)
        if kind is not None:
            self.close()
            self.chosen.emit(kind.family, kind.key)

    def _visible(self) -> list[QListWidgetItem]:
        items = (self.list.item(number) for number in range(self.list.count()))
        return [item for item in items if not item.isHidden()]

    def _sure(self, item: QListWidgetItem) -> type[Kind]:
        kind = self._kind(item)
        assert kind is not None
        return kind

    @staticmethod
    def _kind(item: QListWidgetItem | None) -> type[Kind] | None:
        kind = None if item is None else item.data(_KIND)
        return kind if isinstance(kind, type) and issubclass(kind, Kind) else None


def _rank(kind: type[Kind], text: str) -> int:
    """Return 0 if the name equals the search, 1 if it starts with it, 2 otherwise."""
    names = (_(kind.label).casefold(), kind.key.casefold())
    typed = text.strip().casefold()
    if typed in names:
        return 0
    return 1 if typed and any(name.startswith(typed) for name in names) else 2
