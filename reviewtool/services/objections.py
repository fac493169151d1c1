"""Formal objections: raised by a voting seat with a reason and a thread of its own, lifted by who holds the seat.

A lifting that reached the coordination otherwise is registered by it, in the name of the seat.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound
from reviewtool.models import Event, Objection, Person, Proposal, Seat
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import events, people, proposals, receiving, threads
from reviewtool.services.receiving import Received

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
    proposal, objection = _lock_one(session, number, objection_id)
    seat = people.seat_of(by)
    if seat is None or seat.id != objection.seat_id:
        raise NotAllowed("objection-of-other-seat")
    _end(session, proposal, objection, seat, lifted_by=by, by=by, reason=reason)
    return objection


def register_lifting(
    session: Session, number: int, objection_id: int, *, by: Person, reason: str, received: Received
) -> Objection:
    """Enter the lifting of an objection that its seat sent, or declared in a meeting or by telephone.

    Whoever holds the seat is told at once. By telephone the objection stays open until they confirm by lifting it, for
    the merge may follow within the hour; otherwise it is lifted. How it was received stands in the act.
    """
    people.ensure_may(by, Act.register_for_others)
    receiving.ensure(received)
    proposal, objection = _lock_one(session, number, objection_id)
    seat = session.get_one(Seat, objection.seat_id)
    in_use = next((each for each in people.seats(session) if each.id == seat.id), None)
    holder = people.titular(in_use) if in_use else None
    facts = received.facts() | {"name": holder.name if holder else seat.label}
    if received.channel == receiving.TELEPHONE:
        event = _announce(session, proposal, objection, seat, by=by, reason=reason, **facts)
    else:
        event = _end(session, proposal, objection, seat, lifted_by=holder or by, by=by, reason=reason, **facts)
    events.tell(session, event, people.holders(in_use) if in_use else [], "registered", thread_id=objection.thread_id)
    return objection


def _announce(
    session: Session, proposal: Proposal, objection: Objection, seat: Seat, *, by: Person, reason: str, **received: Any
) -> Event:
    objection.lifting_reason = _ensure_short(reason)
    facts: dict[str, Any] = {"seat": seat.key, "objection": objection.id, "thread": objection.thread_id, **received}
    return events.add(session, proposal, "lifting_registered", by=by, **facts)


def _ensure_short(reason: str) -> str:
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=REASON_LIMIT)
    return reason.strip()


def _lock_one(session: Session, number: int, objection_id: int) -> tuple[Proposal, Objection]:
    """Lock a proposal and return it with one of its objections; raises NotFound, AlreadyDecided for one that ended."""
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.lift_objection, State(proposal.state))
    objection = session.get(Objection, objection_id, populate_existing=True)
    if objection is None or objection.proposal_number != number:
        raise NotFound("objection-unknown")
    if objection.lifted_at is not None or objection.overridden_in is not None:
        raise AlreadyDecided("objection-lifted", number=number)
    return proposal, objection


def _end(
    session: Session,
    proposal: Proposal,
    objection: Objection,
    seat: Seat,
    *,
    lifted_by: Person,
    by: Person,
    reason: str,
    **received: Any,
) -> Event:
    objection.lifting_reason = _ensure_short(reason)
    objection.lifted_at, objection.lifted_by_id = now(), lifted_by.id
    facts: dict[str, Any] = {"seat": seat.key, "objection": objection.id, "thread": objection.thread_id, **received}
    event = events.add(session, proposal, "objection_lifted", by=by, **facts)
    concerned = [proposal.author_id, *people.coordination(session)]
    events.tell(session, event, concerned, "objection_lifted", thread_id=objection.thread_id)
    return event


def registered_liftings(session: Session, number: int) -> dict[int, Received]:
    """Return how the liftings that the coordination registered reached it, by objection: their acts say it.

    Of an objection that is open still it is what somebody said by telephone, and waits to be confirmed.
    """
    kinds = ("objection_lifted", "lifting_registered")
    query = select(Event.facts).where(Event.proposal_number == number, Event.kind.in_(kinds))
    found: dict[int, Received] = {}
    for facts in session.scalars(query.order_by(Event.seq)):
        if "channel" in facts:
            found[facts["objection"]] = receiving.of_facts(facts)
        else:  # lifted by its seat itself, whatever was announced
            found.pop(facts["objection"], None)
    return found


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
