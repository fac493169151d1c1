"""Kills at random moments: a small installation, four people over HTTP, and after each kill the ledger compared.

All random choices follow from the seed; what the machine does in between does not, so a seed tells the sort of a
failure again rather than the failure itself.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import texts
from benchmarks.faults.acting import Board, Client
from benchmarks.faults.checking import Checker, Found, waiting
from benchmarks.faults.ledger import SORTS, Ledger
from reviewtool import installing
from reviewtool.services import people, recording, refmoves
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings
from tests import factories
from tests.support.server import Server, tail

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "only-for-faults" * 4
PASSWORD = "una clave para pruebas"
LESSONS = 60
PEOPLE = (("Rosa Quispe", "PE", "member"), ("Wilma Choque", "BO", "member"), ("Byron Cevallos", "EC", "member"))
PATIENCE_SECONDS = 60
ROUND = 15  # kills before the server is stopped and everything is settled in this process
WORK_SECONDS = (0.3, 1.8)  # before a kill
WHOLE_SHARE, ENTER_SHARE = 0.4, 0.2
LONG_AGO = 24 * 3600.0


@dataclass
class Outcome:
    """What a run of kills saw."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    locks: int = 0
    found: Found = field(default_factory=Found)
    seconds: float = 0

    def lines(self, ledger: Ledger) -> list[str]:
        """Return the table of what was acknowledged and found."""
        kills = ", ".join(f"{count} of {what}" for what, count in sorted(self.kills.items()))
        counts = ledger.counts()
        lines = [f"seed {self.seed}: {sum(self.kills.values())} kills ({kills}) in {self.seconds:.0f} s"]
        lines.append(
            f"  {'':10}{'acknowledged':>14}{'in database':>13}{'in record':>11}{'no answer':>11}{'sent again':>12}"
        )
        for sort in SORTS:
            found = (counts[sort], self.found.database[sort], self.found.record[sort])
            row = "{:>14}{:>13}{:>11}{:>11}{:>12}".format(*found, ledger.lost[sort], ledger.repeated[sort])
            lines.append(f"  {sort:10}{row}")
        refused = ", ".join(f"{what}: {count}" for what, count in sorted(ledger.refused.items()))
        lines.append(f"  locks that killed git processes left: {self.locks}; refused: {refused or 'nothing'}")
        return lines


def make(folder: Path, url: str) -> tuple[Settings, Workshop]:
    """Make an installation of lessons with a mark that each version changes, and four people who can sign in."""
    materials = folder / "materials"
    (materials / "modulo").mkdir(parents=True)
    for at in range(LESSONS):
        text = texts.document(2, seed=at, title=f"Lección {at}")
        (materials / "modulo" / f"leccion-{at:02d}.md").write_text(f"{text}\n\nMarca: ninguna.\n", encoding="utf-8")
    group = folder / "group.toml"
    said = (ROOT / "config" / "group.toml").read_text(encoding="utf-8")
    group.write_text(said.replace("early_close = false", "early_close = true"), encoding="utf-8")
    settings = Settings(var=folder / "var", database_url=url, group_file=group, secret_key=KEY)
    workshop = installing.create(settings, source=str(materials))
    with workshop.database.write() as session:
        made = [factories.make_person(session, name, role, administration=place) for name, place, role in PEOPLE]
        made.append(factories.make_person(session, "Elena Marroquín", "coordination", administration=""))
        for person in made:
            people.set_password(person, PASSWORD)
    return settings, workshop


