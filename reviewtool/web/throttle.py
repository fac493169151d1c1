"""Failed sign-ins of this request: whether its account or its address has to wait, and counting them."""

from __future__ import annotations

from reviewtool.clock import now
from reviewtool.services import sign_in_failures
from reviewtool.web.database import reading, workshop


def too_many(address: str, email: str) -> bool:
    """Say whether this address or this account failed too often lately and has to wait."""
    return sign_in_failures.must_wait(reading(), address, email, now())


def note_failure(address: str, email: str) -> None:
    """Count a failed sign-in."""
    with workshop().database.write() as session:
        sign_in_failures.note(session, address, email, now())


def forget(email: str) -> None:
    """Forget the failures of an account that has signed in."""
    with workshop().database.write() as session:
        sign_in_failures.forget(session, email)
