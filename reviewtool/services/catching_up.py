"""What a person has read of a proposal and what they voted on, so that its page can offer them only what is new since.

`web/passing` asks whether opening the page is to be written down; one row a person and proposal, written once a
version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, exists, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import Ballot, LastRead, Opinion, Proposal, Vote
from reviewtool.services import notices


@dataclass(frozen=True)
class Opening:
    """What opening the page of a proposal would change: notices that become read, a version never opened before."""

    latest: int
    unread: bool
    is_new: bool


_PERSON, _NUMBER = bindparam("person", type_=Integer), bindparam("number", type_=Integer)
_OPENING = (
    select(Proposal.latest, LastRead.revision, exists().where(*notices.about(_PERSON, _NUMBER, None)))
    .outerjoin(LastRead, (LastRead.proposal_number == Proposal.number) & (LastRead.person_id == _PERSON))
    .where(Proposal.number == _NUMBER)
)


def opening(session: Session, person_id: int, number: int) -> Opening | None:
    """Return what opening a proposal's page would change, in one query; None where there is no such proposal."""
    found = session.execute(_OPENING, {"person": person_id, "number": number}).first()
    if found is None:
        return None
    latest, read, unread = found
    return Opening(latest, bool(unread), read is None or read < latest)


def note(session: Session, person_id: int, number: int, revision: int) -> None:
    """Remember that a person opened a revision newer than all they had opened; needs a writing session."""
    row = session.get(LastRead, (person_id, number))
    if row is None:
        session.add(LastRead(person_id=person_id, proposal_number=number, revision=revision, read_at=now()))
    elif row.revision < revision:
        row.earlier, row.revision, row.read_at = row.revision, revision, now()


def since_visit(earlier: int | None, read_at: datetime | None, visit: datetime | None) -> int | None:
    """Return the revision a person knew before the newest, if they opened the newest for the first time this visit.

    The first two stand in `proposals.stamp`; `visit` is when it began.
    """
    return earlier if read_at and visit and read_at >= visit else None


def since_vote(session: Session, number: int, person_id: int, seat_id: int | None) -> int | None:
    """Return the newest revision on which a seat voted or, without one, a person gave an opinion; None for neither."""
    if seat_id is None:
        given = select(Opinion.revision).where(Opinion.proposal_number == number, Opinion.person_id == person_id)
        return session.scalar(given.where(Opinion.current).limit(1))
    cast = select(Ballot.revision).join(Vote, Vote.ballot_id == Ballot.id)
    mine = cast.where(Ballot.proposal_number == number, Vote.seat_id == seat_id, Vote.current)
    return session.scalar(mine.order_by(Ballot.number.desc()).limit(1))
