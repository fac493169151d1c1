"""The sessions of a request: one that reads, for its whole length; short ones that write, for one act each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g
from flask_login import current_user
from sqlalchemy.orm import Session

from reviewtool.models import Person
from reviewtool.services import people
from reviewtool.services.workshop import Workshop


def workshop() -> Workshop:
    """Return the installation's database, store, cache and group."""
    return cast("Workshop", current_app.extensions["workshop"])


def reading() -> Session:
    """Return the request's reading session, opened at first use and closed at its end."""
    if "reading" not in g:
        g.reading = workshop().database.reading()
    return cast("Session", g.reading)


def end_reading() -> None:
    """Close the reading session, so that what follows sees what was written meanwhile."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()


@contextmanager
def act() -> Iterator[tuple[Session, Person]]:
    """Run one act in one writing transaction: yields the session and, in it, the person who acts, as they are now."""
    person = me()
    with workshop().database.write() as session:
        yield session, people.acting(session, person, g.people_version)


def me() -> Person:
    """Return the signed-in person of the reading session."""
    return cast("Person", current_user._get_current_object())


def init_app(app: Flask) -> None:
    """Close the reading session when the request ends."""

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        end_reading()
