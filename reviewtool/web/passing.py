"""What the passing of time and the opening of a page write, before a signed-in person's page is made.

Ballots and consultations whose instant has passed are closed as of that instant, a new visit begins, notices about the
page that is opened count as read, and so does the version of a proposal. Small indexed queries say whether there is
anything to do; only then a short writing transaction begins. A page never fails because of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from reviewtool.clock import now
from reviewtool.errors import ReviewError, Unavailable
from reviewtool.models import Person
from reviewtool.services import catching_up, notices, passing, people
from reviewtool.web.database import end_reading, me, reading, workshop

log = logging.getLogger(__name__)

QUIET = frozenset(
    {"assets.file", "home.healthy", "sessions.sign_in", "invitations.accept"}
)  # asked often, and show nothing that closes
Write = Callable[[Session], object]


def let_pass() -> None:
    """Write what is due now, in one short transaction; what the page reads afterwards includes it."""
    writes = [*_closing(), *_visit(), *_seen()]
    if not writes:
        return
    end_reading()
    with workshop().database.write() as session:
        for write in writes:
            write(session)
    log.info("the passing of time wrote %s things before %s", len(writes), request.endpoint)


def _closing() -> list[Write]:
    at = now()
    return [lambda session: passing.close_due(session, at)] if passing.something_due(reading(), at) else []


def _visit() -> list[Write]:
    person, at = me(), now()
    if not people.is_new_visit(person, at):
        return []

    def begin(session: Session) -> None:
        written = session.get_one(Person, person.id)
        people.note_visit(written, at)
        for name in ("seen_at", "previous_seen_at"):  # of whom this page reads, not to be written again
            set_committed_value(person, name, getattr(written, name))

    return [begin]


def _seen() -> list[Write]:
    person_id, asked = me().id, request.view_args or {}
    if request.endpoint == "proposals.page":
        return _opened(person_id, asked["number"])
    if request.endpoint == "threads.thread":
        thread_id: int = asked["thread_id"]
        if notices.has_unread(reading(), person_id, thread_id):
            return [lambda session: notices.mark_thread_seen(session, person_id, thread_id)]
    if request.endpoint == "editions.index" and notices.has_unread_edition(reading(), person_id):
        return [lambda session: notices.mark_editions_seen(session, person_id)]
    return []


def _opened(person_id: int, number: int) -> list[Write]:
    """Write that notices about a proposal are read, and that its newest version is, unless an older one is asked."""
    found = catching_up.opening(reading(), person_id, number)
    if found is None:
        return []
    writes: list[Write] = []
    if found.unread:
        writes.append(lambda session: notices.mark_seen(session, person_id, number))
    if found.is_new and request.args.get("version", str(found.latest)) == str(found.latest):
        writes.append(lambda session: catching_up.note(session, person_id, number, found.latest))
    return writes


def init_app(app: Flask) -> None:
    """Let time act before every page that a signed-in person opens; after `security`, which tells who that is."""

    @app.before_request
    def before_a_page() -> None:
        if request.method != "GET" or request.endpoint in QUIET or request.endpoint is None:
            return
        if not current_user.is_authenticated:
            return
        try:
            let_pass()
        except Unavailable as error:
            log.warning("what is due waits for the next page: %s", error.code)
        except (ReviewError, SQLAlchemyError):
            log.exception("what is due could not be written before %s", request.endpoint)
            end_reading()
