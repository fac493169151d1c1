"""The private note of a delegation: read and written by those who hold its seat, in no record, told to nobody."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, NotAllowed, OutOfDate
from reviewtool.models import Person, PrivateNote
from reviewtool.rules.permissions import Act
from reviewtool.services import people, proposals

LIMIT: Final = 20_000  # characters


def find(session: Session, number: int, person: Person) -> PrivateNote | None:
    """Return the note about a proposal of the seat that a person holds today, with who wrote it; None without any."""
    seat = people.seat_of(person)
    if seat is None:
        return None
    query = select(PrivateNote).where(PrivateNote.proposal_number == number, PrivateNote.seat_id == seat.id)
    return session.scalar(query.options(joinedload(PrivateNote.written_by)))


def save(session: Session, number: int, body: str, *, by: Person, seen: int) -> None:
    """Write the note of the person's seat; an empty one is deleted. `seen`: the version that the page showed, or 0.

    Raises NotAllowed("no-seat"), InvalidInput("text-too-long"), OutOfDate("note-changed") where the other person of the
    delegation has changed it meanwhile.
    """
    people.ensure_may(by, Act.keep_private_note)
    seat = people.seat_of(by)
    if seat is None:
        raise NotAllowed("no-seat")
    body = body.strip()
    if len(body) > LIMIT:
        raise InvalidInput("text-too-long", field="body", most=LIMIT)
    proposals.lock(session, number)  # two who hold the seat write one after the other
    found = find(session, number, by)
    if (found.version if found else 0) != seen:
        raise OutOfDate("note-changed")
    if found is None:
        if body:
            session.add(
                PrivateNote(proposal_number=number, seat_id=seat.id, body=body, written_by_id=by.id, written_at=now())
            )
    elif body:
        found.body, found.version, found.written_by_id, found.written_at = body, found.version + 1, by.id, now()
    else:
        session.delete(found)
