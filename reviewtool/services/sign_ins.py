"""Browsers in which a person has signed in: begun, used, given another token, closed; how long each holds.

The cookie carries a token, the database only its hash: neither a copied database nor its backup opens a session.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from reviewtool.errors import NotFound
from reviewtool.models import Person, SignIn
from reviewtool.services import people

OVERLAP: Final = timedelta(seconds=30)  # what a browser had asked before it got its new token is still answered
SEEN_EVERY: Final = timedelta(minutes=5)  # how exactly the last use is known

LONGEST: Final = timedelta(days=366)  # what settings may say at most


@dataclass(frozen=True)
class Lifetimes:
    """How long a browser stays signed in: without a visit, and in any case."""

    idle: timedelta
    absolute: timedelta

    def holds(self, row: SignIn, version: int, at: datetime) -> bool:
        """Say whether a browser is signed in at an instant."""
        return (
            row.version == version
            and (row.ended_at is None or at < row.ended_at)
            and at < row.seen_at + self.idle
            and at < row.began_at + self.absolute
        )


def begin(session: Session, person: Person, browser: str, at: datetime) -> str:
    """Sign a browser in and return its token; rows of the person that have long ended go."""
    over = or_(SignIn.version != person.session_version, SignIn.ended_at < at, SignIn.began_at < at - LONGEST)
    session.execute(delete(SignIn).where(SignIn.person_id == person.id, over))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            person_id=person.id,
            token_hash=_hash(token),
            version=person.session_version,
            rights=rights_of(person),
            browser=browser[:300],
            began_at=at,
            seen_at=at,
            proved_at=at,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str) -> SignIn | None:
    """Return the browser with a token, signed in or not any more."""
    return session.scalar(select(SignIn).where(SignIn.token_hash == _hash(token))) if token else None


def rights_of(person: Person) -> str:
    """Return what a browser's token stands for today; when it changes, the browser gets another token."""
    return ",".join(sorted(people.roles(person)))


def see(session: Session, row_id: int, at: datetime) -> None:
    """Write when a browser was last used."""
    session.execute(update(SignIn).where(SignIn.id == row_id).values(seen_at=at))


def prove(session: Session, row_id: int, at: datetime) -> None:
    """Write when the person at a browser last showed who they are."""
    session.execute(update(SignIn).where(SignIn.id == row_id).values(proved_at=at))


def renew(session: Session, row_id: int, person: Person, at: datetime) -> str | None:
    """Give a browser another token, the old one ending in a moment; None when another request did it."""
    old = session.get(SignIn, row_id, with_for_update=True)
    if old is None or old.ended_at is not None:
        return None
    token = begin(session, person, old.browser, at)
    new = session.scalars(select(SignIn).where(SignIn.token_hash == _hash(token))).one()
    new.began_at, new.proved_at = old.began_at, old.proved_at
    old.ended_at = at + OVERLAP
    session.flush()
    return token


def present(session: Session, person: Person, lifetimes: Lifetimes, at: datetime) -> list[SignIn]:
    """Return the browsers a person is signed in with, the one last used first."""
    query = select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    rows = session.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.id.desc()))
    return [row for row in rows if lifetimes.holds(row, person.session_version, at)]


def end(session: Session, row_id: int, at: datetime, *, by: Person) -> None:
    """Close one browser of one's own. Raises NotFound for anybody else's."""
    row = session.get(SignIn, row_id)
    if row is None or row.person_id != by.id:
        raise NotFound("sign-in-unknown")
    row.ended_at = at
    session.flush()


def end_all(session: Session, person: Person) -> None:
    """Close every browser of a person."""
    person.session_version += 1
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    session.flush()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
