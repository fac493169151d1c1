"""Accounts: a password of one's own changed, links given, out of use and into use; each told to whose account it is.

Whoever decided keeps their name in what was decided, also when their account is out of use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.errors import AlreadyDecided, Conflict, InvalidInput
from reviewtool.group import Group
from reviewtool.models import Invitation, Notice, Person
from reviewtool.rules.permissions import Act
from reviewtool.services import account_notices, invitations, people, role_terms, rulesets, sign_ins

SHOWN_FOR: Final = timedelta(days=30)  # after a link was used, taken back, or ran out


@dataclass(frozen=True)
class Link:
    """A link with the last letter that carries it, if any."""

    invitation: Invitation
    letter: Notice | None


def links(session: Session, at: datetime) -> list[Link]:
    """Return the links of the last weeks with who made them, for whom and what became of them, the newest first."""
    since = at - SHOWN_FOR
    query = select(Invitation).where(
        or_(Invitation.for_account, Invitation.person_id.is_not(None)),
        or_(Invitation.expires_at > since, Invitation.used_at > since),
    )
    query = query.options(joinedload(Invitation.made_by), joinedload(Invitation.person))
    found = session.scalars(query.order_by(Invitation.id.desc())).all()
    carrying = Notice.invitation_id.in_([each.id for each in found]), Notice.kind.in_(account_notices.CARRYING)
    letters = {each.invitation_id: each for each in session.scalars(select(Notice).where(*carrying))}
    return [Link(each, letters.get(each.id)) for each in found]


def change_password(
    session: Session, person: Person, password: str, kind: str = account_notices.CHANGED_BY_SELF
) -> None:
    """Give a person another password: their sessions and links end, and they hear of it. Raises InvalidInput."""
    people.set_password(person, password)
    invitations.end_of_person(session, person.id)
    account_notices.tell(session, kind, person.id)
    session.flush()


def put_out_of_use(session: Session, group: Group, person_id: int, *, by: Person) -> Person:
    """Close an account with its sessions and links; it keeps its name, its roles' dates and its seat.

    Raises NotAllowed, NotFound, InvalidInput("own-account"), and Conflict("coordination-needed").
    """
    people.ensure_may(by, Act.manage_people)
    role_terms.lock(session)
    person = people.get(session, person_id)
    if person.id == by.id:
        raise InvalidInput("own-account", field="person")
    if person.active:
        account_notices.tell(session, account_notices.ACCOUNT_CLOSED, person.id, by_id=by.id)
    person.active = False
    sign_ins.end_all(session, person)
    invitations.end_of_person(session, person.id)
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
    if not person.active:
        account_notices.tell(session, account_notices.ACCOUNT_OPENED, person.id, by_id=by.id)
    person.active = True
    session.flush()
    return person
