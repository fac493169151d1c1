"""What one act costs in this process and in the git processes it starts: a comment, a merge, each with its record."""

from __future__ import annotations

import hashlib
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from benchmarks.installation import Installation
from benchmarks.table import Table
from reviewtool.services import merging, people, recording, threads
from reviewtool.services.threads import Message, Place

ROUNDS, FIRST = 40, 4
REFERENCE = bytes(range(256)) * 24_000  # some 10 ms of hashing
BODY = "Convendría citar aquí el párrafo 2 de la nota interpretativa y revisar la cifra del ejemplo."


@dataclass
class Taken:
    """Milliseconds of the clock and of the processors, those of ended git processes among them, one a repetition."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, act: Callable[[], object]) -> None:
        """Do it once and note what it took."""
        wall, cpu = time.perf_counter(), _cpu()
        act()
        self.cpu.append((_cpu() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)

    def __str__(self) -> str:
        wall, cpu = (f"{statistics.median(found):.1f} ms (least {min(found):.1f})" for found in (self.wall, self.cpu))
        return f"{wall}, CPU {cpu}"

    @property
    def median(self) -> float:
        """The median of the clock."""
        return statistics.median(self.wall)

    @property
    def steady(self) -> float:
        """The first quartile of the processors' time: what others on the machine do hardly reaches it."""
        return statistics.quantiles(self.cpu, n=4)[0]


def _cpu() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


@dataclass
class Spot:
    """A proposal that is commented on again and again, and what its comments, their records and both took."""

    made: Installation
    number: int
    comment: Taken = field(default_factory=Taken)
    record: Taken = field(default_factory=Taken)
    whole: Taken = field(default_factory=Taken)

    def once(self) -> None:
        """Comment, and let the record follow."""
        self.whole.take(self._both)

    def _both(self) -> None:
        self.comment.take(self._comment)
        self.record.take(lambda: recording.record(self.made.workshop, self.number))

    def _comment(self) -> None:
        workshop = self.made.workshop
        with workshop.database.write() as session:
            by = people.get(session, self.made.people.members[1].id)
            threads.comment(session, workshop, self.number, Place(1), Message(BODY), by=by)

    def forget(self) -> None:
        """Leave out what was taken so far: the first ones start git's kept processes and fill what is remembered."""
        self.comment, self.record, self.whole = Taken(), Taken(), Taken()


def comments(table: Table, few: Installation, many: Installation) -> None:
    """Comment in turns where there are few proposals, many, and many comments, so that noise falls on all alike."""
    places = {
        "few": Spot(few, few.pages["10 comments"]),
        "many": Spot(many, many.pages["10 comments"]),
        "long": Spot(many, many.pages["10000 comments"]),
    }
    busy = Taken()
    for count in range(FIRST + ROUNDS):
        if count == FIRST:
            for place in places.values():
                place.forget()
        for place in places.values():
            place.once()
        busy.take(lambda: hashlib.sha256(REFERENCE).digest())
    table.section(f"A comment with its record, one client, through the services ({ROUNDS} of each in turns)")
    small, big, long = places["few"], places["many"], places["long"]
    table.say("Beside them, hashing that needs nobody else", str(busy))
    table.most(f"{many.count:,} proposals, median", big.whole.median, 60, " ms")
    for what, place in (
        (f"{few.count} proposals", small),
        (f"{many.count:,} proposals", big),
        ("10,000 comments", long),
    ):
        table.say(f"  {what}: both", str(place.whole))
        table.say("    the comment", str(place.comment))
        table.say("    its record", str(place.record))
    table.most("Git processes of a comment with its record", _started(many, big.once), 2)
    _growth(table, f"Growth from {few.count} to {many.count:,} proposals", small, big, 1.2)
    _growth(table, "Growth from 10 to 10,000 comments of the proposal", big, long, 1.5)


def _started(made: Installation, act: Callable[[], object]) -> int:
    before = made.workshop.store.processes
    act()
    return made.workshop.store.processes - before


def _growth(table: Table, what: str, less: Spot, more: Spot, limit: float) -> None:
    wall = more.whole.median / less.whole.median
    table.most(f"{what}, CPU", more.whole.steady / less.whole.steady, limit, "x", f" (clock {wall:.2f}x)")


def merges(table: Table, made: Installation) -> None:
    """Merge what stands approved, one after another."""
    taken = Taken()
    by = made.people.coordinator.id
    started = []
    for number in made.approved:
        act = partial(merging.merge, made.workshop, number, by_id=by, revision=1)
        started.append(_started(made, partial(taken.take, act)))
    table.section(f"A merge with its record, through the services ({len(made.approved)} merges)")
    table.most("Merge with its record, median", taken.median, 150, " ms")
    table.say("  both", str(taken))
    table.say("  git processes", f"{statistics.median(started):.0f}")
