"""Rows of many proposals at once: believable states, revisions, ballots with votes, threads, acts and notices.

Each one shares the text of a proposal that was really made through the services, so that its page can be shown; its
refs are made apart. Nothing of it waits for the recorder.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.db import Base
from reviewtool.models import Ballot, Comment, Event, Merge, Notice, Objection, Proposal, Revision, Thread, Touch, Vote
from reviewtool.rules.voting import Roll, SeatOnRoll
from reviewtool.services import rulesets
from reviewtool.services.workshop import Workshop
from tests.factories import Group

AT_ONCE = 1000
OPEN_STATES = (("consultation", 35), ("awaiting_decision", 15), ("voting", 40), ("approved", 10))
CLOSED_STATES = (("merged", 75), ("not_approved", 12), ("no_decision", 5), ("withdrawn", 8))
VOTES = {"voting": 6, "approved": 9, "merged": 9, "not_approved": 9, "no_decision": 3}
OUTCOMES = {"approved": "approved", "merged": "approved", "not_approved": "not_approved", "no_decision": "no_quorum"}
TABLES: tuple[type[Base], ...] = (
    Proposal,
    Revision,
    Touch,
    Ballot,
    Vote,
    Thread,
    Comment,
    Objection,
    Event,
    Notice,
    Merge,
)
TITLES = ("Aclarar el canon", "Actualizar el caso práctico", "Corregir el ejemplo de la comisión", "Citar la opinión")
REMARK = "Convendría citar aquí el párrafo 2 de la nota interpretativa y revisar la cifra del ejemplo."
Sizes = Callable[[int], list[int]]


def of_few(number: int) -> list[int]:
    """Return how many comments the threads of a proposal have: two or three short ones."""
    return [2, 3, 4][: 2 + number % 2]


@dataclass
class Crowd:
    """Makes the rows; the counters give explicit ids, so that rows can name each other before they are written."""

    session: Session
    workshop: Workshop
    people: Group
    templates: list[tuple[dict[str, Any], list[dict[str, Any]]]]  # revision and touches of really made proposals
    sizes: Sizes = of_few
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    last: dict[type[Base], int] = field(default_factory=dict)
    rolls: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # by the author, who does not vote

    def __post_init__(self) -> None:
        for table in (Revision, Ballot, Thread, Comment, Event, Notice):
            self.last[table] = self.session.scalar(select(func.max(table.id))) or 0
        self.rules = rulesets.rules_for(self.session, self.workshop.group, ["x.md"]).to_json()
        self.chance = random.Random(7)

    def add(self, table: type[Base], **values: Any) -> int:
        """Plan a row; return its id."""
        if table in self.last:
            self.last[table] += 1
            values["id"] = self.last[table]
        self.rows[table].append(values)
        return self.last.get(table, 0)

    def fill(self, first: int, count: int, still_open: int) -> None:
        """Write proposals `first` … `first + count - 1`; the newest `still_open` of them are open."""
        for at in range(count):
            newest = count - at <= still_open
            states = OPEN_STATES if newest else CLOSED_STATES
            state = self.chance.choices([name for name, _ in states], [share for _, share in states])[0]
            began = now() - timedelta(days=3 if newest else 60, hours=(count - at) % 900)
            self._proposal(first + at, state, began)
            if at % AT_ONCE == AT_ONCE - 1:
                self.write()
        self.write()

    def write(self) -> None:
        """Send the planned rows, and keep PostgreSQL's counters above them."""
        for table in TABLES:
            if self.rows[table]:
                self.session.execute(insert(table.__table__), self.rows[table])  # type: ignore[arg-type]  # typed as any selectable
        self.rows.clear()
        if self.session.get_bind().dialect.name == "postgresql":
            for table, last in self.last.items():
                name = table.__tablename__
                self.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {max(last, 1)})"))

    def _proposal(self, number: int, state: str, began: datetime) -> None:
        author = number % len(self.people.members)
        by = self.people.members[author].id
        base, touches = self.templates[number % len(self.templates)]
        acts = _Acts(self, number)
        acts.add("submitted", by, began, revision=1, note="")
        latest = 2 if number % 3 == 0 else 1
        for revision in range(1, latest + 1):
            made = base | {"proposal_number": number, "number": revision, "author_id": by, "draft_token": None}
            made["submitted_at"] = began
            revision_id = self.add(Revision, **{key: value for key, value in made.items() if key != "id"})
            for touch in touches:
                self.add(Touch, **touch | {"revision_id": revision_id})
        threads = self.sizes(number)
        comments = sum(self.thread(acts, position, size, by=by) for position, size in enumerate(threads, 1))
        self._ballot(acts, state, author, latest, base["seal"])
        if state == "merged":
            self._merge(acts, by, base, latest)
        if state == "withdrawn":
            acts.add("withdrawn", by, began + timedelta(days=9), reason="Se integra en otra propuesta")
        open_threads = len(threads) if state in dict(OPEN_STATES) else 0
        ends = now() + timedelta(days=5) if state == "consultation" else began + timedelta(days=1)
        self.add(
            Proposal,
            number=number,
            title=f"{TITLES[number % 4]} en la lección {number % 17 + 1}",
            reason="El texto actual es incompleto y no cita el instrumento que lo sustenta.",
            instrument="Opinión consultiva",
            instrument_number=f"4.{number % 18 + 1}",
            kind="substance",
            author_id=by,
            state=state,
            state_changed_at=began + timedelta(days=2),
            consultation_closes_at=ends,
            withdrawn=state == "withdrawn",
            latest=latest,
            version=acts.count,
            recorded_version=acts.count,
            created_at=began,
            open_threads=open_threads,
            comment_count=comments,
        )

    def thread(self, acts: _Acts, position: int, size: int, *, by: int, place: dict[str, Any] | None = None) -> int:
        """Plan a thread of `size` comments by different people; return the size."""
        members = self.people.members
        began = now() - timedelta(days=2, minutes=position)
        thread = self.add(
            Thread,
            proposal_number=acts.number,
            number=position,
            revision=1,
            created_by_id=members[(acts.number + position) % 12].id,
            created_at=began,
            reply_count=size - 1,
            **(place or {"path": None, "quote": None, "prefix": "", "suffix": "", "start": None, "end": None}),
        )
        for at in range(size):
            who = members[(acts.number + position + at) % 12].id
            instant = began + timedelta(seconds=at)
            comment = self.add(
                Comment, thread_id=thread, position=at, author_id=who, body=f"{REMARK} ({at})", created_at=instant
            )
            kind = "replied" if at else "commented"
            event = acts.add(kind, who, instant, thread=thread, comment=comment)
            if at == 0 and who != by:
                self._tell(by, event, thread, instant, read=acts.number % 20 != 0)
        return size

    def _tell(self, person: int, event: int, thread: int, at: datetime, *, read: bool) -> None:
        read_at = at + timedelta(hours=1) if read else None
        values = {"kind": "comment", "thread_id": thread, "created_at": at, "read_at": read_at}
        self.add(Notice, person_id=person, event_id=event, **values)

    def _ballot(self, acts: _Acts, state: str, author: int, revision: int, seal: str) -> None:
        cast = VOTES.get(state, 0)
        if not cast:
            return
        still_open = state == "voting"
        opened = now() - timedelta(days=1 if still_open else 40)
        ballot = self.add(
            Ballot,
            proposal_number=acts.number,
            number=1,
            revision=revision,
            seal=seal,
            rules=self.rules,
            roll=self._roll(author),
            opened_at=opened,
            opened_by_id=self.people.coordinator.id,
            closes_at=now() + timedelta(days=7) if still_open else opened + timedelta(days=14),
            closed_at=None if still_open else opened + timedelta(days=14),
            outcome=OUTCOMES.get(state),
        )
        acts.add("ballot_opened", self.people.coordinator.id, opened, ballot=1, revision=revision)
        voters = [at % 12 for at in range(acts.number, acts.number + 12) if at % 12 != author][:cast]
        for count, at in enumerate(voters):
            position = "against" if state == "not_approved" and count % 2 else "for"
            person, seat = self.people.members[at], self.people.seats[at]
            instant = opened + timedelta(hours=count)
            values = {"position": position, "reason": "Falta sustento." if position == "against" else ""}
            self.add(Vote, ballot_id=ballot, seat_id=seat.id, person_id=person.id, cast_at=instant, **values)
            acts.add("voted", person.id, instant, ballot=1, seat=seat.key, position=position, ad_referendum=False)
        if not still_open:
            acts.add("ballot_closed", None, opened + timedelta(days=14), ballot=1, outcome=OUTCOMES[state])

    def _roll(self, author: int) -> list[dict[str, Any]]:
        if author not in self.rolls:
            held = enumerate(zip(self.people.seats, self.people.members, strict=True))
            seats = (
                SeatOnRoll(seat.key, seat.label, person.certified_on is not None, seat.administration, at != author)
                for at, (seat, person) in held
            )
            self.rolls[author] = Roll(tuple(seats)).to_json()
        return self.rolls[author]

    def _merge(self, acts: _Acts, by: int, base: dict[str, Any], revision: int) -> None:
        at = now() - timedelta(days=20, minutes=acts.number)
        commit = f"{acts.number:040x}"
        by_coordination = self.people.coordinator.id
        values = {"base": base["base"], "tip": base["base"], "kind": "exact", "merged_by_id": by_coordination}
        self.add(
            Merge,
            proposal_number=acts.number,
            revision=revision,
            ballot_number=1,
            commit=commit,
            merged_at=at,
            **values,
        )
        event = acts.add("merged", by_coordination, at, commit=commit, merge=True)
        self.add(Notice, person_id=by, event_id=event, kind="merged", thread_id=None, created_at=at, read_at=at)


@dataclass
class _Acts:
    """The acts on one proposal, counted from `count` on."""

    crowd: Crowd
    number: int
    count: int = 0

    def add(self, kind: str, person: int | None, at: datetime, **facts: Any) -> int:
        self.count += 1
        values = {"kind": kind, "person_id": person, "at": at, "facts": facts}
        return self.crowd.add(Event, proposal_number=self.number, seq=self.count, **values)


def talk(crowd: Crowd, number: int, sizes: list[int], places: list[dict[str, Any]]) -> None:
    """Give an existing proposal threads of these sizes on these passages, and count them on it."""
    proposal = crowd.session.get_one(Proposal, number)
    acts = _Acts(crowd, number, proposal.version)
    for position, size in enumerate(sizes, 1):
        crowd.thread(acts, position, size, by=proposal.author_id, place=places[position % len(places)])
    crowd.write()
    proposal.version = proposal.recorded_version = acts.count
    proposal.open_threads, proposal.comment_count = len(sizes), sum(sizes)
    crowd.session.flush()
