"""What waits for a person, in order of urgency, as plain values: to vote, to confirm, to read, to answer, to revise.

The number of queries is constant and every list is bounded, whatever the number of proposals. What happened meanwhile
is in `news`, the coordination's table in `desk`; the words are made in `web`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import (
    Ballot,
    Comment,
    Draft,
    Opinion,
    Person,
    Proposal,
    Seat,
    Suggestion,
    Thread,
    Vote,
)
from reviewtool.rules.lifecycle import OPEN_STATES, State
from reviewtool.rules.permissions import Act, may
from reviewtool.services import account_notices, notices, people, standings, suggestions, touching
from reviewtool.services.standings import Counted
from reviewtool.services.touching import Touched
from reviewtool.services.workshop import Workshop

MOST = 30  # of one kind are looked for; a longer list says «more than»
SHOWN = 8  # of one kind stand on the home page; the list of proposals has the rest
OWN_LOOKED_AT = 12
DRAFTS_SHOWN = 20
RECENT = timedelta(days=45)  # so long the home page keeps one's own proposal that ended undecided


@dataclass(frozen=True)
class Waiting:
    """A proposal that waits for somebody. `position` is the vote to confirm; `paths`, `minutes` and `counted` are
    filled for those that are shown.
    """

    number: int
    title: str
    author: str
    administration: str
    state: str
    revision: int
    closes_at: datetime | None
    position: str = ""
    ad_referendum: bool = False
    is_earlier: bool = False  # the vote to confirm was given on an earlier version
    paths: tuple[str, ...] = ()
    minutes: int = 0
    counted: Counted | None = None


@dataclass(frozen=True)
class Queue:
    """What waits of one kind, the most urgent first: those shown, and how many in all, counted up to `MOST`."""

    shown: tuple[Waiting, ...] = ()
    total: int = 0

    @property
    def is_counted(self) -> bool:
        """Say whether `total` is all there is."""
        return self.total < MOST

    def __bool__(self) -> bool:
        return self.total > 0


@dataclass(frozen=True)
class Own:
    """One's own proposal and what its author is to do or may expect: codes of `TASKS` and `NEWS`."""

    number: int
    title: str
    state: str
    closes_at: datetime | None
    open_threads: int
    suggestions: int
    todo: tuple[str, ...]
    counted: Counted | None = None


TASKS = ("conflict", "amend", "suggestions")  # nobody but the author can go on
NEWS = ("objection", "interrupted", "amendment_asked", "no_decision", "not_approved", "threads")


@dataclass(frozen=True)
class Begun:
    """A private draft: of a new proposal, or of the next version of one."""

    id: int
    title: str
    proposal: int | None
    updated_at: datetime


@dataclass(frozen=True)
class Work:
    """Everything that waits for one person."""

    votes: Queue = Queue()
    confirmations: Queue = Queue()
    silences: Queue = Queue()
    opinions: Queue = Queue()
    consultations: Queue = Queue()
    talk: tuple[notices.Owed, ...] = ()
    told: tuple[notices.Owed, ...] = ()  # what the whole group is told; nobody has to answer
    account: tuple[notices.Owed, ...] = ()  # what was done to their account
    own: tuple[Own, ...] = ()
    drafts: tuple[Begun, ...] = ()

    @property
    def to_revise(self) -> tuple[Own, ...]:
        """Return the own proposals that cannot go on without a new version."""
        return tuple(own for own in self.own if {"conflict", "amend"} & set(own.todo))

    @property
    def is_empty(self) -> bool:
        """Say whether nothing waits."""
        queues = (self.votes, self.confirmations, self.silences, self.opinions, self.consultations)
        return not any(queues) and not self.talk and not self.to_revise


def of_person(session: Session, workshop: Workshop, person: Person) -> Work:
    """Return what waits for a person, by what their roles allow."""
    queues = _queues(session, workshop, person)
    mine = _own(session, person)
    wanted = [item.number for items in queues.values() for item in items[:SHOWN]]
    counted = standings.of_newest(session, workshop, [*wanted, *(own.number for own in mine)])
    touched = touching.touches(session, wanted)
    shown = {
        kind: Queue(tuple(_filled(workshop, item, counted, touched) for item in items[:SHOWN]), len(items))
        for kind, items in queues.items()
    }
    unread = notices.unread(session, person.id)
    return Work(
        **shown,
        talk=tuple(each for each in unread if each.kind not in {*notices.TOLD, *account_notices.KINDS}),
        told=tuple(each for each in unread if each.kind in notices.TOLD),
        account=tuple(each for each in unread if each.kind in account_notices.KINDS),
        own=_with_tasks(session, workshop, mine, counted),
        drafts=_drafts(session, person),
    )


