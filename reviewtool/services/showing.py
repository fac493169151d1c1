"""How the bytes of a file are shown: what kind it is, and its characters where it is text.

Pure but for reading a blob; `modules`, `documents` and `searching` call it. What a person edits is in `texts`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from reviewtool.gitstore import reading

MARKDOWN = frozenset({"md", "markdown", "mdown", "mkd"})
IMAGES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Kind(StrEnum):
    """What a file is for a reader; `large` is text beyond the limit, offered for download only."""

    markdown = "markdown"
    text = "text"
    image = "image"
    binary = "binary"
    large = "large"
    symlink = "symlink"
    submodule = "submodule"


@dataclass(frozen=True)
class Shown:
    """The characters of a file and how they were read; anything but "utf-8" is a guess that the page tells."""

    text: str
    encoding: str


def extension(path: str) -> str:
    """Return the lowered extension of a path, without its dot."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def image_type(path: str) -> str | None:
    """Return the media type of a picture that browsers may show, by its name, or None."""
    return IMAGES.get(extension(path))


def kind_by_name(entry: reading.Entry) -> Kind:
    """Tell what a file seems to be without reading it; what is neither Markdown nor a picture seems binary."""
    if entry.kind != "file":
        return Kind(entry.kind)
    if extension(entry.path) in MARKDOWN:
        return Kind.markdown
    return Kind.image if image_type(entry.path) else Kind.binary


def decode(data: bytes) -> Shown | None:
    """Return the characters of a text, or None for bytes that are no text.

    What is not UTF-8 is read as Windows-1252, in which nearly every older Spanish file was written: shown so it can be
    read, where replacement characters could not.
    """
    if data.startswith(_UTF16) and len(data) % 2 == 0:
        return Shown(data.decode("utf-16", "replace"), "utf-16")
    if _CONTROL.search(data):
        return None
    text = reading.text(data)
    if text.exact:
        return Shown(text.text, "utf-8")
    try:
        return Shown(data.decode("cp1252"), "windows-1252")
    except UnicodeDecodeError:
        return Shown(data.decode("latin-1"), "latin-1")
