"""Verifications and backups as the group sees them: asking for one, what the last one found.

They run in a process of their own (`reviewtool verify`, `reviewtool backup`), begun by the recorder's thread or by an
administrator.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.models import Inspection, Person
from reviewtool.rules.permissions import Act
from reviewtool.services import people
from reviewtool.services.findings import Report

VERIFICATION, BACKUP = "verification", "backup"
GIVEN_UP = timedelta(hours=1)  # a process that has not ended by then was killed


def ask(session: Session, kind: str, *, by: Person) -> Inspection:
    """Ask for a verification or backup; one that waits or runs already is the one."""
    people.ensure_may(by, Act.ask_inspection)
    running = unfinished(session, kind)
    if running is not None:
        return running
    made = Inspection(kind=kind, asked_by_id=by.id, asked_at=now())
    session.add(made)
    session.flush()
    return made


def unfinished(session: Session, kind: str) -> Inspection | None:
    """Return the verification or backup that waits to begin or runs, or None."""
    query = select(Inspection).where(Inspection.kind == kind, *_waits()).order_by(Inspection.id.desc())
    return session.scalar(query.limit(1))


def _waits() -> tuple[ColumnElement[bool], ...]:
    return Inspection.ended_at.is_(None), Inspection.asked_at > now() - GIVEN_UP


def waiting(session: Session) -> Inspection | None:
    """Return what was asked for and nobody has begun, the oldest first, or None."""
    query = select(Inspection).where(Inspection.began_at.is_(None), *_waits()).order_by(Inspection.id)
    return session.scalar(query.limit(1))


def take(session: Session) -> tuple[str, int] | None:
    """Mark what waits as begun and return its kind and id: of several that ask at once one gets it."""
    found = waiting(session)
    if found is None:
        return None
    taken = session.execute(
        update(Inspection).where(Inspection.id == found.id, Inspection.began_at.is_(None)).values(began_at=now())
    )
    return (found.kind, found.id) if taken.rowcount else None  # type: ignore[attr-defined]  # CursorResult of an UPDATE


def fail(session: Session, asked: int, said: str) -> None:
    """Write down that what a page asked for could not be made: why in English, on the next line in Spanish, or ""."""
    found = session.get_one(Inspection, asked)
    found.ended_at, found.report = now(), {"failed": said}


def failure(session: Session, kind: str) -> Inspection | None:
    """Return the newest verification or backup when it could not be made, else None."""
    query = select(Inspection).where(Inspection.kind == kind, Inspection.ended_at.is_not(None))
    newest = session.scalar(query.order_by(Inspection.id.desc()).limit(1))
    return newest if newest is not None and newest.clean is None else None


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
        .where(Inspection.kind == kind, Inspection.clean.is_not(None))
        .options(joinedload(Inspection.asked_by))
        .order_by(Inspection.id.desc())
        .limit(1)
    )
