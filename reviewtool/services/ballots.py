"""Ballots: opening one on a version, its roll and rules frozen, extending, suspending, closing, the second call.

What time does by itself is in `passing`, what happens outside a ballot in `consultations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, OutOfDate
from reviewtool.group import Group
from reviewtool.models import Ballot, ExtensionRequest, Objection, Person, Proposal, Seat, Vote
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import (
    BallotRules,
    Cast,
    Outcome,
    Position,
    Roll,
    SeatOnRoll,
    Standing,
    early_close_possible,
    ended_as,
    may_call_second_call,
    may_submit_objection,
    override_rules,
    second_call_rules,
    standing,
)
from reviewtool.services import calling, earlier, ending, events, lifecycle, ordering, people, proposals, rulesets

LONGEST = timedelta(days=120)


def open_one(
    session: Session,
    group: Group,
    number: int,
    *,
    by: Person,
    reason: str = "",
    closes_at: datetime | None = None,
    preset: str = "",
) -> Ballot:
    """Open a ballot on the newest version; its text is frozen from now on.

    During the consultation it may be opened early with a reason. `preset` chooses "votacion" or "silencio".
    """
    people.ensure_may(by, Act.open_ballot)
    proposal = proposals.lock(session, number)
    ending.close_early(session, proposal, by=by, reason=reason)
    ensure_allowed(Act.open_ballot, State(proposal.state))
    ordering.ensure_turn(session, number)
    revision = proposals.latest_revision(session, proposal)
    paths = [touch.path for touch in revision.touches]
    rules = rulesets.rules_for(session, group, paths, preset=preset or proposal.preset)
    return open_by(session, group, proposal, rules, by=by, reason=reason, closes_at=closes_at)


def ensure_days(days: int) -> int:
    """Return a number of working days that an act may give; raises InvalidInput."""
    if not 1 <= days <= 60:
        raise InvalidInput("days-range", field="days", least=1, most=60)
    return days


def ensure_reason(reason: str) -> None:
    """Refuse an act without a reason, or with one that is too long."""
    if not reason.strip():
        raise InvalidInput("reason-missing", field="reason")
    if len(reason) > ending.REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=ending.REASON_LIMIT)


def open_by(
    session: Session,
    group: Group,
    proposal: Proposal,
    rules: BallotRules,
    *,
    by: Person,
    reason: str,
    closes_at: datetime | None = None,
    purpose: str = "text",
    second_call_of: int | None = None,
) -> Ballot:
    """Open a ballot on a locked proposal by rules that are given, with the roll of today."""
    at = now()
    closes_at = closes_at or rulesets.closing(session, group, at, rules.decision_days)
    if not at < closes_at <= at + LONGEST:
        raise InvalidInput("closing-range", field="closes_at")
    roll = roll_now(session, proposal, rules)
    if not any(seat.votes for seat in roll.seats):
        raise InvalidInput("roll-empty", field="roll")
    revision = proposals.to_decide(session, proposal)
    ballot = Ballot(
        proposal_number=proposal.number,
        number=_next_number(session, proposal.number),
        revision=revision.number,
        seal=revision.seal,
        purpose=purpose,
        second_call_of=second_call_of,
        rules=rules.to_json(),
        roll=roll.to_json(),
        opened_at=at,
        opened_by_id=by.id,
        reason=reason.strip(),
        closes_at=closes_at,
    )
    session.add(ballot)
    session.flush()
    proposal.amendment_asked = False
    _announce(session, proposal, ballot, by, rulesets.today(group))
    lifecycle.settle(session, proposal, at)
    return ballot


def _announce(session: Session, proposal: Proposal, ballot: Ballot, by: Person, today: date) -> None:
    event = events.add(
        session,
        proposal,
        "ballot_opened",
        by=by,
        at=ballot.opened_at,
        ballot=ballot.number,
        revision=ballot.revision,
        closes_at=ballot.closes_at.isoformat(),
        reason=ballot.reason,
        purpose=ballot.purpose,
    )
    objecting = open_objections(session, proposal.number) if ballot.purpose == "override" else []
    calling.to_ballot(session, event, ballot, [objection.seat.key for objection in objecting], today)


def _next_number(session: Session, proposal: int) -> int:
    return 1 + (session.scalar(select(func.max(Ballot.number)).where(Ballot.proposal_number == proposal)) or 0)


def roll_now(session: Session, proposal: Proposal, rules: BallotRules) -> Roll:
    """Return the seats in use today as a ballot freezes them; the author's does not vote unless the rules say so."""
    author = people.get(session, proposal.author_id)
    own = people.seat_of(author)
    seats = []
    for seat in people.seats(session):
        holder = people.titular(seat)
        if holder is not None:
            votes = rules.author_votes or own is None or own.id != seat.id
            seats.append(SeatOnRoll(seat.key, seat.label, people.is_certified(holder), seat.administration, votes))
    return Roll(tuple(seats))


