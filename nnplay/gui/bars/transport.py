"""The bar that controls a run: buttons on the left, progress on the right."""

from __future__ import annotations

from math import isnan, nan

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnplay.gui.bars.speed import SpeedSlider
from nnplay.gui.forms.numbers import write_rounded
from nnplay.gui.style.icons import icon
from nnplay.gui.style.plain import PlainLabel, plain
from nnplay.gui.style.theme import SPACE, bus, set_font, theme
from nnplay.gui.style.word_button import WordButton
from nnplay.gui.style.zoom import sized
from nnplay.gui.views.metric_block import MEAN_SPEED, speed_text
from nnplay.gui.views.progress import ProgressLine
from nnplay.link import Progress
from nnplay.session import Controller, RunState
from nnplay.translation import _, ngettext

SECONDS_PER_MINUTE = 60
MOST_EPOCHS = 1_000_000
_FITS = (
    (True, True, True),
    (False, True, True),
    (True, False, True),
    (False, False, True),
    (False, False, False),
)
"""What is left out where the bar is narrow: ends of the slider, words of buttons, learning rate."""


class Transport(QWidget):
    """Train, pause, step, epoch, stop, reset; the menu has the same actions."""

    def __init__(self, controller: Controller, parent: QWidget | None = None) -> None:
        """Make the bar; its buttons give commands to the controller."""
        super().__init__(parent)
        self._controller = controller
        self._state = RunState()
        self._stale = False
        self._blocked = ""
        self._seconds_left = nan
        self._is_limited, self._computing_speed = False, 0.0
        self.train_action = self._action(_("Train"), "F5", "play", self._train_or_pause)
        self.step_action = self._action(_("One step"), "F8", "step", controller.step)
        self.epoch_action = self._action(_("One epoch"), "F9", "epoch", controller.epoch)
        self.stop_action = self._action(_("Stop"), "Shift+F5", "stop", controller.stop)
        self.reset_action = self._action(_("Reset"), "Ctrl+R", "reset", controller.reset)
        self.redraw_action = self._action(
            _("New initial weights"), "Ctrl+Shift+R", "dice", controller.redraw_weights
        )
        self.again_action = self._action(
            _("Train again from the start"), "Ctrl+F5", "", controller.train_again
        )
        self.longer_action = self._action(
            _("Train on for a number of epochs…"), "Shift+F9", "", self._train_longer
        )
        self.step_action.setToolTip(_("Take one step of the optimizer, then pause (F8)."))
        self.epoch_action.setToolTip(_("Train to the end of this epoch, then pause (F9)."))
        self.again_action.setToolTip(
            _("Start a new run with the same initial weights; this one is kept (Ctrl+F5).")
        )
        self.reset_action.setToolTip(
            _("Back to the initial weights; the run is kept among the runs (Ctrl+R).")
        )
        self.redraw_action.setToolTip(
            _("Begin with other initial weights; the run is kept among the runs (Ctrl+Shift+R).")
        )
        self.speed = SpeedSlider()
        for action in (self.speed.slower_action, self.speed.faster_action):
            self.addAction(action)
        self._lay_out()
        bus.changed.connect(self._recolour)
        self._recolour()
        self.show_state(self._state)
        self.show_progress(None, float("nan"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide texts where the window is narrow."""
        super().resizeEvent(event)
        self._fit()

    def show_state(self, state: RunState, stale: bool = False) -> None:
        """Enable the buttons that make sense now.

        `stale` says that the experiment has been edited since the start of the run; then Train
        starts a new run instead of resuming the paused one.
        """
        self._state = state
        self._stale = stale
        running = state.phase in ("running", "starting")
        text = {
            "idle": _("Train"),
            "starting": _("Pause"),
            "running": _("Pause"),
            "paused": _("Train") if stale else _("Resume"),
            "evaluating": _("Train") if stale else _("Train on"),
            "finished": _("Train on") if self._controller.can_train_on else _("Train"),
            "failed": _("Train"),
        }[state.phase]
        self.train_action.setText(text)
        self.train_action.setIcon(icon("pause" if running else "play", theme().on_accent))
        alive = state.is_alive
        self.stop_action.setEnabled(alive)
        self.reset_action.setEnabled(state.phase != "idle")
        self.again_action.setEnabled(state.phase not in ("idle", "failed"))
        self._enable()
        self._phase.setText(
            {
                "idle": _("ready"),
                "starting": _("starting"),
                "running": _("training"),
                "paused": _("paused"),
                "evaluating": _("evaluating"),
                "finished": _("finished"),
                "failed": _("failed"),
            }[state.phase]
        )
        if state.result is not None and state.result.stopped:
            self._phase.setText(_("stopped"))
        if state.phase == "starting" and state.message:
            self._phase.setText(_("warming up"))
        self._phase.setToolTip(plain(state.message))
        self.stop_action.setToolTip(
            _("Cancel the evaluation and keep the metrics computed so far (Shift+F5).")
            if state.phase == "evaluating"
            else _("End the run here and evaluate it (Shift+F5).")
        )
        keys = ("Shift+F5", "Esc") if state.phase == "evaluating" else ("Shift+F5",)
        self.stop_action.setShortcuts([QKeySequence(key) for key in keys])
        if state.evaluated is not None:
            self._bar.set_share(state.evaluated)
        self._show_stepper(state)
        self._show_left()
        self._fit()

    def _show_stepper(self, state: RunState) -> None:
        """Show how the run computes its steps, and in the tool tip why."""
        box = self._speed.parentWidget()
        assert box is not None
        title = box.findChild(QLabel, "hint")
        assert isinstance(title, QLabel)
        started = state.started
        if started is None:
            title.setText(_("samples per second"))
            box.setToolTip("")
            return
        how = _("{stepper} steps: {why}").format(
            stepper=_(started.stepper), why=started.stepper_why
        )
        if state.result is None:
            title.setText(_("samples/s, {stepper}").format(stepper=_(started.stepper)))
            what = _("Current speed of the training steps, without evaluation and drawing.")
            if self._is_limited:
                title.setText(_("samples/s, slowed"))
                what = _(
                    "Current speed as set by the speed slider; computing alone takes "
                    "{count} samples per second."
                ).format(count=speed_text(self._computing_speed))
        else:
            # The same number as in the results, with the same explanation.
            title.setText(_("mean samples/s"))
            self._speed.setText(speed_text(state.result.samples_per_second))
            what = _(MEAN_SPEED)
        box.setToolTip(plain(f"{how}\n{what}"))

    def show_blocked(self, why: str) -> None:
        """Set why a new run cannot start; an empty text where it can."""
        self._blocked = why
        self._enable()

    def show_progress(self, progress: Progress | None, lr: float) -> None:
        """Show the progress of the run; None where none has begun."""
        if progress is None:
            for label in (self._epoch, self._step, self._speed, self._lr):
                label.setText("–")
            self._seconds_left = nan
            self._show_left()
            self._bar.set_share(0.0)
            return
        self._epoch.setText(f"{progress.epoch:.2f} / {progress.epochs:,}")
        if progress.epoch >= 1 or progress.epoch == 0:
            self._epoch.setText(f"{int(progress.epoch):,} / {progress.epochs:,}")
        self._step.setText(f"{progress.step:,} / {progress.steps:,}")
        self._speed.setText(speed_text(progress.samples_per_second))
        self._seconds_left = progress.seconds_left
        self._computing_speed = progress.computing_speed
        if progress.is_limited != self._is_limited or progress.is_limited:
            self._is_limited = progress.is_limited
            self._show_stepper(self._state)
        self._show_left()
        self._lr.setText(write_rounded(lr))
        self._bar.set_share(progress.step / max(1, progress.steps))

    def _show_left(self) -> None:
        """Show the time left, unless the run is over."""
        is_over = self._state.phase in ("evaluating", "finished", "failed")
        self._left.setText(_time_text(nan if is_over else self._seconds_left))

    def _action(self, text: str, key: str, icon_key: str, slot: object) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setProperty("icon_key", icon_key)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        bar = self._row = QHBoxLayout()
        bar.setContentsMargins(SPACE * 2, SPACE, SPACE * 2, SPACE)
        bar.setSpacing(SPACE)
        self._train = WordButton((_("Train"), _("Pause"), _("Resume"), _("Train on")))
        self._train.setObjectName("train")
        self._train.setDefaultAction(self.train_action)
        bar.addWidget(self._train)
        self.setFocusProxy(self._train)
        self._labelled: list[WordButton] = []
        """Buttons that show only their icons where the bar is narrow."""
        for action in (
            self.step_action,
            self.epoch_action,
            self.stop_action,
            self.reset_action,
            self.redraw_action,
        ):
            # The bar is narrow, and the die of the last says enough.
            button = QToolButton() if action is self.redraw_action else WordButton()
            button.setDefaultAction(action)
            if isinstance(button, WordButton):
                self._labelled.append(button)
            sized(button, iconSize=QSize(14, 14))
            bar.addWidget(button)
        bar.addWidget(self.speed)
        bar.addStretch(1)
        self._phase = self._metric(bar, _("state"), 76)
        self._epoch = self._metric(bar, _("epoch"), 92)
        self._step = self._metric(bar, _("step"), 118)
        self._lr = self._metric(bar, _("learning rate"), 84)
        self._speed = self._metric(bar, _("samples per second"), 112)
        self._left = self._metric(bar, _("time left"), 56)
        self._bar = ProgressLine()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(bar)
        outer.addWidget(self._bar)

    def _fit(self) -> None:
        """Show texts beside the icons, and the learning rate, only where there is room."""
        rate = self._lr.parentWidget()
        assert rate is not None
        styles = Qt.ToolButtonStyle
        for has_ends, has_text, has_rate in _FITS:
            self.speed.set_roomy(has_ends)
            style = styles.ToolButtonTextBesideIcon if has_text else styles.ToolButtonIconOnly
            for button in self._labelled:
                button.setToolButtonStyle(style)
            rate.setVisible(has_rate)
            self._row.invalidate()
            if self._row.minimumSize().width() <= self.width():
                return

    def _metric(self, bar: QHBoxLayout, name: str, width: int) -> QLabel:
        box = QFrame()
        sized(box, minimumWidth=width)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title, value = PlainLabel(name), PlainLabel("–")
        title.setObjectName("hint")
        set_font(value, "strong")
        value.setAccessibleName(name)
        column.addWidget(title)
        column.addWidget(value)
        bar.addWidget(box)
        return value

    def _enable(self) -> None:
        may_start = not self._blocked or self._state.takes_steps
        if self._state.phase == "evaluating" and not self._stale:
            may_start = False
        for action in (self.train_action, self.step_action, self.epoch_action):
            action.setEnabled(may_start)
        can_train_on = may_start and self._controller.can_train_on
        self.longer_action.setEnabled(can_train_on)
        self.train_action.setToolTip(plain(self._train_tip(can_train_on) if may_start else ""))
        if not may_start:
            evaluating = _("The run is being evaluated; Stop ends that.")
            self.train_action.setToolTip(plain(self._blocked or evaluating))

    def _train_tip(self, can_train_on: bool) -> str:
        if not can_train_on:
            return _("Train the network, or pause it (F5).")
        controller = self._controller
        if controller.has_epochs_left:
            return _("Go on to the last epoch, from where the run ended (F5).")
        text = ngettext(
            "Go on for {n:,} more epoch, from where the run ended (F5).",
            "Go on for {n:,} more epochs, from where the run ended (F5).",
            controller.more_epochs,
        ).format(n=controller.more_epochs)
        return " ".join(filter(None, (text, controller.schedule_note)))

    def _train_longer(self) -> None:
        number, accepted = QInputDialog.getInt(
            self,
            _("Train on"),
            _("Epochs to train on for:"),
            self._controller.more_epochs,
            1,
            MOST_EPOCHS,
        )
        if accepted:
            self._controller.train_on(number)

    def _train_or_pause(self) -> None:
        if self._state.phase in ("running", "starting"):
            self._controller.pause()
        else:
            self._controller.train()

    def _recolour(self) -> None:
        t = theme()
        for action in self.actions():
            if action.property("icon_key") and action is not self.train_action:
                action.setIcon(icon(str(action.property("icon_key")), t.text))
        self._train.setStyleSheet(
            f"QToolButton#train {{ background: {t.accent}; color: {t.on_accent}; border: none;"
            f" border-radius: 5px; padding: 7px 8px; font-weight: 600; }}"
            f"QToolButton#train:disabled {{ background: {t.border}; color: {t.muted}; }}"
        )
        self.show_state(self._state, self._stale)


def _time_text(seconds: float) -> str:
    if isnan(seconds):
        return "–"
    minutes, rest = divmod(round(seconds), SECONDS_PER_MINUTE)
    hours, minutes = divmod(minutes, SECONDS_PER_MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
