"""The proposals that are over, newest first, between two instants: for the page of decisions, as plain values.

Four queries whatever their number; where each ballot stood is in `standings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from reviewtool.models import Merge, Person, Proposal, Revision, Touch
from reviewtool.rules.lifecycle import State
from reviewtool.services import standings
from reviewtool.services.standings import Counted
from reviewtool.services.workshop import Workshop

OVER = (State.merged, State.not_approved, State.no_decision, State.withdrawn)
PAGE_SIZE = 30


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


@dataclass(frozen=True)
class Page:
    """One page of them: `page` and `pages` count from 1; `total` in all."""

    rows: tuple[Decided, ...]
    page: int
    pages: int
    total: int


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
