"""What changed in a text since its reader's vote: for whoever has to confirm it, in a few lines and as an address."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.services import proposals
from reviewtool.web import words
from reviewtool.web.case import Case
from reviewtool.web.comparison import Asked, Reader


@dataclass(frozen=True)
class SinceVote:
    """The version of the vote, what changed in the newest since, and where both stand beside each other."""

    version: int
    lines: tuple[Markup, ...]
    url: str


def of(session: Session, case: Case) -> SinceVote | None:
    """Return what changed since the version on which the reader's seat voted; None where nothing is to be confirmed."""
    before = case.own_earlier
    if before is None:
        return None
    voted = proposals.revision(session, case.number, before.revision)
    asked = Asked(case.number, case.revision, voted, case.proposal.latest, "cambios", False)
    reader = Reader(asked)
    told = words.summary([(pair, reader.compared(at)) for at, pair in enumerate(reader.pairs, 1)])
    return SinceVote(voted.number, tuple(told), asked.url())
