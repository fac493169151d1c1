"""Where a block stands, as a reader would say it: its heading, its number under that heading, its table.

Only `summary.py` uses this module.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from reviewtool.prose import blocks, markdown

_BLANK_END: Final = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)[ \t]*$")


class Spot(NamedTuple):
    """The heading above (title, anchor), the number of a paragraph under it and of a table in the text, or 0."""

    heading: str | None
    anchor: str | None
    paragraph: int
    table: int


def spots(text: str, found: Sequence[blocks.Block]) -> list[Spot]:
    """Give the place of every block of a text."""
    heads = [(h.start, h.title, h.anchor) for h in markdown.outline(text) if h.start is not None]
    starts = [start for start, *_ in heads]
    spots: list[Spot] = []
    paragraph = table = section = 0
    in_table = False
    for block in found:
        n = bisect_right(starts, block.start)
        paragraph, section = (paragraph, n) if n == section else (0, n)
        paragraph += block.kind == "p"
        table += block.kind == "tr" and not in_table
        in_table = block.kind == "tr" and not _BLANK_END.search(text, block.start, block.end)
        title, anchor = heads[n - 1][1:] if n else (None, None)
        spots.append(Spot(title, anchor, paragraph * (block.kind == "p"), table * (block.kind == "tr")))
    return spots
