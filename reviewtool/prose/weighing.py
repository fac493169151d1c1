"""How much work a redline of two texts is, told from their characters: no clock, so always the same answer.

Above the bound the redline shows the changes in the source, which any text allows (`redline.compare`). The numbers are
microseconds as they were measured for each sort of thing; decision 0015 has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

LIMIT: Final = 800_000  # microseconds, for every half megabyte that there is
_UNIT: Final = 500 * 1024  # characters
_SMALL: Final = 40_000  # characters of both texts up to which nothing can be too much
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")
_ITEM: Final = re.compile(r"^([ \t>]*)(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_MARKS: Final = "*_`~[<&\\>"
#: what is read once, and what is also compared: for a character, a line, a cell of a table, an item of a list, a
#: character that an item is indented by, a mark, a paragraph
_READ: Final = (0.2, 2, 8, 15, 0.5, 9, 5)
_COMPARED: Final = (1.1, 5, 32, 55, 2.5, 12, 25)


def is_too_heavy(old: str, new: str) -> bool:
    """Say whether a redline of two texts would take too long."""
    size = len(old) + len(new)
    if size <= _SMALL:
        return False
    return work(old, new) > LIMIT * max(1.0, max(len(old), len(new)) / _UNIT)


def work(old: str, new: str) -> float:
    """Return about how many microseconds a redline takes; paragraphs that both texts have are read once."""
    before, after = set(_PARAGRAPH.split(old)), set(_PARAGRAPH.split(new))
    same = before & after
    repeated = old.count("\n\n") + new.count("\n\n") - len(before) - len(after)
    compared = _sum((before | after) - same, _COMPARED)
    return compared + _sum(same, _READ) + max(0, repeated) * _COMPARED[-1]


def _sum(texts: Iterable[str], costs: tuple[float, ...]) -> float:
    char, line, cell, item, indent, mark, paragraph = costs
    total = 0.0
    for text in texts:
        items = _ITEM.findall(text)
        total += paragraph + char * len(text) + line * text.count("\n") + cell * text.count("|")
        total += item * len(items) + indent * sum(map(len, items))
        total += mark * sum(text.count(each) for each in _MARKS)
    return total
