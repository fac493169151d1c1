"""The follow-up of a merged change: sent to the Regional Office or the WCO, accepted, returned, or no answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import InvalidInput
from reviewtool.models import FollowUp, Person
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import events, people, proposals

RECIPIENTS: Final = ("regional_office", "wco")
STEPS: Final = ("sent", "accepted", "returned", "no_answer")
NOTE_LIMIT: Final = 5_000
REFERENCE_LIMIT: Final = 200
LONG_AGO: Final = timedelta(days=365 * 10)


@dataclass(frozen=True)
class Step:
    """One step as it is written down: to whom, what, the day and reference of the note or answer, and a note."""

    recipient: str
    step: str
    on: date
    reference: str = ""
    note: str = ""


def record(session: Session, number: int, step: Step, *, by: Person) -> FollowUp:
    """Write down a step of the follow-up of a merged proposal. Raises NotAllowed, AlreadyDecided, InvalidInput."""
    people.ensure_may(by, Act.record_follow_up)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.record_follow_up, State(proposal.state))
    _ensure_sound(step)
    made = FollowUp(
        proposal_number=number,
        recipient=step.recipient,
        step=step.step,
        on=step.on,
        reference=step.reference.strip(),
        note=step.note.strip(),
        recorded_by_id=by.id,
        recorded_at=now(),
    )
    session.add(made)
    session.flush()
    event = events.add(
        session, proposal, "followed_up", by=by, follow_up=made.id, recipient=made.recipient, step=made.step
    )
    events.tell(session, event, [proposal.author_id], "followed_up")
    return made


def _ensure_sound(step: Step) -> None:
    if step.recipient not in RECIPIENTS:
        raise InvalidInput("choice-missing", field="recipient")
    if step.step not in STEPS:
        raise InvalidInput("choice-missing", field="step")
    today = (now() + timedelta(hours=14)).date()  # somewhere on earth it is tomorrow already
    if not today - LONG_AGO <= step.on <= today:
        raise InvalidInput("day-range", field="on")
    if len(step.reference) > REFERENCE_LIMIT:
        raise InvalidInput("text-too-long", field="reference", most=REFERENCE_LIMIT)
    if len(step.note) > NOTE_LIMIT:
        raise InvalidInput("text-too-long", field="note", most=NOTE_LIMIT)


def of_proposal(session: Session, number: int) -> list[FollowUp]:
    """Return the steps of a proposal, oldest first, with who wrote them down."""
    query = select(FollowUp).where(FollowUp.proposal_number == number).order_by(FollowUp.id)
    return list(session.scalars(query.options(joinedload(FollowUp.recorded_by))))


def newest(session: Session, numbers: Collection[int]) -> dict[int, FollowUp]:
    """Return where the follow-up of some proposals stands."""
    if not numbers:
        return {}
    last = select(func.max(FollowUp.id)).where(FollowUp.proposal_number.in_(numbers)).group_by(FollowUp.proposal_number)
    return {each.proposal_number: each for each in session.scalars(select(FollowUp).where(FollowUp.id.in_(last)))}
