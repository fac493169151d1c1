"""What happened and what comes next, for the home page: merged changes, decisions, the next deadlines; plain values.

What waits for a person is in `worklist`. Each function asks a constant number of indexed queries.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, func, null, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import Ballot, Event, Merge, Person, Proposal, RuleSet, Vote, WorkingCalendar
from reviewtool.rules.lifecycle import State
from reviewtool.rules.voting import Outcome

MERGED_SHOWN = 6
DECIDED_SHOWN = 6
DEADLINES_SHOWN = 6
ENTERED_SHOWN = 3
FIRST_VISIT = timedelta(days=30)  # who comes for the first time hears of this long
LONGEST = timedelta(days=90)  # and who comes back after longer, of this
DECISIONS = (Outcome.approved, Outcome.not_approved, Outcome.no_quorum)


@dataclass(frozen=True)
class News:
    """A proposal that was merged or decided: when, whose it is, how it was voted; `outcome` of a decision."""

    number: int
    title: str
    author: str
    administration: str
    at: datetime
    ballot: int
    is_new: bool  # since the person's last visit
    outcome: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # position -> seats


@dataclass(frozen=True)
class Deadline:
    """An instant at which a consultation or a ballot closes."""

    at: datetime
    kind: Literal["consultation", "ballot", "silence"]
    number: int
    title: str


@dataclass(frozen=True)
class Entered:
    """A rule set with its day of entry into force, or a calendar (None), that somebody entered for the group."""

    id: int
    effective_on: date | None
    by: str
    administration: str
    at: datetime


def entered(session: Session, from_on: datetime, reader: int) -> tuple[Entered, ...]:
    """Return the rule sets and the last calendar that others entered after an instant, the latest first.

    What an installation began with was entered by nobody.
    """
    rules = (
        select(RuleSet.id, RuleSet.effective_on, Person.name, Person.administration, RuleSet.created_at)
        .join(Person, Person.id == RuleSet.created_by_id)
        .where(RuleSet.created_at >= from_on, Person.id != reader)
        .order_by(RuleSet.id.desc())
        .limit(ENTERED_SHOWN)
    )
    calendars = (
        select(WorkingCalendar.id, null(), Person.name, Person.administration, WorkingCalendar.created_at)
        .join(Person, Person.id == WorkingCalendar.created_by_id)
        .where(WorkingCalendar.created_at >= from_on, Person.id != reader)
        .order_by(WorkingCalendar.id.desc())
        .limit(1)
    )
    found = [Entered(*row) for query in (rules, calendars) for row in session.execute(query)]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def since(person: Person) -> datetime:
    """Return from when on things are new to a person: the visit before this one, within limits."""
    at = now()
    if person.previous_seen_at is None:
        return at - FIRST_VISIT
    return max(person.previous_seen_at, at - LONGEST)


def merged(session: Session, from_on: datetime) -> tuple[News, ...]:
    """Return the newest merges, the latest first; `is_new` tells those after an instant."""
    query = (
        select(
            Merge.proposal_number,
            Proposal.title,
            Person.name,
            Person.administration,
            Merge.merged_at,
            Merge.ballot_number,
        )
        .join(Proposal, Proposal.number == Merge.proposal_number)
        .join(Person, Person.id == Proposal.author_id)
        .order_by(Merge.merged_at.desc())
        .limit(MERGED_SHOWN)
    )
    rows = session.execute(query).all()
    counts = _counts(session, [(row.proposal_number, row.ballot_number) for row in rows])
    return tuple(News(*row, is_new=row.merged_at >= from_on, counts=counts.get(row[0], {})) for row in rows)


def decided(session: Session, from_on: datetime) -> tuple[News, ...]:
    """Return the ballots that ended in a decision after an instant and whose proposal is not merged, latest first."""
    query = (
        select(Event.proposal_number, Proposal.title, Person.name, Person.administration, Event.at, Event.facts)
        .join(Proposal, Proposal.number == Event.proposal_number)
        .join(Person, Person.id == Proposal.author_id)
        .where(Event.kind == "ballot_closed", Event.at >= from_on, Proposal.state != State.merged)
        .order_by(Event.at.desc())
        .limit(4 * DECIDED_SHOWN)  # some were suspended or superseded
    )
    rows = [row for row in session.execute(query) if row.facts["outcome"] in DECISIONS][:DECIDED_SHOWN]
    counts = _counts(session, [(row.proposal_number, row.facts["ballot"]) for row in rows])
    return tuple(_decision(row, counts.get(row.proposal_number, {})) for row in rows)


def _decision(row: Row[*tuple[Any, ...]], counts: dict[str, int]) -> News:
    return News(
        number=row.proposal_number,
        title=row.title,
        author=row.name,
        administration=row.administration,
        at=row.at,
        ballot=row.facts["ballot"],
        is_new=True,
        outcome=row.facts["outcome"],
        counts=counts,
    )


def _counts(session: Session, ballots: Collection[tuple[int, int]]) -> dict[int, dict[str, int]]:
    """Count the confirmed votes of some ballots, each named by its proposal's number and its own."""
    found: dict[int, dict[str, int]] = {}
    if not ballots:
        return found
    query = (  # pairs in the query itself would make SQLite read every ballot there is
        select(Ballot.proposal_number, Ballot.number, Vote.position, func.count())
        .join(Vote, Vote.ballot_id == Ballot.id)
        .where(Ballot.proposal_number.in_([number for number, _ballot in ballots]), Vote.current, Vote.confirmed)
        .group_by(Ballot.proposal_number, Ballot.number, Vote.position)
    )
    for proposal, ballot, position, count in session.execute(query):
        if (proposal, ballot) in ballots:
            found.setdefault(proposal, {})[position] = count
    return found


def deadlines(session: Session) -> tuple[Deadline, ...]:
    """Return the next instants at which something closes, the nearest first."""
    ballots = (
        select(Ballot.closes_at, Proposal.number, Proposal.title, Ballot.rules)
        .join(Proposal, Proposal.number == Ballot.proposal_number)
        .where(Ballot.closed_at.is_(None))
        .order_by(Ballot.closes_at)
        .limit(DEADLINES_SHOWN)
    )
    consultations = (
        select(Proposal.consultation_closes_at, Proposal.number, Proposal.title)
        .where(Proposal.state == State.consultation, Proposal.consultation_closes_at.is_not(None))
        .order_by(Proposal.consultation_closes_at)
        .limit(DEADLINES_SHOWN)
    )
    found = [Deadline(at, _kind(rules), number, title) for at, number, title, rules in session.execute(ballots)]
    found += [Deadline(at, "consultation", number, title) for at, number, title in session.execute(consultations) if at]
    return tuple(sorted(found, key=lambda deadline: (deadline.at, deadline.number))[:DEADLINES_SHOWN])


def _kind(rules: dict[str, Any]) -> Literal["ballot", "silence"]:
    return "silence" if rules.get("majority") == "silence" else "ballot"
