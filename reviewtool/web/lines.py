"""The source of a text line by line with what changed in it: which lines a page shows at first, which it folds away.

Pure: lines in, lines and gaps out. Proposals, drafts and the comparisons of the materials show them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from reviewtool.services.comparing import Line
from reviewtool.web.collapsing import Room

CONTEXT = 3  # lines
MARKED = 90  # characters of HTML around a run


@dataclass(frozen=True)
class SourceLine:
    """A line of the source, or a gap of `hidden` lines, of which some may be `changes` that found no room."""

    line: Line | None = None
    hidden: int = 0
    changes: int = 0
    url: str = ""
    id: str = ""


def folded(
    lines: Sequence[Line], prefix: str, room: Room, url: Callable[[str], str], *, whole: bool
) -> tuple[SourceLine, ...]:
    """Return the lines to show, each with an id that begins with `prefix`; `url` gives a gap its address."""
    near = _near(lines, room) if not whole else range(len(lines))
    found: list[SourceLine] = []
    for shown, group in groupby(range(len(lines)), near.__contains__):
        run = [(lines[at], f"{prefix}{at + 1}") for at in group]
        if shown:
            found.extend(SourceLine(line, id=identity) for line, identity in run)
        else:
            changed = [identity for line, identity in run if line.changed]
            leads = url(changed[0] if changed else run[0][1])
            found.append(SourceLine(hidden=len(run), changes=len(changed), url=leads))
    return tuple(found)


def _near(lines: Sequence[Line], room: Room) -> set[int]:
    """Choose the changed lines and those around them, as long as there is room for their characters and marks."""
    near: set[int] = set()
    for at, line in enumerate(lines):
        if line.changed:
            around = {*range(max(0, at - CONTEXT), min(len(lines), at + CONTEXT + 1))} - near
            runs = [run for each in around for run in lines[each].runs]
            if not room.takes(sum(len(text) + MARKED for _op, text in runs)):
                break
            near |= around
    return near
