"""Links that the coordination gives: to an account of one's own, or to a new password; each opens once and expires.

The database keeps the hash of a link's token. Who lost a link is given another, which ends the one before.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, NotFound
from reviewtool.group import Group
from reviewtool.models import Invitation, Person
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import people

FOR_ACCOUNT: Final = timedelta(days=7)
FOR_PASSWORD: Final = timedelta(days=1)


@dataclass(frozen=True)
class Invitee:
    """Who is to be invited: address, name, code of the administration, roles."""

    email: str
    name: str
    administration: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class Chosen:
    """What a person sets on opening a link; for a new password only that counts."""

    password: str
    name: str = ""
    language: str = "es"
    timezone: str = ""


def check(session: Session, group: Group, invitee: Invitee) -> None:
    """Refuse who cannot be invited. Raises InvalidInput of a field, and Conflict("email-taken")."""
    people.checked_name(invitee.name)
    if group.find_administration(invitee.administration) is None:
        raise InvalidInput("administration-unknown", field="administration", administration=invitee.administration[:40])
    if not invitee.roles:
        raise InvalidInput("role-unknown", field="role")
    people.free_address(session, invitee.email)


def invite(session: Session, group: Group, invitees: Iterable[Invitee], *, by: Person) -> list[tuple[Invitation, str]]:
    """Invite people, all or none; return each invitation with its token. Raises NotAllowed and what `check` does."""
    people.ensure_may(by, Act.manage_people)
    made = []
    for invitee in invitees:
        check(session, group, invitee)
        email = invitee.email.strip()
        session.execute(
            delete(Invitation).where(
                func.lower(Invitation.email) == email.lower(),
                Invitation.used_at.is_(None),
                Invitation.person_id.is_(None),
            )
        )
        invitation = Invitation(
            email=email,
            name=people.checked_name(invitee.name),
            administration=invitee.administration,
            roles=",".join(sorted(invitee.roles)),
        )
        made.append((invitation, _give(session, invitation, FOR_ACCOUNT, by)))
    return made


def for_password(session: Session, person_id: int, *, by: Person) -> tuple[Invitation, str]:
    """Make the link by which a person sets a new password. Raises NotAllowed, NotFound."""
    people.ensure_may(by, Act.manage_people)
    person = people.get(session, person_id)
    if not person.active:
        raise InvalidInput("account-closed", field="person")
    session.execute(delete(Invitation).where(Invitation.person_id == person.id, Invitation.used_at.is_(None)))
    invitation = Invitation(
        person_id=person.id, email=person.email, name=person.name, administration=person.administration, roles=""
    )
    return invitation, _give(session, invitation, FOR_PASSWORD, by)


def _give(session: Session, invitation: Invitation, lasting: timedelta, by: Person) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.made_by_id = _hash(token), by.id
    invitation.made_at = now()
    invitation.expires_at = invitation.made_at + lasting
    session.add(invitation)
    session.flush()
    return token


def waiting(session: Session, at: datetime) -> list[Invitation]:
    """Return the links that have not been used, expired ones too, the newest first."""
    query = select(Invitation).where(Invitation.used_at.is_(None), Invitation.expires_at > at - FOR_ACCOUNT)
    query = query.options(joinedload(Invitation.made_by), joinedload(Invitation.person))
    return list(session.scalars(query.order_by(Invitation.id.desc())))


def withdraw(session: Session, invitation_id: int, *, by: Person) -> None:
    """Let a link open nothing any more. Raises NotAllowed, NotFound."""
    people.ensure_may(by, Act.manage_people)
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.used_at is not None:
        raise NotFound("link-over")
    session.delete(invitation)
    session.flush()


def find(session: Session, token: str, at: datetime) -> Invitation:
    """Return what a link still opens. Raises NotFound("link-over"), the same for used, expired and invented ones."""
    found = session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    if found is None or found.used_at is not None or at >= found.expires_at:
        raise NotFound("link-over")
    return found


def accept(session: Session, group: Group, token: str, chosen: Chosen) -> Person:
    """Use a link: make the account with what the person chose, or set their password and close their sessions.

    Raises NotFound("link-over"), InvalidInput of a field, and Conflict("email-taken").
    """
    invitation = find(session, token, now())
    session.refresh(invitation, with_for_update=True)
    if invitation.used_at is not None:
        raise NotFound("link-over")
    if invitation.person_id is not None:
        person = people.get(session, invitation.person_id)
        if not person.active:
            raise NotFound("link-over")
    else:
        roles = [Role(role) for role in invitation.roles.split(",")]
        person = people.add(
            session,
            group,
            name=chosen.name,
            email=invitation.email,
            administration=invitation.administration,
            roles=roles,
        )
        people.choose(person, language=chosen.language, timezone=chosen.timezone)
    people.set_password(person, chosen.password)
    invitation.used_at = now()
    session.flush()
    return person


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
