"""Files that keep a secret: whether they can be used, said before the program starts."""

from __future__ import annotations

import os
from pathlib import Path

from reviewtool.complaints import Wrong


def unreadable(file: Path) -> Wrong | None:
    """Return why a file of ours cannot keep a secret: it cannot be read, or others may read it."""
    try:
        with file.open("rb"):
            found = file.stat()
    except OSError as error:
        said = error.strerror
        return Wrong(f"{file} cannot be read ({said})", f"no se puede leer {file} ({said})")
    mode = found.st_mode & 0o777
    if found.st_uid == os.geteuid() and mode & 0o077:  # what ssh-keygen itself refuses
        return Wrong(
            f"others may read {file} (mode {mode:o}); give it mode 600",
            f"otros pueden leer {file} (modo {mode:o}); dele el modo 600",
        )
    return None
