"""Writing many objects with one process: their ids are computed here, git checks and stores them.

`git unpack-objects --strict` reads a pack (gitformat-pack(5), version 2), verifies every object and every link as
`fsck --strict` does, and flushes them: four objects take 5 ms, where hash-object, mktree and commit-tree take 12 ms.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable
from typing import Final, Literal

from reviewtool.gitstore.store import Store

_KINDS: Final = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_LOOSE: Final = 100  # as git's own fetch.unpackLimit: a thousand files, each flushed, take three seconds, a pack 0.1


def object_id(kind: str, data: bytes) -> str:
    """Compute the id that git gives to these bytes as an object of this kind."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode("ascii"), len(data)) + data, usedforsecurity=False).hexdigest()


class Batch:
    """Objects that will be written together to a store; each is known by its id before it is on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._objects: dict[str, tuple[str, bytes]] = {}
        self.size = 0

    def add(self, kind: str, data: bytes) -> str:
        """Take one object in and return its id."""
        name = object_id(kind, data)
        if name not in self._objects:
            self._objects[name] = (kind, data)
            self.size += len(data)
        return name

    def add_signed(self, kind: Literal["commit", "tag"], data: bytes) -> str:
        """Take one commit or tag in, signed if the store has a key, and return its id."""
        return self.add(kind, self._store.signed(kind, data))

    def write(self) -> None:
        """Put all objects on disk, flushed, or raise: each in a file of its own, more than a hundred in one pack."""
        if not self._objects:
            return
        loose = len(self._objects) <= _LOOSE
        command = ("unpack-objects", "-q", "--strict") if loose else ("index-pack", "--stdin", "--strict")
        self._store.run(*command, stdin=_pack(self._objects.values()))
        self._objects.clear()
        self.size = 0


def _pack(objects: Iterable[tuple[str, bytes]]) -> bytes:
    entries = [_header(kind, len(data)) + zlib.compress(data, 1) for kind, data in objects]
    pack = b"".join((b"PACK", struct.pack(">II", 2, len(entries)), *entries))
    return pack + hashlib.sha1(pack, usedforsecurity=False).digest()


def _header(kind: str, size: int) -> bytes:
    # Four bits of the size beside the kind, then seven a byte, least first; the high bit says that more follow.
    byte, size = _KINDS[kind] << 4 | size & 0x0F, size >> 4
    header = bytearray()
    while size:
        header.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    header.append(byte)
    return bytes(header)
