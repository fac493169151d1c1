"""Files from a person's machine that go into a draft, checked by their content: pictures beside a document, others.

What is attached to a comment or a proposal is in `attaching`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Final

from reviewtool.errors import InvalidInput
from reviewtool.gitstore import paths, reading
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Draft, DraftFile
from reviewtool.prose import markdown
from reviewtool.services import drafts, showing, texts
from reviewtool.services.workshop import Workshop
from reviewtool.uploads import attachments, names, pictures

FOLDER: Final = "imagenes"  # beside the document
ALTERNATIVE_LIMIT: Final = 500
TEXTS: Final = showing.MARKDOWN | {"txt", "csv", "toml"}
DOCUMENTS: Final = frozenset({"pdf", "docx", "xlsx"})
_MARKS: Final = re.compile(r"([\\`*_\[\]<>&!])")


@dataclass(frozen=True)
class Added:
    """A picture that went into a draft: where it stands, and what a text says to show it."""

    entry: DraftFile
    relative: str  # to the document
    markdown: str


def add_picture(
    workshop: Workshop, draft: Draft, beside: DraftFile, file: tuple[str, bytes], alternative: str
) -> Added:
    """Add a picture, a name and bytes, beside a document of the draft; the same picture sent again is one.

    Raises InvalidInput for what is no picture, for a document that goes, and for a text alternative that is too long.
    """
    name, data = file
    alternative = " ".join(alternative.split())
    if len(alternative) > ALTERNATIVE_LIMIT:
        raise InvalidInput("text-too-long", field="alternative", most=ALTERNATIVE_LIMIT)
    if any(paths.shown(char) != char for char in alternative):
        raise InvalidInput("text-bad", field="alternative")
    ensure_size(workshop, data)
    picture = pictures.redrawn(data, workshop.limits.image_edge)
    folder = posixpath.join(posixpath.dirname(beside.path), FOLDER)
    entry = next((each for each in draft.files if _stands(each, folder, picture.data)), None)
    if entry is None:
        taken = reading.files(workshop.store, CommitId(draft.base)).keys() | {each.path for each in draft.files}
        inside = {path.rpartition("/")[2].casefold() for path in taken if posixpath.dirname(path) == folder}
        free = names.free(names.plain(name, unnamed="imagen"), picture.extension, inside)
        entry = drafts.add_new(workshop, draft, f"{folder}/{free}", picture.data)
    relative = f"{FOLDER}/{posixpath.basename(entry.path)}"
    said = _MARKS.sub(r"\\\1", alternative)
    return Added(entry, relative, f"![{said}]({relative})")


def _stands(entry: DraftFile, folder: str, data: bytes) -> bool:
    mine = entry.data if entry.data is not None else (entry.text or "").encode()
    return not entry.deleted and posixpath.dirname(entry.path) == folder and mine == data


def ensure_size(workshop: Workshop, data: bytes) -> None:
    """Raise InvalidInput("file-too-large") for more than one act may bring."""
    if len(data) > workshop.limits.upload_bytes:
        raise InvalidInput("file-too-large", field="file", megabytes=workshop.limits.upload_bytes // 1024 // 1024)


def places(text: str) -> list[tuple[int, str]]:
    """Return where something may be put into a text: after each of its pieces, the place and how the piece begins."""
    _html, found = markdown.pieces(text)
    known = [(piece.start, piece.end) for piece in found if piece.start is not None and piece.end]
    return [(end, _beginning(text[start:end])) for start, end in known]


def _beginning(source: str) -> str:
    line = next((line for line in source.splitlines() if line.strip(" :#>|-*")), "").strip(" :#>|-*")
    return line if len(line) <= 70 else line[:70].rsplit(" ", 1)[0] + "…"


def put_in(text: str, added: str, after: int) -> str:
    """Return a text with a piece of its own put in after one of its pieces; at its end for any other place."""
    if after not in {place for place, _words in places(text)}:
        after = len(text)
    before, rest = text[:after], text[after:]
    lines = before.replace("\r\n", "\n")
    gap = "" if not before or lines.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
    return f"{before}{gap}{added}\n" + ("" if not rest or rest.startswith(("\n", "\r\n")) else "\n") + rest


def put(workshop: Workshop, draft: Draft, path: str, data: bytes) -> DraftFile:
    """Add a file under a path, or replace the published one that stands there, after a look at its content.

    A picture is drawn anew, and of a new one the extension follows its content. Raises InvalidInput, Conflict.
    """
    ensure_size(workshop, data)
    if not data:
        raise InvalidInput("file-empty", field="file")
    extension = showing.extension(path)
    if extension in TEXTS:
        return drafts.put_file(workshop, draft, path, _text(workshop, data))
    if extension in DOCUMENTS:
        if attachments.checked(data, workshop.limits.image_edge).kind != extension:
            raise InvalidInput("file-other-type", field="file")
        return drafts.put_file(workshop, draft, path, data)
    if showing.image_type(path) is None:
        raise InvalidInput("file-type-materials", field="file")
    picture = pictures.redrawn(data, workshop.limits.image_edge)
    if {"jpeg": "jpg"}.get(extension, extension) != picture.extension:
        if reading.find(workshop.store, CommitId(draft.base), path) is not None:
            raise InvalidInput("file-other-type", field="file")
        path = f"{path.rpartition('.')[0]}.{picture.extension}"
    return drafts.put_file(workshop, draft, path, picture.data)


def _text(workshop: Workshop, data: bytes) -> bytes:
    if len(data) > workshop.limits.document_bytes:
        raise InvalidInput("document-too-large", field="file", kilobytes=workshop.limits.document_bytes // 1024)
    if texts.editable(data) is None:
        raise InvalidInput("text-not-utf8", field="file")
    return data
