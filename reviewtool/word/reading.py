"""A Word file read into paragraphs that know who inserted and deleted what, and from there into leaves.

One reading serves three views: with all tracked changes accepted, with all of them rejected, and who made them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from reviewtool.errors import InvalidInput
from reviewtool.word import leaves
from reviewtool.word.leaves import Cell, Char, Leaf, Mark, Shape
from reviewtool.word.looks import Looks, W, value
from reviewtool.word.opening import Parts
from reviewtool.word.runs import Inside, Runs, mark_of

_MARKUP: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WRAPPERS: Final = frozenset({W + "sdt", W + "sdtContent", W + "customXml", W + "smartTag", W + "ins", W + "moveTo"})
_DEEPEST: Final = 40


@dataclass(slots=True)
class Paragraph:
    """A paragraph as the file has it, changes and all. `remarks` says where comments begin and end, by characters."""

    kind: str
    shape: Shape
    chars: list[Char]
    cell: Cell | None = None
    note: str = ""
    inserted: Mark | None = None  # of its end
    deleted: Mark | None = None
    row: tuple[Mark | None, Mark | None] = (None, None)
    remarks: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Upload:
    """A file that was read. `odd` names what it holds and we do not know: text boxes, merged cells."""

    paragraphs: list[Paragraph]
    notes: dict[str, list[Paragraph]]
    odd: set[str]

    def view(self, *, accepted: bool) -> list[Leaf]:
        """Give the leaves as they read when all changes are accepted, or all rejected; notes last, in order."""
        body = list(_leaves(self.paragraphs, accepted))
        for leaf in body:  # grows: a note may refer to a note
            for token in leaf.tokens:
                if token.key == "note" and token.data:
                    body += _leaves(self.notes.get(token.data[0], ()), accepted)
        return body


def read(parts: Parts) -> Upload:
    """Read the text of a file."""
    return _Reader(parts).upload()


class _Reader:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.looks = Looks(parts.part("styles"), parts.part("numbering"))
        self.odd: set[str] = set()
        self.tables = self.count = 0
        self.remarks: list[str] = []  # comments that begin between two paragraphs

    def upload(self) -> Upload:
        root = self.parts.tree(self.parts.main)
        body = None if root is None else root.find(W + "body")
        if body is None:
            raise InvalidInput("word-broken", field="file")
        inside = Inside(self.parts.targets(self.parts.main))
        paragraphs = list(self._blocks(body, inside, None, "", 0))
        notes: dict[str, list[Paragraph]] = {}
        for sort, letter in (("footnotes", "f"), ("endnotes", "e")):
            name = self.parts.name_of(sort)
            tree = self.parts.tree(name)
            for each in tree if tree is not None else ():
                key = letter + value(each, "id")
                if not value(each, "type"):
                    inside = Inside(self.parts.targets(name))
                    notes[key] = list(self._blocks(each, inside, None, key, 0))
        return Upload(paragraphs, notes, self.odd)

    def _blocks(
        self, parent: etree._Element, inside: Inside, cell: Cell | None, note: str, depth: int
    ) -> Iterator[Paragraph]:
        if depth > _DEEPEST:
            raise InvalidInput("word-broken", field="file")
        for each in parent:
            if each.tag == W + "p":
                yield self._paragraph(each, inside, cell, note)
            elif each.tag == W + "tbl":
                if cell:
                    self.odd.add("nested-table")
                yield from self._table(each, inside, cell, note, depth)
            elif each.tag in _WRAPPERS:
                within = inside.changed(each)
                yield from self._blocks(each, within, cell, note, depth + 1)
            elif each.tag == _MARKUP + "AlternateContent":
                self.odd.add("text-box")
            elif each.tag == W + "altChunk":
                self.odd.add("foreign-part")
            elif each.tag == W + "commentRangeStart":
                self.remarks.append(value(each, "id"))

    def _table(
        self, table: etree._Element, inside: Inside, outer: Cell | None, note: str, depth: int
    ) -> Iterator[Paragraph]:
        self.tables += 1
        number, row = self.tables, -1
        for line in table.iter(W + "tr"):
            if _table_of(line) is not table:
                continue
            row += 1
            properties = line.find(W + "trPr")
            marks = tuple(mark_of(properties.find(W + n) if properties is not None else None) for n in ("ins", "del"))
            column = 0
            for box in line.iter(W + "tc"):
                if _row_of(box) is not line:
                    continue
                span, merged = self._span(box)
                place = outer or Cell(number, row, column)
                found = list(self._blocks(box, inside, place, note, depth + 1))
                if not merged:
                    for each in found:
                        each.row = marks[0], marks[1]
                    yield from found
                column += span

    def _span(self, box: etree._Element) -> tuple[int, bool]:
        """Tell over how many columns a cell goes, and whether it belongs to the one above."""
        span = box.find(f"{W}tcPr/{W}gridSpan")
        merge = box.find(f"{W}tcPr/{W}vMerge")
        wide = int(value(span)) if value(span).isdigit() else 1
        if wide > 1 or merge is not None:
            self.odd.add("merged-cells")
        return min(max(wide, 1), 63), merge is not None and value(merge) != "restart"

    def _paragraph(self, element: etree._Element, inside: Inside, cell: Cell | None, note: str) -> Paragraph:
        self.count += 1
        if self.count > self.parts.limits.paragraphs:
            raise InvalidInput("word-inflates", field="file")
        ppr = element.find(W + "pPr")
        kind, shape = self.looks.paragraph(ppr, note=bool(note), cell=cell is not None)
        runs = Runs(self.looks, self.odd)
        runs.remarks = [(0, "start", each) for each in self.remarks]
        self.remarks = []
        runs.read(element, inside)
        rpr = ppr.find(W + "rPr") if ppr is not None else None
        ends = [
            mark_of(rpr.find(W + name)) if rpr is not None else None for name in ("ins", "moveTo", "del", "moveFrom")
        ]
        return Paragraph(
            kind, shape, runs.chars, cell, note, ends[0] or ends[1], ends[2] or ends[3], remarks=runs.remarks
        )


def _table_of(row: etree._Element) -> etree._Element | None:
    return next(row.iterancestors(W + "tbl"), None)


def _row_of(box: etree._Element) -> etree._Element | None:
    return next(box.iterancestors(W + "tr"), None)


def _leaves(paragraphs: list[Paragraph] | tuple[()], accepted: bool) -> Iterator[Leaf]:
    """Make leaves of paragraphs: those whose end goes are joined to the next one, rows that go are left out."""
    held: Paragraph | None = None
    rows: dict[int, list[int]] = {}
    for each in paragraphs:
        if each.cell and each.row[accepted] is not None:
            continue
        if held and held.cell != each.cell:
            yield from _rest(held, accepted, rows)
            held = None
        joined = each if held is None else _joined(held, each, accepted)
        if (each.deleted if accepted else each.inserted) is not None:
            held = joined
        else:
            held = None
            yield from _leaf(joined, accepted, rows)
    if held:
        yield from _rest(held, accepted, rows)


def _rest(held: Paragraph, accepted: bool, rows: dict[int, list[int]]) -> Iterator[Leaf]:
    """Give what is left of a paragraph whose end goes and that has no next one to be joined to."""
    if any(_stays(char, accepted) for char in held.chars):
        yield from _leaf(held, accepted, rows)


def _joined(first: Paragraph, second: Paragraph, accepted: bool) -> Paragraph:
    """Join two paragraphs; the first one's style holds if any of its text stays."""
    stays = any(_stays(char, accepted) for char in first.chars)
    shown = first if stays else second
    shift = len(first.chars)
    remarks = [*first.remarks, *((at + shift, side, name) for at, side, name in second.remarks)]
    return Paragraph(
        shown.kind,
        shown.shape,
        first.chars + second.chars,
        second.cell,
        second.note,
        second.inserted,
        second.deleted,
        second.row,
        remarks,
    )


