"""Acts on a proposal, in order: each raises the proposal's version by one, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.models import Event, Notice, Person, Proposal


def add(
    session: Session, proposal: Proposal, kind: str, *, by: Person | None, at: datetime | None = None, **facts: Any
) -> Event:
    """Write down an act on a locked proposal. `by` is None when only time passed. Facts are plain JSON values."""
    proposal.version += 1
    event = Event(
        proposal_number=proposal.number,
        seq=proposal.version,
        kind=kind,
        person_id=by.id if by else None,
        at=at or now(),
        facts=facts,
    )
    session.add(event)
    return event


def tell(session: Session, event: Event, people: Iterable[int], kind: str, *, thread_id: int | None = None) -> None:
    """Owe a notice of an event to people, except to who did it."""
    for person_id in sorted(set(people) - {event.person_id}):
        session.add(Notice(person_id=person_id, event=event, kind=kind, thread_id=thread_id, created_at=event.at))


def of_proposal(session: Session, number: int) -> list[Event]:
    """Return all acts on a proposal, oldest first, with who did them."""
    query = select(Event).where(Event.proposal_number == number).order_by(Event.seq)
    return list(session.scalars(query.options(joinedload(Event.person))))
