"""Days on which people are away, as they declare them, or the coordination for them.

An absence takes no vote from anybody: it tells the group whose vote not to wait for, and that the alternate is asked.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput, NotAllowed, NotFound
from reviewtool.group import Group
from reviewtool.models import Absence, Person
from reviewtool.rules.permissions import Act, may
from reviewtool.services import people, role_terms, rulesets

LONGEST: Final = timedelta(days=366)


def of_person(session: Session, person_id: int, today: date) -> list[Absence]:
    """Return a person's absences that are not over, the nearest first."""
    query = select(Absence).where(Absence.person_id == person_id, Absence.ends_on >= today)
    return list(session.scalars(query.options(joinedload(Absence.declared_by)).order_by(Absence.starts_on)))


def away(session: Session, today: date) -> dict[int, date]:
    """Return who is away on a day, and their last day away."""
    query = select(Absence.person_id, Absence.ends_on).where(Absence.starts_on <= today, Absence.ends_on >= today)
    return {row.person_id: row.ends_on for row in session.execute(query)}


def declare(session: Session, group: Group, person_id: int, first: date, last: date, *, by: Person) -> Absence:
    """Note that a person is away from a day to a day. Raises NotAllowed, NotFound, InvalidInput of a day, Conflict."""
    _ensure_may(by, person_id)
    person = people.get(session, person_id)
    today = rulesets.today(group)
    role_terms.check_days(group, first, last)
    if last < today:
        raise InvalidInput("absence-over", field="ends_on")
    if last - first > LONGEST:
        raise InvalidInput("absence-long", field="ends_on")
    for other in of_person(session, person.id, today):
        if first <= other.ends_on and other.starts_on <= last:
            raise Conflict("absence-twice", field="starts_on")
    made = Absence(person_id=person.id, starts_on=first, ends_on=last, declared_by_id=by.id, declared_at=now())
    session.add(made)
    session.flush()
    return made


def take_back(session: Session, person_id: int, absence_id: int, *, by: Person) -> None:
    """Take an absence out of the list. Raises NotAllowed, NotFound."""
    _ensure_may(by, person_id)
    found = session.get(Absence, absence_id)
    if found is None or found.person_id != person_id:
        raise NotFound("absence-unknown")
    session.delete(found)
    session.flush()


def _ensure_may(by: Person, person_id: int) -> None:
    if by.id != person_id and not may(people.roles(by), Act.manage_people):
        raise NotAllowed("not-allowed", act=Act.manage_people.value)
