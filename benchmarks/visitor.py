"""A signed-in browser inside this process: a page is asked with a bare WSGI call and its cost measured."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_login.utils import _create_identifier
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, event
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from reviewtool import clock
from reviewtool.models import Person
from reviewtool.services import sign_ins
from reviewtool.services.workshop import Workshop

BROWSER = "benchmark"
CSRF = "0123456789abcdef" * 2
ROUNDS, CALLS = 5, 8


@dataclass(frozen=True)
class Cost:
    """What one request costs: milliseconds (medians), SQL statements, git processes, bytes of HTML."""

    cpu: float
    wall: float
    statements: int
    processes: int
    size: int


def cookie_of(app: Flask, person: Person) -> str:
    """Return the session cookie that the person would have after signing in from this machine."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the secure cookie one
    with app.test_request_context(headers={"User-Agent": BROWSER}, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}):
        values = {"_user_id": person.get_id(), "_fresh": True, "_permanent": True, "_id": _create_identifier()}
    with app.extensions["workshop"].database.write() as session:
        token = sign_ins.begin(session, person, BROWSER, clock.now())
    return "session=" + str(serializer.dumps({**values, "token": token, "csrf_token": CSRF}))


def form_token(app: Flask) -> str:
    """Return the token that every form of such a session carries."""
    return str(URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(CSRF))


class Visitor:
    """One person's browser on one application."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.app = app
        self._headers = Headers({"User-Agent": BROWSER, "Cookie": cookie_of(app, person)})

    def page(self, path: str) -> Callable[[], bytes]:
        """Return a function that asks for the page once and returns its HTML; fails on any status but 200."""
        builder = EnvironBuilder(path, headers=self._headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
        environ = builder.get_environ()

        def ask() -> bytes:
            said: list[str] = []

            def start(status: str, *_rest: Any) -> Callable[[bytes], object]:
                said.append(status)
                return bytes

            answer = self.app.wsgi_app({**environ, "wsgi.input": io.BytesIO()}, start)
            body = b"".join(answer)
            getattr(answer, "close", lambda: None)()
            if not said[0].startswith("200"):
                raise RuntimeError(f"{path}: {said[0]}")
            return body

        return ask


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """Collect the SQL statements that the engine sends inside the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def once(ask: Callable[[], bytes]) -> tuple[float, float]:
    """Ask once; return the milliseconds of processor and of the clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    ask()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


def warm(pages: dict[str, tuple[Callable[[], bytes], Workshop]]) -> dict[str, Cost]:
    """Measure several pages in turns, so that whatever else the machine does falls on all of them alike."""
    counted = {name: _counted(*page) for name, page in pages.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
    for _ in range(ROUNDS):
        for name, (ask, _workshop) in pages.items():
            times[name] += [once(ask) for _ in range(CALLS)]
    return {
        name: Cost(
            statistics.median(cpu for cpu, _ in found), statistics.median(wall for _, wall in found), *counted[name]
        )
        for name, found in times.items()
    }


def _counted(ask: Callable[[], bytes], workshop: Workshop) -> tuple[int, int, int]:
    for _ in range(3):
        ask()
    before = workshop.store.processes
    with counting(workshop.database.engine) as sent:
        size = len(ask())
    return len(sent), workshop.store.processes - before, size


def cold(ask: Callable[[], bytes], workshop: Workshop, times: int = 5) -> Cost:
    """Measure a page with nothing remembered: the cache, the trees and commits, git's own kept processes."""
    found, processes = [], 0
    for _ in range(times):
        workshop.cache.clear()
        workshop.store.forget()
        workshop.store.close()
        before = workshop.store.processes
        found.append(once(ask))
        processes = workshop.store.processes - before
    cpu, wall = (statistics.median(values) for values in zip(*found, strict=True))
    return Cost(cpu, wall, 0, processes, len(ask()))
