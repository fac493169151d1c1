"""Failed sign-ins: after some of them each further attempt has to wait longer, per account and per address.

An address may fail more often than an account: a whole administration may stand behind one. Attempts made while one has
to wait are not looked at and do not count, so that nobody keeps a colleague out for longer than `LONGEST`.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewtool.models import SignInFailure

FREE: Final = {"account": 5, "address": 30}  # failures without a wait
FIRST: Final = timedelta(seconds=15)  # the first wait; each further failure doubles it
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(days=1)  # after so long without a failure


def must_wait(session: Session, address: str, email: str, at: datetime) -> bool:
    """Say whether an attempt for this account or from this address comes too early, existing or not."""
    keys = _keys(address, email)
    rows = session.execute(
        select(SignInFailure.key, SignInFailure.count, SignInFailure.last_at).where(SignInFailure.key.in_(keys))
    )
    return any(at < last_at + wait(keys[key], count) for key, count, last_at in rows)


def wait(kind: str, count: int) -> timedelta:
    """Return how long after its last failure an account or an address has to wait."""
    beyond = count - FREE[kind]
    return min(FIRST * 2 ** min(beyond, 20), LONGEST) if beyond >= 0 else timedelta(0)


def note(session: Session, address: str, email: str, at: datetime) -> None:
    """Count a failure for the account and for the address; those that are long past are forgotten."""
    session.execute(delete(SignInFailure).where(SignInFailure.last_at < at - FORGOTTEN))
    for key in sorted(_keys(address, email)):
        if not _count(session, key, at):
            try:
                with session.begin_nested():
                    session.execute(insert(SignInFailure).values(key=key, count=1, last_at=at))
            except IntegrityError:  # another process was first
                _count(session, key, at)


def _count(session: Session, key: str, at: datetime) -> bool:
    """Count one more where there is a row to count in."""
    query = update(SignInFailure).where(SignInFailure.key == key).returning(SignInFailure.key)
    return session.scalar(query.values(count=SignInFailure.count + 1, last_at=at)) is not None


def forget(session: Session, email: str) -> None:
    """Forget the failures of an account whose person has signed in; those of the address stay."""
    session.execute(delete(SignInFailure).where(SignInFailure.key == _hash(f"account {_account(email)}")))


def _keys(address: str, email: str) -> dict[str, str]:
    """Return key -> kind."""
    return {_hash(f"account {_account(email)}"): "account", _hash(f"address {_network(address)}"): "address"}


def _account(email: str) -> str:
    return email.strip().lower()


def _network(address: str) -> str:
    """Return the address, or of the sixth version the network that one line is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
