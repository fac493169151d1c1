"""Votes of seats, sealed to the exact text of the ballot, and opinions of observers, which never count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound, OutOfDate
from reviewtool.models import Ballot, ExtensionRequest, Opinion, Person, Proposal, Seat, Vote
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import (
    MAY_BE_AD_REFERENDUM,
    BallotRules,
    Majority,
    OpinionStance,
    Outcome,
    Position,
    Roll,
    choices,
    early_close_possible,
    may_interrupt,
    needs_reason,
)
from reviewtool.services import ballots, earlier, events, objections, people, proposals, receiving
from reviewtool.services.receiving import Received

REASON_LIMIT = 5_000


def cast(
    session: Session,
    number: int,
    *,
    by: Person,
    ballot_number: int,
    position: str,
    reason: str = "",
    ad_referendum: bool = False,
    by_link: str = "",
) -> Vote:
    """Cast or change the vote of the seat this person holds, in the ballot the page showed.

    `by_link` is written down of a vote that a link in a mail led to: "signed-in", or "signed-out".
    Raises AlreadyDecided after the close, OutOfDate when another ballot is open, NotAllowed without a seat on the
    frozen roll, InvalidInput for a missing reason.
    """
    people.ensure_may(by, Act.vote)
    proposal, ballot, at = ballots.lock_open(session, number, ballot_number=ballot_number)
    seat = _own_seat(ballot, by)
    chosen = ensure_position(BallotRules.from_json(ballot.rules), position, reason)
    if ad_referendum and chosen not in MAY_BE_AD_REFERENDUM:
        raise InvalidInput("ad-referendum-for", field="ad_referendum")
    vote = Vote(
        ballot_id=ballot.id,
        seat_id=seat.id,
        person_id=by.id,
        position=chosen.value,
        reason=reason.strip(),
        ad_referendum=ad_referendum,
        confirmed=not ad_referendum,
        cast_at=at,
        by_alternate=people.holds_as_alternate(by, seat),
    )
    _replace(session, ballot, vote)
    events.add(
        session,
        proposal,
        "voted",
        by=by,
        at=at,
        ballot=ballot.number,
        seat=seat.key,
        position=chosen.value,
        ad_referendum=ad_referendum,
        **({"by_link": by_link} if by_link else {}),
    )
    _close_if_settled(session, proposal, ballot, at)
    return vote


def agree(session: Session, number: int, *, by: Person, ballot_number: int) -> Vote:
    """Cast a *for*, in a silence procedure «no objection», as `cast` does; never over what the seat has said already.

    Raises AlreadyDecided("voted-meanwhile") then.
    """
    people.ensure_may(by, Act.vote)
    _proposal, ballot, _at = ballots.lock_open(session, number, ballot_number=ballot_number)
    seat = _own_seat(ballot, by)
    if _current(session, ballot, seat) is not None or earlier.vote_of(session, ballot, seat) is not None:
        raise AlreadyDecided("voted-meanwhile", number=number)
    silence = BallotRules.from_json(ballot.rules).majority is Majority.silence
    position = Position.no_objection if silence else Position.for_
    return cast(session, number, by=by, ballot_number=ballot_number, position=position.value)


def register(
    session: Session,
    number: int,
    seat_key: str,
    *,
    by: Person,
    ballot_number: int,
    position: str,
    reason: str,
    received: Received,
) -> Vote:
    """Enter a vote that reached the coordination by note, e-mail, in a meeting or by telephone.

    By telephone it counts only once its owner confirms it; the owner is told at once and may correct it.
    """
    people.ensure_may(by, Act.register_for_others)
    receiving.ensure(received)
    running = ballots.lock_open(session, number, ballot_number=ballot_number)
    seat = _seat_that_votes(session, running.ballot, seat_key)
    vote = enter(session, running, seat, by=by, position=position, reason=reason, received=received)
    _close_if_settled(session, running.proposal, running.ballot, running.at)
    return vote


def enter(
    session: Session,
    running: ballots.Running,
    seat: Seat,
    *,
    by: Person,
    position: str,
    reason: str,
    received: Received,
) -> Vote:
    """Write the vote that was received of a seat in a ballot found open, and tell its holder; the ballot stays open."""
    proposal, ballot, at = running
    chosen = ensure_position(BallotRules.from_json(ballot.rules), position, reason)
    holder = _titular(session, seat)
    vote = Vote(
        ballot_id=ballot.id,
        seat_id=seat.id,
        person_id=holder.id if holder else by.id,
        position=chosen.value,
        reason=reason.strip(),
        confirmed=received.channel != receiving.TELEPHONE,
        cast_at=at,
        registered_by_id=by.id,
        channel=received.channel,
        channel_on=received.on,
        channel_reference=received.reference.strip(),
    )
    _replace(session, ballot, vote)
    event = events.add(
        session,
        proposal,
        "vote_registered",
        by=by,
        at=at,
        ballot=ballot.number,
        seat=seat.key,
        position=chosen.value,
        channel=received.channel,
        reference=vote.channel_reference,
    )
    events.tell(session, event, [holder.id] if holder else [], "registered")
    return vote


def _seat_that_votes(session: Session, ballot: Ballot, key: str) -> Seat:
    on_roll = Roll.from_json(ballot.roll).find(key)
    seat = session.scalar(select(Seat).where(Seat.key == key))
    if seat is None or on_roll is None or not on_roll.votes:
        raise NotFound("seat-unknown")
    return seat


def _titular(session: Session, seat: Seat) -> Person | None:
    owner = next((each for each in people.seats(session) if each.id == seat.id), None)
    return people.titular(owner) if owner else None


def confirm(session: Session, number: int, *, by: Person, ballot_number: int) -> Vote:
    """Confirm the seat's vote, given ad referendum, by telephone or on an earlier version: from now on it counts."""
    people.ensure_may(by, Act.confirm_vote)
    proposal, ballot, at = ballots.lock_open(session, number, ballot_number=ballot_number)
    seat = _own_seat(ballot, by)
    vote = _current(session, ballot, seat)
    if vote is None:
        vote = _given_again(session, ballot, seat, by=by, at=at)
    elif vote.confirmed:
        vote = None
    if vote is None:
        raise AlreadyDecided("nothing-to-confirm", number=number)
    vote.confirmed = True
    events.add(
        session,
        proposal,
        "vote_confirmed",
        by=by,
        at=at,
        ballot=ballot.number,
        seat=seat.key,
        position=vote.position,
    )
    _close_if_settled(session, proposal, ballot, at)
    return vote


