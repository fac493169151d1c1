"""Where a block stands, as a reader would say it: its heading, its number under that heading, its table.

Only `summary.py` uses this module.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from reviewtool.prose import blocks, markdown, visible

_BLANK_END: Final = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)[ \t]*$")
_ITEM: Final = re.compile(r"[ ]?(?:(?P<bullet>[-*+])|(?P<first>\d{1,9})(?P<mark>[.)]))[ \t]")
_HEAD_ROWS = 2  # the titles of a table and the dashes below them


class Spot(NamedTuple):
    """The heading above (title, anchor), the number of a paragraph under it and of a table in the text, or 0.

    `number` is what a reader counts of a row without the titles, of an item of the outer list, of a note; or 0.
    """

    heading: str | None
    anchor: str | None
    paragraph: int
    table: int
    number: int


class _Counter:
    """Counts the rows of each table, the items of each list and the notes of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.table = self.row = self.item = 0
        self._in_table = False
        self._mark = ""  # of the list that goes on
        self._notes: dict[str, str] | None = None

    def number(self, block: blocks.Block) -> int:
        """Give the number of the next block."""
        if block.kind == "tr":
            self._mark = ""
            return self._row(block)
        self._in_table = False
        if block.kind == "li":
            return self._item(block)
        if block.kind != "p" or self.text[block.start : block.start + 1] not in (" ", "\t"):
            self._mark = ""  # what is indented belongs to the item before it
        note = visible.NOTE_TEXT.match(self.text, block.start) if block.kind == "p" else None
        if note is None:
            return 0
        if self._notes is None:
            self._notes = visible.note_numbers(self.text)
        return int(self._notes.get(note[1], 0))

    def _row(self, block: blocks.Block) -> int:
        if not self._in_table:
            self.table, self.row = self.table + 1, -_HEAD_ROWS
        self.row += 1
        self._in_table = not _BLANK_END.search(self.text, block.start, block.end)
        return max(0, self.row)

    def _item(self, block: blocks.Block) -> int:
        found = _ITEM.match(self.text, block.start)
        if found is None:
            return 0  # of an inner list
        mark = found["bullet"] or found["mark"]
        if mark == self._mark:
            self.item += 1
        else:
            self._mark, self.item = mark, int(found["first"] or 1)
        return self.item


def spots(text: str, found: Sequence[blocks.Block]) -> list[Spot]:
    """Give the place of every block of a text."""
    heads = [(h.start, h.title, h.anchor) for h in markdown.outline(text) if h.start is not None]
    starts = [start for start, *_ in heads]
    spots: list[Spot] = []
    paragraph = section = 0
    counter = _Counter(text)
    for block in found:
        n = bisect_right(starts, block.start)
        paragraph, section = (paragraph, n) if n == section else (0, n)
        paragraph += block.kind == "p"
        number = counter.number(block)
        title, anchor = heads[n - 1][1:] if n else (None, None)
        is_row = block.kind == "tr"
        spots.append(Spot(title, anchor, paragraph * (block.kind == "p"), counter.table * is_row, number))
    return spots
