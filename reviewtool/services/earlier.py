"""What seats said on earlier versions of a text whose ballot went on about a new one: to be confirmed, never counted.

A ballot is about one version. Where its rules allow a new one meanwhile, it is superseded at the very instant at which
the next one opens, by the same rules and roll (`continuing`). Its votes stay in it, sealed to the text they were given
on, until their seats confirm or change them in the ballot that is open.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.models import Ballot, Seat, Vote
from reviewtool.rules.voting import Cast, Outcome, Position

_Link = Row[*tuple[Any, ...]]
_LINKS = select(
    Ballot.id,
    Ballot.proposal_number,
    Ballot.number,
    Ballot.revision,
    Ballot.outcome,
    Ballot.opened_at,
    Ballot.closed_at,
    Ballot.second_call_of,
).order_by(Ballot.proposal_number, Ballot.number)


class Earlier(NamedTuple):
    """A seat's newest vote on an earlier version, and that version's number."""

    vote: Vote
    revision: int


def goes_on(before: Ballot | _Link, after: Ballot | _Link) -> bool:
    """Say whether a ballot is the one before, gone on about a new version."""
    superseded = before.outcome == Outcome.superseded and before.closed_at == after.opened_at
    return bool(superseded and before.number + 1 == after.number)


def votes(session: Session, ballot: Ballot) -> list[Earlier]:
    """Return what the seats that have said nothing in this ballot said on earlier versions, with people and seats."""
    found: list[Earlier] = []
    said = set(session.scalars(select(Vote.seat_id).where(Vote.ballot_id == ballot.id, Vote.current)))
    for link in _before(session, ballot):
        given = session.scalars(
            select(Vote)
            .where(Vote.ballot_id == link.id, Vote.current, Vote.seat_id.not_in(said))
            .options(joinedload(Vote.person), joinedload(Vote.seat), joinedload(Vote.registered_by))
            .order_by(Vote.id)
        ).all()
        found += [Earlier(vote, link.revision) for vote in given]
        said |= {vote.seat_id for vote in given}
    return found


def vote_of(session: Session, ballot: Ballot, seat: Seat) -> Vote | None:
    """Return the vote that a seat has to confirm in this ballot, or None."""
    return next((each.vote for each in votes(session, ballot) if each.vote.seat_id == seat.id), None)


def numbers(session: Session, ballot: Ballot) -> frozenset[int]:
    """Return the numbers of the ballots that went on as this one."""
    return frozenset(link.number for link in _before(session, ballot))


def _before(session: Session, ballot: Ballot) -> list[_Link]:
    if not ballot.rules.get("revisions_during_vote"):
        return []
    return chains(session, [ballot.id])[ballot.id]


def chains(session: Session, ballot_ids: Collection[int]) -> dict[int, list[_Link]]:
    """Return for each ballot those that went on as it, the newest first; a second call has those of the first."""
    found: dict[int, list[_Link]] = {}
    last: _Link | None = None
    asked = select(Ballot.proposal_number).where(Ballot.id.in_(ballot_ids))
    for link in session.execute(_LINKS.where(Ballot.proposal_number.in_(asked))):
        found[link.id] = []
        if last is not None and last.proposal_number == link.proposal_number:
            if goes_on(last, link):
                found[link.id] = [last, *found[last.id]]
            elif link.second_call_of == last.number:
                found[link.id] = found[last.id]
        last = link
    return found


def casts(session: Session, ballot_ids: Collection[int]) -> dict[int, list[Cast]]:
    """Return of some ballots the votes on earlier versions as the rules count them, in two queries or none.

    A ballot whose rules allow no new version need not be asked for: it has none.
    """
    if not ballot_ids:
        return {}
    before = chains(session, ballot_ids)
    wanted = {*ballot_ids, *(link.id for ballot_id in ballot_ids for link in before[ballot_id])}
    given: dict[int, list[Cast]] = {ballot_id: [] for ballot_id in wanted}
    query = (
        select(Vote.ballot_id, Seat.key, Vote.position, Vote.by_alternate)
        .join(Seat, Seat.id == Vote.seat_id)
        .where(Vote.ballot_id.in_(wanted), Vote.current)
        .order_by(Vote.id)
    )
    for ballot_id, key, position, alternate in session.execute(query):
        given[ballot_id].append(Cast(key, Position(position), to_be_confirmed=True, by_alternate=alternate))
    return {ballot_id: _newest(given, ballot_id, before[ballot_id]) for ballot_id in ballot_ids}


def _newest(given: dict[int, list[Cast]], ballot_id: int, before: list[_Link]) -> list[Cast]:
    said, found = {cast.seat for cast in given[ballot_id]}, []
    for link in before:
        fresh = [cast for cast in given[link.id] if cast.seat not in said]
        found += fresh
        said |= {cast.seat for cast in fresh}
    return found
