"""The rows of a decision: votes seat by seat, opinions, formal objections, the ballots that went before.

Each is a plain value for a template, made of a `case`; `decision` puts them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Objection, Opinion, Vote
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.permissions import Act, Role, may
from reviewtool.rules.voting import Cast, OpinionStance, Position, SeatOnRoll
from reviewtool.services import ballots, earlier
from reviewtool.services.earlier import Earlier
from reviewtool.web import standing
from reviewtool.web.case import Case
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localtime
from reviewtool.web.positions import (
    SHOWN,
    STANCES,
    according_to,
    given_on,
    outcome_name,
    outcome_tone,
    registered,
    unconfirmed,
)
from reviewtool.web.seats import by_name, seat_name


@dataclass(frozen=True)
class VoteRow:
    """One seat in the list of votes; `thread` is the number of its open objection's conversation."""

    iso: str
    label: str
    text: str
    tone: str
    icon: str
    detail: str
    reason: str
    you: bool
    objects: bool
    thread: int | None
    withdrawable: int  # id of the vote whose reason the reader may withdraw for confidentiality, 0 for none


@dataclass(frozen=True)
class OpinionRow:
    """One observer's opinion; `detail` names an earlier version it was given on."""

    iso: str
    label: str
    text: str
    tone: str
    icon: str
    detail: str
    you: bool
    withdrawable: int


@dataclass(frozen=True)
class ObjectionRow:
    """A formal objection: `ended` says how it ended, empty while it is open."""

    id: int
    seat: str
    person: str
    reason: str
    raised_at: datetime
    thread_id: int
    ended: str
    announced: str  # that it is lifted, by telephone, which its seat has yet to confirm
    may_lift: bool
    may_register: bool  # the coordination, what the seat sent
    withdrawable: int


@dataclass(frozen=True)
class BallotRow:
    """One ballot of the proposal's past."""

    number: int
    revision: int
    title: str
    outcome: str
    tone: str
    opened_at: datetime
    closed_at: datetime | None
    reason: str


def is_about_now(case: Case) -> bool:
    """Say whether the newest ballot is still what the proposal's state rests on."""
    ballot = case.ballot
    if ballot is None:
        return False
    reopened = case.proposal.reopened_at
    if reopened is not None and ballot.opened_at < reopened:
        return False
    return ballot.revision == case.proposal.latest and case.state is not State.withdrawn


def vote_rows(case: Case) -> tuple[VoteRow, ...]:
    """Return every seat of the frozen roll with its stand, by the names that the reader sees."""
    if case.standing is None or not is_about_now(case):
        return ()
    by_seat = {vote.seat.key: vote for vote in case.votes}
    waiting = {each.vote.seat.key: each for each in case.earlier}
    threads = {each.seat.key: each.thread_id for each in case.open_objections}
    return tuple(
        _vote_row(case, seat, by_seat.get(seat.key), waiting.get(seat.key), threads.get(seat.key))
        for seat in by_name(case.roll.seats)
    )


def _vote_row(case: Case, seat: SeatOnRoll, vote: Vote | None, before: Earlier | None, thread: int | None) -> VoteRow:
    you = case.seat is not None and case.seat.key == seat.key
    text, tone, icon, detail = _waits(case, before, you=you) if before else _said(case, seat, vote, you=you)
    vote = before.vote if before else vote
    shows = vote is not None and (you or not case.hidden)
    return VoteRow(
        iso=seat.administration[:2],
        label=_("%(seat)s (usted)", seat=seat_name(seat)) if you else seat_name(seat),
        text=text,
        tone=tone,
        icon=icon,
        detail=detail,
        reason=vote.reason if vote is not None and shows else "",
        you=you,
        objects=thread is not None,
        thread=thread,
        withdrawable=_withdrawable(case, vote) if vote is not None and shows else 0,
    )


def _withdrawable(case: Case, said: Vote | Opinion | Objection) -> int:
    """Return the id of what has a reason that the reader may withdraw for confidentiality, else 0."""
    may_withdraw = may(case.roles, Act.withdraw_for_confidentiality)
    return said.id if may_withdraw and said.reason not in {"", INSTEAD} else 0


def _waits(case: Case, before: Earlier, *, you: bool) -> tuple[str, str, str, str]:
    """Return text, tone, icon and detail of a seat that spoke on an earlier version alone."""
    state, vote = case.standing, before.vote
    silent = state is not None and vote.seat.key in state.silent
    text, tone, icon = SHOWN["silence" if silent else "to_be_confirmed"]
    if case.hidden and not you:
        return _(text), tone, icon, ""
    alternate = _("Votó el suplente") if vote.by_alternate else ""
    detail = [_("por silencio")] if silent else []
    detail += [part for part in (given_on(vote, before.revision), registered(vote), alternate) if part]
    return _(text), tone, icon, ". ".join(detail)


