"""A file that somebody sent opened with care: what it may not be, and what it may not cost.

Nothing in it is executed, no address in it is asked, no entity is replaced, and what it inflates to is counted while it
is read. Whatever is wrong is a `ReviewError` with its code and facts.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from lxml import etree

from reviewtool.errors import InvalidInput
from reviewtool.word.package import Origin

MEGABYTE: Final = 1_000_000
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an OLE file: Word up to 2003, or an encrypted one
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_AT_ONCE: Final = 65_536
_SMALL: Final = 1_000_000  # bytes up to which any ratio is allowed: a short text repeats itself
_RELATIONS: Final = "/relationships/"
_VALUE: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}lpwstr"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: sent, inflated, in parts; how often larger it may become; paragraphs, marks of XML."""

    sent: int = 20 * MEGABYTE
    inflated: int = 40 * MEGABYTE
    ratio: int = 150
    parts: int = 4_000
    paragraphs: int = 40_000
    marks: int = 1_500_000


class Parts:
    """The parts of a Word file, inflated when they are asked for and never more than the limits allow."""

    def __init__(self, data: bytes, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._left = self.limits.inflated
        if len(data) > self.limits.sent:
            raise InvalidInput("word-too-large", field="file", megabytes=self.limits.sent // MEGABYTE)
        if data.startswith(_OLD):
            raise _refused("word-encrypted" if _ENCRYPTED in data else "word-old")
        if not data.startswith(b"PK"):
            raise _refused("word-unknown")
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise _refused("word-broken") from error
        self.names = self._archive.namelist()
        self._check()
        self.main = self._related("", "officeDocument")

    def _check(self) -> None:
        entries = self._archive.infolist()
        if len(entries) > self.limits.parts:
            raise _refused("word-inflates")
        if any(entry.flag_bits & 1 for entry in entries):
            raise _refused("word-encrypted")
        if "[Content_Types].xml" not in self.names:
            raise _refused("word-unknown")
        kinds = self.bytes("[Content_Types].xml")
        if b"macroEnabled" in kinds or any(name.lower().endswith("vbaproject.bin") for name in self.names):
            raise _refused("word-macros")
        if b"wordprocessingml" not in kinds:
            raise _refused("word-unknown")

    def bytes(self, name: str) -> bytes:
        """Inflate one part, counting."""
        try:
            entry = self._archive.getinfo(name)
            out = bytearray()
            with self._archive.open(entry) as part:
                while piece := part.read(_AT_ONCE):
                    out += piece
                    self._left -= len(piece)
                    dense = len(out) > _SMALL and len(out) > self.limits.ratio * max(entry.compress_size, 1)
                    if self._left < 0 or dense:
                        raise _refused("word-inflates")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, OSError, ValueError) as error:
            raise _refused("word-broken") from error
        return bytes(out)

    def tree(self, name: str) -> etree._Element | None:
        """Read a part as XML; None where there is none."""
        if name not in self.names:
            return None
        data = self.bytes(name)
        if data.count(b"<") > self.limits.marks:
            raise _refused("word-inflates")
        return parsed(data)

    def part(self, sort: str) -> etree._Element | None:
        """Read the part that the document names for something: styles, footnotes, comments."""
        return self.tree(self._related(self.main, sort))

    def targets(self, part: str) -> dict[str, str]:
        """Give the addresses outside the file that a part names, by their ids; nobody goes there."""
        root = self.tree(_relations_of(part))
        return (
            {} if root is None else {each.get("Id", ""): each.get("Target", "") for each in root if _is_outside(each)}
        )

    def name_of(self, sort: str) -> str:
        """Give the name of such a part, empty where there is none."""
        return self._related(self.main, sort)

    def _related(self, part: str, sort: str) -> str:
        root = self.tree(_relations_of(part))
        for each in root if root is not None else ():
            if each.get("Type", "").endswith(_RELATIONS + sort) and not _is_outside(each):
                target = each.get("Target", "")
                folder = posixpath.dirname(part)
                return posixpath.normpath(target[1:] if target.startswith("/") else posixpath.join(folder, target))
        if not part:
            raise _refused("word-unknown")
        return ""

    def properties(self) -> dict[str, str]:
        """Read the properties that somebody gave the file beside the usual ones."""
        root = self.tree("docProps/custom.xml")
        return {} if root is None else {each.get("name", ""): each.findtext(_VALUE) or "" for each in root}

    def origin(self) -> Origin | None:
        """Read what the file says of where it comes from; None for one that is not ours."""
        found = self.properties()
        if not found.get("ReviewDocument"):
            return None
        proposal, revision = (_number(found.get(name, "")) for name in ("ReviewProposal", "ReviewVersion"))
        state, program = found.get("ReviewState", ""), found.get("ReviewProgram", "")
        return Origin(found["ReviewDocument"], state, program, proposal, revision)


def parsed(data: bytes) -> etree._Element:
    """Read XML that somebody sent: no entities, no document type, nothing from elsewhere, no deep trees."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refused("word-broken") from error
    if root.getroottree().docinfo.doctype:
        raise _refused("word-entities")
    return root


def _refused(code: str) -> InvalidInput:
    return InvalidInput(code, field="file")


def _is_outside(relation: etree._Element) -> bool:
    return bool(relation.get("TargetMode") == "External")


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
