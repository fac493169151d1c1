"""Every act on every proposal, newest first: who, when, on what; filtered, by pages or all of it. Plain values.

Pages and batches begin where the one before ended (by the id of an act), so that none costs more than the first. What a
page asks is a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import Session

from reviewtool.db import Database
from reviewtool.models import Ballot, Event, Person, Proposal, RoleTerm, Seat
from reviewtool.rules.permissions import TABLE, Act
from reviewtool.rules.voting import BallotRules, SeatNamed, results_visible
from reviewtool.services import earlier

PAGE_SIZE = 50
BATCH_SIZE = 500
NOBODY = 0  # asked as a person: what no person did, but rules and deadlines
VOTES = frozenset({"voted", "vote_registered", "vote_confirmed"})
_SAFE = frozenset({"ballot", "seat"})  # what may be known of a vote while the rules of its ballot keep positions back
_ACTING = TABLE[Act.read_discussion]  # nobody acts who may not read what is discussed


@dataclass(frozen=True)
class Asked:
    """Which acts are wanted: by a person, on a proposal, of some kinds, from an instant on, before another."""

    person: int | None = None
    proposal: int | None = None
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One act; `person` is None and `who` empty where rules or a deadline did it.

    `hidden`: a vote whose position others may not know before its ballot closes; it is not among the facts either.
    """

    id: int
    number: int
    title: str
    kind: str
    at: datetime
    person: int | None
    who: str
    administration: str
    facts: dict[str, Any]
    hidden: bool = False


@dataclass(frozen=True)
class Page:
    """Some acts, newest first; `older` and `newer` are the ids that the next pages begin after, None without one."""

    rows: tuple[Entry, ...]
    older: int | None
    newer: int | None
    seats: dict[str, SeatNamed] = field(default_factory=dict)


def page(
    session: Session, asked: Asked, *, reader: int, before: int = 0, after: int = 0, size: int = PAGE_SIZE
) -> Page:
    """Return the newest acts, those before an act, or those right after one; `reader` sees what they voted."""
    query, backwards = _wanted(asked), False
    if before:
        query = query.where(Event.id < before)
    elif after and (found := _after(session, asked, after, size)):
        query, backwards = query.where(Event.id <= found[-1], Event.id > after), True
    rows = session.execute(query.order_by(Event.id.desc()).limit(size if backwards else size + 1)).all()
    more = backwards or len(rows) > size
    rows = rows[:size]
    newest = rows[0].id if rows else max(before - 1, 0)
    later = session.scalar(select(_filtered(select(Event.id), asked, after=newest).exists()))
    return Page(
        rows=_entries(session, rows, reader),
        older=rows[-1].id if rows and more else None,
        newer=newest if later and (rows or before) else None,
        seats=seats(session),
    )


def _after(session: Session, asked: Asked, after: int, size: int) -> list[int]:
    """Return the ids of a whole page of acts right after one; of fewer none, for then the newest page shows them."""
    query = _filtered(select(Event.id), asked, after=after).order_by(Event.id).limit(size)
    found = list(session.scalars(query))
    return found if len(found) == size else []


def batches(database: Database, asked: Asked, *, reader: int, size: int = BATCH_SIZE) -> Iterator[tuple[Entry, ...]]:
    """Yield all the acts that are wanted, newest first, so many at a time, each batch in a session of its own."""
    before = 0
    while True:
        with database.read() as session:
            query = _wanted(asked).where(Event.id < before) if before else _wanted(asked)
            found = _entries(session, session.execute(query.order_by(Event.id.desc()).limit(size)).all(), reader)
        if found:
            yield found
        if len(found) < size:
            return
        before = found[-1].id


def seats(session: Session) -> dict[str, SeatNamed]:
    """Return every seat there is or was, by its key, to be named."""
    rows = session.execute(select(Seat.key, Seat.label, Seat.administration))
    return {row.key: SeatNamed(*row) for row in rows}


def actors(session: Session) -> list[tuple[int, str]]:
    """Return id and name of everybody who may or might have acted at some time, by name."""
    query = select(Person.id, Person.name).where(
        exists().where(RoleTerm.person_id == Person.id, RoleTerm.role.in_([role.value for role in _ACTING]))
    )
    return [(row.id, row.name) for row in session.execute(query.order_by(Person.name, Person.id))]


def _wanted(asked: Asked) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            Event.id,
            Event.proposal_number,
            Proposal.title,
            Event.kind,
            Event.at,
            Event.person_id,
            Person.name,
            Person.administration,
            Event.facts,
        )
        .join(Proposal, Proposal.number == Event.proposal_number)
        .outerjoin(Person, Person.id == Event.person_id)
    )
    return _filtered(query, asked)


def _filtered(query: Select[*tuple[Any, ...]], asked: Asked, *, after: int = 0) -> Select[*tuple[Any, ...]]:
    if asked.person is not None:
        query = query.where(Event.person_id.is_(None) if asked.person == NOBODY else Event.person_id == asked.person)
    if asked.proposal is not None:
        query = query.where(Event.proposal_number == asked.proposal)
    if asked.kinds:
        query = query.where(Event.kind.in_(asked.kinds))
    if asked.since is not None:
        query = query.where(Event.at >= asked.since)
    if asked.until is not None:
        query = query.where(Event.at < asked.until)
    return query.where(Event.id > after) if after else query


def _entries(session: Session, rows: Sequence[Row[*tuple[Any, ...]]], reader: int) -> tuple[Entry, ...]:
    """Return acts as values; secret ballots are asked for last, so that none is missed whose votes were read."""
    secret = _secret_ballots(session)
    return tuple(_entry(row, secret, reader) for row in rows)


def _entry(row: Row[*tuple[Any, ...]], secret: set[tuple[int, int]], reader: int) -> Entry:
    hidden = row.kind in VOTES and row.person_id != reader and (row.proposal_number, row.facts.get("ballot")) in secret
    return Entry(
        id=row.id,
        number=row.proposal_number,
        title=row.title,
        kind=row.kind,
        at=row.at,
        person=row.person_id,
        who=row.name or "",
        administration=row.administration or "",
        facts={name: fact for name, fact in row.facts.items() if name in _SAFE} if hidden else row.facts,
        hidden=hidden,
    )


def _secret_ballots(session: Session) -> set[tuple[int, int]]:
    """Return the open ballots whose rules keep positions back until the close, by their proposal and number.

    What they went on from about a new version is as secret.
    """
    query = select(Ballot.id, Ballot.proposal_number, Ballot.number, Ballot.rules).where(Ballot.closed_at.is_(None))
    rows = [
        row for row in session.execute(query) if not results_visible(BallotRules.from_json(row.rules), closed=False)
    ]
    found = {(row.proposal_number, row.number) for row in rows}
    moving = [row.id for row in rows if row.rules.get("revisions_during_vote")]
    before = earlier.chains(session, moving) if moving else {}
    return found | {(link.proposal_number, link.number) for ballot_id in moving for link in before[ballot_id]}
