"""Leaves and tokens: what a document is on its way between Markdown and Word.

A leaf is what Word has as one paragraph: a paragraph, a heading, an item's text, a cell, a line of code. It holds
tokens (a word, a blank, a mark, an object) with their format; read from Markdown, each knows its place in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import unquote

OBJECT: Final = "\ufffc"  # stands for an image, a note mark, a line break or a rule
NOWHERE: Final = (-1, -1)
LINK: Final = "link:"
Format = frozenset[str]
PLAIN: Format = frozenset()
_UNHEARD: Final = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))  # what XML cannot hold
_AS_BLANKS: Final = dict.fromkeys(map(ord, _UNHEARD), " ")
_BLANKS: Final = " \t\r\n" + _UNHEARD
_REBASED = re.compile(r"^(?:\.{0,2}/)+")
_TOKEN = re.compile(rf"\w+|[{_BLANKS}]+|[^\w{_BLANKS}]")


class Mark(NamedTuple):
    """Who made a tracked change, and when; the time is None where the file does not say it."""

    author: str
    date: datetime | None


class Char(NamedTuple):
    """One character (or an object) with its format and its place; `outer` is the range of the formatted element."""

    text: str
    fmt: Format = PLAIN
    start: int = -1
    end: int = -1
    key: str = ""
    data: tuple[str, ...] = ()
    outer: tuple[int, int] = NOWHERE
    inserted: Mark | None = None
    deleted: Mark | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A word, one blank, one mark or an object. `key` is the sort of an object, `data` what it shows.

    `start`, `end` and `outer` are places in the Markdown source, -1 where there is none. `marks` are the tracked
    insertions it stands in.
    """

    text: str
    fmt: Format = PLAIN
    key: str = ""
    data: tuple[str, ...] = ()
    start: int = -1
    end: int = -1
    outer: tuple[int, int] = NOWHERE
    marks: tuple[Mark | None, ...] = ()

    @property
    def same(self) -> tuple[str, Format, str]:
        """What two tokens must share to be the same: text, format, sort of object."""
        return self.text, frozenset(map(_spelled, self.fmt)) if self.fmt else PLAIN, self.key

    @property
    def is_blank(self) -> bool:
        """Whether it is a blank between words; a no-break space is none."""
        return self.text == " "


class Shape(NamedTuple):
    """How a paragraph stands: in which box, at which depth of a list, with a bullet or number or below one."""

    box: str = ""
    depth: int = 0
    ordered: bool = False
    first: bool = False


_PLAIN_SHAPE: Final = Shape()


class Cell(NamedTuple):
    """The place of a leaf in a table: table, row and column from 0; `align` is left, right, center or empty."""

    table: int
    row: int
    column: int
    align: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """What a leaf stands in: an item of a list, or a box. Range of the source in whole lines, closing line included."""

    kind: str
    number: int
    start: int
    end: int
    ordered: bool = False
    belongs: int = 0  # the list of an item
    first: int = 1  # number at which that list begins


@dataclass(slots=True)
class Leaf:
    """One paragraph of Word. `kind`: p, note, h1…h6, title, boxtitle, cell, code, rule.

    `start` and `end` hold the text between the marks of the block, `lines` the whole lines it stands on.
    """

    kind: str
    tokens: list[Token]
    shape: Shape = _PLAIN_SHAPE
    within: tuple[Container, ...] = ()
    cell: Cell | None = None
    note: str = ""
    start: int = -1
    end: int = -1
    lines: tuple[int, int] = NOWHERE
    info: str = ""
    block: int = 0  # lines of one block of code share it
    marks: list[Mark | None] = field(
        default_factory=list
    )  # of its end and its row; of deletions where all are rejected
    gone: list[tuple[int, Mark, str]] = field(default_factory=list)  # before which token, who deleted, what
    remarks: dict[str, tuple[int, int]] = field(default_factory=dict)  # comment -> its tokens

    @property
    def text(self) -> str:
        """The words as they are read."""
        return "".join(token.text for token in self.tokens)

    @property
    def same(self) -> tuple[object, ...]:
        """What two leaves must share to be the same; pictures do not count, since no import may lose one."""
        found = without_images(self.tokens)
        kind = "picture" if self.tokens and not found else self.kind
        return kind, tuple(token.same for token in found)


def without_images(tokens: Sequence[Token]) -> list[Token]:
    """Leave pictures out, and the blanks that then stand twice or at an end."""
    if not any(token.key == "image" for token in tokens):
        return list(tokens)
    return _settled(token for token in tokens if token.key != "image")


def spelled(address: str) -> str:
    """Write the target of a link in one way: processors add a final slash, change %-escapes, and rebase.

    LibreOffice writes `/a/b` and `./a/b` as `../../a/b`, by the folder that the file is in.
    """
    return _REBASED.sub("", unquote(address).strip()).rstrip("/").replace("&amp;", "&")


def _spelled(name: str) -> str:
    return LINK + spelled(name[len(LINK) :]) if name.startswith(LINK) else name


def tokens(chars: Sequence[Char]) -> list[Token]:
    """Divide characters into tokens, also where the format changes inside a word; blanks have no own format."""
    found: list[Token] = []
    for match in _TOKEN.finditer("".join(char.text for char in chars)):
        first, last = match.span()
        while first < last:
            after = first + 1
            while after < last and _belongs(chars[after], chars[first]):
                after += 1
            found.append(_token(match.string[first:after], chars[first:after]))
            first = after
    return _settled(found)


def code_tokens(chars: Sequence[Char]) -> list[Token]:
    """Divide a line of code, whose blanks count."""
    found = []
    for match in re.finditer(r"\w+|\s|[^\w\s]", "".join(char.text for char in chars)):
        token = _token(match[0], chars[match.start() : match.end()])
        found.append(token if not match[0].isspace() else _token(match[0], chars[match.start() : match.end()], "blank"))
    return found


def _belongs(char: Char, first: Char) -> bool:
    return char.fmt == first.fmt and char.key == first.key and first.text != OBJECT


def _token(text: str, part: Sequence[Char], key: str = "") -> Token:
    blank = not key and not text.strip(_BLANKS)
    known = all(char.start >= 0 for char in part)
    return Token(
        " " if blank else text.translate(_AS_BLANKS),
        PLAIN if blank else part[0].fmt,
        key or part[0].key,
        part[0].data,
        min(char.start for char in part) if known else -1,
        max(char.end for char in part) if known else -1,
        part[0].outer,
        tuple(dict.fromkeys(char.inserted for char in part)),
    )


def _settled(found: Iterable[Token]) -> list[Token]:
    """Leave out blanks at both ends, beside a line break and after another blank."""
    out: list[Token] = []
    for token in found:
        if token.is_blank and not token.key and (not out or out[-1].is_blank or out[-1].key == "break"):
            continue
        if token.key == "break" and out and out[-1].is_blank:
            out.pop()
        out.append(token)
    while out and (out[-1].is_blank or out[-1].key == "break"):
        out.pop()
    return out
