"""Formal objections: raised by a voting seat with a reason and a thread of its own, lifted by who holds the seat."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound
from reviewtool.models import Objection, Person, Proposal, Seat
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import events, people, proposals, threads

REASON_LIMIT = 5_000


def raise_one(session: Session, number: int, *, by: Person, reason: str) -> Objection:
    """Raise a formal objection for the seat this person holds: it holds the merge until lifted."""
    people.ensure_may(by, Act.raise_objection)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.raise_objection, State(proposal.state))
    seat = people.seat_of(by)
    if seat is None:
        raise NotAllowed("no-seat")
    if find_open(session, number, seat.id) is not None:
        raise AlreadyDecided("objection-open", number=number)
    return open_for_seat(session, proposal, seat, by=by, reason=reason)


def open_for_seat(session: Session, proposal: Proposal, seat: Seat, *, by: Person, reason: str) -> Objection:
    """Open a seat's objection on a locked proposal; one that is open already stays the one."""
    if not reason.strip():
        raise InvalidInput("objection-reason-missing", field="reason")
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=REASON_LIMIT)
    present = find_open(session, proposal.number, seat.id)
    if present is not None:
        return present
    thread, comment = threads.begin(session, proposal, by=by, body=reason.strip())
    objection = Objection(
        proposal_number=proposal.number,
        seat_id=seat.id,
        person_id=by.id,
        thread_id=thread.id,
        revision=proposal.latest,
        reason=reason.strip(),
        raised_at=now(),
    )
    session.add(objection)
    session.flush()
    facts: dict[str, Any] = {"seat": seat.key, "objection": objection.id, "thread": thread.id, "comment": comment.id}
    event = events.add(session, proposal, "objection_raised", by=by, **facts)
    events.tell(session, event, [proposal.author_id, *people.coordination(session)], "objection", thread_id=thread.id)
    return objection


def lift(session: Session, number: int, objection_id: int, *, by: Person, reason: str = "") -> Objection:
    """Lift an objection of the seat this person holds."""
    people.ensure_may(by, Act.lift_objection)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.lift_objection, State(proposal.state))
    objection = session.get(Objection, objection_id)
    if objection is None or objection.proposal_number != number:
        raise NotFound("objection-unknown")
    seat = people.seat_of(by)
    if seat is None or seat.id != objection.seat_id:
        raise NotAllowed("objection-of-other-seat")
    if objection.lifted_at is not None or objection.overridden_in is not None:
        raise AlreadyDecided("objection-lifted", number=number)
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=REASON_LIMIT)
    objection.lifted_at, objection.lifted_by_id, objection.lifting_reason = now(), by.id, reason.strip()
    event = events.add(
        session, proposal, "objection_lifted", by=by, seat=seat.key, objection=objection.id, thread=objection.thread_id
    )
    events.tell(
        session,
        event,
        [proposal.author_id, *people.coordination(session)],
        "objection_lifted",
        thread_id=objection.thread_id,
    )
    return objection


def find_open(session: Session, number: int, seat_id: int) -> Objection | None:
    """Return the open objection of a seat on a proposal, or None."""
    return session.scalar(
        select(Objection).where(
            Objection.proposal_number == number,
            Objection.seat_id == seat_id,
            Objection.lifted_at.is_(None),
            Objection.overridden_in.is_(None),
        )
    )


def of_proposal(session: Session, number: int) -> list[Objection]:
    """Return all formal objections of a proposal, oldest first, with seat and person."""
    return list(
        session.scalars(
            select(Objection)
            .where(Objection.proposal_number == number)
            .options(joinedload(Objection.seat), joinedload(Objection.person))
            .order_by(Objection.id)
        )
    )
