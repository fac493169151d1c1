"""The proposals that are over, newest first, between two instants: for the page of decisions, as plain values.

Five queries whatever their number; where each ballot stood is in `standings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from reviewtool.models import FollowUp, Merge, Person, Proposal, Revision, Seat, Touch, Vote
from reviewtool.rules.lifecycle import State
from reviewtool.services import follow_ups, standings
from reviewtool.services.standings import Counted
from reviewtool.services.workshop import Workshop

OVER = (State.merged, State.not_approved, State.no_decision, State.withdrawn)
PAGE_SIZE = 30
BATCH = 200  # of a table that holds all of them


@dataclass(frozen=True)
class Asked:
    """Which decisions are wanted: from an instant on, before another, ended as; empty asks nothing."""

    since: datetime | None = None
    until: datetime | None = None
    state: str = ""


@dataclass(frozen=True)
class Decided:
    """One proposal that is over; `commit` is set for one that was merged, `counted` where its last ballot stood."""

    number: int
    title: str
    state: str
    ended_at: datetime
    author: str
    administration: str
    commit: str | None
    paths: tuple[str, ...]
    counted: Counted | None
    follow_up: FollowUp | None


@dataclass(frozen=True)
class Page:
    """One page of them: `page` and `pages` count from 1; `total` in all."""

    rows: tuple[Decided, ...]
    page: int
    pages: int
    total: int


class Reason(NamedTuple):
    """Why a seat stood as it did, word for word."""

    seat: str
    position: str
    reason: str


def batches(
    session: Session, workshop: Workshop, asked: Asked
) -> Iterator[tuple[tuple[Decided, ...], dict[int, list[Reason]]]]:
    """Yield all that was decided, a page at a time, with the reasons of the current votes by the id of their ballot."""
    page = pages = 1
    while page <= pages:
        found = listing(session, workshop, asked, page, BATCH)
        yield found.rows, _reasons(session, [each.counted.id for each in found.rows if each.counted])
        page, pages = page + 1, found.pages


def _reasons(session: Session, ballots: list[int]) -> dict[int, list[Reason]]:
    query = (
        select(Vote.ballot_id, Seat.key, Vote.position, Vote.reason)
        .join(Seat, Seat.id == Vote.seat_id)
        .where(Vote.ballot_id.in_(ballots), Vote.current, Vote.reason != "")
        .order_by(Vote.ballot_id, Seat.key)
    )
    found: dict[int, list[Reason]] = {}
    for ballot, *said in session.execute(query) if ballots else ():
        found.setdefault(ballot, []).append(Reason(*said))
    return found


def listing(session: Session, workshop: Workshop, asked: Asked, page: int = 1, size: int = PAGE_SIZE) -> Page:
    """Return one page of what was decided, the newest first."""
    total = session.scalar(_wanted(select(func.count(Proposal.number)), asked)) or 0
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    query = _wanted(
        select(
            Proposal.number,
            Proposal.title,
            Proposal.state,
            Proposal.state_changed_at,
            Person.name,
            Person.administration,
            Merge.commit,
        )
        .join(Person, Person.id == Proposal.author_id)
        .outerjoin(Merge, Merge.proposal_number == Proposal.number),
        asked,
    )
    ordered = query.order_by(Proposal.state_changed_at.desc(), Proposal.number.desc())
    found = session.execute(ordered.limit(size).offset((page - 1) * size)).all()
    numbers = [row.number for row in found]
    paths, counted = _paths(session, numbers), standings.of_newest(session, workshop, numbers)
    steps = follow_ups.newest(session, numbers)
    rows = tuple(
        Decided(
            number=row.number,
            title=row.title,
            state=row.state,
            ended_at=row.state_changed_at,
            author=row.name,
            administration=row.administration,
            commit=row.commit,
            paths=paths.get(row.number, ()),
            counted=counted.get(row.number),
            follow_up=steps.get(row.number),
        )
        for row in found
    )
    return Page(rows, page, pages, total)


def _wanted(query: Select[*tuple[Any, ...]], asked: Asked) -> Select[*tuple[Any, ...]]:
    query = query.where(Proposal.state.in_([asked.state] if asked.state in OVER else OVER))
    if asked.since is not None:
        query = query.where(Proposal.state_changed_at >= asked.since)
    if asked.until is not None:
        query = query.where(Proposal.state_changed_at < asked.until)
    return query


def _paths(session: Session, numbers: list[int]) -> dict[int, tuple[str, ...]]:
    if not numbers:
        return {}
    query = (
        select(Proposal.number, Touch.path)
        .join(Revision, (Revision.proposal_number == Proposal.number) & (Revision.number == Proposal.latest))
        .join(Touch, Touch.revision_id == Revision.id)
        .where(Proposal.number.in_(numbers))
        .order_by(Touch.path)
    )
    found: dict[int, tuple[str, ...]] = {}
    for number, path in session.execute(query):
        found[number] = (*found.get(number, ()), path)
    return found
