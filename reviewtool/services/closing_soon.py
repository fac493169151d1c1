"""Who has not pronounced themselves is told so 7, 2 and 0 days before the close, by the days of the group's zone.

Told are all who hold such a seat, the alternate too. Each distance is one act of its own on the proposal, written under
its lock: it comes once, however many workers run and however often they begin anew. A worker that slept over a
distance tells the nearest one alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided
from reviewtool.group import Group
from reviewtool.models import Ballot, Comment, Event, Proposal, Seat, Thread
from reviewtool.rules import calendar
from reviewtool.rules.lifecycle import State
from reviewtool.rules.mailing import DISTANCES, distance
from reviewtool.services import ballots, calling, coauthors, events, people, proposals, rulesets
from reviewtool.services.workshop import Workshop

NO_BALLOT: Final = 0  # as an act says that it is about the consultation
_AHEAD: Final = timedelta(days=max(DISTANCES) + 1)
#: The acts that set a close; a version does when it opened a consultation, and then says until when.
_SETTING: Final = frozenset(
    {
        *("submitted", "revised", "reopened", "consultation_extended"),
        *("ballot_opened", "ballot_continued", "ballot_extended"),
    }
)


@dataclass(frozen=True)
class Close:
    """A consultation (ballot 0) or a ballot that closes soon, and the distance at which it is to be told now."""

    number: int
    ballot: int
    closes_at: datetime
    distance: int


def remind(workshop: Workshop) -> list[int]:
    """Tell who has not pronounced themselves of every close that has come near; return the proposals."""
    at = now()
    with workshop.database.read() as session:
        found = [close.number for close in _near(session, workshop.group, at) if _missing(session, close)]
    return [number for number in found if _remind(workshop, number, at)]


def _remind(workshop: Workshop, number: int, at: datetime) -> bool:
    with workshop.database.write() as session:
        try:
            proposal = proposals.lock(session, number)
        except AlreadyDecided:  # its merge is under way
            return False
        for close in _near(session, workshop.group, at, number):  # told or closed by nobody else meanwhile
            seats = _missing(session, close)
            if seats:
                _tell(session, proposal, close, seats, at)
                return True
    return False


def _tell(session: Session, proposal: Proposal, close: Close, seats: Sequence[Seat], at: datetime) -> None:
    facts: dict[str, Any] = {
        "ballot": close.ballot,
        "days": close.distance,
        "closes_at": close.closes_at.isoformat(),
        "seats": [seat.key for seat in seats],
    }
    event = events.add(session, proposal, "closing_soon", by=None, at=at, **facts)
    running = proposals.open_ballot(session, proposal.number) if close.ballot else None
    kind = "closing" if running else "consultation_closing"
    if running and calling.is_silence(running):
        kind = "silence_closing"
    events.tell(session, event, [each for seat in seats for each in people.holders(seat)], kind)


def _near(session: Session, group: Group, at: datetime, number: int | None = None) -> list[Close]:
    """Return what closes soon and was not told at its present distance; of one proposal, or of all."""
    ballot = select(Ballot.proposal_number, Ballot.number, Ballot.closes_at).where(
        Ballot.closed_at.is_(None), Ballot.closes_at > at, Ballot.closes_at <= at + _AHEAD
    )
    consultation = select(Proposal.number, literal(NO_BALLOT), Proposal.consultation_closes_at).where(
        Proposal.state == State.consultation,
        Proposal.consultation_closes_at > at,
        Proposal.consultation_closes_at <= at + _AHEAD,
    )
    if number is not None:
        ballot, consultation = (
            ballot.where(Ballot.proposal_number == number),
            consultation.where(Proposal.number == number),
        )
    rows: Sequence[Any] = session.execute(union_all(ballot, consultation)).all()
    days = rulesets.calendar_of(session, group)
    since = _since(session, [row[0] for row in rows])
    found = []
    for proposal, ballot_number, closes_at in rows:
        begun, told = since[proposal]
        left, at_first = (calendar.days_left(instant, closes_at, days) for instant in (at, begun))
        now_at = distance(left, at_first=at_first, told=told)
        if now_at is not None:
            found.append(Close(proposal, ballot_number, closes_at, now_at))
    return sorted(found, key=lambda close: (close.closes_at, close.number))


def _since(session: Session, numbers: Sequence[int]) -> dict[int, tuple[datetime, int | None]]:
    """Return of each proposal when its present close was set, and the least distance that was told since."""
    query = (
        select(Event.proposal_number, Event.kind, Event.at, Event.facts)
        .where(Event.proposal_number.in_(numbers), Event.kind.in_([*_SETTING, "closing_soon"]))
        .order_by(Event.proposal_number, Event.seq)
    )
    found: dict[int, tuple[datetime, int | None]] = {}
    for number, kind, at, facts in session.execute(query):
        if kind == "closing_soon":
            found[number] = (found[number][0], facts["days"])
        elif kind != "revised" or "closes_at" in facts:
            found[number] = (at, None)
    return found


def _missing(session: Session, close: Close) -> list[Seat]:
    """Return the seats that have not pronounced themselves: in a consultation those of whom nobody wrote anything."""
    seats = people.seats(session)
    if close.ballot:
        running = proposals.open_ballot(session, close.number)
        if running is None or running.number != close.ballot:
            return []
        standing = ballots.standing_of(session, running)
        keys = {*standing.pending, *standing.to_be_confirmed}
        return [seat for seat in seats if seat.key in keys]
    spoke = set(session.scalars(select(Comment.author_id).join(Thread).where(Thread.proposal_number == close.number)))
    spoke |= coauthors.writers(session, proposals.get(session, close.number))
    return [seat for seat in seats if (held := people.holders(seat)) and spoke.isdisjoint(held)]
