"""Verifications and backups as the group sees them: asking for one, what the last one found.

They run in a process of their own (`reviewtool verify`), begun by the recorder's thread or by an administrator.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.models import Inspection, Person
from reviewtool.rules.permissions import Act
from reviewtool.services import people
from reviewtool.services.findings import Report

VERIFICATION, BACKUP = "verification", "backup"
GIVEN_UP = timedelta(hours=1)  # a process that has not ended by then was killed


def ask(session: Session, *, by: Person) -> Inspection:
    """Ask for a verification; one that waits or runs already is the one."""
    people.ensure_may(by, Act.ask_verification)
    running = unfinished(session)
    if running is not None:
        return running
    made = Inspection(kind=VERIFICATION, asked_by_id=by.id, asked_at=now())
    session.add(made)
    session.flush()
    return made


def unfinished(session: Session) -> Inspection | None:
    """Return the verification that waits to begin or runs, or None."""
    return session.scalar(
        select(Inspection)
        .where(
            Inspection.kind == VERIFICATION,
            Inspection.ended_at.is_(None),
            Inspection.asked_at > now() - GIVEN_UP,
        )
        .order_by(Inspection.id.desc())
        .limit(1)
    )


def take(session: Session) -> int | None:
    """Mark the verification that waits as begun and return its id: of several that ask at once one gets it."""
    waiting = session.scalar(
        select(Inspection.id)
        .where(Inspection.kind == VERIFICATION, Inspection.began_at.is_(None), Inspection.asked_at > now() - GIVEN_UP)
        .order_by(Inspection.id)
        .limit(1)
    )
    if waiting is None:
        return None
    taken = session.execute(
        update(Inspection).where(Inspection.id == waiting, Inspection.began_at.is_(None)).values(began_at=now())
    )
    return waiting if taken.rowcount else None  # type: ignore[attr-defined]  # CursorResult of an UPDATE


def end(session: Session, kind: str, report: Report, *, asked: int | None = None, **facts: Any) -> Inspection:
    """Write down what a verification or backup found; `asked` is the one that a page asked for."""
    found = session.get(Inspection, asked) if asked else None
    if found is None:
        found = Inspection(kind=kind, asked_at=report.at, began_at=report.at)
        session.add(found)
    found.ended_at, found.clean, found.report = now(), report.clean, report.to_json() | facts
    session.flush()
    return found


def last(session: Session, kind: str) -> Inspection | None:
    """Return the newest verification or backup that came to its end, with who asked for it."""
    return session.scalar(
        select(Inspection)
        .where(Inspection.kind == kind, Inspection.ended_at.is_not(None))
        .options(joinedload(Inspection.asked_by))
        .order_by(Inspection.id.desc())
        .limit(1)
    )
