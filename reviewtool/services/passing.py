"""What the passing of time does by itself: ballots and consultations close at their instant, however late this runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from reviewtool.db import UTCDateTime
from reviewtool.errors import AlreadyDecided
from reviewtool.models import Ballot, Proposal
from reviewtool.rules.calendar import is_due
from reviewtool.rules.lifecycle import State
from reviewtool.services import ballots, ending, proposals

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
        if proposal is not None and close_due_of(session, proposal, at):
            changed.append(number)
    return changed + _close_consultations(session, at)


def close_due_of(session: Session, proposal: Proposal, at: datetime) -> bool:
    """Close what is due of one locked proposal, decided at its instant; say whether anything was.

    An act whose effect depends on what is open calls it first: no page need have been opened since the instant.
    """
    ballot = proposals.open_ballot(session, proposal.number)
    if ballot is not None and is_due(ballot.closes_at, at):
        ballots.decide(session, proposal, ballot, at=ballot.closes_at, by=None)
        return True
    return ending.close_if_due(session, proposal, at)


def _close_consultations(session: Session, at: datetime) -> list[int]:
    changed = []
    query = (
        select(Proposal.number)
        .where(Proposal.state == State.consultation, Proposal.consultation_closes_at <= at)
        .order_by(Proposal.consultation_closes_at)
    )
    for number in session.scalars(query).all():
        proposal = _lock_quietly(session, number)
        if proposal is not None and close_due_of(session, proposal, at):
            changed.append(number)
    return changed


def _lock_quietly(session: Session, number: int) -> Proposal | None:
    try:
        return proposals.lock(session, number)
    except AlreadyDecided:  # its merge is under way: nothing of it is due
        return None