def _given_again(session: Session, ballot: Ballot, seat: Seat, *, by: Person, at: datetime) -> Vote | None:
    """Cast in this ballot what the seat said on an earlier version, word for word; None where it said nothing."""
    before = earlier.vote_of(session, ballot, seat)
    if before is None:
        return None
    vote = Vote(
        ballot_id=ballot.id,
        seat_id=seat.id,
        person_id=by.id,
        position=before.position,
        reason=before.reason,
        cast_at=at,
        by_alternate=people.holds_as_alternate(by, seat),
    )
    session.add(vote)
    session.flush()
    return vote


def _current(session: Session, ballot: Ballot, seat: Seat) -> Vote | None:
    return session.scalar(select(Vote).where(Vote.ballot_id == ballot.id, Vote.seat_id == seat.id, Vote.current))


def _replace(session: Session, ballot: Ballot, vote: Vote) -> None:
    """Make a vote the seat's current one; the earlier is kept. An alternate never replaces the titular's."""
    earlier = session.scalar(
        select(Vote).where(Vote.ballot_id == ballot.id, Vote.seat_id == vote.seat_id, Vote.current)
    )
    if earlier is not None and vote.by_alternate and not earlier.by_alternate and earlier.registered_by_id is None:
        raise AlreadyDecided("titular-voted")
    if earlier is not None:
        earlier.current = False
        session.flush()  # before the new one: a seat has one current vote
    session.add(vote)


def _close_if_settled(session: Session, proposal: Proposal, ballot: Ballot, at: datetime) -> None:
    if not BallotRules.from_json(ballot.rules).early_close:
        return
    rules, roll, casts = ballots.parts(session, ballot)
    if early_close_possible(rules, roll, casts):
        ballots.decide(session, proposal, ballot, at=at, by=None)


def _own_seat(ballot: Ballot, by: Person) -> Seat:
    seat = people.seat_of(by)
    on_roll = Roll.from_json(ballot.roll).find(seat.key) if seat else None
    if seat is None or on_roll is None:
        raise NotAllowed("no-seat-on-roll")
    if not on_roll.votes:
        raise NotAllowed("author-does-not-vote")
    return seat


def ensure_position(rules: BallotRules, position: str, reason: str) -> Position:
    """Return a position that these rules know, with the reason that it needs. Raises InvalidInput."""
    allowed = {choice.value: choice for choice in choices(rules)}
    if position not in allowed:
        raise InvalidInput("position-missing", field="position")
    chosen = allowed[position]
    if needs_reason(chosen) and not reason.strip():
        raise InvalidInput("vote-reason-missing", field="reason")
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=REASON_LIMIT)
    return chosen


