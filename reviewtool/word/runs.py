"""The runs of one paragraph read into characters: format, links, fields, objects, tracked changes, comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from reviewtool.word.leaves import LINK, OBJECT, Char, Mark
from reviewtool.word.looks import Looks, W, value

_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MARKUP: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ADDRESS = re.compile(r'HYPERLINK\s+(?:"([^"]*)"|([^\s\\]\S*))?(?:\s*\\l\s+"([^"]*)")?')
_LINKED: Final = ("hyperlink", "internet link", "internetlink")
_TEXTS: Final = {"noBreakHyphen": "\u2011", "softHyphen": "\u00ad", "cr": "\n", "tab": "\t"}
_INSERTS: Final = (W + "ins", W + "moveTo")
_DELETES: Final = (W + "del", W + "moveFrom")
_PASSED: Final = frozenset({W + each for each in ("smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo")})
_PICTURES: Final = frozenset({W + each for each in ("drawing", "pict", "object")})
_DEEPEST: Final = 30


@dataclass(frozen=True, slots=True)
class Inside:
    """What a run stands in: the addresses of its part by their ids, a link, a change."""

    targets: dict[str, str]
    link: str = ""
    inserted: Mark | None = None
    deleted: Mark | None = None

    def changed(self, element: etree._Element) -> Inside:
        """Say the same inside an insertion or a deletion."""
        mark = mark_of(element)
        if element.tag in _INSERTS:
            return replace(self, inserted=mark)
        return replace(self, deleted=mark) if element.tag in _DELETES else self


def mark_of(element: etree._Element | None) -> Mark | None:
    """Read who made a change and when; None where there is no change."""
    if element is None:
        return None
    return Mark(value(element, "author"), time_of(value(element, "date")))


def time_of(text: str) -> datetime | None:
    """Read a time; what says no zone is taken for UTC, as Word means it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Runs:
    """The reading of one paragraph."""

    def __init__(self, known: Looks, odd: set[str]) -> None:
        self.looks, self.odd = known, odd
        self.chars: list[Char] = []
        self.remarks: list[tuple[int, str, str]] = []
        self.fields: list[list[str]] = []  # of each open field: its instruction, and whether its result has begun
        self.link = ""  # of the run before
        self.absent = False  # whether the run before was the description of a picture

    def read(self, parent: etree._Element, inside: Inside, depth: int = 0) -> None:
        """Read what stands in a paragraph, a link, a change or a field."""
        if depth > _DEEPEST:
            return
        for each in parent:
            tag = each.tag
            if tag == W + "r":
                self._run(each, inside)
            elif tag in (*_INSERTS, *_DELETES):
                self.read(each, inside.changed(each), depth + 1)
            elif tag == W + "hyperlink":
                target = inside.targets.get(each.get(_R + "id", ""), "")
                anchor = value(each, "anchor")
                link = target + (f"#{anchor}" if anchor else "")
                self.read(each, replace(inside, link=link), depth + 1)
            elif tag == W + "fldSimple":
                self._field(each, inside, depth)
            elif tag in _PASSED:
                self.read(each, inside, depth + 1)
            elif tag in (W + "commentRangeStart", W + "commentRangeEnd"):
                self.remarks.append((len(self.chars), tag[len(W) + 12 :].lower(), value(each, "id")))
            elif tag in (_MATH + "oMath", _MATH + "oMathPara"):
                self._put(OBJECT, inside, frozenset(), "math")
                self.odd.add("math")

    def _field(self, element: etree._Element, inside: Inside, depth: int) -> None:
        instruction = value(element, "instr")
        if "NOTEREF" in instruction:
            self._put(OBJECT, inside, frozenset(), "note")
        else:
            link = _address(instruction)
            self.read(element, replace(inside, link=link) if link else inside, depth + 1)

    def _run(self, run: etree._Element, inside: Inside) -> None:
        rpr = run.find(W + "rPr")
        fmt = self.looks.formats(rpr)
        name = self.looks.name(value(rpr.find(W + "rStyle"))) if rpr is not None else ""
        if name == "figura ausente":
            if not self.absent and run.find(W + "t") is not None:
                self._put(OBJECT, inside, frozenset(), "image")
            self.absent = True
            return
        self.absent = False
        link = inside.link or next((found for each in self.fields if (found := _address(each[0]))), "")
        if name in _LINKED and not link and not self.fields:
            link = self.link  # LibreOffice ends a link with an anchor after its first run
        self.link = link
        if link:
            fmt |= {LINK + link}
        for each in run:
            self._content(each, inside, fmt)

    def _content(self, each: etree._Element, inside: Inside, fmt: frozenset[str]) -> None:
        tag = each.tag if isinstance(each.tag, str) else ""
        name = tag.removeprefix(W)
        if name == "fldChar":
            self._turn(value(each, "fldCharType"), inside)
        elif name == "instrText":
            if self.fields and not self.fields[-1][1]:
                self.fields[-1][0] += each.text or ""
        elif self._hidden():
            return
        elif name in ("t", "delText"):
            for char in each.text or "":
                self._put(char, inside, fmt)
        elif name in _TEXTS:
            self._put(_TEXTS[name], inside, fmt)
        elif name == "br":
            if value(each, "type") in ("", "textWrapping"):
                self._put(OBJECT, inside, frozenset(), "break")
        else:
            self._object(each, tag, name, inside)

    def _object(self, each: etree._Element, tag: str, name: str, inside: Inside) -> None:
        if name in ("footnoteReference", "endnoteReference"):
            self._put(OBJECT, inside, frozenset(), "note", (name[0] + value(each, "id"),))
        elif tag in _PICTURES:
            self._picture(each, inside)
        elif tag == _MARKUP + "AlternateContent":
            drawn = list(each.iter(*_PICTURES))
            if drawn:
                self._picture(drawn[0], inside)

    def _picture(self, element: etree._Element, inside: Inside) -> None:
        if any(True for _ in element.iter(W + "txbxContent")):
            self.odd.add("text-box")
            return
        self._put(OBJECT, inside, frozenset(), "image")

    def _turn(self, side: str, inside: Inside) -> None:
        """Follow a field from its beginning over its instruction to its result and its end."""
        if side == "begin":
            self.fields.append(["", ""])
        elif side == "separate" and self.fields:
            self.fields[-1][1] = "result"
            if "NOTEREF" in self.fields[-1][0]:
                self._put(OBJECT, inside, frozenset(), "note")
        elif side == "end" and self.fields:
            self.fields.pop()

    def _hidden(self) -> bool:
        """Whether what is read now is the instruction of a field, or the number that stands for a note mark."""
        return any(not result or "NOTEREF" in instruction for instruction, result in self.fields)

    def _put(self, text: str, inside: Inside, fmt: frozenset[str], key: str = "", data: tuple[str, ...] = ()) -> None:
        self.chars.append(Char(text, fmt, key=key, data=data, inserted=inside.inserted, deleted=inside.deleted))


def _address(instruction: str) -> str:
    found = _ADDRESS.search(instruction)
    if not found:
        return ""
    return (found[1] or found[2] or "") + (f"#{found[3]}" if found[3] else "")
