"""Whether a PDF that somebody sends may be kept: whole, open, and without anything that runs or hides in it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Final

from reviewtool.errors import InvalidInput

BEGINS: Final = b"%PDF-"
MOST_UNPACKED: Final = 64 * 1024 * 1024  # bytes of the tables of objects of one file
_END_WITHIN: Final = 1024  # bytes; what readers look through
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED, _STREAM, _END = b"/ObjStm", b"stream", b"endstream"
_LONGEST_HEAD: Final = 2_000  # bytes between what says that objects are packed and where they begin
# Names that long do not come about by chance among packed bytes.
_PROTECTED: Final = re.compile(rb"/Encrypt\b")
_RUNS: Final = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|GoToE)\b|/XFA[ \[\r\n]")


def check(data: bytes) -> None:
    """Raise InvalidInput("file-broken"/"file-protected"/"file-runs"/"file-swells") for a PDF that may not be kept.

    A password needs to be known to look into a file. Names may be written with escapes, and stand in packed tables.
    """
    if b"%%EOF" not in data[-_END_WITHIN:]:
        raise InvalidInput("file-broken", field="file")
    for part in chain((data,), _unpacked(data)):
        names = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
        if _PROTECTED.search(names):
            raise InvalidInput("file-protected", field="file")
        if _RUNS.search(names):
            raise InvalidInput("file-runs", field="file")


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield the packed tables of objects; what is not packed the usual way no reader is bound to read."""
    left, at = MOST_UNPACKED, data.find(_PACKED)
    while at >= 0:
        head = data.find(_STREAM, at, at + _LONGEST_HEAD)
        end = data.find(_END, head) if head >= 0 else -1
        if end >= 0:
            part, swells = _inflated(data[head + len(_STREAM) : end].lstrip(b"\r\n"), left)
            if swells:
                raise InvalidInput("file-swells", field="file")
            left -= len(part)
            yield part
        elif head >= 0:
            return  # no table ends any more
        at = data.find(_PACKED, max(end, at + len(_PACKED)))


def _inflated(packed: bytes, most: int) -> tuple[bytes, bool]:
    """Return what was packed, at most so many bytes, and whether that was too little."""
    unpacking = zlib.decompressobj()
    try:
        return unpacking.decompress(packed, max(most, 1)), bool(unpacking.unconsumed_tail)
    except zlib.error:
        return b"", False
