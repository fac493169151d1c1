"""How a consultation ends: by itself at its instant, or early with a reason, when a ballot opens during it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import InvalidInput
from reviewtool.models import Person, Proposal
from reviewtool.rules.calendar import is_due
from reviewtool.rules.lifecycle import State
from reviewtool.services import events, lifecycle

REASON_LIMIT = 5_000  # characters, here and of every other reason of the coordination


def close_if_due(session: Session, proposal: Proposal, at: datetime) -> bool:
    """End a consultation whose instant has passed, as of that instant; say whether there was one."""
    ends = proposal.consultation_closes_at
    if proposal.state != State.consultation or ends is None or not is_due(ends, at):
        return False
    events.add(session, proposal, "consultation_closed", by=None, at=ends, reason="")
    lifecycle.settle(session, proposal, ends)
    return True


def close_early(session: Session, proposal: Proposal, *, by: Person, reason: str) -> None:
    """End the consultation now; asks a reason. Does nothing more when it is over, or its instant has passed."""
    at = now()
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=REASON_LIMIT)
    if close_if_due(session, proposal, at) or proposal.state != State.consultation:
        return
    if not reason.strip():
        raise InvalidInput("early-reason-missing", field="reason")
    proposal.consultation_closes_at = at
    events.add(session, proposal, "consultation_closed", by=by, reason=reason.strip())
    lifecycle.settle(session, proposal, now())
