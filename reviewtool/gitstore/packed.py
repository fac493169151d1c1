"""The file `packed-refs`, looked up by halving: a group has many refs, and a worker need not hold them all.

Its lines are «<id> <ref>», sorted by the bytes of the ref, each perhaps followed by «^<id>» of the object that a tag
names; its first line says that it is sorted (git-pack-refs(1) and git's `refs/packed-backend.c`).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from reviewtool.gitstore.ids import CommitId

_ID = 40
_Bytes = mmap.mmap | bytes


def find(file: Path, ref: str) -> CommitId | None:
    """Return what a ref stands at, or None if it is not in the file, or there is no file."""
    wanted = _name(ref)
    with _opened(file) as data:
        for name, at in _from(data, wanted):
            if name == wanted:
                return at
            if _is_sorted(data):
                break
    return None


def below(file: Path, prefix: str) -> dict[str, CommitId]:
    """Return every ref that is the prefix or lies below it, by name."""
    wanted = _name(prefix)
    with _opened(file) as data:
        found = _from(data, wanted)
        if _is_sorted(data):
            found = takewhile(lambda line: line[0] < wanted + b"0", found)  # what follows «/» in ASCII
        return {
            name.decode("utf-8", "surrogateescape"): at
            for name, at in found
            if name == wanted or name.startswith(wanted + b"/")
        }


def _name(ref: str) -> bytes:
    return ref.encode("utf-8", "surrogateescape")


@contextmanager
def _opened(file: Path) -> Iterator[_Bytes]:
    """Open the file as bytes; git replaces it as a whole, so that what is open stays as it was."""
    try:
        with file.open("rb") as opened:
            if not os.fstat(opened.fileno()).st_size:  # nothing that could be mapped
                yield b""
                return
            with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
                yield data
    except FileNotFoundError:
        yield b""


def _from(data: _Bytes, wanted: bytes) -> Iterator[tuple[bytes, CommitId]]:
    """Yield the refs from the first one that is not less than `wanted` on; all of them when they are not sorted."""
    at = _first(data, wanted) if _is_sorted(data) else 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[at:end]
        if line[:1] not in b"#^":
            yield line[_ID + 1 :], CommitId(line[:_ID].decode("ascii"))
        at = end + 1


def _is_sorted(data: _Bytes) -> bool:
    return b" sorted" in data[: data.find(b"\n") + 1]


def _first(data: _Bytes, wanted: bytes) -> int:
    """Return where the line of the first ref begins that is not less than `wanted`; lines before it may be «^» ones."""
    low, high = 0, len(data)
    while low < high:
        middle = (low + high) // 2
        start = data.rfind(b"\n", 0, middle) + 1
        after = data.find(b"\n", middle)
        after = len(data) if after < 0 else after + 1
        if data[start : start + 1] == b"^":  # belongs to the ref before it
            start = data.rfind(b"\n", 0, start - 1) + 1
        line_end = data.find(b"\n", start)
        line = data[start : len(data) if line_end < 0 else line_end]
        if line[:1] == b"#" or line[_ID + 1 :] < wanted:
            low = after
        else:
            high = start
    return low
