"""`reviewtool doctor`: what is weak or wrong in an installation as it stands, one finding a matter, and what to do.

It changes nothing, and asks nobody outside but the Redis of `limits_url`.
"""

from __future__ import annotations

from reviewtool.doctor import around, files, setup, state
from reviewtool.doctor.finding import Finding, Level
from reviewtool.settings import Settings

__all__ = ["Finding", "Level", "examine"]


def examine(settings: Settings, *, backup_days: int) -> list[Finding]:
    """Return one finding a matter: the settings, their files, the machine, and what the database says."""
    return [
        *setup.examine(settings),
        *files.examine(settings),
        *around.examine(settings),
        *state.examine(settings, backup_days=backup_days),
    ]
