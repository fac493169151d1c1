"""What acts cost on the real server with two workers: commenting, voting, merging; and what reading pages yields."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import load
from benchmarks.installation import Installation
from benchmarks.load import Load
from benchmarks.table import Table
from benchmarks.visitor import cookie_of, form_token
from reviewtool.app import create_app
from reviewtool.services import recording
from tests.support import server

COMMENTS_EACH, VOTES_EACH, PAGES_EACH = 60, 60, 25
RECORD_PATIENCE_SECONDS = 30


class Acting:
    """Makes the requests of the group's members for one running server."""

    def __init__(self, made: Installation, address: str) -> None:
        self.made, self.address = made, address
        app = create_app(made.settings, made.workshop)
        members = made.people.members
        self._cookies = [cookie_of(app, member) for member in members]
        self._coordinator = cookie_of(app, made.people.coordinator)
        self._token = form_token(app)

    def comments(self, each: int) -> list[list[bytes]]:
        """Return a plan a client: comments on a proposal of its own."""
        return [[self._comment(client, count) for count in range(each)] for client in range(load.CLIENTS)]

    def _comment(self, client: int, count: int) -> bytes:
        number = self.made.voting[client % len(self.made.voting)]
        return load.post(
            f"/propuestas/{number}/comentarios",
            self._cookies[client % 12],
            csrf_token=self._token,
            form_token=f"{time.time_ns()}-{client}-{count}",
            version="1",
            body=f"Convendría citar aquí el párrafo {count} de la nota interpretativa.",
        )

    def votes(self, each: int) -> list[list[bytes]]:
        """Return a plan a client: votes, and changes of them, in three open ballots."""
        return [[self._vote(client, count) for count in range(each)] for client in range(load.CLIENTS)]

    def _vote(self, client: int, count: int) -> bytes:
        own = client * 3 + count % 3
        number = self.made.voting[own % len(self.made.voting)]
        who = (number + 1 + client) % 12
        who = (who + 1) % 12 if who == number % 12 else who  # the author does not vote
        position = "for" if count % 2 else "abstain"
        fields = {"ballot": "1", "position": position, "reason": "", "csrf_token": self._token}
        return load.post(f"/propuestas/{number}/voto", self._cookies[who], **fields)

    def merge(self, number: int) -> bytes:
        """Return the request that merges an approved proposal."""
        fields = {"version": "1", "note": "", "csrf_token": self._token}
        return load.post(f"/propuestas/{number}/incorporar", self._coordinator, **fields)

    def pages(self, path: str) -> list[list[bytes]]:
        """Return a plan a client: the same page again and again."""
        return [[load.get(path, self._cookies[client % 12])] * PAGES_EACH for client in range(load.CLIENTS)]


def measure(table: Table, made: Installation, *, reading: bool) -> None:
    """Serve the installation, act on it and fill the table; with `reading` also pages and memory."""
    kind = made.workshop.database.engine.dialect.name
    table.section(f"Acts on {kind}, two workers, {load.CLIENTS} clients at once ({made.count:,} proposals)")
    with serving(made) as address:
        acting = Acting(made, address)
        commenting(table, acting)
        _voting(table, acting)
        _merges(table, acting)
        if reading:
            _reading(table, acting)
            workers, watcher = _memory()
            table.most("Memory of two workers (PSS)", workers, 150, " MB")
            table.say("  with the process that watches over them", f"{workers + watcher:.0f} MB")


def commenting(table: Table, acting: Acting) -> None:
    """Let all clients comment at once; tell how many a second, and when the record has followed."""
    load.run(acting.address, acting.comments(1), 303)  # the first record of each proposal holds all that was before
    until_recorded(acting.made)
    found = load.run(acting.address, acting.comments(COMMENTS_EACH), 303)
    behind = until_recorded(acting.made)
    table.least("Comment", found.rate, 100, "/s", _refused(found))
    table.most("  95 of 100 within", found.p95, 150, " ms", f" (slowest {found.slowest:.0f})")
    table.most("  the record follows the last within", behind, 1, " s")


def _voting(table: Table, acting: Acting) -> None:
    found = load.run(acting.address, acting.votes(VOTES_EACH), 303)
    table.least("Vote", found.rate, 180, "/s", _refused(found))
    table.say("  95 of 100 within", f"{found.p95:.0f} ms (slowest {found.slowest:.0f})")
    table.say("  the record follows the last within", f"{until_recorded(acting.made):.1f} s")


def _merges(table: Table, acting: Acting) -> None:
    plan = [acting.merge(number) for number in acting.made.approved]
    if plan:
        found = load.run(acting.address, [plan], 303)
        table.most("Merge with its record, median", found.median, 150, " ms", _refused(found))


def _reading(table: Table, acting: Acting) -> None:
    numbers = acting.made.pages
    paths = {"Home": "/", "List": "/propuestas", "Proposal, 20 KB": f"/propuestas/{numbers['20 KB']}"}
    paths["Proposal, 200 KB"] = f"/propuestas/{numbers['200 KB']}"
    for what, path in paths.items():
        found = load.run(acting.address, acting.pages(path), 200)
        table.say(f"{what}: pages read", f"{found.rate:.0f}/s, 95 of 100 in {found.p95:.0f} ms{_refused(found)}")


def _refused(found: Load) -> str:
    return f" REFUSED {found.refused}" if found.refused else ""


def until_recorded(made: Installation) -> float:
    """Wait until no proposal waits for the recorder; return the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < RECORD_PATIENCE_SECONDS:
        with made.workshop.database.read() as session:
            if not recording.dirty(session, 1):
                break
        time.sleep(0.02)
    return time.monotonic() - began


@contextmanager
def serving(made: Installation) -> Iterator[str]:
    """Run the real server with two workers on the installation; yields its address."""
    settings = made.settings
    environment = {
        "REVIEWTOOL_SECRET_KEY": settings.secret_key,
        "REVIEWTOOL_DATABASE_URL": settings.database,
        "REVIEWTOOL_WORKERS": "2",
        "REVIEWTOOL_THREADS": "4",
    }
    with server.running(settings.var, environment) as address:
        yield address


def _memory() -> tuple[float, float]:
    """Return the megabytes, shared ones divided, of the workers of the server that runs below, and of their parent."""
    watchers = [pid for pid in _below(os.getpid()) if _is(pid, "reviewtool.serving")]
    workers = [pid for watcher in watchers for pid in _below(watcher) if _is(pid, "reviewtool.serving")]
    return _total(workers), _total(watchers)


def _total(pids: list[int]) -> float:
    return sum(_proportional(pid) for pid in pids) / 1024


def _below(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        stat = _read(folder / "stat").rpartition(")")[2].split()
        if len(stat) > 1 and int(stat[1]) == parent:
            found.append(int(folder.name))
    return found


def _is(pid: int, name: str) -> bool:
    return name in _read(Path(f"/proc/{pid}/cmdline"))


def _proportional(pid: int) -> int:
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
