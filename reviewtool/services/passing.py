"""What the passing of time does by itself: ballots and consultations close at their instant, however late this runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from reviewtool.db import UTCDateTime
from reviewtool.errors import AlreadyDecided
from reviewtool.models import Ballot, Proposal
from reviewtool.rules.lifecycle import State
from reviewtool.services import ballots, events, lifecycle, proposals

_DUE = select(  # asked before every page: made once
    or_(
        exists().where(Ballot.closed_at.is_(None), Ballot.closes_at <= bindparam("at", type_=UTCDateTime)),
        exists().where(
            Proposal.state == State.consultation,
            Proposal.consultation_closes_at <= bindparam("at", type_=UTCDateTime),
        ),
    )
)


def something_due(session: Session, at: datetime) -> bool:
    """Say in one indexed query whether the passing of time has something to close."""
    return bool(session.scalar(_DUE, {"at": at}))


def close_due(session: Session, at: datetime) -> list[int]:
    """Close every ballot and consultation whose instant has passed, decided at that instant; return their proposals."""
    changed = []
    due = (
        session.execute(
            select(Ballot.proposal_number)
            .where(Ballot.closed_at.is_(None), Ballot.closes_at <= at)
            .order_by(Ballot.closes_at)
        )
        .scalars()
        .all()
    )
    for number in due:
        proposal = _lock_quietly(session, number)
        ballot = proposals.open_ballot(session, number)
        if proposal is not None and ballot is not None and ballot.closes_at <= at:
            ballots.decide(session, proposal, ballot, at=ballot.closes_at, by=None)
            changed.append(number)
    return changed + _close_consultations(session, at)


def _close_consultations(session: Session, at: datetime) -> list[int]:
    changed = []
    query = (
        select(Proposal.number)
        .where(Proposal.state == State.consultation, Proposal.consultation_closes_at <= at)
        .order_by(Proposal.consultation_closes_at)
    )
    for number in session.scalars(query).all():
        proposal = _lock_quietly(session, number)
        if proposal is not None and proposal.state == State.consultation:
            ends = proposal.consultation_closes_at
            if ends is not None and ends <= at:
                events.add(session, proposal, "consultation_closed", by=None, at=ends, reason="")
                lifecycle.settle(session, proposal, ends)
                changed.append(number)
    return changed


def _lock_quietly(session: Session, number: int) -> Proposal | None:
    try:
        return proposals.lock(session, number)
    except AlreadyDecided:  # its merge is under way: nothing of it is due
        return None