def _said(case: Case, seat: SeatOnRoll, vote: Vote | None, *, you: bool) -> tuple[str, str, str, str]:
    """Return text, tone, icon and detail of a seat."""
    if not seat.votes:
        return _("No vota"), "muted", "", _("Propuso el cambio")
    if vote is not None and case.hidden and not you:
        return _("Ya se pronunció"), "neutral", "check", ""
    state = case.standing
    if state is not None and seat.key == state.broken_by:
        return _("Interrumpió el silencio"), "bad", "no", ""
    silent = state is not None and seat.key in state.silent
    cast = Cast(seat.key, Position(vote.position), confirmed=vote.confirmed) if vote else None
    text, tone, icon = SHOWN[standing.mark_of(cast, silent=silent)]
    detail = [_("por silencio")] if silent and vote is None else []
    if vote is not None:
        alternate = _("Votó el suplente") if vote.by_alternate else ""
        detail = [part for part in (unconfirmed(vote), registered(vote), alternate) if part]
    return _(text), tone, icon, ". ".join(detail)


def opinion_row(case: Case, opinion: Opinion) -> OpinionRow:
    """Return an observer's opinion."""
    text, tone, icon = STANCES[OpinionStance(opinion.stance)]
    earlier = opinion.revision != case.proposal.latest
    before = _("Sobre la versión %(version)s", version=opinion.revision) if earlier else ""
    you = opinion.person_id == case.person.id
    return OpinionRow(
        iso=opinion.person.administration[:2],
        label=_("%(seat)s (usted)", seat=opinion.person.name) if you else opinion.person.name,
        text=_(text),
        tone=tone,
        icon=icon,
        detail=". ".join(part for part in (opinion.reason, before) if part),
        you=you,
        withdrawable=_withdrawable(case, opinion),
    )


def objection_row(case: Case, objection: Objection) -> ObjectionRow:
    """Return a formal objection and how it ended."""
    ended = ""
    if objection.lifted_at is not None:
        ended = _("Retirada el %(day)s.", day=localtime(objection.lifted_at, "day"))
        said = [ended, objection.lifting_reason]
        received = case.liftings.get(objection.id)
        if received is not None:
            said.append(according_to(received.channel, received.reference, received.on))
        ended = " ".join(part for part in said if part)
    elif objection.overridden_in is not None:
        ended = _("El grupo decidió seguir adelante en la votación %(number)s.", number=objection.overridden_in)
    return ObjectionRow(
        id=objection.id,
        seat=seat_name(objection.seat),
        person=objection.person.name,
        reason=objection.reason,
        raised_at=objection.raised_at,
        thread_id=objection.thread_id,
        ended=ended,
        announced=_announced(case, objection),
        may_lift=may_lift(case, objection),
        may_register=may_register_lifting(case, objection),
        withdrawable=_withdrawable(case, objection),
    )


def _announced(case: Case, objection: Objection) -> str:
    received = case.liftings.get(objection.id) if objection in case.open_objections else None
    if received is None:
        return ""
    waits = _("Sigue abierta hasta que quien ocupa el puesto confirme el retiro.")
    return f"{according_to(received.channel, received.reference, received.on)}. {waits}"


def may_lift(case: Case, objection: Objection) -> bool:
    """Let who holds the seat lift its open objection, while the proposal is not merged."""
    holds = case.seat is not None and case.seat.id == objection.seat_id and Role.member in case.roles
    return holds and objection in case.open_objections and allowed(Act.lift_objection, case.state)


def may_register_lifting(case: Case, objection: Objection) -> bool:
    """Let the coordination enter the lifting of an open objection that reached it otherwise, not of its own seat."""
    open_one = objection in case.open_objections and allowed(Act.lift_objection, case.state)
    return open_one and may(case.roles, Act.register_for_others) and not may_lift(case, objection)


def history(session: Session, case: Case) -> tuple[BallotRow, ...]:
    """Return the ballots before the one shown, the newest first; all of them when none is."""
    if case.ballot is None:
        return ()
    shown = case.ballot.number if is_about_now(case) else 0
    every = ballots.of_proposal(session, case.number)
    went_on = {each.number for each, after in pairwise(every) if earlier.goes_on(each, after)}
    return tuple(
        BallotRow(
            number=each.number,
            revision=each.revision,
            title=ballot_title(each),
            outcome=_ended(each, each.number in went_on),
            tone=outcome_tone(each.outcome) if each.outcome else "warn",
            opened_at=each.opened_at,
            closed_at=each.closed_at,
            reason=each.outcome_reason,
        )
        for each in reversed(every)
        if each.number != shown
    )


def _ended(ballot: Ballot, went_on: bool) -> str:
    if went_on:
        return _("Siguió como votación %(number)s", number=ballot.number + 1)
    return outcome_name(ballot.outcome) if ballot.outcome else _("Abierta")


def ballot_title(ballot: Ballot) -> str:
    """Say what a ballot is about."""
    if ballot.purpose == "override":
        return _("Votación %(number)s, sobre la objeción formal", number=ballot.number)
    if ballot.second_call_of is not None:
        return _("Votación %(number)s, segunda convocatoria", number=ballot.number)
    return _("Votación %(number)s, sobre la versión %(version)s", number=ballot.number, version=ballot.revision)
