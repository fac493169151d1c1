"""Who holds the seats: designating a titular or an alternate from a day on, and ending it, each with its reference.

With the seat goes the role of member, for the same days. A person holds one seat at a time; a seat has one titular and
one alternate at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.errors import AlreadyDecided, Conflict, InvalidInput, NotFound
from reviewtool.group import Group
from reviewtool.models import Person, RoleTerm, Seat, SeatHolding
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import people, role_terms, rulesets

NEW: Final = 0  # instead of a seat's id: another one for the person's administration


@dataclass(frozen=True)
class Designation:
    """A seat to be held: as titular or alternate, from a day, until a day or without end, by a note."""

    seat_id: int
    alternate: bool
    starts_on: date
    ends_on: date | None
    reference: str


def every(session: Session) -> list[Seat]:
    """Return every seat in use with all its holders, by label."""
    return people.seats(session)


def get(session: Session, holding_id: int) -> SeatHolding:
    """Return a holding with its person and seat. Raises NotFound."""
    query = select(SeatHolding).where(SeatHolding.id == holding_id).options(joinedload(SeatHolding.person))
    found = session.scalar(query)
    if found is None:
        raise NotFound("term-unknown")
    return found


def designate(session: Session, group: Group, person_id: int, wanted: Designation, *, by: Person) -> SeatHolding:
    """Let a person hold a seat from a day on.

    Raises NotAllowed, NotFound, InvalidInput of person, seat, days or reference, and Conflict where the seat or the
    person is not free on one of the days.
    """
    people.ensure_may(by, Act.manage_people)
    role_terms.lock(session)
    person = people.get(session, person_id)
    if not person.active:
        raise InvalidInput("account-closed", field="person")
    role_terms.check_days(group, wanted.starts_on, wanted.ends_on)
    reference = role_terms.checked_reference(wanted.reference)
    for held in person.holdings:
        if role_terms.overlap(held, wanted):
            raise Conflict("holds-a-seat", field="starts_on", name=person.name, seat=held.seat.label)
    seat = _seat(session, group, person, wanted)
    for held in seat.holdings:
        if held.alternate == wanted.alternate and role_terms.overlap(held, wanted):
            raise Conflict("seat-taken", field="starts_on", name=held.person.name)
    made = SeatHolding(
        seat_id=seat.id,
        person_id=person.id,
        alternate=wanted.alternate,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        reference=reference,
    )
    session.add(made)
    if not any(term.role == Role.member and role_terms.overlap(term, wanted) for term in person.terms):
        days = {"starts_on": wanted.starts_on, "ends_on": wanted.ends_on}
        session.add(RoleTerm(person_id=person.id, role=Role.member.value, reference=reference, **days))
    session.flush()
    session.expire(person, ["terms", "holdings"])
    session.expire(seat, ["holdings"])
    return made


def _seat(session: Session, group: Group, person: Person, wanted: Designation) -> Seat:
    if wanted.seat_id == NEW:
        place = group.find_administration(person.administration)
        if place is None:
            raise InvalidInput("no-such-seat", field="seat")
        return people.new_seat(session, place.code, place.name("es"))
    found = next((seat for seat in people.seats(session) if seat.id == wanted.seat_id), None)
    if found is None:
        raise InvalidInput("no-such-seat", field="seat")
    if found.administration != person.administration:
        raise InvalidInput("seat-elsewhere", field="seat", name=person.name)
    return found


def end(session: Session, group: Group, holding_id: int, last: date, reference: str, *, by: Person) -> SeatHolding:
    """Let somebody's holding of a seat end with a day, and their role of member with it.

    Raises NotAllowed, NotFound, InvalidInput of day or reference, AlreadyDecided("term-over").
    """
    people.ensure_may(by, Act.manage_people)
    role_terms.lock(session)
    holding, today = get(session, holding_id), rulesets.today(group)
    if holding.ends_on is not None and holding.ends_on < today:
        raise AlreadyDecided("term-over")
    role_terms.check_last(group, holding.starts_on, last)
    holding.ends_on = last
    holding.reference = role_terms.ended_reference(holding.reference, reference)
    person = people.get(session, holding.person_id)
    for term in person.terms:
        goes_on = term.ends_on is None or term.ends_on > last
        if term.role == Role.member and goes_on and role_terms.overlap(term, holding):
            term.ends_on, term.reference = last, role_terms.ended_reference(term.reference, reference)
    session.flush()
    return holding
