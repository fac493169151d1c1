"""Decided in a meeting: attendance and positions of one meeting, entered for several ballots that it closes at once.

Each proposal is an act of its own, under its own lock; one that cannot be decided any more does not hold the others.
The ballot keeps its seal, roll and rules: attendance makes the quorum, seats that were absent keep what they had said.

What waits for its ballot is opened and decided in that one act, by the rules in force; what is still in consultation is
not, for everybody has until its close to speak. A silence procedure is not decided so: there a vote against is an
interruption, which stops it and opens an objection. One that was interrupted is decided by votes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewtool import i18n
from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, OutOfDate, ReviewError
from reviewtool.group import Group
from reviewtool.models import Ballot, Event, Person, Proposal, Vote
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import BallotRules, Cast, Majority, Outcome, Position, Roll, Standing, standing
from reviewtool.services import ballots, ordering, people, proposals, receiving, rulesets, standings, votes
from reviewtool.services.receiving import Received
from reviewtool.services.standings import Counted
from reviewtool.services.workshop import Workshop

UNOPENED_SHOWN: Final = 50


@dataclass(frozen=True)
class Stand:
    """What a seat said in the meeting."""

    position: str
    reason: str = ""


@dataclass(frozen=True)
class Meeting:
    """A meeting: its day, the reference of its minutes, and what the seats that attended said, by key."""

    on: date
    reference: str
    stands: Mapping[str, Stand]

    @property
    def received(self) -> Received:
        """Return how the votes reached the coordination."""
        return Received("meeting", self.on, self.reference.strip())

    @property
    def ground(self) -> str:
        """Say in the record's language why the ballots close."""
        return f"Decidida en la reunión del {i18n.day_text(self.on, 'es', 'long')} ({self.reference.strip()})"


@dataclass(frozen=True)
class Candidate:
    """A proposal whose ballot is open, with where it stands; or one still to be opened, as it would be opened now.

    `revision` is the version on which the meeting opens the ballot; None where it is open.
    """

    number: int
    title: str
    counted: Counted
    revision: int | None = None


@dataclass(frozen=True)
class Result:
    """What became of a proposal: the outcome of its ballot, or why it was not decided."""

    number: int
    outcome: Outcome | None = None
    error: ReviewError | None = None


def candidates(session: Session, workshop: Workshop) -> list[Candidate]:
    """Return the proposals with an open ballot, silence procedures too, by number."""
    query = (
        select(Proposal.number, Proposal.title)
        .join(Ballot, Ballot.proposal_number == Proposal.number)
        .where(Ballot.closed_at.is_(None), Ballot.closes_at > now())
        .order_by(Proposal.number)
    )
    found = session.execute(query).all()
    counted = standings.of_open(session, workshop, [row.number for row in found])
    return [Candidate(row.number, row.title, counted[row.number]) for row in found if row.number in counted]


def unopened(session: Session, workshop: Workshop) -> list[Candidate]:
    """Return the proposals that wait for their ballot, with where it would stand, those that wait longest first."""
    query = select(Proposal).where(Proposal.state == State.awaiting_decision)
    rows = session.scalars(query.order_by(Proposal.state_changed_at, Proposal.number).limit(UNOPENED_SHOWN)).all()
    return [
        Candidate(each.number, each.title, _planned(session, workshop.group, each), each.latest)
        for each in rows
        if not each.amendment_asked and ordering.waits_for(session, each.number) is None
    ]


def consulting(session: Session) -> int:
    """Count the proposals that no meeting decides yet, because their consultation is not over."""
    query = select(func.count()).select_from(Proposal).where(Proposal.state == State.consultation)
    return session.scalar(query) or 0


def _planned(session: Session, group: Group, proposal: Proposal) -> Counted:
    rules, at = _rules(session, group, proposal), now()
    roll = ballots.roll_now(session, proposal, rules)
    objectors = standings.objections(session, [proposal.number]).get(proposal.number, [])
    keys = [seat.key for seat in objectors]
    return Counted(
        id=0,
        proposal=proposal.number,
        number=0,
        revision=proposal.latest,
        purpose="text",
        is_second_call=False,
        opened_at=at,
        closes_at=rulesets.closing(session, group, at, rules.decision_days),
        closed_at=None,
        outcome=None,
        broken_by=None,
        rules=rules,
        roll=roll,
        casts=(),
        objecting=frozenset(keys),
        objectors=tuple(objectors),
        standing=standing(rules, roll, [], open_objections=keys),
    )


def _preset(session: Session, proposal: Proposal) -> str:
    """Return the preset a meeting decides by: the author's, but for a silence that was interrupted a vote."""
    last = proposals.newest_ballot(session, proposal.number)
    return "votacion" if last is not None and last.broken_by is not None else proposal.preset


def _rules(session: Session, group: Group, proposal: Proposal) -> BallotRules:
    paths = [touch.path for touch in proposals.latest_revision(session, proposal).touches]
    return rulesets.rules_for(session, group, paths, preset=_preset(session, proposal))


def expected(counted: Counted, meeting: Meeting) -> Standing:
    """Return where a ballot would stand if it were closed with what the meeting said; nothing is written."""
    kept = [cast for cast in counted.casts if cast.seat not in meeting.stands]
    said = [Cast(key, Position(stand.position)) for key, stand in meeting.stands.items()]
    return standing(counted.rules, counted.roll, [*kept, *said], open_objections=counted.objecting, closed=True)


