"""The coordination's desk: every open proposal with where it stands, in groups by who must act next; plain values.

`rules.lifecycle` says whose turn it is; here the facts are gathered in a constant number of queries. The acts are in
`ballots` and `merging`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import Ballot, ExtensionRequest, Person, Proposal, Revision, Seat, Touch
from reviewtool.rules import calendar
from reviewtool.rules.lifecycle import OPEN_STATES, OVERDUE_WORKING_DAYS, Actor, NextFacts, State, next_actor
from reviewtool.rules.voting import SeatNamed, may_call_second_call
from reviewtool.services import rulesets, standings, touching
from reviewtool.services.standings import Counted
from reviewtool.services.workshop import Workshop

GROUP_SIZE = 50  # rows of one state; the list of proposals has the others
RECENT = timedelta(days=45)  # so long a ballot without quorum waits here for a second call
SOON = 7  # days
SHARED_MOST = 5  # other proposals named beside one; who needs more has the list
SHARED_READ = 1000  # touched documents looked through for them
_STATES = (State.approved, State.awaiting_decision, State.voting, State.consultation, State.no_decision)


@dataclass(frozen=True)
class Shared:
    """Another open proposal that touches one of the same documents."""

    number: int
    title: str


@dataclass(frozen=True)
class Item:
    """One proposal on the desk; `ballot` is its newest one, `extensions` the seats that ask for more time."""

    number: int
    title: str
    author_id: int
    author: str
    administration: str
    state: State
    state_changed_at: datetime
    consultation_closes_at: datetime | None
    amendment_asked: bool
    open_threads: int
    paths: tuple[str, ...] = ()
    ballot: Counted | None = None
    collides: bool = False
    objectors: tuple[SeatNamed, ...] = ()
    extensions: tuple[SeatNamed, ...] = ()
    shared: tuple[Shared, ...] = ()
    overdue: bool = False

    @property
    def closes_at(self) -> datetime | None:
        """Return when what is open now closes."""
        if self.state is State.consultation:
            return self.consultation_closes_at
        return self.ballot.closes_at if self.ballot and self.ballot.closed_at is None else None

    @property
    def interrupted_by(self) -> str | None:
        """Return the key of the seat that broke the silence, while the coordination has not chosen what follows."""
        if self.state is not State.awaiting_decision or self.ballot is None or self.ballot.broken_by is None:
            return None
        return self.ballot.broken_by

    @property
    def may_call_again(self) -> bool:
        """Say whether a second call is possible."""
        ballot = self.ballot
        return ballot is not None and may_call_second_call(ballot.outcome, is_second_call=ballot.is_second_call)

    @property
    def actor(self) -> Actor:
        """Say whose turn it is."""
        facts = NextFacts(
            open_objections=len(self.objectors),
            merges=not self.collides,
            amendment_asked=self.amendment_asked,
            everybody_voted=self.ballot is not None and self.ballot.everybody_voted,
            may_call_again=self.may_call_again,
        )
        return next_actor(self.state, facts)


@dataclass(frozen=True)
class Board:
    """The desk: what can be merged, what waits for the coordination's decision or for others, what is running."""

    ready: tuple[Item, ...] = ()
    to_decide: tuple[Item, ...] = ()
    held: tuple[Item, ...] = ()
    voting: tuple[Item, ...] = ()
    consulting: tuple[Item, ...] = ()
    counts: dict[str, int] | None = None  # proposals in each state, those beyond `GROUP_SIZE` too

    @property
    def pending_soon(self) -> int:
        """Count the seats still to be heard in ballots that close within a week."""
        soon = [item.ballot for item in (*self.voting, *self.to_decide) if item.ballot and item.state is State.voting]
        return sum(
            len(ballot.standing.waiting_for) for ballot in soon if (ballot.closes_at.date() - now().date()).days <= SOON
        )

    def total(self, state: State) -> int:
        """Return how many proposals are in a state in all."""
        return (self.counts or {}).get(state.value, 0)


def board(session: Session, workshop: Workshop, size: int = GROUP_SIZE) -> Board:
    """Return the desk, each group with the most urgent first; `size` proposals of each state are looked at."""
    items = _items(session, workshop, size)
    groups: dict[str, list[Item]] = {"ready": [], "to_decide": [], "held": [], "voting": [], "consulting": []}
    for item in items:
        group = group_of(item)
        if group:
            groups[group].append(item)
    return Board(**{name: tuple(found) for name, found in groups.items()}, counts=counts(session))


def group_of(item: Item) -> str | None:
    """Say in which group of the desk a proposal stands; None where nobody waits for anything."""
    waits = item.actor is Actor.coordination
    match item.state:
        case State.approved:
            return "ready" if waits else "held"
        case State.awaiting_decision:
            return "to_decide" if waits else "held"
        case State.no_decision:
            return "to_decide" if waits else None
        case State.voting:
            return "to_decide" if waits or item.extensions else "voting"
        case State.consultation:
            return "to_decide" if item.extensions else "consulting"
        case _:
            return None


