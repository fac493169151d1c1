"""Attachments that people send: PDF, Word (DOCX), Excel (XLSX) and pictures, known by content and never by name.

They are offered for download only. What would run something or cannot be looked into is refused with its reason;
pictures are drawn anew, the others are kept byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reviewtool.errors import InvalidInput
from reviewtool.uploads import office, pdf, pictures

TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
}
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROTECTED: Final = "EncryptedPackage".encode("utf-16-le")  # how Office names what a password closes


@dataclass(frozen=True)
class Checked:
    """What was sent, as it may be kept: its bytes and its kind, a key of TYPES."""

    data: bytes
    kind: str


def checked(data: bytes, edge: int) -> Checked:
    """Return what was sent as it may be kept; a picture's longer side is `edge` points at most.

    Raises InvalidInput: "file-empty", "file-type", "file-old-office", "file-protected", "file-runs", "file-broken",
    "file-swells", and what `pictures.of_points` raises.
    """
    if not data:
        raise InvalidInput("file-empty", field="file")
    if data.startswith(pdf.BEGINS):
        pdf.check(data)
        return Checked(data, "pdf")
    if data.startswith(office.BEGINS):
        return Checked(data, office.kind(data))
    if data.startswith(_OLD_OFFICE):
        raise InvalidInput("file-protected" if _PROTECTED in data else "file-old-office", field="file")
    try:
        picture = pictures.of_points(data, edge)
    except InvalidInput as error:
        if error.code == "picture-type":
            raise InvalidInput("file-type", field="file") from error
        raise
    return Checked(picture.data, picture.extension)
