"""Files that keep a secret: whether they can be used, said before the program starts, and making one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
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


def no_signing(key: Path) -> Wrong | None:
    """Return why a file cannot be the key that signs; whether it is a key at all is seen when it is opened."""
    wrong = unreadable(key)
    if wrong is None and shutil.which("ssh-keygen") is None:
        return Wrong(
            "ssh-keygen is missing; install it with: sudo apt-get install -y openssh-client",
            "falta ssh-keygen; instálelo con: sudo apt-get install -y openssh-client",
        )
    return wrong


def write_once(path: Path, key: str) -> None:
    """Write the whole file under its final name, mode 600, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")  # made with mode 600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
