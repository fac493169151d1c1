"""Where many ballots stand at once, as plain values in four queries at most: for lists, the home page and the desk.

One ballot with its people is in `ballots` and `votes`. Rows of selected columns cost a tenth of loaded objects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Objection, Proposal, Seat, Vote
from reviewtool.rules.voting import BallotRules, Cast, Outcome, Position, Roll, SeatNamed, Standing, ended_as, standing
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Counted:
    """A ballot with its frozen rules and roll, its current votes, and where it stands with them.

    `objecting` are the keys of the seats whose formal objection to the proposal is open, `objectors` these seats.
    """

    id: int
    proposal: int
    number: int
    revision: int
    purpose: str
    is_second_call: bool
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None
    broken_by: str | None
    rules: BallotRules
    roll: Roll
    casts: tuple[Cast, ...]
    objecting: frozenset[str]
    objectors: tuple[SeatNamed, ...]
    standing: Standing

    @property
    def is_silence(self) -> bool:
        """Say whether it is a silence procedure, in which nobody needs to answer."""
        return self.rules.majority == "silence"

    @property
    def everybody_voted(self) -> bool:
        """Say whether no seat has anything left to say or to confirm."""
        return not self.standing.waiting_for


def of_open(session: Session, workshop: Workshop, numbers: Collection[int]) -> dict[int, Counted]:
    """Return the open ballot of each of some proposals that has one."""
    return _counted(session, workshop, _BALLOTS.where(Ballot.closed_at.is_(None)), numbers)


def of_newest(session: Session, workshop: Workshop, numbers: Collection[int]) -> dict[int, Counted]:
    """Return the newest ballot, open or closed, of each of some proposals that has one."""
    newest = (
        select(Ballot.proposal_number, func.max(Ballot.number))
        .where(Ballot.proposal_number.in_(numbers))
        .group_by(Ballot.proposal_number)
    )
    wanted = _BALLOTS.where(tuple_(Ballot.proposal_number, Ballot.number).in_(newest))
    return _counted(session, workshop, wanted, numbers)


def objections(session: Session, numbers: Collection[int]) -> dict[int, list[SeatNamed]]:
    """Return the seats whose formal objection holds each of some proposals."""
    found: dict[int, list[SeatNamed]] = {}
    if not numbers:
        return found
    query = (
        select(Objection.proposal_number, Seat.key, Seat.label, Seat.administration)
        .join(Seat, Seat.id == Objection.seat_id)
        .where(Objection.proposal_number.in_(numbers), Objection.lifted_at.is_(None), Objection.overridden_in.is_(None))
        .order_by(Objection.id)
    )
    for number, *seat in session.execute(query):
        found.setdefault(number, []).append(SeatNamed(*seat))
    return found


_BALLOTS = select(Ballot.id, Ballot.proposal_number, Proposal.version).join(
    Proposal, Proposal.number == Ballot.proposal_number
)
_COLUMNS = (
    Ballot.id,
    Ballot.proposal_number,
    Ballot.number,
    Ballot.revision,
    Ballot.purpose,
    Ballot.second_call_of,
    Ballot.opened_at,
    Ballot.closes_at,
    Ballot.closed_at,
    Ballot.outcome,
    Ballot.broken_by,
    Ballot.rules,
    Ballot.roll,
)


def _counted(
    session: Session, workshop: Workshop, query: Select[*tuple[Any, ...]], numbers: Collection[int]
) -> dict[int, Counted]:
    if not numbers:
        return {}
    found = session.execute(query.where(Ballot.proposal_number.in_(numbers))).all()
    counted = count(session, workshop, {ballot_id: version for ballot_id, _number, version in found})
    return {number: counted[ballot_id] for ballot_id, number, _version in found}


def count(session: Session, workshop: Workshop, ballots: Mapping[int, int]) -> dict[int, Counted]:
    """Return ballots, given by id with the version of their proposal, as they stand; in three queries or none.

    Each is counted once a version, since every act raises that. Only for reading sessions: what a writing one sees may
    never come true.
    """
    keys = {ballot_id: ("counted", ballot_id, version) for ballot_id, version in ballots.items()}
    return workshop.cache.get_many(keys, lambda fresh: _read(session, fresh))


def _read(session: Session, ballot_ids: list[int]) -> dict[int, Counted]:
    rows = session.execute(select(*_COLUMNS).where(Ballot.id.in_(ballot_ids))).all()
    casts = _casts(session, ballot_ids)
    objecting = objections(session, [row.proposal_number for row in rows])
    return {row.id: _one(row, casts.get(row.id, ()), objecting.get(row.proposal_number, ())) for row in rows}


def _casts(session: Session, ballot_ids: list[int]) -> dict[int, list[Cast]]:
    query = (
        select(Vote.ballot_id, Seat.key, Vote.position, Vote.confirmed, Vote.by_alternate)
        .join(Seat, Seat.id == Vote.seat_id)
        .where(Vote.ballot_id.in_(ballot_ids), Vote.current)
        .order_by(Vote.id)
    )
    found: dict[int, list[Cast]] = {}
    for ballot_id, key, position, confirmed, alternate in session.execute(query):
        cast = Cast(key, Position(position), confirmed=confirmed, by_alternate=alternate)
        found.setdefault(ballot_id, []).append(cast)
    return found


def _one(row: Row[Any], casts: Iterable[Cast], objecting: Collection[SeatNamed]) -> Counted:
    rules, roll, given = BallotRules.from_json(row.rules), Roll.from_json(row.roll), tuple(casts)
    outcome = Outcome(row.outcome) if row.outcome else None
    keys = [seat.key for seat in objecting]
    state = standing(
        rules,
        roll,
        given,
        open_objections=() if row.purpose == "override" else keys,
        closed=row.closed_at is not None,
        silence_broken_by=row.broken_by,
    )
    return Counted(
        id=row.id,
        proposal=row.proposal_number,
        number=row.number,
        revision=row.revision,
        purpose=row.purpose,
        is_second_call=row.second_call_of is not None,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        outcome=outcome,
        broken_by=row.broken_by,
        rules=rules,
        roll=roll,
        casts=given,
        objecting=frozenset(keys),
        objectors=tuple(objecting),
        standing=ended_as(state, outcome) if outcome else state,
    )
