"""What it costs to say where 1,000 open ballots with 60 votes each stand, as the coordination's panel asks it.

The group is made large for it: 60 seats, every one of which has voted in every ballot; some votes wait for their
confirmation, and a tenth of the proposals has an open formal objection.
"""

from __future__ import annotations

import gc
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from benchmarks import installation
from benchmarks.crowd import Crowd
from benchmarks.table import Table, machine
from reviewtool import serving
from reviewtool.clock import now
from reviewtool.models import Ballot, Objection, Person, Proposal, Revision, Seat, SeatHolding, Thread, Vote
from reviewtool.rules.voting import BallotRules, Position, Roll, SeatOnRoll
from reviewtool.services import desk, standings
from reviewtool.services.workshop import Workshop
from tests import factories
from tests.support.agenda import statements

PROPOSALS, SEATS = 1_000, 60
QUERIES, MILLISECONDS = 3, 300
ROUNDS = 9
SAID = (Position.for_, Position.for_, Position.for_with_remarks, Position.for_, Position.against, Position.abstain)


@dataclass
class Asked:
    """What asking once cost: queries, and the processor's milliseconds of each round."""

    queries: int
    cpu: list[float]

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.cpu)


def measure(table: Table, folder: Path) -> None:
    """Make the ballots, ask where they stand with nothing remembered and again, and fill the table."""
    workshop, numbers = make(folder)
    table.section(f"Where {PROPOSALS:,} open ballots stand, {SEATS} votes each, for the coordination's panel")

    def stand() -> int:
        with workshop.database.read() as session:
            return len(standings.of_newest(session, workshop, numbers))

    def panel() -> int:
        with workshop.database.read() as session:
            return len(desk.board(session, workshop, PROPOSALS).voting)

    assert stand() == panel() == PROPOSALS
    fresh, again = asked(workshop, stand, forget=True), asked(workshop, stand, forget=False)
    table.most("Queries, nothing remembered", fresh.queries, QUERIES)
    table.most("CPU, nothing remembered, median", fresh.median, MILLISECONDS, " ms", f" (least {min(fresh.cpu):.0f})")
    table.say("The same again, remembered: queries, CPU", f"{again.queries}, {again.median:.0f} ms")
    whole = asked(workshop, panel, forget=True)
    table.say(f"The whole panel with {PROPOSALS:,} rows: queries, CPU", f"{whole.queries}, {whole.median:.0f} ms")
    workshop.store.close()
    workshop.database.dispose()


def alone() -> None:
    """Measure nothing else: `python -m benchmarks.panel`."""
    logging.disable(logging.WARNING)
    print(machine())
    table = Table()
    folder = Path(tempfile.mkdtemp(prefix="reviewtool-bench-"))
    try:
        measure(table, folder / "panel")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table.close()


def asked(workshop: Workshop, ask: Callable[[], int], *, forget: bool) -> Asked:
    """Ask several times; the collector looks for circles as seldom as in a worker."""
    kept = gc.get_threshold()
    gc.set_threshold(*serving.COLLECT)
    found, sent = [], 0
    for _ in range(ROUNDS):
        if forget:
            workshop.cache.clear()
        gc.collect()
        with statements(workshop.database) as queries:
            began = time.process_time()
            ask()
            found.append((time.process_time() - began) * 1000)
        sent = max(sent, len(queries))
    gc.set_threshold(*kept)
    return Asked(sent, found)


def make(folder: Path) -> tuple[Workshop, list[int]]:
    """Make an installation on SQLite with the large group and the open ballots; return their proposals' numbers."""
    folder.mkdir()
    _settings, workshop, people = installation.begin(folder)
    with workshop.database.write() as session:
        for at in range(SEATS - len(people.seats)):
            code = list(factories.ADMINISTRATIONS)[at % 12]
            factories.make_person(session, f"Miembro {at}", "member", administration=code)
    installation.fill(workshop, people, 4, still_open=0)
    with workshop.database.write() as session:
        template = session.scalars(select(Revision).where(Revision.proposal_number == 1)).one()
        columns = {column.key: getattr(template, column.key) for column in Revision.__table__.columns}
        crowd = Crowd(session, workshop, people, [])
        crowd.last |= {Objection: 0}
        held = session.execute(
            select(Seat, Person)
            .join(SeatHolding, SeatHolding.seat_id == Seat.id)
            .join(Person, Person.id == SeatHolding.person_id)
            .order_by(Seat.id)
        ).all()
        _Voting(crowd, columns, [(seat, person) for seat, person in held]).fill(PROPOSALS)
        numbers = list(session.scalars(select(Proposal.number).where(Proposal.state == "voting")))
    return workshop, numbers


@dataclass
class _Voting:
    """Makes the rows of a proposal in a ballot in which every seat has voted."""

    crowd: Crowd
    revision: dict[str, object]
    held: list[tuple[Seat, Person]]

    def fill(self, count: int) -> None:
        seats = (
            SeatOnRoll(seat.key, seat.label, person.certified_on is not None, seat.administration)
            for seat, person in self.held
        )
        roll = Roll(tuple(seats)).to_json()
        rules = replace(BallotRules.from_json(self.crowd.rules), author_votes=True).to_json()
        for at in range(count):
            self._one(5 + at, roll, rules)
            if at % 100 == 99:
                self.crowd.write()

    def _one(self, number: int, roll: list[dict[str, object]], rules: dict[str, object]) -> None:
        crowd, by = self.crowd, self.crowd.people.coordinator.id
        opened = now() - timedelta(days=2)
        made = self.revision | {"proposal_number": number, "number": 1, "author_id": by, "draft_token": None}
        crowd.add(Revision, **{name: value for name, value in made.items() if name != "id"})
        values = {"proposal_number": number, "number": 1, "revision": 1, "seal": made["seal"], "opened_by_id": by}
        closes = now() + timedelta(days=5, minutes=number)
        ballot = crowd.add(Ballot, **values, rules=rules, roll=roll, opened_at=opened, closes_at=closes)
        for at, (seat, person) in enumerate(self.held):
            position = SAID[(number + at) % len(SAID)]
            held = {"seat_id": seat.id, "person_id": person.id, "cast_at": opened + timedelta(minutes=at)}
            confirmed = position is not Position.for_ or (number + at) % 17 != 0
            crowd.add(Vote, ballot_id=ballot, **held, position=position.value, confirmed=confirmed)
        if number % 10 == 0:
            self._objection(number, opened)
        crowd.add(
            Proposal,
            number=number,
            title=f"Precisar la lección {number % 20}",
            reason="El texto actual es incompleto.",
            instrument="Comentario 25.1",
            instrument_number="",
            kind="substance",
            author_id=by,
            state="voting",
            state_changed_at=opened,
            consultation_closes_at=opened,
            latest=1,
            version=1,
            recorded_version=1,
            created_at=opened,
        )

    def _objection(self, number: int, at: object) -> None:
        seat, person = self.held[number % SEATS]
        place = {"path": None, "quote": None, "prefix": "", "suffix": "", "start": None, "end": None}
        values = {"number": 1, "revision": 1, "created_by_id": person.id, "created_at": at, "reply_count": 0}
        thread = self.crowd.add(Thread, proposal_number=number, **values, **place)
        self.crowd.add(
            Objection,
            proposal_number=number,
            seat_id=seat.id,
            person_id=person.id,
            thread_id=thread,
            revision=1,
            reason="Debilita el vínculo",
            raised_at=at,
        )


if __name__ == "__main__":
    alone()