def holders(session: Session, roll: Roll) -> list[int]:
    """Return who holds the seats of a roll today, alternates included."""
    keys = {seat.key for seat in roll.seats if seat.votes}
    return [person for seat in people.seats(session) if seat.key in keys for person in people.holders(seat)]


def extend(session: Session, group: Group, number: int, days: int, *, by: Person, reason: str) -> Ballot:
    """Move the close of the open ballot by working days, before it closes, with a reason."""
    people.ensure_may(by, Act.extend_ballot)
    proposal, ballot, at = lock_open(session, number)
    ensure_reason(reason)
    ballot.closes_at = rulesets.closing(session, group, ballot.closes_at, ensure_days(days))
    answer_requests(session, number, ballot.number, granted=True)
    event = events.add(
        session,
        proposal,
        "ballot_extended",
        by=by,
        at=at,
        ballot=ballot.number,
        days=days,
        reason=reason.strip(),
        closes_at=ballot.closes_at.isoformat(),
    )
    events.tell(session, event, holders(session, Roll.from_json(ballot.roll)), "extended")
    return ballot


def decline_extension(session: Session, number: int, *, by: Person, reason: str) -> None:
    """Answer the open requests for more time with a no and its reason; the close stays where it is."""
    people.ensure_may(by, Act.answer_extension)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.answer_extension, State(proposal.state))
    ensure_reason(reason)
    ballot = proposals.open_ballot(session, number)
    asked = answer_requests(session, number, ballot.number if ballot else 0, granted=False)
    if not asked:
        raise AlreadyDecided("no-request", number=number)
    event = events.add(session, proposal, "extension_declined", by=by, reason=reason.strip())
    events.tell(session, event, asked, "extension_declined")


def answer_requests(session: Session, number: int, ballot_number: int, *, granted: bool) -> list[int]:
    """Mark the open requests for more time of a ballot (0: of the consultation) as answered; return who asked."""
    query = select(ExtensionRequest).where(
        ExtensionRequest.proposal_number == number,
        ExtensionRequest.ballot_number == ballot_number,
        ExtensionRequest.granted.is_(None),
    )
    asked = session.scalars(query).all()
    for request in asked:
        request.granted = granted
    return [request.person_id for request in asked]


def suspend(session: Session, number: int, *, by: Person, reason: str) -> Ballot:
    """Stop the open ballot without a decision, so that the text can be amended; every vote will be asked again."""
    people.ensure_may(by, Act.suspend_ballot)
    proposal, ballot, at = lock_open(session, number)
    ensure_reason(reason)
    proposal.amendment_asked = True
    end(session, proposal, ballot, Outcome.suspended, at=at, by=by, reason=reason.strip())
    return ballot


