"""Browsers on their way to the identity provider: each comes back once, within minutes, with what it was given.

What waits for it meanwhile stays here: a form that its author has typed, or what an invited person has chosen. The
database keeps the hash of the state that the browser carries.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reviewtool.errors import Unavailable
from reviewtool.models import Departure

LASTS: Final = timedelta(minutes=10)
FORMS: Final = 50_000_000  # characters that may wait at a time: strangers may leave some too


class Purpose(StrEnum):
    """What a browser comes back for."""

    enter = "enter"
    link = "link"
    invitation = "invitation"
    prove = "prove"


@dataclass(frozen=True)
class Left:
    """What stays here of a browser that leaves."""

    purpose: Purpose
    person_id: int | None = None
    invitation_id: int | None = None
    form: str = ""


def leave(session: Session, left: Left, at: datetime) -> str:
    """Note that a browser leaves and return its state; those that did not come back in time are forgotten.

    Raises Unavailable("too-many-waiting").
    """
    session.execute(delete(Departure).where(Departure.left_at <= at - LASTS))
    waiting = session.scalar(select(func.coalesce(func.sum(func.length(Departure.form)), 0))) or 0
    if left.form and waiting + len(left.form) > FORMS:
        raise Unavailable("too-many-waiting")
    state = secrets.token_urlsafe(32)
    session.add(
        Departure(
            state_hash=_hash(state),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            purpose=left.purpose,
            person_id=left.person_id,
            invitation_id=left.invitation_id,
            form=left.form,
            left_at=at,
        )
    )
    session.flush()
    return state


def find(session: Session, state: str, at: datetime) -> Departure | None:
    """Return the departure with a state while it may still come back."""
    asked = select(Departure).where(Departure.state_hash == _hash(state), Departure.left_at > at - LASTS)
    return session.scalar(asked)


def come_back(session: Session, state: str, at: datetime) -> Departure | None:
    """Return what waits for a browser, this once: of two that come with one state, one finds it."""
    asked = delete(Departure).where(Departure.state_hash == _hash(state)).returning(Departure)
    found = session.scalar(asked)
    return found if found is not None and at < found.left_at + LASTS else None


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
