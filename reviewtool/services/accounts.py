"""Accounts put out of use and into use again: whoever decided keeps their name in what was decided."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from reviewtool.errors import AlreadyDecided, Conflict, InvalidInput
from reviewtool.group import Group
from reviewtool.models import Invitation, Person
from reviewtool.rules.permissions import Act
from reviewtool.services import people, role_terms, rulesets, sign_ins


def put_out_of_use(session: Session, group: Group, person_id: int, *, by: Person) -> Person:
    """Close an account with its sessions and links; it keeps its name, its roles' dates and its seat.

    Raises NotAllowed, NotFound, InvalidInput("own-account"), and Conflict("coordination-needed").
    """
    people.ensure_may(by, Act.manage_people)
    role_terms.lock(session)
    person = people.get(session, person_id)
    if person.id == by.id:
        raise InvalidInput("own-account", field="person")
    person.active = False
    sign_ins.end_all(session, person)
    session.execute(delete(Invitation).where(Invitation.person_id == person.id, Invitation.used_at.is_(None)))
    session.flush()
    if not role_terms.always_coordinated(session, rulesets.today(group)):
        raise Conflict("coordination-needed", field="person")
    return person


def put_into_use(session: Session, person_id: int, *, by: Person) -> Person:
    """Open an account again, with its password and roles.

    Raises NotAllowed, NotFound, AlreadyDecided("erased-already").
    """
    people.ensure_may(by, Act.manage_people)
    person = people.get(session, person_id)
    if person.erased_at is not None:
        raise AlreadyDecided("erased-already")
    person.active = True
    session.flush()
    return person
