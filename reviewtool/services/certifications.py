"""Who is a certified expert trainer, since when and until when; whom to remind before it ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput
from reviewtool.group import Group
from reviewtool.models import Person
from reviewtool.rules.permissions import Act
from reviewtool.services import people, rulesets

BEFORE: Final = timedelta(days=60)  # so long before the end the person and the coordination are reminded
LONGEST: Final = timedelta(days=366 * 50)


def certify(
    session: Session, group: Group, person_id: int, since: date | None, until: date | None, *, by: Person
) -> Person:
    """Note a certification, or that there is none; open ballots keep the roll they froze.

    Raises NotAllowed, NotFound, InvalidInput of a day.
    """
    people.ensure_may(by, Act.manage_people)
    person, today = people.get(session, person_id), rulesets.today(group)
    if since is None and until is not None:
        raise InvalidInput("certified-since", field="certified_on")
    if since is not None and not today - LONGEST <= since <= today:
        raise InvalidInput("certified-future", field="certified_on")
    if since is not None and until is not None and not since < until <= since + LONGEST:
        raise InvalidInput("term-order", field="certified_until")
    person.certified_on, person.certified_until = since, until
    session.flush()
    return person


def ending(session: Session, today: date) -> list[Person]:
    """Return whose certification ends soon or has ended, those in use, the nearest first."""
    query = select(Person).where(Person.active, Person.certified_on.is_not(None), Person.certified_until.is_not(None))
    query = query.where(Person.certified_until <= today + BEFORE).order_by(Person.certified_until, Person.name)
    return list(session.scalars(query))


def is_ending(person: Person, today: date) -> bool:
    """Say whether a person's certification ends soon, or has ended."""
    until = person.certified_until
    return person.certified_on is not None and until is not None and until <= today + BEFORE
