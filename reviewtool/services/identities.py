"""Accounts at the identity provider: whose each is. Only a person who is signed in or invited makes one theirs.

Known by issuer and subject. What the provider says of names and addresses is not even read: an address can be given to
another person, and a provider may let people choose it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput, NotAllowed
from reviewtool.models import Identity, Person
from reviewtool.services import people


def link(session: Session, person: Person, issuer: str, subject: str) -> None:
    """Let a person sign in with an account at the provider, the only one. Raises Conflict("identity-taken").

    A former one goes, also one of a provider that the installation had before.
    """
    session.execute(delete(Identity).where(Identity.person_id == person.id))
    made = Identity(person_id=person.id, issuer=issuer, subject=subject, linked_at=now())
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:  # somebody's already, perhaps since a moment ago
        raise Conflict("identity-taken") from error


def unlink(session: Session, *, by: Person) -> None:
    """Let a person sign in with their password only. Raises InvalidInput("identity-only-way") without one."""
    if by.password_hash is None:
        raise InvalidInput("identity-only-way", field="identity")
    session.execute(delete(Identity).where(Identity.person_id == by.id))


def of(session: Session, person_id: int, issuer: str) -> Identity | None:
    """Return the account that a person signs in with at a provider."""
    return session.scalar(select(Identity).where(Identity.person_id == person_id, Identity.issuer == issuer))


def entering(session: Session, issuer: str, subject: str) -> Person:
    """Return whose an account is. Raises NotAllowed("identity-unknown"), and "account-closed" for one out of use."""
    found = session.scalar(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject))
    if found is None:
        raise NotAllowed("identity-unknown")
    person = people.get(session, found.person_id)
    if not person.active:
        raise NotAllowed("account-closed")
    return person


def linked(session: Session, issuer: str) -> Collection[int]:
    """Return who signs in at a provider."""
    return set(session.scalars(select(Identity.person_id).where(Identity.issuer == issuer)))
