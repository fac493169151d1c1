"""Who is a certified expert trainer, since when and until when; whom to remind before it ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput
from reviewtool.group import Group
from reviewtool.models import Notice, Person
from reviewtool.rules.permissions import Act
from reviewtool.services import account_notices, people, role_terms, rulesets
from reviewtool.services.workshop import Workshop

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


def remind(workshop: Workshop) -> list[int]:
    """Tell once, `BEFORE` the end, whose certification ends and the coordination; return whose it was."""
    today = rulesets.today(workshop.group)
    with workshop.database.read() as session:
        if not _untold(session, today):
            return []
    with workshop.database.write() as session:
        role_terms.lock(session)  # of several that remind at once, one does
        found = _untold(session, today)
        for person in found:
            account_notices.tell(session, account_notices.CERTIFICATION, person.id)
            for coordinator in set(people.coordination(session)) - {person.id}:
                account_notices.tell(session, account_notices.CERTIFICATION_OF, coordinator, by_id=person.id)
        return [person.id for person in found]


def _untold(session: Session, today: date) -> list[Person]:
    told = select(Notice.person_id, func.max(Notice.created_at)).where(Notice.kind == account_notices.CERTIFICATION)
    last = {row[0]: row[1].date() for row in session.execute(told.group_by(Notice.person_id))}
    found = []
    for person in ending(session, today):
        until = person.certified_until
        if until is not None and until >= today and last.get(person.id, date.min) < until - BEFORE:
            found.append(person)
    return found


def is_ending(person: Person, today: date) -> bool:
    """Say whether a person's certification ends soon, or has ended."""
    until = person.certified_until
    return person.certified_on is not None and until is not None and until <= today + BEFORE
