"""What git says when it fails, and what is wrong with the store, told as one of our errors and to the log."""

from __future__ import annotations

import logging

from reviewtool.errors import Unavailable

log = logging.getLogger(__name__)

# Looked for in order in what git wrote to stderr (LC_ALL=C); the first that fits names the error.
_SIGNS = (
    ("dubious ownership", "store-owner"),
    ("No space left on device", "store-full"),
    ("Disk quota exceeded", "store-full"),
    ("Read-only file system", "store-read-only"),
    ("Permission denied", "store-read-only"),
    ("insufficient permission", "store-read-only"),
    (".lock': File exists", "store-busy"),
    ("cannot lock ref", "store-busy"),
    ("not a git repository", "store-missing"),
    ("does not appear to be a git repository", "store-missing"),
    ("is corrupt", "store-damaged"),
    ("object corrupt or missing", "store-damaged"),
    ("inflate", "store-damaged"),
    ("hash mismatch", "store-damaged"),
    ("unable to read", "store-damaged"),
    ("bad object", "store-damaged"),
    ("missing blob", "store-damaged"),
)


def failure(command: str, status: int, stderr: bytes) -> Unavailable:
    """Name a failed git command by what it wrote; the administrator finds all of it in the log."""
    detail = stderr.decode("utf-8", "replace").strip()
    code = next((code for sign, code in _SIGNS if sign in detail), "store-failed")
    log.warning("git %s failed: status=%s code=%s detail=%s", command, status, code, detail[-2000:])
    return Unavailable(code, command=command, status=status, detail=detail[-500:])


def unavailable(code: str, **facts: object) -> Unavailable:
    """Return the error that the store cannot be used; the administrator finds in the log what is wrong with what."""
    log.error("%s: %s", code, ", ".join(f"{name}={value}" for name, value in facts.items()))
    return Unavailable(code, **facts)