def _stays(char: Char, accepted: bool) -> bool:
    return (char.deleted if accepted else char.inserted) is None


def _leaf(each: Paragraph, accepted: bool, rows: dict[int, list[int]]) -> Iterator[Leaf]:
    kept: list[Char] = []
    places: list[int] = []  # of each character of the paragraph among those that stay
    gone: list[tuple[int, Mark, str]] = []
    for char in each.chars:
        places.append(len(kept))
        if _stays(char, accepted):
            kept.append(char._replace(start=len(kept), end=len(kept) + 1))
        elif char.deleted and char.inserted is None:
            gone.append((len(kept), char.deleted, char.text))
    places.append(len(kept))
    found = leaves.code_tokens(kept) if each.kind == "code" else leaves.tokens(kept)
    if each.kind == "rule" and not found:
        found = [leaves.Token(leaves.OBJECT, key="rule")]
    if not found and each.kind not in ("code", "cell"):
        return
    leaf = Leaf(each.kind, found, each.shape, cell=each.cell, note=each.note, start=0, end=len(kept))
    leaf.gone = gone
    ends = (each.inserted, each.row[0]) if accepted else (each.deleted, each.row[1], *(c.deleted for c in kept))
    leaf.marks = list(dict.fromkeys(mark for mark in ends if mark))
    if each.cell:
        seen = rows.setdefault(each.cell.table, [])
        if each.cell.row not in seen:
            seen.append(each.cell.row)
        leaf.cell = each.cell._replace(row=seen.index(each.cell.row))
    for at, side, name in each.remarks:
        place = places[min(at, len(each.chars))]
        first, _ = leaf.remarks.get(name, (0, len(kept)))
        leaf.remarks[name] = (place, len(kept)) if side == "start" else (first, place)
    yield leaf
