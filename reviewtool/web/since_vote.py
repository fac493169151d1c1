"""What changed in a text since its reader's vote, for who has to confirm it: in words, marked, and as an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.services import proposals
from reviewtool.web import words
from reviewtool.web.case import Case
from reviewtool.web.comparison import Asked, Reader

PASSAGES, ROOM = 3, 2_500  # so many changed blocks, and characters of them, stand beside the vote
_ID = re.compile(r' id="[^"]*"')


@dataclass(frozen=True)
class Passage:
    """A changed block with its changes marked, and the language of its document."""

    html: Markup
    language: str


@dataclass(frozen=True)
class SinceVote:
    """The version of the vote, what changed in the newest since, the first changed blocks, and where all of it is."""

    version: int
    lines: tuple[Markup, ...]
    passages: tuple[Passage, ...]
    url: str


def of(session: Session, case: Case) -> SinceVote | None:
    """Return what changed since the version on which the reader's seat voted; None where nothing is to be confirmed."""
    before = case.own_earlier
    if before is None:
        return None
    voted = proposals.revision(session, case.number, before.revision)
    reader = Reader(Asked(case.number, case.revision, voted, case.proposal.latest, "cambios", False))
    told = words.summary([(pair, reader.compared(at)) for at, pair in enumerate(reader.pairs, 1)])
    return SinceVote(voted.number, tuple(told), tuple(_passages(reader)), reader.asked.url())


def _passages(reader: Reader) -> Iterator[Passage]:
    """Yield the first changed blocks that have room beside the vote, without the ids that the text itself has."""
    count, room = PASSAGES, ROOM
    for at, _pair in enumerate(reader.pairs, 1):
        compared = reader.compared(at)
        for row in compared.rows:
            if row.changed and "<table" not in row.html and count and len(row.html) <= room:
                count, room = count - 1, room - len(row.html)
                plain = _ID.sub("", str(row.html))
                yield Passage(Markup(plain), compared.language)  # noqa: S704  (sanitised by prose; only ids went)
