"""The bytes that a repository holds, to look for what must not be in it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewtool.gitstore.store import Store


def reached(store: Store) -> bytes:
    """Return the bytes of every object that a ref reaches."""
    listed = store.run("rev-list", "--objects", "--all").decode().splitlines()
    return b"\n".join(store.object(line.split(" ")[0])[1] for line in listed)


def on_disk(store: Store) -> bytes:
    """Return the bytes of every object there is, reached or not."""
    listed = store.run("cat-file", "--batch-check", "--batch-all-objects").decode().splitlines()
    return b"\n".join(store.object(line.split(" ")[0])[1] for line in listed)


def inflated(data: bytes) -> bytes:
    """Return a loose object's content, nothing for what is none."""
    try:
        return zlib.decompress(data)
    except zlib.error:
        return b""