def interrupt_silence(session: Session, number: int, *, by: Person, ballot_number: int, reason: str) -> None:
    """Break the silence with a reason: the clock stops, a formal objection opens, the coordination chooses."""
    people.ensure_may(by, Act.interrupt_silence)
    proposal, ballot, at = ballots.lock_open(session, number, ballot_number=ballot_number)
    seat = _own_seat(ballot, by)
    rules, roll, _ = ballots.parts(session, ballot)
    if not may_interrupt(rules, roll, seat.key, already_broken=ballot.broken_by is not None):
        raise AlreadyDecided("not-a-silence", number=number)
    if not reason.strip():
        raise InvalidInput("vote-reason-missing", field="reason")
    ballot.broken_by, ballot.broken_at = seat.key, at
    events.add(
        session,
        proposal,
        "silence_interrupted",
        by=by,
        at=at,
        ballot=ballot.number,
        seat=seat.key,
        reason=reason.strip(),
    )
    objections.open_for_seat(session, proposal, seat, by=by, reason=reason)
    told = "silence_interrupted"
    ballots.end(session, proposal, ballot, Outcome.suspended, at=now(), by=by, reason=reason.strip(), told=told)


def give_opinion(session: Session, number: int, *, by: Person, revision: int, stance: str, reason: str = "") -> Opinion:
    """Give or change an observer's opinion on the version the page showed."""
    people.ensure_may(by, Act.give_opinion)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.give_opinion, State(proposal.state))
    if revision != proposal.latest:
        raise OutOfDate("revision-newer", number=number)
    if stance not in set(OpinionStance):
        raise InvalidInput("stance-missing", field="stance")
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=REASON_LIMIT)
    session.execute(
        update(Opinion)
        .where(Opinion.proposal_number == number, Opinion.person_id == by.id, Opinion.current)
        .values(current=False)
    )
    opinion = Opinion(
        proposal_number=number, revision=revision, person_id=by.id, stance=stance, reason=reason.strip(), given_at=now()
    )
    session.add(opinion)
    session.flush()
    events.add(session, proposal, "opinion_given", by=by, opinion=opinion.id, stance=stance)
    return opinion


def ask_extension(session: Session, number: int, *, by: Person, reason: str) -> ExtensionRequest:
    """Ask once, with a reason, for more time in the present consultation or ballot."""
    people.ensure_may(by, Act.request_extension)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.request_extension, State(proposal.state))
    seat = people.seat_of(by)
    if seat is None:
        raise NotAllowed("no-seat")
    if not reason.strip():
        raise InvalidInput("reason-missing", field="reason")
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("text-too-long", field="reason", most=REASON_LIMIT)
    ballot = proposals.open_ballot(session, number)
    which = ballot.number if ballot else 0
    asked = session.scalar(
        select(ExtensionRequest).where(
            ExtensionRequest.proposal_number == number,
            ExtensionRequest.ballot_number == which,
            ExtensionRequest.seat_id == seat.id,
        )
    )
    if asked is not None:
        raise AlreadyDecided("extension-once", number=number)
    request = ExtensionRequest(
        proposal_number=number,
        ballot_number=which,
        seat_id=seat.id,
        person_id=by.id,
        reason=reason.strip(),
        asked_at=now(),
    )
    session.add(request)
    session.flush()
    events.add(session, proposal, "extension_asked", by=by, seat=seat.key, reason=request.reason, extension=request.id)
    return request


def of_ballot(session: Session, ballot_id: int) -> list[Vote]:
    """Return the current votes of a ballot with person, seat and who registered them."""
    return list(session.scalars(_votes(ballot_id).where(Vote.current)))


def all_of_ballot(session: Session, ballot_id: int) -> list[Vote]:
    """Return every vote of a ballot, the replaced ones too, in the order they came."""
    return list(session.scalars(_votes(ballot_id)))


def _votes(ballot_id: int) -> Select[Vote]:
    with_all = (joinedload(Vote.person), joinedload(Vote.seat), joinedload(Vote.registered_by))
    return select(Vote).where(Vote.ballot_id == ballot_id).options(*with_all).order_by(Vote.id)


def opinions(session: Session, number: int) -> list[Opinion]:
    """Return the current opinions on a proposal with who gave them."""
    return list(
        session.scalars(
            select(Opinion)
            .where(Opinion.proposal_number == number, Opinion.current)
            .options(joinedload(Opinion.person))
            .order_by(Opinion.id)
        )
    )


def extension_requests(session: Session, number: int) -> list[ExtensionRequest]:
    """Return the requests for more time that nobody has answered, with their seats."""
    return list(
        session.scalars(
            select(ExtensionRequest)
            .where(ExtensionRequest.proposal_number == number, ExtensionRequest.granted.is_(None))
            .options(joinedload(ExtensionRequest.seat))
            .order_by(ExtensionRequest.id)
        )
    )
