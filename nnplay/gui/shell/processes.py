"""What else runs on this machine."""

from __future__ import annotations


def is_running(pid: int) -> bool:
    """Say whether there is a process of that number."""
    # Late, as it is asked for only where a window was not closed properly.
    from psutil import pid_exists

    return pid_exists(pid)