def ask_amendment(session: Session, number: int, *, by: Person, reason: str) -> None:
    """Let the author of a frozen text ask the coordination to suspend the ballot."""
    people.ensure_may(by, Act.ask_amendment)
    proposal, ballot, at = lock_open(session, number)
    if proposal.author_id != by.id:
        raise AlreadyDecided("not-your-proposal", number=number)
    ensure_reason(reason)
    proposal.amendment_asked = True
    events.add(session, proposal, "amendment_asked", by=by, at=at, ballot=ballot.number, reason=reason.strip())


def close_now(session: Session, number: int, *, by: Person, reason: str) -> Ballot:
    """Close the open ballot before its instant; only when nothing can change the result, or every seat has spoken."""
    people.ensure_may(by, Act.close_ballot)
    proposal, ballot, at = lock_open(session, number)
    ensure_reason(reason)
    rules, roll, casts = parts(session, ballot)
    state = standing(rules, roll, casts)
    if state.waiting_for and not early_close_possible(rules, roll, casts):
        raise AlreadyDecided("too-early", waiting=len(state.waiting_for))
    decide(session, proposal, ballot, at=at, by=by, reason=reason.strip())
    return ballot


def call_again(session: Session, group: Group, number: int, *, by: Person, reason: str) -> Ballot:
    """Call a second time, once, what lacked its quorum: same text, votes kept, own period and quorum."""
    people.ensure_may(by, Act.call_second_call)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.call_second_call, State(proposal.state))
    first = proposals.newest_ballot(session, number)
    if first is None or not may_call_second_call(
        Outcome(first.outcome) if first.outcome else None, is_second_call=first.second_call_of is not None
    ):
        raise AlreadyDecided("second-call-once", number=number)
    ensure_reason(reason)
    rules = second_call_rules(BallotRules.from_json(first.rules))
    ballot = open_by(
        session, group, proposal, rules, by=by, reason=reason, purpose=first.purpose, second_call_of=first.number
    )
    for vote in session.scalars(select(Vote).where(Vote.ballot_id == first.id, Vote.current)):
        kept = {c.key: getattr(vote, c.key) for c in Vote.__table__.columns if c.key not in {"id", "ballot_id"}}
        session.add(Vote(ballot_id=ballot.id, **kept))
    session.flush()
    return ballot


def submit_objection(session: Session, group: Group, number: int, *, by: Person, reason: str) -> Ballot:
    """Ask the group whether to proceed despite an open formal objection, where its rules know an override."""
    people.ensure_may(by, Act.submit_objection)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.submit_objection, State(proposal.state))
    last = proposals.newest_ballot(session, number)
    rules = BallotRules.from_json(last.rules) if last else BallotRules()
    if not may_submit_objection(rules, open_objections=len(open_objections(session, number))):
        raise AlreadyDecided("override-never", number=number)
    ensure_reason(reason)
    return open_by(session, group, proposal, override_rules(rules), by=by, reason=reason, purpose="override")


class Running(NamedTuple):
    """A proposal, its open ballot, and the instant at which it was found open: that of the act, read once."""

    proposal: Proposal
    ballot: Ballot
    at: datetime


def lock_open(session: Session, number: int, *, ballot_number: int | None = None) -> Running:
    """Lock a proposal and return it with its open ballot and the instant of the act, read once nobody else can act.

    Raises AlreadyDecided("ballot-closed"), and OutOfDate when the page showed another ballot: "ballot-went-on" where
    that one went on about a new version, else "ballot-other".
    """
    proposal, at = proposals.lock(session, number), now()
    return Running(proposal, open_now(session, number, at, ballot_number=ballot_number), at)


def open_now(session: Session, number: int, at: datetime, *, ballot_number: int | None = None) -> Ballot:
    """Return the ballot of a proposal that is open at an instant; raises as `lock_open` does."""
    ballot = proposals.open_ballot(session, number)
    if ballot is None or ballot.closes_at <= at:
        raise AlreadyDecided("ballot-closed", number=number)
    if ballot_number is not None and ballot.number != ballot_number:
        if ballot_number in earlier.numbers(session, ballot):
            raise OutOfDate("ballot-went-on", number=number, revision=ballot.revision)
        raise OutOfDate("ballot-other", number=number)
    return ballot


