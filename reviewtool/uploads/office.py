"""Whether a Word or Excel file that somebody sends may be kept: looked into by its list of parts, hardly unpacked.

Both are ZIP archives. Only the list of types and the short lists of links are unpacked, each up to a limit; of the
rest the archive's own table is read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import Final

from lxml import etree

from reviewtool.errors import InvalidInput

BEGINS: Final = b"PK\x03\x04"
MOST_PARTS: Final = 5_000
MOST_UNPACKED: Final = 300 * 1024 * 1024  # bytes of all parts
MOST_LISTED: Final = 1024 * 1024  # bytes of one list
SWELLS: Final = 200  # times its size; text that repeats itself comes to a tenth of that
_TABLE_END: Final = b"PK\x05\x06"
_TABLE_END_LENGTH: Final = 22  # without a comment: nothing stands behind it
_TYPES: Final = "[Content_Types].xml"
_MAIN: Final = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_RUN: Final = ("macroenabled", "vbaproject", "activex", "oleobject", "package.binary", "binaryindex")
_LINKS_THAT_RUN: Final = ("attachedtemplate", "oleobject", "frame", "subdocument", "externallinkpath", "control")


def kind(data: bytes) -> str:
    """Return "docx" or "xlsx".

    Raises InvalidInput: "file-type" for another archive, "file-runs" for one with macros, embedded programs or a
    template from elsewhere, "file-protected", "file-swells", "file-broken".
    """
    if data[-_TABLE_END_LENGTH:][:4] != _TABLE_END:
        raise InvalidInput("file-broken", field="file")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            _ensure_sound(parts, len(data))
            found = _kind_of(archive)
            for part in parts:
                if part.filename.lower().endswith(".rels"):
                    _ensure_stays(_read(archive, part.filename))
            return found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise InvalidInput("file-broken", field="file") from error


def _ensure_sound(parts: list[zipfile.ZipInfo], size: int) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise InvalidInput("file-swells", field="file")
    if any(part.file_size > 1024 * 1024 and part.file_size > SWELLS * part.compress_size for part in parts):
        raise InvalidInput("file-swells", field="file")
    if sum(part.compress_size for part in parts) > size:  # parts that lie over each other
        raise InvalidInput("file-swells", field="file")
    if any(part.flag_bits & 1 for part in parts):
        raise InvalidInput("file-protected", field="file")
    if len({name.lower() for name in names}) < len(names) or any(_leads_out(name) for name in names):
        raise InvalidInput("file-broken", field="file")
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise InvalidInput("file-broken", field="file")
    if _says(names, _RUN) or any(_is_program(name) for name in names):
        raise InvalidInput("file-runs", field="file")


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _is_program(name: str) -> bool:
    folder, _, last = name.lower().rpartition("/")
    return folder.endswith("embeddings") and not last.endswith((".xlsx", ".docx", ".pptx"))


def _says(texts: Iterable[str], words: tuple[str, ...]) -> bool:
    return any(word in text.lower() for text in texts for word in words)


def _kind_of(archive: zipfile.ZipFile) -> str:
    if _TYPES not in archive.namelist():
        raise InvalidInput("file-type", field="file")
    types = [str(part.get("ContentType", "")) for part in _elements(_read(archive, _TYPES))]
    if _says(types, _RUN):
        raise InvalidInput("file-runs", field="file")
    found = {kind for type_, kind in _MAIN.items() if type_ in types}
    if len(found) != 1:
        raise InvalidInput("file-type", field="file")
    return found.pop()


def _ensure_stays(listed: bytes) -> None:
    """Refuse a file that fetches a template, an object or another file from elsewhere when it is opened."""
    for link in _elements(listed):
        kind_of_link = str(link.get("Type", "")).lower().rpartition("/")[2]
        if str(link.get("TargetMode", "")).lower() == "external" and kind_of_link in _LINKS_THAT_RUN:
            raise InvalidInput("file-runs", field="file")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        data = part.read(MOST_LISTED + 1)
    if len(data) > MOST_LISTED:
        raise InvalidInput("file-swells", field="file")
    return data


def _elements(data: bytes) -> list[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvalidInput("file-broken", field="file") from error
    if root.getroottree().docinfo.doctype:
        raise InvalidInput("file-broken", field="file")
    return [each for each in root if isinstance(each.tag, str)]
