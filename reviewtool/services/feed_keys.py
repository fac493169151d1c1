"""The secret in the addresses of a person's feeds and calendar: given, taken back, and recognised.

An address holds who it is of and a random key, signed; another key makes every address given before worthless.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.models import NoticeChoice, Person
from reviewtool.services import notice_choices, people

_SALT: Final = "feeds"


def give(session: Session, person_id: int) -> None:
    """Let a person have addresses of feeds; those they had before hold no more."""
    if session.get(NoticeChoice, person_id) is None:
        notice_choices.choose(session, person_id, notice_choices.of(session, person_id))
        session.flush()
    session.get_one(NoticeChoice, person_id).feed_key = secrets.token_hex(16)


def take_back(session: Session, person_id: int) -> None:
    """Let a person's addresses hold no more."""
    row = session.get(NoticeChoice, person_id)
    if row is not None:
        row.feed_key = ""


def token(session: Session, secret: str, person_id: int) -> str:
    """Return what stands in the addresses of a person; empty when they have none."""
    key = _key(session, person_id)
    return str(URLSafeSerializer(secret, salt=_SALT).dumps([person_id, key])) if key else ""


def person_of(session: Session, secret: str, said: str) -> Person | None:
    """Return whose address it is; None for one that was never given, was taken back, or whose person has no role."""
    try:
        person_id, key = URLSafeSerializer(secret, salt=_SALT).loads(said)
    except (BadSignature, TypeError, ValueError):
        return None
    present = _key(session, person_id)
    if not present or not hmac.compare_digest(present, key):
        return None
    person = people.find(session, person_id)
    return person if person is not None and people.roles(person) else None


def _key(session: Session, person_id: int) -> str:
    return session.scalar(select(NoticeChoice.feed_key).where(NoticeChoice.person_id == person_id)) or ""
