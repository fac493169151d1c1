"""How the styles and lists of a Word file are understood: by their names and levels, whoever wrote the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from reviewtool.word import styles
from reviewtool.word.leaves import Shape

W: Final = f"{{{styles.W}}}"
_HEADING = re.compile(r"heading ([1-6])$")
_SORTS: Final = {"": "", "título": "titulo", "lista": "lista"}
_BOXES: Final = {styles.box_name(box).lower(): box for box in styles.BOXES} | {"quote": "cita", "intense quote": "cita"}
_CODES: Final = frozenset({"código", "source code", "html preformatted", "preformatted text"})
INLINE_CODES: Final = frozenset({"código en línea", "source text", "verbatim char", "html code"})
_LISTED: Final = ("list paragraph", "list continue", "list")
_MONO: Final = frozenset({"courier new", "consolas", "courier", "monospace", "liberation mono"})


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based: str
    heading: int
    numbered: tuple[str, int] | None


def value(element: etree._Element | None, name: str = "val") -> str:
    """Give an attribute of an element that may be missing."""
    return "" if element is None else element.get(W + name, "")


def is_on(element: etree._Element | None) -> bool:
    """Whether a switch such as bold is on."""
    return element is not None and value(element).lower() not in ("0", "false", "off", "none")


def number(text: str) -> int:
    """Read a number of the file; 0 where it is none."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else 0


class Looks:
    """The styles and lists of one file."""

    def __init__(self, sheet: etree._Element | None, numbering: etree._Element | None) -> None:
        self.styles = (
            {} if sheet is None else {value(each, "styleId"): _style(each) for each in sheet.findall(W + "style")}
        )
        self.normal = next(
            (
                value(each, "styleId")
                for each in (() if sheet is None else sheet.findall(W + "style"))
                if value(each, "type") == "paragraph" and value(each, "default") in ("1", "true")
            ),
            "",
        )
        self.levels: dict[str, dict[int, bool]] = {}  # list -> level -> whether it has numbers
        if numbering is not None:
            self._lists(numbering)

    def _lists(self, root: etree._Element) -> None:
        kinds = {value(each, "abstractNumId"): _levels(each) for each in root.findall(W + "abstractNum")}
        for each in root.findall(W + "num"):
            levels = dict(kinds.get(value(each.find(W + "abstractNumId")), {}))
            for override in each.findall(W + "lvlOverride"):
                levels |= _levels(override)
            self.levels[value(each, "numId")] = levels

    def name(self, style: str) -> str:
        """Give the name of a style by its id, in small letters."""
        found = self.styles.get(style)
        return found.name if found else style.lower()

    def names(self, style: str) -> list[str]:
        """Give the names of a style and of those it rests on."""
        return [each.name for each in self._chain(style)]

    def paragraph(self, ppr: etree._Element | None, *, note: bool, cell: bool) -> tuple[str, Shape]:
        """Tell the kind of a paragraph and how it stands."""
        style = value(ppr.find(W + "pStyle")) if ppr is not None else ""
        names = self.names(style) or [style.lower()]
        level = self._heading(style, ppr)
        if "title" in names:
            return "title", Shape()
        if level:
            return f"h{level}", Shape()
        if "raya" in names:
            return "rule", Shape()
        if any(name in _CODES for name in names):
            return "code", Shape()
        if cell:
            return "cell", Shape()
        box, sort = _box(names)
        if sort == "titulo":
            return "boxtitle", self._listed(ppr, style, names, box)._replace(first=False, ordered=False)
        return ("note" if note else "p"), self._listed(ppr, style, names, "" if note else box)

    def _heading(self, style: str, ppr: etree._Element | None) -> int:
        own = ppr.find(W + "outlineLvl") if ppr is not None else None
        if own is not None and number(value(own)) < 6:
            return number(value(own)) + 1
        for _ in range(12):
            found = self.styles.get(style)
            if found is None:
                return 0
            if found.heading:
                return found.heading
            style = found.based
        return 0

    def _listed(self, ppr: etree._Element | None, style: str, names: list[str], box: str) -> Shape:
        numbered = _numbered(ppr.find(W + "numPr") if ppr is not None else None)
        if numbered is None:
            numbered = next((each.numbered for each in self._chain(style) if each.numbered), None)
        if numbered and numbered[0] != "0":
            levels = self.levels.get(numbered[0], {})
            return Shape(box, numbered[1] + 1, levels.get(numbered[1], False), True)
        indent = ppr.find(W + "ind") if ppr is not None else None
        if indent is not None and (names[0].startswith(_LISTED) or names[0].endswith((" lista", " título"))):
            left = number(value(indent, "left") or value(indent, "start")) - 284 * bool(box)
            depth = round(left / styles.STEP)
            return Shape(box, max(0, depth))
        return Shape(box)

    def _chain(self, style: str) -> list[_Style]:
        found: list[_Style] = []
        while style in self.styles and len(found) < 12:
            found.append(self.styles[style])
            style = self.styles[style].based
        return found

    def formats(self, rpr: etree._Element | None) -> frozenset[str]:
        """Tell which of our formats a run has."""
        if rpr is None:
            return frozenset()
        out = set()
        if is_on(rpr.find(W + "b")):
            out.add("strong")
        if is_on(rpr.find(W + "i")):
            out.add("emph")
        if is_on(rpr.find(W + "strike")) or is_on(rpr.find(W + "dstrike")):
            out.add("strike")
        names = self.names(value(rpr.find(W + "rStyle")))
        out |= {"strong"} if "strong" in names else set()
        out |= {"emph"} if "emphasis" in names else set()
        fonts = rpr.find(W + "rFonts")
        if any(name in INLINE_CODES for name in names) or value(fonts, "ascii").lower() in _MONO:
            out.add("code")
        return frozenset(out)


def _style(element: etree._Element) -> _Style:
    name = value(element.find(W + "name")).lower()
    heading = _HEADING.match(name)
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    level = int(heading[1]) if heading else number(value(outline)) + 1 if outline is not None else 0
    numbered = _numbered(element.find(f"{W}pPr/{W}numPr"))
    return _Style(name, value(element.find(W + "basedOn")), level if level <= 6 else 0, numbered)


def _numbered(element: etree._Element | None) -> tuple[str, int] | None:
    if element is None or element.find(W + "numId") is None:
        return None
    return value(element.find(W + "numId")), max(0, min(8, number(value(element.find(W + "ilvl")))))


def _levels(element: etree._Element) -> dict[int, bool]:
    """Tell of each level whether it has numbers or letters."""
    return {
        number(value(each, "ilvl")): value(each.find(W + "numFmt")) not in ("bullet", "none", "")
        for each in element.findall(W + "lvl")
    }


def _box(names: list[str]) -> tuple[str, str]:
    for name in names:
        first, _, rest = name.rpartition(" ")
        if name in _BOXES:
            return _BOXES[name], ""
        if first in _BOXES and rest in _SORTS:
            return _BOXES[first], _SORTS[rest]
    return "", ""