def counts(session: Session) -> dict[str, int]:
    """Return how many proposals are in each state."""
    query = select(Proposal.state, func.count()).group_by(Proposal.state)
    return dict(session.execute(query).all())


def _items(session: Session, workshop: Workshop, size: int) -> list[Item]:
    found = [_item(row) for state in _STATES for row in _rows(session, state, size)]
    numbers = [item.number for item in found]
    ballots = standings.of_newest(session, workshop, numbers)
    objected = standings.objections(session, numbers)
    touched = touching.touches(session, numbers)
    paths = {number: tuple(touch.path for touch in each) for number, each in touched.items()}
    stuck = touching.collisions(session, workshop, [item.number for item in found if item.state is State.approved])
    asked = _extensions(session, found, ballots)
    shared = _shared(session, paths)
    group_calendar = rulesets.calendar_of(session, workshop.group)
    return [
        replace(
            item,
            paths=paths.get(item.number, ()),
            ballot=ballots.get(item.number),
            collides=item.number in stuck,
            objectors=tuple(objected.get(item.number, ())),
            extensions=tuple(asked.get(item.number, ())),
            shared=tuple(shared.get(item.number, ())),
            overdue=item.state in {State.approved, State.awaiting_decision}
            and calendar.working_days_since(item.state_changed_at, now(), group_calendar) >= OVERDUE_WORKING_DAYS,
        )
        for item in found
    ]


def _rows(session: Session, state: State, size: int) -> list[Row[*tuple[Any, ...]]]:
    """Return the proposals in a state: what closes first, or has waited longest, comes first."""
    query = (
        select(
            Proposal.number,
            Proposal.title,
            Proposal.author_id,
            Person.name,
            Person.administration,
            Proposal.state,
            Proposal.state_changed_at,
            Proposal.consultation_closes_at,
            Proposal.amendment_asked,
            Proposal.open_threads,
        )
        .join(Person, Person.id == Proposal.author_id)
        .where(Proposal.state == state)
        .limit(size)
    )
    if state is State.voting:
        query = query.join(Ballot, (Ballot.proposal_number == Proposal.number) & Ballot.closed_at.is_(None))
        return list(session.execute(query.order_by(Ballot.closes_at, Proposal.number)))
    if state is State.no_decision:
        query = query.where(Proposal.state_changed_at >= now() - RECENT)
    first = Proposal.consultation_closes_at if state is State.consultation else Proposal.state_changed_at
    return list(session.execute(query.order_by(first, Proposal.number)))


def _item(row: Row[*tuple[Any, ...]]) -> Item:
    number, title, author_id, author, administration, state, *others = row
    return Item(number, title, author_id, author, administration, State(state), *others)


def _extensions(session: Session, items: Collection[Item], ballots: dict[int, Counted]) -> dict[int, list[SeatNamed]]:
    """Return the seats whose request for more time in what is open now nobody has answered."""
    found: dict[int, list[SeatNamed]] = {}
    present = {
        item.number: ballots[item.number].number if item.state is State.voting and item.number in ballots else 0
        for item in items
        if item.state in {State.voting, State.consultation}
    }
    if not present:
        return found
    query = (
        select(
            ExtensionRequest.proposal_number, ExtensionRequest.ballot_number, Seat.key, Seat.label, Seat.administration
        )
        .join(Seat, Seat.id == ExtensionRequest.seat_id)
        .where(ExtensionRequest.proposal_number.in_(present), ExtensionRequest.granted.is_(None))
        .order_by(ExtensionRequest.id)
    )
    for number, ballot, *seat in session.execute(query):
        if present[number] == ballot:
            found.setdefault(number, []).append(SeatNamed(*seat))
    return found


def _shared(session: Session, paths: dict[int, tuple[str, ...]]) -> dict[int, list[Shared]]:
    """Return for each proposal some other open ones whose newest version touches a document that it touches."""
    wanted = sorted({path for each in paths.values() for path in each})
    touching_now: dict[str, list[Shared]] = {}
    if not wanted:
        return {}
    query = (
        select(Touch.path, Touch.old_path, Proposal.number, Proposal.title)
        .join(Revision, Revision.id == Touch.revision_id)
        .join(Proposal, (Proposal.number == Revision.proposal_number) & (Proposal.latest == Revision.number))
        .where(Proposal.state.in_(OPEN_STATES), or_(Touch.path.in_(wanted), Touch.old_path.in_(wanted)))
        .order_by(Proposal.number)
        .limit(SHARED_READ)
    )
    for path, old_path, number, title in session.execute(query):
        for each in {path, old_path or path}:
            others = touching_now.setdefault(each, [])
            if len(others) <= SHARED_MOST:
                others.append(Shared(number, title))
    found: dict[int, list[Shared]] = {}
    for number, mine in paths.items():
        beside = {other.number: other for path in mine for other in touching_now.get(path, ())}
        beside.pop(number, None)
        if beside:
            found[number] = [beside[other] for other in sorted(beside)[:SHARED_MOST]]
    return found
