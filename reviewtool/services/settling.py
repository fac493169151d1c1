"""Passages of a draft where the writer's own met today's text or a newer version: settled one by one, each saved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewtool.errors import InvalidInput, OutOfDate
from reviewtool.models import Draft, DraftFile
from reviewtool.services import drafts
from reviewtool.services.workshop import Workshop


class Choice(StrEnum):
    """What shall stand in the passage: the text it met, the writer's own, what was typed, or what stands there."""

    today = "today"
    mine = "mine"
    typed = "typed"
    seen = "seen"


@dataclass(frozen=True)
class Passage:
    """One place to look at; `stands` when the `result` is found once in the draft, so that it can be replaced there.

    `version`: the writer's own met that version, whose text is in `today`; empty: the published text.
    """

    place: int
    cause: str
    today: str
    mine: str
    result: str
    stands: bool
    version: str


def waiting(workshop: Workshop, entry: DraftFile) -> list[Passage]:
    """Return what a document's writer has still to look at."""
    text = _plain(drafts.text_of(workshop, entry) or "")
    return [_passage(place, note, text) for place, note in enumerate(entry.collisions)]


def _passage(place: int, note: dict[str, str], text: str) -> Passage:
    today, mine, result = (_body(note.get(side, "")) for side in ("ours", "theirs", "result"))
    stands = bool(result) and text.count(result) == 1
    return Passage(place, note["cause"], today, mine, result, stands, note.get("version", ""))


def settle(
    workshop: Workshop, draft: Draft, entry: DraftFile, place: int, choice: Choice, *, seen: str, typed: str = ""
) -> int:
    """Settle one passage and return how many are left in the document.

    `seen` is the result that the form showed. Raises OutOfDate("passage-changed") when that is another one now or
    stands in the draft no more, InvalidInput("text-empty") for a typed result without words.
    """
    found = waiting(workshop, entry)
    if not 0 <= place < len(found) or found[place].result != _body(seen):
        raise OutOfDate("passage-changed")
    passage = found[place]
    if choice is not Choice.seen:
        if not passage.stands:
            raise OutOfDate("passage-changed")
        wanted = {Choice.today: passage.today, Choice.mine: passage.mine, Choice.typed: _body(typed)}[choice]
        if choice is Choice.typed and not wanted.strip():
            raise InvalidInput("text-empty", field="typed")
        text = _plain(drafts.text_of(workshop, entry) or "")
        drafts.save_text(workshop, draft, entry, text.replace(passage.result, wanted), saves=None)
    entry.collisions = [note for at, note in enumerate(entry.collisions) if at != place]
    return len(entry.collisions)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _body(text: str) -> str:
    return _plain(text).strip("\n")
