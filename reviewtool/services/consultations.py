"""The way of a proposal outside its ballots: more time to discuss, withdrawing, taking up again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided
from reviewtool.group import Group
from reviewtool.models import Person, Proposal
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act, Role
from reviewtool.rules.voting import Outcome
from reviewtool.services import ballots, calling, coauthors, events, lifecycle, passing, people, proposals, rulesets


def extend(session: Session, group: Group, number: int, days: int, *, by: Person, reason: str) -> None:
    """Give the consultation more working days, before it closes."""
    people.ensure_may(by, Act.extend_consultation)
    proposal = proposals.lock(session, number)
    passing.close_due_of(session, proposal, now())
    ensure_allowed(Act.extend_consultation, State(proposal.state))
    ballots.ensure_reason(reason)
    start = proposal.consultation_closes_at or now()
    proposal.consultation_closes_at = rulesets.closing(session, group, start, ballots.ensure_days(days))
    asked = ballots.answer_requests(session, number, 0, granted=True)
    event = events.add(
        session,
        proposal,
        "consultation_extended",
        by=by,
        reason=reason.strip(),
        days=days,
        closes_at=proposal.consultation_closes_at.isoformat(),
    )
    told = [each for seat in people.seats(session) for each in people.holders(seat)]
    events.tell(session, event, [proposal.author_id, *asked, *told], "consultation_extended")


def withdraw(session: Session, number: int, *, by: Person, reason: str) -> None:
    """Withdraw one's own proposal; what was said and voted stays."""
    people.ensure_may(by, Act.withdraw_own)
    proposal = proposals.lock(session, number)
    if proposal.author_id != by.id:
        raise AlreadyDecided("not-your-proposal", number=number)
    passing.close_due_of(session, proposal, now())
    ensure_allowed(Act.withdraw_own, State(proposal.state))
    ballots.ensure_reason(reason)
    ballot = proposals.open_ballot(session, number)
    proposal.withdrawn = True
    if ballot is not None:
        ballots.end(session, proposal, ballot, Outcome.superseded, at=now(), by=by, reason=reason.strip())
    events.add(session, proposal, "withdrawn", by=by, reason=reason.strip())
    lifecycle.settle(session, proposal, now())


def reopen(session: Session, group: Group, number: int, *, by: Person, reason: str) -> None:
    """Take up again, in consultation, what was not approved, not decided or withdrawn; by its author or the desk."""
    people.ensure_may(by, Act.reopen_proposal)
    proposal = proposals.lock(session, number)
    _ensure_own_or_desk(proposal, by)
    ensure_allowed(Act.reopen_proposal, State(proposal.state))
    ballots.ensure_reason(reason)
    paths = [touch.path for touch in proposals.latest_revision(session, proposal).touches]
    days = rulesets.rules_for(session, group, paths, preset=proposal.preset).consultation_days
    proposal.withdrawn, proposal.reopened_at = False, now()
    proposal.consultation_closes_at = rulesets.closing(session, group, now(), days)
    closes_at = proposal.consultation_closes_at.isoformat()
    event = events.add(session, proposal, "reopened", by=by, reason=reason.strip(), closes_at=closes_at)
    calling.to_consultation(session, event, coauthors.writers(session, proposal), rulesets.today(group))
    lifecycle.settle(session, proposal, now())


def _ensure_own_or_desk(proposal: Proposal, by: Person) -> None:
    if proposal.author_id != by.id and Role.coordination not in people.roles(by):
        raise AlreadyDecided("not-your-proposal", number=proposal.number)
