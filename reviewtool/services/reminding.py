"""What people are told though nobody did anything, each once, asked by the recorder's thread; and reminders.

Everybody hears of an approved text that has waited five working days for its merge, who wrote it of one that cannot be
merged because the published text changed in the same words, and the holders of a seat of a vote that does not count
until they confirm it, two days before its ballot closes. The coordination reminds the seats
that have not pronounced themselves, each once a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided
from reviewtool.models import Ballot, Event, Person, Proposal, Vote
from reviewtool.rules import calendar
from reviewtool.rules.lifecycle import OVERDUE_WORKING_DAYS, State
from reviewtool.rules.permissions import Act
from reviewtool.services import ballots, coauthors, events, people, proposals, rulesets, touching
from reviewtool.services.workshop import Workshop

BEFORE_CLOSE: Final = timedelta(days=2)
BETWEEN: Final = timedelta(days=1)  # from one reminder of the coordination to the next
_TOLD = exists().where(
    Event.proposal_number == Proposal.number, Event.kind == "overdue", Event.at >= Proposal.state_changed_at
)
_COLLIDED = exists().where(
    Event.proposal_number == Proposal.number,
    Event.kind == "collided",
    Event.facts["revision"].as_integer() == Proposal.latest,
)
_REMINDED = exists().where(
    Event.proposal_number == Ballot.proposal_number, Event.kind == "unconfirmed", Event.at >= Ballot.opened_at
)


def tell_overdue(workshop: Workshop) -> list[int]:
    """Tell everybody who takes part of each approved text that waits too long; return their proposals."""
    at = now()
    with workshop.database.read() as session:
        found = _overdue(session, workshop, at)
    for number in found:
        with workshop.database.write() as session:
            _tell(session, workshop, number, at)
    return found


def _overdue(session: Session, workshop: Workshop, at: datetime) -> list[int]:
    query = select(Proposal.number, Proposal.state_changed_at).where(Proposal.state == State.approved, ~_TOLD)
    rows = session.execute(query.order_by(Proposal.number)).all()
    days = rulesets.calendar_of(session, workshop.group)
    return [
        row.number
        for row in rows
        if calendar.working_days_since(row.state_changed_at, at, days) >= OVERDUE_WORKING_DAYS
    ]


def _tell(session: Session, workshop: Workshop, number: int, at: datetime) -> None:
    try:
        proposal = proposals.lock(session, number)
    except AlreadyDecided:  # its merge is under way
        return
    if number in _overdue(session, workshop, at):  # nobody merged it or told it meanwhile
        event = events.add(session, proposal, "overdue", by=None, at=at, days=OVERDUE_WORKING_DAYS)
        events.tell(session, event, people.taking_part(session), "overdue")


def tell_collided(workshop: Workshop) -> list[int]:
    """Tell who writes each approved text that collides with the published one; return the proposals."""
    with workshop.database.read() as session:
        waiting = session.execute(
            select(Proposal.number, Proposal.latest).where(Proposal.state == State.approved, ~_COLLIDED)
        ).all()
        stuck = touching.collisions(session, workshop, [row.number for row in waiting])
    return [number for number, latest in waiting if number in stuck and _tell_collided(workshop, number, latest)]


def _tell_collided(workshop: Workshop, number: int, latest: int) -> bool:
    with workshop.database.write() as session:
        try:
            proposal = proposals.lock(session, number)
        except AlreadyDecided:
            return False
        approved = Proposal.number == number, Proposal.state == State.approved, Proposal.latest == latest
        if session.scalar(select(exists().where(*approved, ~_COLLIDED))):  # nobody told it or went on meanwhile
            event = events.add(session, proposal, "collided", by=None, revision=latest)
            events.tell(session, event, coauthors.writers(session, proposal), "collided")
            return True
    return False


def remind_unconfirmed(workshop: Workshop) -> list[int]:
    """Remind who holds the seat of each unconfirmed vote whose ballot closes soon; return the proposals."""
    at = now()
    with workshop.database.read() as session:
        found = _unconfirmed(session, at)
    for number in found:
        with workshop.database.write() as session:
            _remind(session, number, at)
    return list(found)


def _unconfirmed(session: Session, at: datetime) -> dict[int, tuple[int, set[int]]]:
    """Return by proposal the number of its ballot and the seats whose current vote is still to be confirmed."""
    query = (
        select(Ballot.proposal_number, Ballot.number, Vote.seat_id)
        .join(Vote, Vote.ballot_id == Ballot.id)
        .where(Ballot.closed_at.is_(None), Ballot.closes_at > at, Ballot.closes_at <= at + BEFORE_CLOSE)
        .where(Vote.current, Vote.confirmed.is_(False), ~_REMINDED)
        .order_by(Ballot.proposal_number)
    )
    found: dict[int, tuple[int, set[int]]] = {}
    for number, ballot, seat_id in session.execute(query):
        found.setdefault(number, (ballot, set()))[1].add(seat_id)
    return found


def _remind(session: Session, number: int, at: datetime) -> None:
    try:
        proposal = proposals.lock(session, number)
    except AlreadyDecided:
        return
    ballot, seat_ids = _unconfirmed(session, at).get(number, (0, set()))
    if seat_ids:  # nobody confirmed or told it meanwhile
        event = events.add(session, proposal, "unconfirmed", by=None, at=at, ballot=ballot, days=BEFORE_CLOSE.days)
        seats = (seat for seat in people.seats(session) if seat.id in seat_ids)
        events.tell(session, event, [each for seat in seats for each in people.holders(seat)], "unconfirmed")


def remind_pending(session: Session, number: int, *, by: Person) -> list[str]:
    """Remind who holds the seats that have not pronounced themselves in the open ballot; return the seats' keys.

    A seat that was reminded within a day is left in peace: raises AlreadyDecided("reminded-today") when all were,
    and AlreadyDecided("everybody-voted") when nobody is missing.
    """
    people.ensure_may(by, Act.send_reminder)
    running = ballots.lock_open(session, number)
    proposal, ballot = running.proposal, running.ballot
    missing = ballots.standing_of(session, ballot).pending
    if not missing:
        raise AlreadyDecided("everybody-voted", number=number)
    lately = select(Event.facts).where(
        Event.proposal_number == number, Event.kind == "reminded", Event.at > now() - BETWEEN
    )
    reminded = {key for facts in session.scalars(lately) if facts["ballot"] == ballot.number for key in facts["seats"]}
    keys = [key for key in missing if key not in reminded]
    if not keys:
        raise AlreadyDecided("reminded-today", number=number)
    event = events.add(session, proposal, "reminded", by=by, ballot=ballot.number, seats=keys)
    seats = (seat for seat in people.seats(session) if seat.key in keys)
    events.tell(session, event, [each for seat in seats for each in people.holders(seat)], "reminder")
    return keys
