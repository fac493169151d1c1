"""The only writer of a proposal's state column: it always is what `rules.lifecycle.state_of` makes of the history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Merge, Proposal
from reviewtool.rules.lifecycle import BallotFacts, Facts, State, state_of
from reviewtool.rules.positions import Outcome
from reviewtool.services import proposals


def facts_of(session: Session, proposal: Proposal, at: datetime) -> Facts:
    """Return the history of a proposal as its state needs it, at an instant."""
    ballots = session.scalars(
        select(Ballot).where(Ballot.proposal_number == proposal.number).order_by(Ballot.number)
    ).all()
    since = proposal.reopened_at
    return Facts(
        revision=proposal.latest,
        merged=bool(session.scalar(select(exists().where(Merge.proposal_number == proposal.number)))),
        withdrawn=proposal.withdrawn,
        consultation_open=proposal.consultation_closes_at is not None and at < proposal.consultation_closes_at,
        text_withdrawn=proposal.latest in proposals.withdrawn_versions(session, proposal.number),
        ballots=tuple(_facts(ballot) for ballot in ballots if since is None or ballot.opened_at >= since),
    )


def _facts(ballot: Ballot) -> BallotFacts:
    return BallotFacts(
        revision=ballot.revision,
        outcome=Outcome(ballot.outcome) if ballot.outcome else None,
        purpose="override" if ballot.purpose == "override" else "text",
        silence_broken=ballot.broken_by is not None,
        is_second_call=ballot.second_call_of is not None,
    )


def settle(session: Session, proposal: Proposal, at: datetime) -> State:
    """Write the state that follows from the history at an instant; call it after every act that may change it."""
    session.flush()
    state = state_of(facts_of(session, proposal, at))
    if proposal.state != state:
        proposal.state = state
        proposal.state_changed_at = at
        session.flush()
    return state
