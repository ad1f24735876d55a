"""Other processes on this machine."""

from __future__ import annotations


def is_running(pid: int) -> bool:
    """Return whether there is a process with that number."""
    # Imported only here, as most starts find no file of a crashed process.
    from psutil import pid_exists

    return pid_exists(pid)
