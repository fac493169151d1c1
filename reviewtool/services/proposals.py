"""Finding, locking and listing proposals. What is done to them lives in drafts, revisions, ballots and merging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from reviewtool.errors import AlreadyDecided, NotFound
from reviewtool.models import Ballot, Draft, LastRead, Merge, Person, Proposal, RefMove, Revision, Touch, Withdrawal
from reviewtool.rules.lifecycle import State
from reviewtool.services import people

PAGE_SIZE = 50
OPEN_STATES = (State.consultation, State.awaiting_decision, State.voting, State.approved)


def get(session: Session, number: int) -> Proposal:
    """Return a proposal with its author; raises NotFound."""
    found = session.scalar(select(Proposal).where(Proposal.number == number).options(joinedload(Proposal.author)))
    if found is None:
        raise NotFound("proposal-unknown", number=number)
    return found


@dataclass(frozen=True)
class Stamp:
    """All that may change what a person reads of a proposal, without reading it: one small query.

    Every act raises `version`; `suggestions` stand in the person's own draft of the next revision.
    """

    title: str
    version: int
    closes_at: datetime | None  # of the open ballot
    suggestions: tuple[int, ...]
    people: int
    earlier: int | None  # the revision the person knew before the newest they opened, first at `read_at`
    read_at: datetime | None


_STAMP = (
    select(
        Proposal.title,
        Proposal.version,
        Ballot.closes_at,
        Draft.suggestions,
        people.VERSION,
        LastRead.earlier,
        LastRead.read_at,
    )
    .outerjoin(Ballot, (Ballot.proposal_number == Proposal.number) & Ballot.closed_at.is_(None))
    .outerjoin(Draft, (Draft.proposal_number == Proposal.number) & (Draft.author_id == bindparam("person")))
    .outerjoin(LastRead, (LastRead.proposal_number == Proposal.number) & (LastRead.person_id == bindparam("person")))
    .where(Proposal.number == bindparam("number"))
    .limit(1)
)


def stamp(session: Session, number: int, person_id: int) -> Stamp:
    """Return what a person's page of a proposal depends on; raises NotFound."""
    found = session.execute(_STAMP, {"number": number, "person": person_id}).first()
    if found is None:
        raise NotFound("proposal-unknown", number=number)
    title, version, closes_at, suggestions, known, *read = found
    return Stamp(title, version, closes_at, tuple(suggestions or ()), known or 0, *read)


def lock(session: Session, number: int) -> Proposal:
    """Return a proposal that nobody else can act on until this transaction ends.

    Every act on a proposal begins here. Raises NotFound; AlreadyDecided("merging-now") while its merge is under way.
    """
    proposal = session.scalar(_LOCKED, {"number": number}, execution_options={"populate_existing": True})
    if proposal is None:
        raise NotFound("proposal-unknown", number=number)
    if session.scalar(_MERGING, {"number": number}):  # asked once the lock is held
        raise AlreadyDecided("merging-now", number=number)
    return proposal


_LOCKED = select(Proposal).where(Proposal.number == bindparam("number")).with_for_update()
_MERGING = select(
    exists().where(
        RefMove.proposal_number == bindparam("number"), RefMove.state == "pending", RefMove.purpose == "merge"
    )
)


def latest(session: Session, number: int) -> int:
    """Return the number of a proposal's newest revision; raises NotFound."""
    found = session.get(Proposal, number)  # of an act that locked it, without a query
    if found is None:
        raise NotFound("proposal-unknown", number=number)
    return found.latest


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


def withdrawn_versions(session: Session, number: int) -> frozenset[int]:
    """Return the numbers of a proposal's revisions whose text was withdrawn for confidentiality."""
    return frozenset(session.scalars(_WITHDRAWN, {"number": number}))


_WITHDRAWN = (
    select(Revision.number)
    .join(Withdrawal, (Withdrawal.target_id == Revision.id) & (Withdrawal.kind == "version"))
    .where(Withdrawal.proposal_number == bindparam("number"))
)


def to_decide(session: Session, proposal: Proposal) -> Revision:
    """Return the newest revision, for a ballot; raises AlreadyDecided("version-withdrawn") when its text is gone."""
    if proposal.latest in withdrawn_versions(session, proposal.number):
        raise AlreadyDecided("version-withdrawn", number=proposal.number)
    return latest_revision(session, proposal)


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
    return session.scalar(_OPEN, {"number": number})


_NEWEST = select(Ballot).where(Ballot.proposal_number == bindparam("number")).order_by(Ballot.number.desc()).limit(1)
_OPEN = select(Ballot).where(Ballot.proposal_number == bindparam("number"), Ballot.closed_at.is_(None))


def newest_ballot(session: Session, number: int) -> Ballot | None:
    """Return the newest ballot of a proposal, open or closed, or None."""
    return session.scalar(_NEWEST, {"number": number})


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
    version: int
    ballot_closes_at: datetime | None


@dataclass(frozen=True)
class Listing:
    """One page of the list: `page` and `pages` count from 1; `total` rows in all."""

    rows: tuple[Listed, ...]
    page: int
    pages: int
    total: int


def listing(
    session: Session, wanted: Filter, page: int = 1, size: int = PAGE_SIZE, *, total: int | None = None
) -> Listing:
    """Return one page of the proposals that fit, newest first, in two queries; one when `total` is known."""
    if total is None:
        total = session.scalar(_fitting(select(func.count(Proposal.number)), wanted)) or 0
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    query = _fitting(_LISTED, wanted).order_by(Proposal.number.desc()).limit(size).offset((page - 1) * size)
    return Listing(tuple(Listed(*row) for row in session.execute(query)), page, pages, total)


_LISTED = (
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
        Proposal.version,
        Ballot.closes_at,
    )
    .join(Person, Person.id == Proposal.author_id)
    .outerjoin(Ballot, (Ballot.proposal_number == Proposal.number) & Ballot.closed_at.is_(None))
)


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


# «exists»: a look at an index for each person, where «in» would read every proposal
_AUTHORS = select(Person.id, Person.name).where(exists().where(Proposal.author_id == Person.id)).order_by(Person.name)


def authors(session: Session) -> list[tuple[int, str]]:
    """Return id and name of everybody who proposed something, by name."""
    return [(person_id, name) for person_id, name in session.execute(_AUTHORS)]


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
