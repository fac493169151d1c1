"""An open ballot goes on about a new version, where the rules with which it opened allow one (`revisions_during_vote`).

The ballot on the older version is superseded and the next one opens at the same instant, with the same rules, roll and
call. What was voted stays where it was given and is to be confirmed (`earlier`); nothing of it counts meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, NotAllowed
from reviewtool.group import Group
from reviewtool.models import Ballot, ExtensionRequest, Person, Proposal, Revision
from reviewtool.rules import calendar
from reviewtool.rules.lifecycle import State, ensure_allowed, may_revise_in
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import BallotRules, Outcome, Roll, days_after_change
from reviewtool.services import coauthors, earlier, events, people, proposals, rulesets


def ensure_revisable(session: Session, proposal: Proposal, by: Person) -> None:
    """Raise unless this person may give the proposal a new text now; an open ballot freezes it unless its rules do not.

    Raises NotAllowed("not-your-proposal"), AlreadyDecided("text-frozen", "ballot-closed" or "state-forbids").
    """
    if not coauthors.writes(session, proposal, by):
        raise NotAllowed("not-your-proposal", number=proposal.number)
    ballot = proposals.open_ballot(session, proposal.number)
    if ballot is None:
        ensure_allowed(Act.revise_own, State(proposal.state))
    elif ballot.closes_at <= now():
        raise AlreadyDecided("ballot-closed", number=proposal.number)
    elif not may_revise_in(State(proposal.state), BallotRules.from_json(ballot.rules)):
        raise AlreadyDecided("text-frozen", number=proposal.number)


def go_on(
    session: Session, group: Group, proposal: Proposal, revision: Revision, *, by: Person, at: datetime
) -> Ballot | None:
    """Let the open ballot of a locked proposal go on about a version just submitted; None where none is open.

    Its close moves so that the rules' working days remain, and never back. Everybody who takes part is told.
    """
    before = proposals.open_ballot(session, proposal.number)
    if before is None:
        return None
    before.closed_at, before.outcome = at, Outcome.superseded.value
    session.flush()  # before the next one: a proposal has one open ballot
    days = days_after_change(BallotRules.from_json(before.rules))
    after = Ballot(
        proposal_number=proposal.number,
        number=before.number + 1,
        revision=revision.number,
        seal=revision.seal,
        purpose=before.purpose,
        second_call_of=before.second_call_of,
        rules=before.rules,
        roll=before.roll,
        opened_at=at,
        opened_by_id=before.opened_by_id,
        reason=before.reason,
        closes_at=calendar.keep_minimum(before.closes_at, at, rulesets.calendar_of(session, group), days),
    )
    session.add(after)
    session.execute(
        update(ExtensionRequest)
        .where(
            ExtensionRequest.proposal_number == proposal.number,
            ExtensionRequest.ballot_number == before.number,
            ExtensionRequest.granted.is_(None),
        )
        .values(ballot_number=after.number)
    )
    session.flush()
    _announce(session, proposal, before, after, by)
    return after


def _announce(session: Session, proposal: Proposal, before: Ballot, after: Ballot, by: Person) -> None:
    event = events.add(
        session,
        proposal,
        "ballot_continued",
        by=by,
        at=after.opened_at,
        ballot=after.number,
        before=before.number,
        revision=after.revision,
        closes_at=after.closes_at.isoformat(),
    )
    said = {cast.seat for cast in earlier.casts(session, [after.id])[after.id]}
    on_roll = {seat.key for seat in Roll.from_json(after.roll).seats if seat.votes}
    voters = {person for seat in people.seats(session) if seat.key in said & on_roll for person in people.holders(seat)}
    events.tell(session, event, voters, "reconfirm")
    events.tell(session, event, set(people.taking_part(session)) - voters, "text_changed")
