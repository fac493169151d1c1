"""Where many ballots stand at once, as plain values in three queries at most: for lists, the home page and the desk.

Two more queries look for votes on earlier versions, where rules allow a new one during a vote. One ballot with its
people is in `ballots` and `votes`. Rows of selected columns cost a tenth of loaded objects; rules, rolls and votes that
ballots repeat are the same objects, read once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Text, and_, cast, func, select, tuple_
from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Objection, Proposal, Seat, Vote
from reviewtool.rules.voting import (
    BallotRules,
    Cast,
    Outcome,
    Roll,
    SeatNamed,
    Standing,
    ended_as,
    shared_cast,
    standing,
)
from reviewtool.services import earlier
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
    def weight(self) -> int:
        """Return the bytes it holds by itself, for the cache: rules, roll and votes are shared with other ballots."""
        return 5_000 + 40 * len(self.roll.seats)

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


_IS_OPEN = (Objection.lifted_at.is_(None), Objection.overridden_in.is_(None))


def objections(session: Session, numbers: Collection[int]) -> dict[int, list[SeatNamed]]:
    """Return the seats whose formal objection holds each of some proposals."""
    found: dict[int, list[SeatNamed]] = {}
    if not numbers:
        return found
    query = (
        select(Objection.proposal_number, Seat.key, Seat.label, Seat.administration)
        .join(Seat, Seat.id == Objection.seat_id)
        .where(Objection.proposal_number.in_(numbers), *_IS_OPEN)
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
    cast(Ballot.rules, Text).label("rules"),
    cast(Ballot.roll, Text).label("roll"),
)
_WITH_OBJECTIONS = (  # a row for each formal objection that is open, one row without any
    select(*_COLUMNS, Seat.key, Seat.label, Seat.administration)
    .outerjoin(Objection, and_(Objection.proposal_number == Ballot.proposal_number, *_IS_OPEN))
    .outerjoin(Seat, Seat.id == Objection.seat_id)
    .order_by(Ballot.id, Objection.id)
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
    """Return ballots, given by id with the version of their proposal, as they stand; in two queries or none.

    Each is counted once a version, since every act raises that. Only for reading sessions: what a writing one sees may
    never come true.
    """
    keys = {ballot_id: ("counted", ballot_id, version) for ballot_id, version in ballots.items()}
    return workshop.cache.get_many(keys, lambda fresh: _read(session, fresh))


def _read(session: Session, ballot_ids: list[int]) -> dict[int, Counted]:
    casts = _casts(session, ballot_ids)
    rows: dict[int, Row[*tuple[Any, ...]]] = {}
    objecting: dict[int, list[SeatNamed]] = {}
    for row in session.execute(_WITH_OBJECTIONS.where(Ballot.id.in_(ballot_ids))):
        rows[row.id] = row
        if row.key is not None:
            objecting.setdefault(row.id, []).append(SeatNamed(row.key, row.label, row.administration))
    moving = [found for found, row in rows.items() if BallotRules.from_text(row.rules).revisions_during_vote]
    to_confirm = earlier.casts(session, moving)
    return {
        found: _one(row, [*casts[found], *to_confirm.get(found, ())], objecting.get(found, ()))
        for found, row in rows.items()
    }


def _casts(session: Session, ballot_ids: list[int]) -> dict[int, list[Cast]]:
    query = (
        select(Vote.ballot_id, Seat.key, Vote.position, Vote.confirmed, Vote.by_alternate)
        .join(Seat, Seat.id == Vote.seat_id)
        .where(Vote.ballot_id.in_(ballot_ids), Vote.current)
        .order_by(Vote.ballot_id, Vote.id)
    )
    found: dict[int, list[Cast]] = {ballot_id: [] for ballot_id in ballot_ids}
    # by the connection: so many rows cost a quarter less than through the session, which has nothing to add to them
    for ballot_id, key, position, confirmed, by_alternate in session.connection().execute(query):
        found[ballot_id].append(shared_cast(key, position, confirmed, by_alternate))
    return found


def _one(row: Row[*tuple[Any, ...]], casts: Iterable[Cast], objecting: Collection[SeatNamed]) -> Counted:
    rules, roll, given = BallotRules.from_text(row.rules), Roll.from_text(row.roll), tuple(casts)
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