def ballots_waiting(session: Session, workshop: Workshop, person: Person) -> tuple[Waiting, ...]:
    """Return the open ballots on a text in which a person's seat has said nothing yet, silences after the others."""
    queues = _queues(session, workshop, person)
    found = (*queues.get("votes", ()), *queues.get("silences", ()))
    return tuple(item for item in found if item.counted is not None and item.counted.purpose == "text")


def numbers(session: Session, workshop: Workshop, person: Person) -> frozenset[int]:
    """Return the proposals that wait for a person, for the filter of the list: at most `MOST` of each kind."""
    queues = _queues(session, workshop, person)
    asked = {
        own.number for own in _own(session, person) if own.state == State.awaiting_decision and "amend" in own.todo
    }
    found = asked | {item.number for items in queues.values() for item in items}
    if may(people.roles(person), Act.see_desk):
        states = (State.approved, State.awaiting_decision)
        found |= set(session.scalars(select(Proposal.number).where(Proposal.state.in_(states)).limit(MOST)))
    return frozenset(found)


# -- what is looked for ----------------------------------------------------------------------------------------------


def _queues(session: Session, workshop: Workshop, person: Person) -> dict[str, list[Waiting]]:
    roles = people.roles(person)
    seat = people.seat_of(person)
    found: dict[str, list[Waiting]] = {}
    if seat is not None and may(roles, Act.vote):
        found |= _ballots(session, workshop, seat)
    if may(roles, Act.give_opinion):
        found["opinions"] = _without_opinion(session, person)
    elif may(roles, Act.vote):
        found["consultations"] = _consultations(session, person, _has_not_commented(person))
    return found


_WHAT = (Proposal.number, Proposal.title, Person.name, Person.administration, Proposal.state, Proposal.latest)