def parts(session: Session, ballot: Ballot) -> tuple[BallotRules, Roll, list[Cast]]:
    """Return a ballot's frozen rules and roll, and the current votes as the rules count them, with those to confirm."""
    rules = BallotRules.from_json(ballot.rules)
    found = session.execute(
        select(Seat.key, Vote.position, Vote.confirmed, Vote.by_alternate)
        .join(Seat, Seat.id == Vote.seat_id)
        .where(Vote.ballot_id == ballot.id, Vote.current)
        .order_by(Vote.id)
    )
    casts = [
        Cast(key, Position(position), confirmed=confirmed, by_alternate=alternate)
        for key, position, confirmed, alternate in found
    ]
    if rules.revisions_during_vote:
        casts += earlier.casts(session, [ballot.id])[ballot.id]
    return rules, Roll.from_json(ballot.roll), casts


def open_objections(session: Session, number: int) -> list[Objection]:
    """Return the formal objections that hold the merge, with their seats."""
    query = select(Objection).where(
        Objection.proposal_number == number, Objection.lifted_at.is_(None), Objection.overridden_in.is_(None)
    )
    return list(session.scalars(query.options(joinedload(Objection.seat), joinedload(Objection.person))))


def standing_of(session: Session, ballot: Ballot) -> Standing:
    """Return where a ballot stands now, with the objections open today."""
    rules, roll, casts = parts(session, ballot)
    objecting = (
        []
        if ballot.purpose == "override"
        else [objection.seat.key for objection in open_objections(session, ballot.proposal_number)]
    )
    state = standing(
        rules,
        roll,
        casts,
        open_objections=objecting,
        closed=ballot.closed_at is not None,
        silence_broken_by=ballot.broken_by,
    )
    if ballot.outcome in {Outcome.suspended, Outcome.superseded}:
        state = ended_as(state, Outcome(ballot.outcome))
    return state


def decide(
    session: Session, proposal: Proposal, ballot: Ballot, *, at: datetime, by: Person | None, **said: Any
) -> None:
    """Close a ballot at an instant with the outcome that its votes have then; `said` as for `end`."""
    rules, roll, casts = parts(session, ballot)
    outcome = standing(rules, roll, casts, closed=True, silence_broken_by=ballot.broken_by).outcome
    if outcome is None:
        raise AssertionError("a closed ballot has an outcome")
    end(session, proposal, ballot, outcome, at=at, by=by, **said)


def end(
    session: Session,
    proposal: Proposal,
    ballot: Ballot,
    outcome: Outcome,
    *,
    at: datetime,
    by: Person | None,
    reason: str = "",
    told: str = "decided",
    **facts: Any,
) -> None:
    """End a ballot with an outcome, tell everybody concerned, and let the state follow; `facts` stand in the act."""
    ballot.closed_at, ballot.outcome, ballot.outcome_reason = at, outcome.value, reason
    if ballot.purpose == "override" and outcome is Outcome.approved:
        for objection in open_objections(session, proposal.number):
            if objection.raised_at <= ballot.opened_at:  # one raised since is not what the group was asked about
                objection.overridden_in = ballot.number
    facts = {"ballot": ballot.number, "outcome": outcome.value, "reason": reason} | facts
    event = events.add(session, proposal, "ballot_closed", by=by, at=at, **facts)
    events.tell(session, event, [proposal.author_id, *holders(session, Roll.from_json(ballot.roll))], told)
    lifecycle.settle(session, proposal, at)


def of_proposal(session: Session, number: int) -> Sequence[Ballot]:
    """Return all ballots of a proposal, oldest first."""
    return session.scalars(select(Ballot).where(Ballot.proposal_number == number).order_by(Ballot.number)).all()
