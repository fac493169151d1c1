"""The app that makes a code every half minute (RFC 6238): set up, confirmed by a first code, asked, removed.

A code is good in its half minute and in the ones beside it, since clocks differ, and once: the half minute of the
last one accepted is kept, and only later ones are looked at.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewtool.errors import Conflict, InvalidInput
from reviewtool.models import CodeApp, Person
from reviewtool.services import factor_changes, sealing
from reviewtool.services.factor_changes import Kind

SECONDS: Final = 30
DRIFT: Final = 1  # half minutes that a telephone's clock may be early or late
DIGITS: Final = 6


def begin(session: Session, key: str, at: datetime, *, by: Person) -> None:
    """Give a person a new secret, which counts for nothing yet. Raises Conflict("code-app-already")."""
    session.execute(select(Person.id).where(Person.id == by.id).with_for_update())  # one at a time
    if is_set_up(session, by.id):
        raise Conflict("code-app-already")
    secret = sealing.seal(key, pyotp.random_base32())
    session.merge(CodeApp(person_id=by.id, secret=secret, made_at=at, confirmed_at=None, last_step=0))
    session.flush()


def waiting(session: Session, key: str, person_id: int) -> str | None:
    """Return the secret that waits for its first code."""
    row = session.get(CodeApp, person_id)
    return sealing.opened(key, row.secret) if row and row.confirmed_at is None else None


def address(secret: str, *, of: str, issuer: str) -> str:
    """Return what the app reads out of the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=of, issuer_name=issuer)


def confirm(session: Session, key: str, code: str, at: datetime, *, by: Person) -> None:
    """Let an app count, by its first code. Raises Conflict("code-app-gone"), InvalidInput("code-wrong")."""
    row = session.get(CodeApp, by.id, with_for_update=True)
    if row is None or row.confirmed_at is not None:
        raise Conflict("code-app-gone")
    if not _use(session, key, row, code, at):
        raise InvalidInput("code-wrong", field="code")
    row.confirmed_at = at
    factor_changes.note(session, by.id, Kind.app_added, by=by.id)


def accepts(session: Session, key: str, person_id: int, code: str, at: datetime) -> bool:
    """Use a code of a person's app; say whether it was right and new."""
    row = session.get(CodeApp, person_id)
    return row is not None and row.confirmed_at is not None and _use(session, key, row, code, at)


def _use(session: Session, key: str, row: CodeApp, code: str, at: datetime) -> bool:
    secret = sealing.opened(key, row.secret)
    code = "".join(code.split())
    if secret is None or len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
        return False
    codes = pyotp.TOTP(secret)
    present = int(at.timestamp()) // SECONDS
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(codes.generate_otp(step), code):
            later = update(CodeApp).where(CodeApp.person_id == row.person_id, CodeApp.last_step < step)
            return session.scalar(later.values(last_step=step).returning(CodeApp.person_id)) is not None
    return False


def remove(session: Session, *, by: Person) -> None:
    """Take a person's app away. Raises Conflict("code-app-gone")."""
    row = session.get(CodeApp, by.id)
    if row is None or row.confirmed_at is None:
        raise Conflict("code-app-gone")
    session.delete(row)
    factor_changes.note(session, by.id, Kind.app_removed, by=by.id)


def is_set_up(session: Session, person_id: int) -> bool:
    """Say whether a person has an app that counts."""
    row = session.get(CodeApp, person_id)
    return row is not None and row.confirmed_at is not None
