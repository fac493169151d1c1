"""Two states of all materials: the documents that differ, each with its changes as far as one page has room.

`views/editions` shows it. One document may be opened as a whole; what found no room is a link to the page that does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from reviewtool.services import differences as states
from reviewtool.services.documents import StateId
from reviewtool.services.modules import Listed
from reviewtool.services.showing import Kind
from reviewtool.web.collapsing import Room
from reviewtool.web.database import workshop
from reviewtool.web.differences import Marked, Place, marked, sides
from reviewtool.web.reading import ROOM

COMPARED = 500_000  # bytes of texts that one page compares: far less than a second


@dataclass(frozen=True)
class Changed:
    """A file that differs; `marked` where its changes are shown, `more` the address that shows those of the rest."""

    number: int
    row: states.Row
    marked: Marked | None = None
    more: str = ""

    @property
    def anchor(self) -> str:
        """Return the id of its title."""
        return f"document-{self.number}"


@dataclass(frozen=True)
class Compared:
    """Two states and how they are shown: `published` where the newer one is the present text, `opened` as a whole."""

    old: StateId
    new: StateId
    published: bool
    opened: int
    url: Callable[[int], str]


def by_module(two: Compared, rows: Sequence[states.Row]) -> list[list[Changed]]:
    """Return the files that differ, module by module, with their changes while there is room for them."""
    room, left = Room(ROOM), COMPARED
    found = []
    for number, row in enumerate(rows, 1):
        shown = Changed(number, row)
        if row.status in {"M", "R"} and _may_be_text(row.file):
            if number == two.opened:
                shown = Changed(number, row, _marked(two, number, row, Room(ROOM)))
            elif row.file.size <= left and room.left:
                left -= row.file.size
                shown = Changed(number, row, _marked(two, number, row, room))
            else:
                shown = Changed(number, row, more=f"{two.url(number)}#{shown.anchor}")
        found.append(shown)
    return [list(inside) for _folder, inside in groupby(found, lambda each: each.row.folder)]


def _may_be_text(file: Listed) -> bool:
    return file.kind in {Kind.markdown, Kind.binary}  # by its name alone, whatever it is not seems binary


def _marked(two: Compared, number: int, row: states.Row, room: Room) -> Marked:
    difference = states.between(workshop(), two.old, two.new, row.path)
    place = Place(two.url(number), number == two.opened, f"{number}-")
    return marked(difference, sides(difference, published=two.published), place, room)
