"""Which blocks of a compared document a page shows at first, and which it folds away behind a link.

Pure: rows in, pieces out. A page must stay readable and small however long the document and however many its changes;
`reading` and its views call it, and a link shows the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from reviewtool.services.comparing import Row

NEIGHBOURS_UP_TO = 40  # changes; with more of them each stands without the paragraphs around it
SMALL_GAP = 1  # blocks: folding away a single one saves nothing and hides its sense
LONG_BLOCK = 10_000  # characters of HTML: folding away one that has no room does save


@dataclass(frozen=True)
class Stretch:
    """A run of rows, from `first` up to but without `end`: shown, or hidden with how many changes."""

    first: int
    end: int
    hidden: bool
    changes: int = 0

    @property
    def count(self) -> int:
        """Count its rows."""
        return self.end - self.first


def numbered(rows: Sequence[Row]) -> list[int]:
    """Return the number of each row's change, counted from 1; 0 for one that does not change."""
    count = 0
    found = []
    for row in rows:
        count += row.changed
        found.append(count if row.changed else 0)
    return found


def touched(final: Sequence[Row], rows: Sequence[Row], numbers: Sequence[int]) -> list[int]:
    """Return the same for the rows of the new text alone: which change of the comparison each holds words of."""
    places = [
        (row.new_start, row.new_end, number)
        for row, number in zip(rows, numbers, strict=True)
        if number and row.new_start is not None and row.new_end is not None
    ]
    found, at = [], 0
    for row in final:
        start, end = row.new_start or 0, row.new_end or 0
        while at < len(places) and places[at][1] <= start:
            at += 1
        found.append(places[at][2] if at < len(places) and places[at][0] < end else 0)
    return found


class Room:
    """How many characters of changed text a page still takes."""

    def __init__(self, characters: int) -> None:
        self.left = characters

    def takes(self, size: int) -> bool:
        """Take a block if there is room; after the first that finds none, nothing more is taken."""
        self.left = self.left - size if size <= self.left else 0
        return self.left > 0


def shown_rows(rows: Sequence[Row], wanted: Collection[int], room: Room) -> set[int]:
    """Choose the rows to show: changed ones while there is room, wanted ones, those beside them, the headings above."""
    changed = [at for at, row in enumerate(rows) if row.changed]
    chosen = {at for at in changed if room.takes(len(rows[at].html))} | set(wanted)
    if len(changed) > NEIGHBOURS_UP_TO:
        return chosen
    found = set(chosen)
    heading: int | None = None
    for at, row in enumerate(rows):
        if row.heading:
            heading = at
        if at in chosen:
            found.update(near for near in (at - 1, at + 1) if 0 <= near < len(rows) and not rows[near].changed)
            found.update(() if heading is None else (heading,))
    return found


def first_rows(rows: Sequence[Row], wanted: Collection[int], room: Room) -> set[int]:
    """Choose the rows of a text that is read from its beginning: as many as there is room for, and wanted ones."""
    return {at for at, row in enumerate(rows) if room.takes(len(row.html))} | set(wanted)


def stretches(rows: Sequence[Row], shown: Collection[int]) -> list[Stretch]:
    """Divide rows into what is shown and what is hidden, in order."""
    found: list[Stretch] = []
    at = 0
    for hidden, group in groupby(range(len(rows)), lambda index: index not in shown):
        size = len(list(group))
        changes = sum(row.changed for row in rows[at : at + size])
        folds = hidden and (size > SMALL_GAP or changes > 0 or len(rows[at].html) > LONG_BLOCK)
        found.append(Stretch(at, at + size, folds, changes if folds else 0))
        at += size
    return found
