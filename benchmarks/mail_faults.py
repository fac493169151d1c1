"""`python -m benchmarks.mail_faults`: the worker killed 100 times among 1,000 notices (MAIL_KILLS, FAULTS_SEED).

The mail server is a process of its own that writes down each mail before it takes it. The worker is killed at any
moment: while it gathers, claims, renders, sends, or after the server took a mail and before that was written down. At
the end every mail has arrived, and none under two names.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select, update

from benchmarks.installation import begin, lesson
from benchmarks.table import machine
from reviewtool import clock, installing
from reviewtool.models import Notice, NoticeChoice
from reviewtool.rules.mailing import Pace
from reviewtool.services import events, proposals
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings
from reviewtool.worker import Worker
from tests import factories
from tests.support import journey, needs, postgres
from tests.support.server import free_port

NOTICES, A_MAIL = 1_000, 2
PATIENCE = 120.0  # seconds without a mail after which the run has failed
FORK = multiprocessing.get_context("fork")


class Ledger:
    """Writes down each mail, to whom and under which name, before the server says that it took it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Keep a mail."""
        message = message_from_bytes(envelope.content or b"", policy=default)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{envelope.rcpt_tos[0]} {message['Message-ID']}\n")
        return "250 OK"


def serve(path: Path, port: int) -> None:
    """Be the mail server until ended."""
    Controller(Ledger(path), hostname="127.0.0.1", port=port).start()
    signal.pause()


def work(settings: Settings) -> None:
    """Be a worker until killed."""
    Worker(installing.open_existing(settings), settings).run()


def main() -> int:
    """Run on both databases and print what arrived; 1 when a mail was lost or came under two names."""
    logging.disable(logging.ERROR)
    kills = int(os.environ.get("MAIL_KILLS", "100"))
    seed = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(1_000_000))
    print(machine())
    print(f"FAULTS_SEED={seed} MAIL_KILLS={kills}", flush=True)
    failed = _on("SQLite", "", seed, kills)
    binaries = needs.find_postgres()
    if binaries is None:
        print("PostgreSQL's server is not installed: nothing was killed on it.")
        return 1
    with postgres.running(binaries) as cluster, cluster.fresh("template0") as url:
        return _on("PostgreSQL", url, seed, kills) or failed


def _on(name: str, url: str, seed: int, kills: int) -> int:
    with tempfile.TemporaryDirectory(prefix="reviewtool-mail-faults-") as folder:
        settings, workshop, group = begin(Path(folder), url)
        told = _owe(workshop, group)
        ledger, port = Path(folder) / "arrived", free_port()
        ledger.touch()
        server = FORK.Process(target=serve, args=(ledger, port), daemon=True)
        server.start()
        sending = {"mail_server": "127.0.0.1", "mail_port": port, "mail_security": "none"}
        workshop.database.dispose()  # nothing open may cross a fork
        try:
            done = _kill(settings.model_copy(update=sending), workshop, ledger, kills, random.Random(seed))
        finally:
            server.kill()
        names: dict[str, set[str]] = {}
        lines = ledger.read_text(encoding="utf-8").splitlines()
        for line in lines:
            address, message_id = line.split(" ")
            names.setdefault(address, set()).add(message_id)
        with workshop.database.read() as session:
            rows = session.execute(select(Notice.settled_at).where(Notice.person_id.in_(told))).all()
        workshop.store.close()
        workshop.database.dispose()
    settled, twice = sum(row.settled_at is not None for row in rows), sum(len(each) > 1 for each in names.values())
    print(
        f"{name}: {done} kills, {len(rows)} notices, {len(told)} mails owed, {len(names)} arrived, "
        f"{len(lines) - len(names)} came again under the same Message-ID, {twice} under another; "
        f"{settled} notices settled",
        flush=True,
    )
    return int(done < kills or len(names) != len(told) or twice > 0 or settled != len(rows))


def _owe(workshop: Workshop, group: factories.Group) -> list[int]:
    """Owe people two notices each, half an hour old; return who they are."""
    number = journey.propose(workshop, group.members[0], lesson(0), "Lección 0", "Lección cero")
    with workshop.database.write() as session:
        session.execute(update(Notice).values(settled_at=clock.now()))
        told = [factories.make_person(session, f"Persona {at}", "observer").id for at in range(NOTICES // A_MAIL)]
        session.add_all(
            NoticeChoice(person_id=each, asked=Pace.at_once, rest=Pace.daily, quiet_from=None, quiet_until=None)
            for each in told
        )
    with clock.at(clock.now() - timedelta(minutes=30)), workshop.database.write() as session:
        for kind in ("your_turn", "mention"):
            event = events.add(session, proposals.lock(session, number), "ballot_opened", by=None, ballot=1)
            events.tell(session, event, told, kind)
    return told


def _kill(settings: Settings, workshop: Workshop, ledger: Path, kills: int, dice: random.Random) -> int:
    """Start workers and kill each at some moment, then let the last one finish; return how many were killed."""
    done = 0
    while True:
        worker = FORK.Process(target=work, args=(settings,))
        begun = _arrived(ledger)
        worker.start()
        if done < kills:
            until = begun + dice.randrange(6)
            _wait(lambda until=until: _arrived(ledger) >= until or not _owed(workshop))
            time.sleep(dice.random() * 0.05)
        else:
            _wait(lambda: not _owed(workshop))
        worker.kill()
        worker.join()
        if not _owed(workshop):
            return done + (done < kills)
        done += 1
        with workshop.database.write() as session:  # as if five minutes had passed
            past = clock.now() - timedelta(minutes=1)
            claimed = update(Notice).where(Notice.batch.is_not(None), Notice.settled_at.is_(None))
            session.execute(claimed.values(claimed_until=past))
        workshop.database.dispose()


def _arrived(ledger: Path) -> int:
    return ledger.read_bytes().count(b"\n")


def _owed(workshop: Workshop) -> bool:
    with workshop.database.read() as session:
        return session.scalar(select(Notice.id).where(Notice.settled_at.is_(None)).limit(1)) is not None


def _wait(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError("no mail came for two minutes")
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
