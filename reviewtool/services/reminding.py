"""What the group is told though nobody did anything: an approved text that has waited five working days for its merge.

The recorder's thread asks; each is told once an approval.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided
from reviewtool.models import Event, Proposal
from reviewtool.rules import calendar
from reviewtool.rules.lifecycle import OVERDUE_WORKING_DAYS, State
from reviewtool.services import events, people, proposals, rulesets
from reviewtool.services.workshop import Workshop

_TOLD = exists().where(
    Event.proposal_number == Proposal.number, Event.kind == "overdue", Event.at >= Proposal.state_changed_at
)


def tell_overdue(workshop: Workshop) -> list[int]:
    """Tell everybody who takes part of each approved text that waits too long; return their proposals."""
    at = now()
    with workshop.database.read() as session:
        found = _overdue(session, workshop, at)
    for number in found:
        with workshop.database.write() as session:
            _tell(session, workshop, number, at)
    return found


def _overdue(session: Session, workshop: Workshop, at: datetime) -> list[int]:
    query = select(Proposal.number, Proposal.state_changed_at).where(Proposal.state == State.approved, ~_TOLD)
    rows = session.execute(query.order_by(Proposal.number)).all()
    days = rulesets.calendar_of(session, workshop.group)
    return [
        row.number
        for row in rows
        if calendar.working_days_since(row.state_changed_at, at, days) >= OVERDUE_WORKING_DAYS
    ]


def _tell(session: Session, workshop: Workshop, number: int, at: datetime) -> None:
    try:
        proposal = proposals.lock(session, number)
    except AlreadyDecided:  # its merge is under way
        return
    if number in _overdue(session, workshop, at):  # nobody merged it or told it meanwhile
        event = events.add(session, proposal, "overdue", by=None, at=at, days=OVERDUE_WORKING_DAYS)
        events.tell(session, event, people.taking_part(session), "overdue")
