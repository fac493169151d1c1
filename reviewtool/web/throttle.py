"""Failed sign-ins and links asked for: whether the account or the address of a request has to wait; counting."""

from __future__ import annotations

from reviewtool.clock import now
from reviewtool.services import sign_in_failures
from reviewtool.services.sign_in_failures import SIGN_INS, Limit
from reviewtool.web.database import reading, workshop


def too_many(address: str, email: str, limit: Limit = SIGN_INS) -> bool:
    """Say whether this address or this account tried too often lately and has to wait."""
    return sign_in_failures.must_wait(reading(), address, email, now(), limit)


def note_failure(address: str, email: str) -> None:
    """Count a failed sign-in."""
    with workshop().database.write() as session:
        sign_in_failures.note(session, address, email, now())


def forget(email: str) -> None:
    """Forget the failures of an account that has signed in."""
    with workshop().database.write() as session:
        sign_in_failures.forget(session, email)