def ensure_sound(meeting: Meeting) -> None:
    """Refuse a meeting without reference, ahead of us or that nobody attended, and a stand without its reason.

    Raises InvalidInput; of a stand its field is named with the seat, «reason-CL».
    """
    receiving.ensure(meeting.received)
    if not meeting.stands:
        raise InvalidInput("attendance-missing", field="attended")
    for key, stand in meeting.stands.items():
        try:
            votes.ensure_position(BallotRules(), stand.position, stand.reason)
        except InvalidInput as error:
            raise InvalidInput(error.code, **error.facts | {"field": f"{error.field}-{key}"}) from error


def decide_several(
    workshop: Workshop,
    wanted: Sequence[tuple[int, int]],
    meeting: Meeting,
    *,
    by_id: int,
    to_open: Sequence[tuple[int, int]] = (),
) -> list[Result]:
    """Decide proposals in transactions of their own, each given with the number of the ballot that the page showed.

    Those `to_open` are given with the version that it showed. Raises InvalidInput before anything is written; what
    fails afterwards is in the results, and the others go on.
    """
    ensure_sound(meeting)
    results = []
    acts = [*((False, each) for each in dict.fromkeys(wanted)), *((True, each) for each in dict.fromkeys(to_open))]
    for opens, (number, shown) in acts:
        try:
            with workshop.database.write() as session:
                by = people.get(session, by_id)
                if opens:
                    outcome = open_and_decide(session, workshop.group, number, meeting, by=by, revision=shown)
                else:
                    outcome = decide(session, number, meeting, by=by, ballot_number=shown)
        except ReviewError as error:
            results.append(Result(number, error=error))
        else:
            results.append(Result(number, outcome))
    return results


def open_and_decide(
    session: Session, group: Group, number: int, meeting: Meeting, *, by: Person, revision: int
) -> Outcome:
    """Open the ballot of a proposal whose consultation is over and decide it, in one act, by the rules in force.

    `revision` is the version that was shown. Raises AlreadyDecided("meeting-consulting"), and what `decide` raises.
    """
    people.ensure_may(by, Act.decide_in_meeting)
    ensure_sound(meeting)
    proposal = proposals.lock(session, number)
    if proposal.state == State.consultation:
        raise AlreadyDecided("meeting-consulting", number=number)
    ensure_allowed(Act.decide_in_meeting, State(proposal.state))
    if proposal.latest != revision:
        raise OutOfDate("revision-newer", number=number)
    preset = _preset(session, proposal)
    ballot = ballots.open_one(session, group, number, by=by, reason=meeting.ground, preset=preset)
    return decide(session, number, meeting, by=by, ballot_number=ballot.number)


def decide(session: Session, number: int, meeting: Meeting, *, by: Person, ballot_number: int) -> Outcome:
    """Register what the seats said in the meeting and close the ballot with the outcome that its rules give.

    A vote that a seat cast itself and that says the same stays; any other is replaced by what the seat said in the
    meeting, and its holder is told. Raises AlreadyDecided, OutOfDate, InvalidInput, NotAllowed.
    """
    people.ensure_may(by, Act.decide_in_meeting)
    ensure_sound(meeting)
    running = ballots.lock_open(session, number, ballot_number=ballot_number)
    if BallotRules.from_json(running.ballot.rules).majority is Majority.silence:
        raise AlreadyDecided("meeting-silence", number=number)
    on_roll = Roll.from_json(running.ballot.roll).seats
    attended = [seat for seat in on_roll if seat.key in meeting.stands]
    if not attended:
        raise InvalidInput("attendance-missing", field="attended")
    present = {vote.seat.key: vote for vote in votes.of_ballot(session, running.ballot.id)}
    seats = {seat.key: seat for seat in people.seats(session)}
    for on_this in attended:
        stand, seat = meeting.stands[on_this.key], seats.get(on_this.key)
        if on_this.votes and seat is not None and not _says_the_same(present.get(seat.key), stand):
            votes.enter(
                session,
                running,
                seat,
                by=by,
                position=stand.position,
                reason=stand.reason,
                received=meeting.received,
            )
    session.flush()
    facts = {
        "reference": meeting.reference.strip(),
        "on": meeting.on.isoformat(),
        "attended": [s.key for s in attended],
    }
    ballots.decide(
        session, running.proposal, running.ballot, at=running.at, by=by, reason=meeting.ground, meeting=facts
    )
    return Outcome(running.ballot.outcome or "")


def _says_the_same(vote: Vote | None, stand: Stand) -> bool:
    """Say whether a vote that its seat cast itself, and that counts, is what the seat said in the meeting."""
    if vote is None or vote.registered_by_id is not None or not vote.confirmed or vote.position != stand.position:
        return False
    return stand.reason.strip() in {"", vote.reason}


def of_proposal(session: Session, number: int) -> dict[int, dict[str, Any]]:
    """Return the meetings that decided ballots of a proposal, by the ballot's number: reference, on, attended."""
    query = select(Event.facts).where(Event.proposal_number == number, Event.kind == "ballot_closed")
    return {facts["ballot"]: facts["meeting"] for facts in session.scalars(query) if "meeting" in facts}
