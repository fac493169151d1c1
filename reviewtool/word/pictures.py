"""What a picture is and how large it is shown."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

MOST_WIDTH: Final = 15.9  # cm between the margins of a page
MOST_HEIGHT: Final = 22.0
_PIXEL: Final = 2.54 / 96  # cm
EMU: Final = 360_000  # Word's unit, in a cm
_SVG_BOX = re.compile(rb"viewBox\s*=\s*[\"']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)")


def kind(data: bytes) -> str:
    """Tell the sort of a picture by its first bytes: png, jpeg, gif, svg, or nothing that Word shows."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8"):
        return "jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "svg" if b"<svg" in data[:2000] else ""


def size(data: bytes) -> tuple[int, int]:
    """Give width and height for Word, at 96 pixels an inch, no larger than the page allows."""
    width, height = _pixels(data)
    wide, high = max(width, 1) * _PIXEL, max(height, 1) * _PIXEL
    scale = min(1.0, MOST_WIDTH / wide, MOST_HEIGHT / high)
    return max(1, int(wide * scale * EMU)), max(1, int(high * scale * EMU))


def _pixels(data: bytes) -> tuple[float, float]:
    try:
        sort = kind(data)
        if sort == "png":
            return struct.unpack(">II", data[16:24])
        if sort == "gif":
            return struct.unpack("<HH", data[6:10])
        if sort == "jpeg":
            return next(_jpeg(data))
    except (struct.error, StopIteration, IndexError):
        return 400, 300
    box = _SVG_BOX.search(data[:4000])
    return (float(box[1]), float(box[2])) if box else (400, 300)


def _jpeg(data: bytes) -> Iterator[tuple[int, int]]:
    """Find the frame of a JPEG, segment by segment."""
    at = 2
    while at + 9 < len(data):
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            yield wide, high
        at += 2 + length
