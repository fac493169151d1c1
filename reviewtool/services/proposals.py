"""Finding, locking and listing proposals. What is done to them lives in drafts, revisions, ballots and merging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from reviewtool.errors import AlreadyDecided, NotFound
from reviewtool.models import Ballot, Merge, Person, Proposal, RefMove, Revision, Touch
from reviewtool.rules.lifecycle import State

PAGE_SIZE = 50
OPEN_STATES = (State.consultation, State.awaiting_decision, State.voting, State.approved)


def get(session: Session, number: int) -> Proposal:
    """Return a proposal with its author; raises NotFound."""
    found = session.scalar(select(Proposal).where(Proposal.number == number).options(joinedload(Proposal.author)))
    if found is None:
        raise NotFound("proposal-unknown", number=number)
    return found


def lock(session: Session, number: int) -> Proposal:
    """Return a proposal that nobody else can act on until this transaction ends.

    Every act on a proposal begins here. Raises NotFound; AlreadyDecided("merging-now") while its merge is under way.
    """
    query = select(Proposal).where(Proposal.number == number).with_for_update()
    proposal = session.scalar(query.execution_options(populate_existing=True))
    if proposal is None:
        raise NotFound("proposal-unknown", number=number)
    if session.scalar(
        select(
            exists().where(RefMove.proposal_number == number, RefMove.state == "pending", RefMove.purpose == "merge")
        )
    ):
        raise AlreadyDecided("merging-now", number=number)
    return proposal


def latest_revision(session: Session, proposal: Proposal) -> Revision:
    """Return the newest revision of a proposal, with author and touched paths."""
    return revision(session, proposal.number, proposal.latest)


def revision(session: Session, number: int, revision_number: int) -> Revision:
    """Return one revision of a proposal, with author and touched paths; raises NotFound."""
    found = session.scalar(
        select(Revision)
        .where(Revision.proposal_number == number, Revision.number == revision_number)
        .options(joinedload(Revision.author), selectinload(Revision.touches))
    )
    if found is None:
        raise NotFound("revision-unknown", number=number, revision=revision_number)
    return found


def revisions(session: Session, number: int) -> list[Revision]:
    """Return all revisions of a proposal, newest first, with their authors."""
    return list(
        session.scalars(
            select(Revision)
            .where(Revision.proposal_number == number)
            .options(joinedload(Revision.author))
            .order_by(Revision.number.desc())
        )
    )


def merge_of(session: Session, number: int) -> Merge | None:
    """Return the merge of a proposal with who merged it, or None."""
    return session.scalar(select(Merge).where(Merge.proposal_number == number).options(joinedload(Merge.merged_by)))


def open_ballot(session: Session, number: int) -> Ballot | None:
    """Return the ballot that is open on a proposal, or None."""
    return session.scalar(select(Ballot).where(Ballot.proposal_number == number, Ballot.closed_at.is_(None)))


def newest_ballot(session: Session, number: int) -> Ballot | None:
    """Return the newest ballot of a proposal, open or closed, or None."""
    return session.scalar(
        select(Ballot).where(Ballot.proposal_number == number).order_by(Ballot.number.desc()).limit(1)
    )


@dataclass(frozen=True)
class Filter:
    """What a list of proposals shows; an empty field asks nothing. `numbers` restricts to given ones."""

    state: str = ""
    module: str = ""
    author_id: int | None = None
    text: str = ""
    numbers: frozenset[int] | None = None


@dataclass(frozen=True)
class Listed:
    """A row of the list, as plain values: rows of selected columns cost a tenth of loaded objects."""

    number: int
    title: str
    state: str
    author: str
    administration: str
    revision: int
    open_threads: int
    comment_count: int
    consultation_closes_at: datetime | None
    state_changed_at: datetime
    ballot_id: int | None
    ballot_closes_at: datetime | None
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """One page of the list: `page` and `pages` count from 1; `total` rows in all."""

    rows: tuple[Listed, ...]
    page: int
    pages: int
    total: int


def listing(session: Session, wanted: Filter, page: int = 1, size: int = PAGE_SIZE) -> Listing:
    """Return one page of the proposals that fit, newest first, in three queries whatever their number."""
    total = session.scalar(_fitting(select(func.count(Proposal.number)), wanted)) or 0
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    query = _fitting(
        select(
            Proposal.number,
            Proposal.title,
            Proposal.state,
            Person.name,
            Person.administration,
            Proposal.latest,
            Proposal.open_threads,
            Proposal.comment_count,
            Proposal.consultation_closes_at,
            Proposal.state_changed_at,
            Ballot.id,
            Ballot.closes_at,
            Revision.id,
        )
        .join(Person, Person.id == Proposal.author_id)
        .join(Revision, (Revision.proposal_number == Proposal.number) & (Revision.number == Proposal.latest))
        .outerjoin(Ballot, (Ballot.proposal_number == Proposal.number) & Ballot.closed_at.is_(None)),
        wanted,
    )
    found = session.execute(query.order_by(Proposal.number.desc()).limit(size).offset((page - 1) * size)).all()
    paths = _paths(session, [row[-1] for row in found])
    rows = tuple(_listed(row, paths) for row in found)
    return Listing(rows, page, pages, total)


def _listed(row: Row[Any], paths: dict[int, tuple[str, ...]]) -> Listed:
    values: list[Any] = list(row)
    revision_id = values.pop()
    return Listed(*[*values, paths.get(revision_id, ())])


def _paths(session: Session, revision_ids: list[int]) -> dict[int, tuple[str, ...]]:
    if not revision_ids:
        return {}
    found: dict[int, tuple[str, ...]] = {}
    query = select(Touch.revision_id, Touch.path).where(Touch.revision_id.in_(revision_ids)).order_by(Touch.path)
    for revision_id, path in session.execute(query):
        found[revision_id] = (*found.get(revision_id, ()), path)
    return found


def _fitting(query: Select, wanted: Filter) -> Select:  # type: ignore[type-arg]  # any row
    if wanted.state == "open":
        query = query.where(Proposal.state.in_(OPEN_STATES))
    elif wanted.state:
        query = query.where(Proposal.state == wanted.state)
    if wanted.author_id is not None:
        query = query.where(Proposal.author_id == wanted.author_id)
    if wanted.numbers is not None:
        query = query.where(Proposal.number.in_(wanted.numbers))
    if wanted.module:
        touched = select(Revision.proposal_number).join(Touch, Touch.revision_id == Revision.id)
        query = query.where(Proposal.number.in_(touched.where(Touch.module == wanted.module)))
    if wanted.text:
        term = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(Proposal.title.ilike(term, escape="\\"), Proposal.reason.ilike(term, escape="\\")))
    return query


def authors(session: Session) -> list[tuple[int, str]]:
    """Return id and name of everybody who proposed something, by name."""
    query = select(Person.id, Person.name).where(Person.id.in_(select(Proposal.author_id))).order_by(Person.name)
    return [(person_id, name) for person_id, name in session.execute(query)]


def open_touching(session: Session, paths: list[str], *, besides: int | None = None) -> list[tuple[Proposal, Touch]]:
    """Return the open proposals whose newest revision touches one of the paths, with what they touch."""
    if not paths:
        return []
    query = (
        select(Proposal, Touch)
        .join(Revision, (Revision.proposal_number == Proposal.number) & (Revision.number == Proposal.latest))
        .join(Touch, Touch.revision_id == Revision.id)
        .where(Proposal.state.in_(OPEN_STATES), or_(Touch.path.in_(paths), Touch.old_path.in_(paths)))
        .order_by(Proposal.number)
        .options(joinedload(Proposal.author))
    )
    if besides is not None:
        query = query.where(Proposal.number != besides)
    return [(proposal, touch) for proposal, touch in session.execute(query)]
