"""Learning rates are compared while torch is still being loaded."""

import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parent.parent.parent.parent

# In a process of its own, as torch is loaded once per process.
EARLY = """
import sys, time
from dataclasses import replace
from pathlib import Path
from PySide6.QtWidgets import QApplication
from nnplay.experiment import preset
from nnplay.gui.learning_rates.dialog import LearningRatesDialog
from nnplay.gui.background.preloading import Preloading
app = QApplication([])
preloading = Preloading()
dialog = LearningRatesDialog(replace(preset("spiral").experiment, epochs=2))
preloading.start()
assert "nnplay.engine.loop" not in sys.modules
dialog.start.click()
end = time.monotonic() + 120
while dialog.is_busy and time.monotonic() < end:
    app.processEvents()
print(dialog.message.text(), dialog._result is not None, "nnplay.engine.loop" in sys.modules)
dialog.shut_down(10_000)
preloading.shut_down(60_000)
"""


def test_rates_are_compared_while_torch_is_being_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EARLY], capture_output=True, text=True, cwd=REPO, check=False
    )
    assert done.stdout.split() == ["True", "True"], done.stderr
