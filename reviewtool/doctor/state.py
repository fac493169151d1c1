"""What the database says: its step, accounts that everybody knows, backups, verifications, the worker, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from reviewtool import migrate
from reviewtool.clock import now
from reviewtool.db import Database
from reviewtool.demonstration.people import DOMAIN
from reviewtool.doctor.finding import Finding, ok, warning, wrong
from reviewtool.models import Event, Person
from reviewtool.services import inspections, installations, outbox, passing
from reviewtool.settings import Settings

LATE = timedelta(minutes=15)  # the worker takes a turn every two seconds
AHEAD = timedelta(minutes=1)


def examine(settings: Settings, *, backup_days: int) -> Iterator[Finding]:
    """Look into the database, where it is there and at the step of this program."""
    path = settings.sqlite_path
    if path is not None and not path.is_file():
        yield wrong("database", f"{path} is not there", "make an installation: reviewtool init")
        return
    try:
        step = migrate.current(settings.database_url)
    except SQLAlchemyError as error:
        yield wrong("database", f"it does not answer ({type(error).__name__})", "start it; look at database_url")
        return
    if step != migrate.head():
        seen = f"its tables are at step {step or 'none'}, this program is at {migrate.head()}"
        yield wrong("database", seen, "start the server: it brings them up, and make a backup before")
        return
    yield ok("database", f"at step {step}")
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            yield from _look(session, settings, backup_days)
    finally:
        database.dispose()


def _look(session: Session, settings: Settings, backup_days: int) -> Iterator[Finding]:
    yield _demonstration(session, settings)
    yield _inspected(session, inspections.BACKUP, backup_days, "reviewtool backup; make it nightly")
    yield _inspected(session, inspections.VERIFICATION, backup_days, "reviewtool verify; make it nightly")
    yield _worker(session)
    yield _clock(session)


def _demonstration(session: Session, settings: Settings) -> Finding:
    known = session.scalars(select(Person.email).where(Person.email.like(f"%@{DOMAIN}"), Person.active)).all()
    if installations.is_demonstration(session):
        seen = "this is the demonstration: everybody knows its passwords"
        todo = "make a real installation: reviewtool init, in another VAR"
        return wrong("accounts", seen, todo) if settings.public_url else warning("accounts", seen, todo)
    if known:
        seen = f"{len(known)} accounts of the demonstration in a real installation"
        return wrong("accounts", seen, "put them out of use on «Cuentas e invitaciones»")
    return ok("accounts", "none of the demonstration")


def _inspected(session: Session, kind: str, days: int, todo: str) -> Finding:
    last = inspections.last(session, kind)
    if last is None or last.ended_at is None:
        return warning(kind, "none was ever made", todo)
    seen = f"the last one ended at {last.ended_at:%Y-%m-%d %H:%M} UTC"
    if not last.clean:
        return wrong(kind, f"{seen} and found something", "reviewtool verify, and docs/record.md for each finding")
    if now() - last.ended_at > timedelta(days=days):
        return warning(kind, f"{seen}, more than {days} days ago", todo)
    return ok(kind, seen)


def _worker(session: Session) -> Finding:
    """Tell by what should have been done long ago: a worker that runs leaves nothing due."""
    before = now() - LATE
    if passing.something_due(session, before) or outbox.something_to_send(session, before):
        seen = "what was due a quarter of an hour ago is not done: no worker runs"
        return wrong("worker", seen, "start it: reviewtool worker; docs/operations.md, «Mails»")
    return ok("worker", "nothing that is due has waited for long")


def _clock(session: Session) -> Finding:
    newest = session.scalar(select(func.max(Event.at)))
    if newest is not None and newest > now() + AHEAD:
        seen = f"the last act is of {newest:%Y-%m-%d %H:%M} UTC, which has not come yet"
        return wrong("clock", seen, "set the clock of this machine, and let it follow a time server")
    return ok("clock", f"{now():%Y-%m-%d %H:%M} UTC, after the last act")
