"""What was understood of a file as plain values that JSON can hold, and back: it is read once and shown often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reviewtool.word.commenting import Answer, Remark
from reviewtool.word.importing import Imported, Question
from reviewtool.word.leaves import Mark
from reviewtool.word.rewriting import Edit, applied


def written(found: Imported) -> dict[str, Any]:
    """Return a reading as values; its text is left out, since the edits make it of the base."""
    return {
        "edits": [
            [e.start, e.end, e.text, [_mark(by) for by in e.authors], e.before, e.after, e.sort] for e in found.edits
        ],
        "questions": [[each.code, each.before, each.after] for each in found.questions],
        "lost": [[each.code, each.before, each.after] for each in found.lost],
        "tracked": found.tracked,
        "odd": sorted(found.odd),
        "pictures": found.pictures,
        "remarks": [_remark(each) for each in found.remarks],
    }


def read(base: str, kept: Mapping[str, Any]) -> Imported:
    """Return the reading that was written, of the same base; where the file came from is known otherwise by then."""
    edits = tuple(
        Edit(start, end, text, tuple(_marked(by) for by in authors), before, after, sort)
        for start, end, text, authors, before, after, sort in kept["edits"]
    )
    return Imported(
        text=applied(base, edits),
        edits=edits,
        questions=tuple(Question(*each) for each in kept["questions"]),
        lost=tuple(Question(*each) for each in kept["lost"]),
        tracked=kept["tracked"],
        origin=None,
        odd=frozenset(kept["odd"]),
        pictures=kept["pictures"],
        remarks=tuple(_remarked(each) for each in kept["remarks"]),
    )


def _mark(mark: Mark | None) -> list[str | None] | None:
    return None if mark is None else [mark.author, _instant(mark.date)]


def _marked(kept: Sequence[Any] | None) -> Mark | None:
    return None if kept is None else Mark(kept[0], _when(kept[1]))


def _remark(remark: Remark) -> dict[str, Any]:
    answers = [[each.author, _instant(each.date), each.text] for each in remark.answers]
    return {
        "author": remark.author,
        "date": _instant(remark.date),
        "text": remark.text,
        "at": [remark.start, remark.end],
        "answers": answers,
        "resolved": remark.resolved,
        "quote": remark.quote,
    }


def _remarked(kept: Mapping[str, Any]) -> Remark:
    answers = tuple(Answer(author, _when(date), text) for author, date, text in kept["answers"])
    start, end = kept["at"]
    said = (kept["author"], _when(kept["date"]), kept["text"])
    return Remark(*said, start, end, answers, kept["resolved"], kept["quote"])


def _instant(date: datetime | None) -> str | None:
    return date.isoformat() if date else None


def _when(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
