"""Lists of people to be invited, as a spreadsheet saves them: each line with who it is, or what is wrong with it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from reviewtool.errors import Conflict, InvalidInput, ReviewError
from reviewtool.group import Group
from reviewtool.i18n import collated
from reviewtool.rules.permissions import Role
from reviewtool.services import invitations
from reviewtool.services.invitations import Invitee

MOST: Final = 200  # lines
LIMIT: Final = 100_000  # characters
SEPARATOR_LINE: Final = re.compile(r"\A\s*sep=.\n", re.IGNORECASE)  # what some spreadsheets begin with
COLUMNS: Final = ("correo", "nombre", "administracion", "funcion")
ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "miembro": Role.member,
        "observador": Role.observer,
        "observadora": Role.observer,
        "lector": Role.reader,
        "lectora": Role.reader,
        "coordinacion": Role.coordination,
    }
)


@dataclass(frozen=True)
class Line:
    """One line of a list: its number, what stands in it, and why it cannot be taken, if so."""

    number: int
    invitee: Invitee
    error: ReviewError | None = None


def decoded(content: bytes) -> str:
    """Return the text of a file as spreadsheets write it: UTF-8, UTF-16, or what Windows writes in our languages.

    Raises InvalidInput("list-too-large") and ("list-not-text").
    """
    if len(content) > 4 * LIMIT:
        raise InvalidInput("list-too-large", field="list")
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not is_wide and b"\x00" in content:  # the spreadsheet itself, say
        raise InvalidInput("list-not-text", field="list")
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read(session: Session, group: Group, text: str) -> list[Line]:
    """Read a list with a heading line and check every line of it.

    Raises InvalidInput("list-empty"), ("list-too-long"), ("list-too-large"), ("list-columns") and ("list-unreadable").
    """
    if len(text) > LIMIT:
        raise InvalidInput("list-too-large", field="list")
    if "\ufffd" in text:
        raise InvalidInput("list-unreadable", field="list")
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = SEPARATOR_LINE.sub("\n", text)
    begun = text.lstrip()
    above = text[: len(text) - len(begun)].count("\n")  # lines before the heading
    heading = begun.partition("\n")[0]
    delimiter = max(";,\t", key=heading.count)
    try:
        rows = list(csv.reader(io.StringIO(begun), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise InvalidInput("list-columns", field="list") from error
    if [_plain(cell) for cell in rows[0][: len(COLUMNS)]] != list(COLUMNS) if rows else True:
        raise InvalidInput("list-columns", field="list")
    numbered = [(number, row) for number, row in enumerate(rows[1:], above + 2) if any(cell.strip() for cell in row)]
    if not numbered:
        raise InvalidInput("list-empty", field="list")
    if len(numbered) > MOST:
        raise InvalidInput("list-too-long", field="list", most=MOST)
    seen: set[str] = set()
    return [_line(session, group, number, row, seen) for number, row in numbered]


def _line(session: Session, group: Group, number: int, row: list[str], seen: set[str]) -> Line:
    email, name, administration, function = ([cell.strip() for cell in row] + [""] * 4)[:4]
    wanted = [_plain(word) for word in function.replace("+", ",").split(",") if word.strip()]
    invitee = Invitee(
        email, name, _code(group, administration), frozenset(ROLES[word] for word in wanted if word in ROLES)
    )
    try:
        if any(word not in ROLES for word in wanted):
            raise InvalidInput("role-unknown", field="role")
        invitations.check(session, group, invitee)
        if email.lower() in seen:
            raise Conflict("email-twice", email=email)
    except ReviewError as error:
        return Line(number, invitee, error)
    seen.add(email.lower())
    return Line(number, invitee)


def _code(group: Group, text: str) -> str:
    """Return the code of an administration given by its code or one of its names."""
    wanted = _plain(text)
    for place in group.administrations:
        if wanted in {_plain(place.code), *(_plain(place.name(language)) for language in ("es", "en", "pt"))}:
            return place.code
    return text


def _plain(text: str) -> str:
    return collated(text.strip())
