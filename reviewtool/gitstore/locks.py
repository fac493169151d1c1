"""Locks that a killed git process left: after a power cut no git moves that ref until somebody removes its lock.

Git holds the lock of a ref for milliseconds. One that nobody has touched for a minute belongs to nobody.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from reviewtool.gitstore.store import Store

log = logging.getLogger(__name__)

STALE_SECONDS: Final = 60.0
SHARED: Final = ("HEAD", "packed-refs")  # what git may also lock when it moves a ref


def release(store: Store, names: Iterable[str]) -> bool:
    """Remove the locks of these files of the store that are older than a minute; say whether there was one."""
    released = False
    try:
        folder = os.open(store.path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # git will say what is wrong with it
        return False
    try:
        # One at a time: who looked before another removed the lock would remove the one that git has made since.
        fcntl.flock(folder, fcntl.LOCK_EX)
        for name in names:
            lock = store.path / f"{name}.lock"
            with suppress(FileNotFoundError):
                age = time.time() - lock.stat().st_mtime
                if age > STALE_SECONDS:
                    lock.unlink()
                    released = True
                    log.warning("removed %s, which a git process left %.0f s ago", lock, age)
    finally:
        os.close(folder)
    return released