class Kills:
    """One run: the server, its clients, their ledger and the check."""

    def __init__(self, settings: Settings, workshop: Workshop, seed: int) -> None:
        self.workshop, self.ledger = workshop, Ledger()
        self.outcome = Outcome(seed)
        self._chance = random.Random(seed)
        self._server = Server(settings.var, environment(settings))
        self._checker = Checker(workshop, self.ledger)
        self._locks = settings.repository_path
        board = Board([f"modulo/leccion-{at:02d}.md" for at in range(LESSONS)])
        with workshop.database.read() as session:
            known, coordination = people.everybody(session), people.coordination(session)
        self._clients = [
            Client((person.id, person.email, PASSWORD), board, self.ledger, random.Random(f"{seed}-{at}"))
            for at, person in enumerate(known)
        ]
        for client in self._clients:
            client.coordinates = client.person in coordination

    def run(self, count: int) -> Outcome:
        """Kill so many times; raises AssertionError with everything that was wrong."""
        began = time.monotonic()
        with self._serving():
            for client in self._clients:
                client.enter()
            self._until_all_is_in_motion()
            whole = set(self._chance.sample(range(1, count + 1), round(count * WHOLE_SHARE)))
            for at in range(1, count + 1):
                self._kill_once(one=at not in whole)
                self._settled_by_the_server()
                self._compare()
                if at % ROUND == 0 and at < count:
                    self._stop_and_settle()
                    self._start()
        self._stop_and_settle()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    @contextmanager
    def _serving(self) -> Iterator[None]:
        self._start()
        try:
            yield
        except BaseException:
            self._server.kill()
            raise
        finally:
            for client in self._clients:
                client.browser.close()

    def _start(self) -> None:
        address = self._server.start()
        for client in self._clients:
            client.browser.close()
            client.browser.address = address

    @contextmanager
    def _working(self) -> Iterator[threading.Event]:
        """Let the people work for the length of the block."""
        stop = threading.Event()
        threads = [threading.Thread(target=client.work, args=(stop,)) for client in self._clients]
        for thread in threads:
            thread.start()
        try:
            yield stop
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _until_all_is_in_motion(self) -> None:
        with self._working():
            self._until(lambda: len(self.ledger.counts()) == len(SORTS), "not every sort of act was done")

    def _kill_once(self, *, one: bool) -> None:
        """Let the people work, kill at a random moment, and let them press again what was not answered."""
        moment, rest = self._chance.uniform(*WORK_SECONDS), self._chance.uniform(*WORK_SECONDS)
        with self._working() as stop:
            stop.wait(moment)  # the random moment itself
            if one:
                self._kill_worker()
                stop.wait(rest)  # the others go on
            else:
                self._server.kill()
        self.outcome.kills["one worker" if one else "the whole server"] += 1
        if not one:
            self._let_time_pass_over_locks()
            self._start()
        self._until_it_answers()
        for client in self._clients:
            client.press_again()
        if self._chance.random() < ENTER_SHARE:
            self._chance.choice(self._clients).enter()

    def _kill_worker(self) -> None:
        workers = self._server.workers()
        if workers:
            os.kill(self._chance.choice(sorted(workers)), signal.SIGKILL)

    def _let_time_pass_over_locks(self) -> None:
        """Make locks that killed git processes left as old as they are when somebody comes to look."""
        for lock in self._locks.rglob("*.lock"):
            self.outcome.locks += 1
            then = time.time() - LONG_AGO
            os.utime(lock, (then, then))

    def _until_it_answers(self) -> None:
        self._until(lambda: _answers(self._server.address), "the server does not answer")

    def _settled_by_the_server(self) -> None:
        """Wait until the server itself has finished every move and brought every record up to date."""
        self._until(lambda: waiting(self.workshop) == 0, "the server does not finish what waits")

    def _until(self, holds: Callable[[], bool], complaint: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < end, f"{complaint} (seed {self.outcome.seed}): {tail(self._server.log)}"
            time.sleep(0.02)  # polling another process, with the bound above

    def _stop_and_settle(self) -> None:
        self._server.stop()
        refmoves.reconcile(self.workshop)
        recording.catch_up(self.workshop)
        self._compare()

    def _compare(self) -> None:
        self.outcome.found = self._checker.compare()
        wrong = self.outcome.found.wrong + self.ledger.broken
        said = "\n".join([*wrong, *self.outcome.lines(self.ledger), tail(self._server.log)])
        assert not wrong, f"after {sum(self.outcome.kills.values())} kills (seed {self.outcome.seed}):\n{said}"


def environment(settings: Settings) -> dict[str, str]:
    """Return what the server is told of the installation."""
    return {
        "REVIEWTOOL_SECRET_KEY": KEY,
        "REVIEWTOOL_DATABASE_URL": settings.database,
        "REVIEWTOOL_GROUP_FILE": str(settings.group_file),
        "REVIEWTOOL_WORKERS": "2",
        "REVIEWTOOL_THREADS": "4",
        # It is started often: with the code as it lies compiled beside the sources, whatever the machine says.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONOPTIMIZE": "0",
    }


def _answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(f"{address}/salud", timeout=5).read() == b"ok\n")
    except OSError:
        return False
