"""Bytes of a document to what a person edits, and back with only their words changed.

A browser sends every line ending as CRLF and knows no byte-order mark: both come back from the document as it stood.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from reviewtool.errors import InvalidInput
from reviewtool.gitstore import reading
from reviewtool.prose import splicing

BOM = b"\xef\xbb\xbf"


def editable(data: bytes) -> str | None:
    """Return the text of a document without its byte-order mark, or None when its bytes are not UTF-8 text."""
    text = reading.text(data)
    return text.text if text.exact and "\0" not in text.text else None


def typed(text: str, before: bytes | None) -> bytes:
    """Return the bytes of a text from a form, with the line endings and byte-order mark the document had."""
    if "\0" in text:
        raise InvalidInput("text-bad", field="text")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    old = (editable(before) if before is not None else None) or ""
    mark = BOM if before is not None and before.startswith(BOM) else b""
    return mark + _with_endings(plain, old).encode()


def _with_endings(plain: str, old: str) -> str:
    crlf = old.count("\r\n")
    lone = old.count("\n") - crlf
    if "\r" not in old:
        return plain
    if not lone and old.count("\r") == crlf:
        return plain.replace("\n", "\r\n")
    return _mixed(plain, old, splicing.ending(old))


def typed_block(text: str, block: str, whole: str) -> str:
    """Return a typed block without blank lines around it, with the line endings the block and its document had."""
    if "\0" in text:
        raise InvalidInput("text-bad", field="text")
    bare = splicing.plain(text).rstrip(splicing.BLANK)
    while (line := bare.partition("\n"))[1] and not line[0].strip(splicing.BLANK):
        bare = line[2]
    return _mixed(bare, block, splicing.ending(whole))


def _mixed(plain: str, old: str, usual: str) -> str:
    # A document with both kinds of line ending: each line that stands unchanged keeps its own.
    was = old.splitlines(keepends=True)
    bare = [line.rstrip("\r\n") for line in was]
    lines = plain.splitlines(keepends=True)
    out = [line if not line.endswith("\n") else line[:-1] + usual for line in lines]
    matcher = SequenceMatcher(None, bare, [line.rstrip("\n") for line in lines], autojunk=False)
    for at, to, size in matcher.get_matching_blocks():
        for step in range(size):
            if lines[to + step].endswith("\n") and was[at + step].endswith(("\n", "\r")):
                out[to + step] = was[at + step]
    return "".join(out)
