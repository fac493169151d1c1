"""The signed link in a mail that opens the page on which its person votes: it shows the vote, and casts nothing itself.

It is bound to person, ballot and version, holds for fourteen days while the ballot is open, and works once: the vote
that is cast since it was made is what uses it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reviewtool.errors import AlreadyDecided, NotAllowed, OutOfDate
from reviewtool.models import Ballot, Person, Vote
from reviewtool.rules.permissions import Act, may
from reviewtool.rules.voting import Roll
from reviewtool.services import ballots, earlier, people, proposals, votes

HOLDS: Final = timedelta(days=14)
_SALT: Final = "vote"


@dataclass(frozen=True)
class Link:
    """Who may vote with it, in which ballot of which proposal on which version, and since when."""

    person: int
    proposal: int
    ballot: int
    revision: int
    made_at: datetime


def offered(session: Session, person: Person, number: int, made_at: datetime, at: datetime) -> Link | None:
    """Return the link for a person who may vote in the open ballot and whose seat has said nothing yet."""
    ballot, seat = proposals.open_ballot(session, number), people.seat_of(person)
    if ballot is None or ballot.closes_at <= at or seat is None or not may(people.roles(person), Act.vote):
        return None
    on_roll = Roll.from_json(ballot.roll).find(seat.key)
    if on_roll is None or not on_roll.votes or earlier.vote_of(session, ballot, seat) is not None:
        return None
    spoken = exists().where(Vote.ballot_id == ballot.id, Vote.seat_id == seat.id, Vote.current)
    if session.scalar(select(spoken)):
        return None
    return Link(person.id, number, ballot.number, ballot.revision, made_at)


def token(secret: str, link: Link) -> str:
    """Return the signed text of a link."""
    said = [link.person, link.proposal, link.ballot, link.revision, int(link.made_at.timestamp())]
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(said))


def link_of(secret: str, said: str) -> Link | None:
    """Return the link of a token; None for one that was not given out."""
    try:
        person, proposal, ballot, revision, made_at = URLSafeSerializer(secret, salt=_SALT).loads(said)
    except BadSignature:
        return None
    return Link(person, proposal, ballot, revision, datetime.fromtimestamp(made_at, UTC))


def ensure_usable(session: Session, link: Link, *, by: Person, at: datetime) -> Ballot:
    """Return the ballot in which a link is good for a vote now.

    Raises NotAllowed for another person, AlreadyDecided after the close or when it was used, OutOfDate when it is over
    or the ballot is about another version.
    """
    if by.id != link.person:
        raise NotAllowed("vote-link-of-other")
    people.ensure_may(by, Act.vote)
    ballot = ballots.open_now(session, link.proposal, at, ballot_number=link.ballot)
    if ballot.revision != link.revision:
        raise OutOfDate("ballot-other", number=link.proposal)
    seat = people.seat_of(by)
    since = exists().where(
        Vote.ballot_id == ballot.id, Vote.seat_id == (seat.id if seat else None), Vote.cast_at >= link.made_at
    )
    if session.scalar(select(since)):
        raise AlreadyDecided("vote-link-used", number=link.proposal)
    if at >= link.made_at + HOLDS:
        raise OutOfDate("vote-link-over", number=link.proposal)
    return ballot


def cast(
    session: Session, link: Link, *, by: Person, position: str, reason: str, ad_referendum: bool, signed_in: bool
) -> Vote:
    """Cast the vote of a link as `votes.cast` does, once; of two at the same time the second finds it used."""
    running = ballots.lock_open(session, link.proposal, ballot_number=link.ballot)
    ensure_usable(session, link, by=by, at=running.at)
    return votes.cast(
        session,
        link.proposal,
        by=by,
        ballot_number=link.ballot,
        position=position,
        reason=reason,
        ad_referendum=ad_referendum,
        by_link="signed-in" if signed_in else "signed-out",
    )
