"""What an installation knows of itself: that it exists, and whether it is a demonstration."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import Installation


def find(session: Session) -> Installation | None:
    """Return the installation's row, or None before `reviewtool init`."""
    return session.scalar(select(Installation).limit(1))


def is_demonstration(session: Session) -> bool:
    """Say whether this installation has the demonstration's known accounts."""
    found = find(session)
    return found is not None and found.demonstration


def create(session: Session, *, demonstration: bool, start: str = "") -> Installation:
    """Write the installation's row; a demonstration is ready only once its past is made.

    `start` is the commit of `main` whose history the group took over: none of it needs a proposal.
    """
    made = Installation(created_at=now(), demonstration=demonstration, ready=not demonstration, start=start)
    session.add(made)
    session.flush()
    return made
