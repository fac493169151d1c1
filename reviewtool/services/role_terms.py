"""Roles with dates: designating somebody from a day on, and ending it, each with its reference.

The group is never left without somebody who coordinates it. No members are designated here: that goes with a seat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.errors import AlreadyDecided, Conflict, InvalidInput, NotFound
from reviewtool.group import Group
from reviewtool.models import Installation, Person, RoleTerm
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import people, rulesets

DESIGNATED: Final = (Role.coordination, Role.observer, Role.reader)
REFERENCE_LIMIT: Final = 200


@dataclass(frozen=True)
class Designation:
    """A role to be given: from a day, until a day or without end, by a note; `deputy` of the coordination."""

    role: Role
    starts_on: date
    ends_on: date | None
    reference: str
    deputy: bool = False


def every(session: Session) -> list[RoleTerm]:
    """Return every term with its person, by person's name, the oldest first."""
    query = select(RoleTerm).join(Person).options(joinedload(RoleTerm.person))
    return list(session.scalars(query.order_by(Person.name, RoleTerm.starts_on, RoleTerm.id)))


def get(session: Session, term_id: int) -> RoleTerm:
    """Return a term with its person. Raises NotFound."""
    found = session.scalar(select(RoleTerm).where(RoleTerm.id == term_id).options(joinedload(RoleTerm.person)))
    if found is None:
        raise NotFound("term-unknown")
    return found


def designate(session: Session, group: Group, person_id: int, wanted: Designation, *, by: Person) -> RoleTerm:
    """Give a person a role from a day on.

    Raises NotAllowed, NotFound, InvalidInput of role, days or reference, and Conflict("term-overlaps").
    """
    people.ensure_may(by, Act.manage_people)
    lock(session)
    person = people.get(session, person_id)
    if wanted.role not in DESIGNATED:
        raise InvalidInput("role-bad", field="role")
    check_days(group, wanted.starts_on, wanted.ends_on)
    for term in person.terms:
        if term.role == wanted.role and overlap(term, wanted):
            raise Conflict("term-overlaps", field="starts_on", name=person.name)
    made = RoleTerm(
        person_id=person.id,
        role=wanted.role.value,
        deputy=wanted.deputy and wanted.role is Role.coordination,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        reference=checked_reference(wanted.reference),
    )
    session.add(made)
    session.flush()
    session.expire(person, ["terms"])
    return made


def end(session: Session, group: Group, term_id: int, last: date, reference: str, *, by: Person) -> RoleTerm:
    """Let a role end with a day, today or later; the reference is added to that of the designation.

    Raises NotAllowed, NotFound, InvalidInput of day or reference, AlreadyDecided("term-over"), and
    Conflict("coordination-needed") where from some day on nobody would coordinate the group.
    """
    people.ensure_may(by, Act.manage_people)
    lock(session)
    term, today = get(session, term_id), rulesets.today(group)
    if Role(term.role) not in DESIGNATED:
        raise InvalidInput("role-bad", field="role")
    if term.ends_on is not None and term.ends_on < today:
        raise AlreadyDecided("term-over")
    check_last(group, term.starts_on, last)
    term.ends_on = last
    term.reference = ended_reference(term.reference, reference)
    session.flush()
    if term.role == Role.coordination and not always_coordinated(session, today):
        raise Conflict("coordination-needed", field="ends_on")
    return term


def lock(session: Session) -> None:
    """Let one at a time change who coordinates, so that two do not end the last two terms at once."""
    session.execute(select(Installation.id).with_for_update())


def check_days(group: Group, starts_on: date, ends_on: date | None) -> None:
    """Refuse days too far from today and an end before the beginning. Raises InvalidInput of a day."""
    if not _near(group, starts_on):
        raise InvalidInput("term-range", field="starts_on")
    if ends_on is not None and not starts_on <= ends_on:
        raise InvalidInput("term-order", field="ends_on")


def check_last(group: Group, starts_on: date, last: date) -> None:
    """Refuse a last day that has passed, or before the beginning. Raises InvalidInput("term-range")."""
    if last < max(rulesets.today(group), starts_on) or not _near(group, last):
        raise InvalidInput("term-range", field="ends_on")


def _near(group: Group, day: date) -> bool:
    """Say whether a day is within two years of today, so that a slip of the pen is told."""
    return abs(day - rulesets.today(group)) <= rulesets.AHEAD


def checked_reference(text: str) -> str:
    """Return the reference of a designation. Raises InvalidInput("designation-missing")."""
    reference = text.strip()
    if not reference or len(reference) > REFERENCE_LIMIT:
        raise InvalidInput("designation-missing", field="reference", most=REFERENCE_LIMIT)
    return reference


def ended_reference(begun: str, ended: str) -> str:
    """Return the reference of something that ends: that of its beginning, and that of its end."""
    return checked_reference("; ".join(part for part in (begun, f"fin: {checked_reference(ended)}") if part))


def overlap(one: Any, other: Any) -> bool:
    """Say whether two that have `starts_on` and `ends_on` (None: without end) have a day in common."""
    return (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )


def always_coordinated(session: Session, today: date) -> bool:
    """Say whether on every day from today on somebody whose account is in use coordinates the group."""
    query = select(RoleTerm.starts_on, RoleTerm.ends_on).join(Person)
    rows = session.execute(query.where(RoleTerm.role == Role.coordination, Person.active))
    return covers([(row.starts_on, row.ends_on) for row in rows], today)


def covers(spans: Iterable[tuple[date, date | None]], first: date) -> bool:
    """Say whether spans of days leave no day from the first on without one; the last has no end."""
    held = list(spans)
    day = first
    while True:
        ends = [ends_on for starts_on, ends_on in held if starts_on <= day and (ends_on is None or day <= ends_on)]
        if None in ends:
            return True
        if not ends:
            return False
        day = max(each for each in ends if each is not None) + timedelta(days=1)
