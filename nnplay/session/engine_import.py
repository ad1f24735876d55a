"""The lock under which the engine is imported: by one thread at a time.

Modules of PyTorch import each other in circles. Where two threads come from different sides, Python
gives one of them a module of which half is still missing, and the import fails.
"""

from __future__ import annotations

from threading import RLock

engine_import = RLock()
"""To be held for every import of the engine inside a function: `with engine_import:`."""