def _ballots(session: Session, workshop: Workshop, seat: Seat) -> dict[str, list[Waiting]]:
    """Return the open ballots in which a seat has not voted, or has a vote to confirm, by what is to be done."""
    query = (
        select(*_WHAT, Ballot.closes_at, Vote.position, Vote.ad_referendum, Ballot.id, Proposal.version)
        .join(Proposal, Proposal.number == Ballot.proposal_number)
        .join(Person, Person.id == Proposal.author_id)
        .outerjoin(Vote, (Vote.ballot_id == Ballot.id) & (Vote.seat_id == seat.id) & Vote.current)
        .where(Ballot.closed_at.is_(None), or_(Vote.id.is_(None), Vote.confirmed.is_(False)))
        .order_by(Ballot.closes_at, Ballot.proposal_number)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    counted = standings.count(session, workshop, {row.id: row.version for row in rows})
    found: dict[str, list[Waiting]] = {"votes": [], "confirmations": [], "silences": []}
    for row in rows:
        ballot = counted[row.id]
        place = ballot.roll.find(seat.key)
        if place is None or not place.votes:
            continue
        before = next((cast for cast in ballot.casts if cast.seat == seat.key and cast.to_be_confirmed), None)
        item = Waiting(
            *row[:7],
            position=before.position if before else row.position or "",
            ad_referendum=bool(row.ad_referendum),
            is_earlier=before is not None,
            counted=ballot,
        )
        found["confirmations" if item.position else "silences" if ballot.is_silence else "votes"].append(item)
    return found


def _without_opinion(session: Session, person: Person) -> list[Waiting]:
    given = exists().where(
        Opinion.proposal_number == Proposal.number,
        Opinion.person_id == person.id,
        Opinion.current,
        Opinion.revision == Proposal.latest,
    )
    query = (
        select(*_WHAT, Ballot.closes_at)
        .join(Proposal, Proposal.number == Ballot.proposal_number)
        .join(Person, Person.id == Proposal.author_id)
        .where(Ballot.closed_at.is_(None), ~given)
        .order_by(Ballot.closes_at, Ballot.proposal_number)
        .limit(MOST)
    )
    ballots = [Waiting(*row) for row in session.execute(query)]
    return [*ballots, *_consultations(session, person, ~given)][:MOST]


def _consultations(session: Session, person: Person, wanted: Any) -> list[Waiting]:
    query = (
        select(*_WHAT, Proposal.consultation_closes_at)
        .join(Person, Person.id == Proposal.author_id)
        .where(Proposal.state == State.consultation, Proposal.author_id != person.id, wanted)
        .order_by(Proposal.consultation_closes_at, Proposal.number)
        .limit(MOST)
    )
    return [Waiting(*row) for row in session.execute(query)]


def _has_not_commented(person: Person) -> Any:
    # «+ 0»: look by conversation; by author SQLite would read everything a person ever wrote, for each proposal
    said = select(Comment.id).where(Comment.thread_id == Thread.id, Comment.author_id + 0 == person.id)
    return ~exists().where(Thread.proposal_number == Proposal.number, said.exists())


# -- one's own -------------------------------------------------------------------------------------------------------


def _own(session: Session, person: Person) -> list[Own]:
    ended = (State.not_approved, State.no_decision)
    query = (
        select(
            Proposal.number,
            Proposal.title,
            Proposal.state,
            Proposal.consultation_closes_at,
            Proposal.open_threads,
            Proposal.amendment_asked,
        )
        .where(
            Proposal.author_id == person.id,
            or_(
                Proposal.state.in_(OPEN_STATES),
                Proposal.state.in_(ended) & (Proposal.state_changed_at >= now() - RECENT),
            ),
        )
        .order_by(Proposal.number.desc())
        .limit(OWN_LOOKED_AT)
    )
    return [
        Own(number, title, state, closes_at, threads, 0, ("amend",) if amends else ())
        for number, title, state, closes_at, threads, amends in session.execute(query)
    ]


def _with_tasks(session: Session, workshop: Workshop, mine: list[Own], counted: dict[int, Counted]) -> tuple[Own, ...]:
    """Say of each own proposal what its author is to do."""
    suggested = _suggestions(session, [own.number for own in mine])
    approved = [own.number for own in mine if own.state == State.approved]
    stuck = touching.collisions(session, workshop, approved)
    objected = {number for number in approved if number in counted and counted[number].objecting}
    found = []
    for own in mine:
        ballot = counted.get(own.number)
        known = replace(own, suggestions=suggested.get(own.number, 0), counted=ballot)
        codes = (code for code, holds in _tasks(known, own.number in stuck, own.number in objected) if holds)
        found.append(replace(known, todo=tuple(codes)))
    return tuple(found)


def _tasks(own: Own, stuck: bool, objected: bool) -> Iterable[tuple[str, bool]]:
    asked = "amend" in own.todo
    broken = own.counted is not None and own.counted.broken_by is not None
    talks = own.state in {State.consultation, State.awaiting_decision}
    yield "conflict", stuck
    yield "amend", asked and own.state in {State.consultation, State.awaiting_decision}
    yield "suggestions", talks and own.suggestions > 0
    yield "objection", objected
    yield "interrupted", own.state == State.awaiting_decision and broken
    yield "amendment_asked", asked and own.state == State.voting
    yield "no_decision", own.state == State.no_decision
    yield "not_approved", own.state == State.not_approved
    yield "threads", talks and own.open_threads > 0


def _suggestions(session: Session, mine: Collection[int]) -> dict[int, int]:
    """Count the suggestions that wait in open conversations on some proposals."""
    if not mine:
        return {}
    query = (
        select(Thread.proposal_number, func.count())
        .join(Comment, Comment.thread_id == Thread.id)
        .join(Suggestion, Suggestion.comment_id == Comment.id)
        .where(Thread.proposal_number.in_(mine), Thread.resolved_at.is_(None), Suggestion.applied_in.is_(None))
        .where(~suggestions.is_declined())
        .group_by(Thread.proposal_number)
    )
    return dict(session.execute(query).all())


def _drafts(session: Session, person: Person) -> tuple[Begun, ...]:
    query = (
        select(Draft.id, func.coalesce(func.nullif(Draft.title, ""), Proposal.title, ""), Draft.proposal_number)
        .add_columns(Draft.updated_at)
        .outerjoin(Proposal, Proposal.number == Draft.proposal_number)
        .where(Draft.author_id == person.id)
        .order_by(Draft.updated_at.desc())
        .limit(DRAFTS_SHOWN)
    )
    return tuple(Begun(*row) for row in session.execute(query))


def _filled(
    workshop: Workshop, item: Waiting, counted: dict[int, Counted], touched: dict[int, tuple[Touched, ...]]
) -> Waiting:
    mine = touched.get(item.number, ())
    ballot = counted.get(item.number)
    return replace(
        item,
        paths=tuple(touch.path for touch in mine),
        minutes=touching.minutes(workshop, mine),
        counted=ballot if ballot and ballot.closed_at is None else None,
    )
