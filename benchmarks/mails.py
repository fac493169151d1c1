"""`python -m benchmarks.mails`: 10,000 notices for 200 people gathered and rendered by one worker; pages meanwhile.

The mails are written as files. CPU seconds are those of the worker's process, so that a busy machine changes little.
"""

from __future__ import annotations

import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select, update

from benchmarks.installation import LARGE, ROOT, SECRET, SMALL, begin, lesson
from benchmarks.table import machine
from reviewtool import clock, installing
from reviewtool.app import create_app
from reviewtool.gitstore import reading
from reviewtool.models import Event, Notice, NoticeChoice
from reviewtool.rules.mailing import Pace
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings
from reviewtool.worker import Worker
from tests import factories
from tests.support import journey, signed_in

PEOPLE, EACH, PROPOSALS = 200, 50, 20
LIMIT = 60.0
PAGES = ("/", "/avisos", "/propuestas/1", "/propuestas")
TIMES = 30  # each page


def main() -> int:
    """Measure and print; 1 when it takes longer than the limit."""
    logging.disable(logging.WARNING)
    print(machine())
    with tempfile.TemporaryDirectory(prefix="reviewtool-mails-") as folder:
        settings, workshop, group = begin(Path(folder))
        owe(workshop, group)
        before = pages(settings, group)
        worker = subprocess.Popen([sys.executable, "-m", "benchmarks.mails", "work", folder], stdout=subprocess.PIPE)
        meanwhile = pages(settings, group)
        said = worker.communicate()[0].decode().strip()
        mails = len(list(settings.mail_path.glob("*.eml")))
        workshop.store.close()
        workshop.database.dispose()
    print(f"{PEOPLE * EACH} notices for {PEOPLE} people about {PROPOSALS} proposals: {mails} mails, {said} CPU seconds")
    for path in PAGES:
        alone, beside = before[path], meanwhile[path]
        print(
            f"  {path}: p95 {alone[0]:.0f} ms of CPU ({alone[1]:.0f} on the wall) alone, "
            f"{beside[0]:.0f} ({beside[1]:.0f}) while the worker runs"
        )
    return 0 if mails == PEOPLE and float(said) < LIMIT else 1


def owe(workshop: Workshop, group: factories.Group) -> None:
    """Make proposals in ballot and owe each person a number of notices of them, an hour old."""
    numbers = []
    for at in range(PROPOSALS):
        path = (SMALL, LARGE, *map(lesson, range(20)))[at]
        number = journey.propose(workshop, group.members[at % 11], path, *_words(workshop, path))
        journey.open_ballot(workshop, number, group.coordinator)
        numbers.append(number)
    with workshop.database.write() as session:
        session.execute(update(Notice).values(settled_at=clock.now()))
        told = [factories.make_person(session, f"Persona {each}", "observer").id for each in range(PEOPLE)]
        session.add_all(
            NoticeChoice(person_id=each, asked=Pace.at_once, rest=Pace.daily, quiet_from=None, quiet_until=None)
            for each in told
        )
        opened = dict(
            session.execute(select(Event.proposal_number, Event.id).where(Event.kind == "ballot_opened")).all()
        )
        at = clock.now() - timedelta(hours=1)
        session.execute(
            insert(Notice),
            [
                {
                    "person_id": each,
                    "event_id": opened[numbers[turn % PROPOSALS]],
                    "kind": "your_turn",
                    "created_at": at,
                }
                for each in told
                for turn in range(EACH)
            ],
        )


def _words(workshop: Workshop, path: str) -> tuple[str, str]:
    """Return words of a document that a proposal replaces, and others."""
    found = reading.find(workshop.store, reading.head(workshop.store), path)
    text = reading.data(workshop.store, found.blob).decode()
    paragraph = next(part for part in text.split("\n\n") if len(part.split()) > 12 and not part.startswith(("#", "|")))
    old = " ".join(paragraph.split("\n")[0].split(" ")[:3])
    return old, f"{old} de nuevo"


def pages(settings: Settings, group: factories.Group) -> dict[str, tuple[float, float]]:
    """Return of each page the 95th percentile of an answer's time, in milliseconds: of the CPU, and on the wall."""
    client = signed_in.client(create_app(settings), group.members[1])
    found = {}
    for path in PAGES:
        client.get(path)
        times = []
        for _turn in range(TIMES):
            begun = time.thread_time(), time.perf_counter()
            assert client.get(path).status_code == 200
            times.append((time.thread_time() - begun[0], time.perf_counter() - begun[1]))
        found[path] = tuple(1000 * statistics.quantiles(each, n=20)[-1] for each in zip(*times, strict=True))
    return found


def work(folder: str) -> None:
    """Gather and send everything in one process of its own; print its CPU seconds."""
    settings = Settings(var=Path(folder) / "var", group_file=ROOT / "config" / "group.toml", secret_key=SECRET)
    workshop = installing.open_existing(settings)
    logging.disable(logging.WARNING)
    begun = _cpu()
    Worker(workshop, settings).turn()
    print(f"{_cpu() - begun:.1f}")


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2])
        sys.exit(0)
    sys.exit(main())
