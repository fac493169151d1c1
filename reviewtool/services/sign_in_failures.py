"""Failed sign-ins and links asked for: after some each further one has to wait longer, per account and per address.

An address may fail more often than an account: a whole administration may stand behind one. Attempts made while one has
to wait are not looked at and do not count, so that nobody keeps a colleague out for longer than `longest`.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewtool.models import SignInFailure

FORGOTTEN: Final = timedelta(days=1)  # after so long without another


@dataclass(frozen=True)
class Limit:
    """How many attempts of one sort are free, the first wait, which each further one doubles, and the longest."""

    name: str  # before the keys; sign-ins have none
    free: Mapping[str, int]
    first: timedelta
    longest: timedelta


SIGN_INS: Final = Limit("", {"account": 5, "address": 30}, timedelta(seconds=15), timedelta(minutes=15))
LINKS: Final = Limit("link ", {"account": 3, "address": 30}, timedelta(minutes=5), timedelta(hours=6))


def must_wait(session: Session, address: str, email: str, at: datetime, limit: Limit = SIGN_INS) -> bool:
    """Say whether an attempt for this account or from this address comes too early, existing or not."""
    keys = _keys(limit, address, email)
    rows = session.execute(
        select(SignInFailure.key, SignInFailure.count, SignInFailure.last_at).where(SignInFailure.key.in_(keys))
    )
    return any(at < last_at + wait(keys[key], count, limit) for key, count, last_at in rows)


def wait(kind: str, count: int, limit: Limit = SIGN_INS) -> timedelta:
    """Return how long after its last attempt an account or an address has to wait."""
    beyond = count - limit.free[kind]
    return min(limit.first * 2 ** min(beyond, 20), limit.longest) if beyond >= 0 else timedelta(0)


def note(session: Session, address: str, email: str, at: datetime, limit: Limit = SIGN_INS) -> None:
    """Count an attempt for the account and for the address; those that are long past are forgotten."""
    session.execute(delete(SignInFailure).where(SignInFailure.last_at < at - FORGOTTEN))
    for key in sorted(_keys(limit, address, email)):
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


def _keys(limit: Limit, address: str, email: str) -> dict[str, str]:
    """Return key -> kind."""
    return {
        _hash(f"{limit.name}account {_account(email)}"): "account",
        _hash(f"{limit.name}address {_network(address)}"): "address",
    }


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
