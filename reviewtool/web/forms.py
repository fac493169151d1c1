"""Reading forms: trimmed texts, whole numbers, uploads, and where to go back to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import request

from reviewtool.errors import InvalidInput
from reviewtool.prose.unseen import UNSEEN

# what a title or a name would hide, and what no line of a mail or of a file may hold
_UNSEEN = re.compile(rf"{UNSEEN.pattern}|[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def text(name: str, default: str = "") -> str:
    """Return a field as typed, with line feeds as line ends."""
    return request.form.get(name, default).replace("\r\n", "\n")


def line(name: str, default: str = "") -> str:
    """Return a field of one line: blanks collapsed, ends trimmed, without letters that nobody sees."""
    return " ".join(_UNSEEN.sub(" ", request.form.get(name, default)).split())


def whole(name: str, default: int | None = None) -> int:
    """Return a field as a whole number; raises InvalidInput("number-bad") without a default."""
    raw = request.form.get(name, "").strip()
    if _is_small(raw.removeprefix("-")):
        return int(raw)
    if default is None:
        raise InvalidInput("number-bad", field=name)
    return default


def wholes(name: str) -> list[int]:
    """Return what ticked boxes of one name say as whole numbers; what no page has sent is left out."""
    return [int(raw) for raw in request.form.getlist(name) if _is_small(raw)]


def pairs(name: str) -> list[tuple[int, int]]:
    """Return what boxes like «12-2» say, a proposal's number with another; what no page has sent is left out."""
    return [pair for raw in request.form.getlist(name) if (pair := _pair(raw))]


def _pair(raw: str) -> tuple[int, int] | None:
    number, _dash, other = raw.partition("-")
    return (int(number), int(other)) if raw.count("-") == 1 and _is_small(number) and _is_small(other) else None


def _is_small(raw: str) -> bool:
    return raw.isascii() and raw.isdecimal() and len(raw) < 10


def asked(name: str, default: int) -> int:
    """Return a whole number of the address's query, or the default when it is none."""
    raw = request.args.get(name, "")
    return int(raw) if _is_small(raw) else default


def sent(name: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a file that was sent; raises InvalidInput("file-missing")."""
    file = request.files.get(name)
    if file is None or not file.filename:
        raise InvalidInput("file-missing", field=name)
    with file.stream as stream:
        return file.filename, stream.read()


def ticked(name: str) -> bool:
    """Say whether a box was ticked."""
    return name in request.form


def local(target: str | None) -> str | None:
    """Return an address only when it stays on this site."""
    if not target:
        return None
    read = target.replace("\\", "/")  # as browsers do
    parts = urlsplit(read)
    if parts.scheme or parts.netloc or not read.startswith("/") or read.startswith("//"):
        return None
    if not target.isprintable():  # browsers leave some control characters out before they look where it leads
        return None
    return target
