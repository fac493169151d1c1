"""The state of the decision: the counted votes, what the rules ask, and what is missing, as facts with their numbers.

Page, mail, record and interface of programs say the same `Standing` in words; the merge asks `may_merge` of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from reviewtool.rules.majorities import majority_met, majority_needed, more_in_favour, quorum_needed
from reviewtool.rules.positions import BallotRules, Cast, Majority, Outcome, Position, Roll

MISSING_CODES = ("nobody_entitled", "quorum", "majority", "certified", "silence", "ended", "objections", "ballot_open")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the rules ask, whether it is met, and the numbers that prove it."""

    code: str  # one of MISSING_CODES
    met: bool
    facts: Mapping[str, Any]


Missing = Check  # what is missing is a check that is not met


class Tally(NamedTuple):
    """How many seats said what; only votes that count are in the numbers, the others are named."""

    for_: int
    with_remarks: int
    against: int
    abstaining: int
    recused: int
    no_objection: int
    certified: int  # certified expert trainers among those in favour
    certified_open: int  # certified expert trainers whose vote does not count yet
    excluded: int  # the author's seat where authors do not vote
    pending: tuple[str, ...]  # seats that have not pronounced themselves, in the order of the roll
    unconfirmed: tuple[str, ...]  # ad referendum or by telephone
    to_be_confirmed: tuple[str, ...]  # given on an earlier version
    objecting: str | None  # first seat of the roll that is against: in a silence procedure it breaks the silence


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ballot stands. `passes`: closed now it could be merged; `missing` is empty only when it may be merged."""

    majority: Majority
    roll_size: int
    base: int  # the roll without the recused and without seats that the rules keep out
    quorum_needed: int
    took_part: int
    in_favour: int
    for_: int
    with_remarks: int
    against: int
    abstaining: int
    recused: int
    no_objection: int
    excluded: int
    pending: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    to_be_confirmed: tuple[str, ...]
    objecting: str | None
    majority_needed: int
    more_in_favour: int
    certified: int
    certified_open: int
    certified_needed: int
    quorum_met: bool
    majority_met: bool
    certified_met: bool
    objections: int = 0
    broken_by: str | None = None
    closed: bool = False
    outcome: Outcome | None = None
    passes: bool = False
    checks: tuple[Check, ...] = ()

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Return what still stands between this ballot and the merge, in reading order."""
        return tuple(check for check in self.checks if not check.met)

    @property
    def votes_cast(self) -> int:
        """Return in favour + against: what a share of the votes is a share of."""
        return self.in_favour + self.against

    @property
    def silent(self) -> tuple[str, ...]:
        """Return the seats recorded as «sin objeción (silencio)»; never as a *for*, and only in a silence procedure.

        Who answered on an earlier version alone has kept silent on this one.
        """
        approved = self.majority is Majority.silence and self.outcome is Outcome.approved
        return self.pending + self.to_be_confirmed if approved else ()

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Return the seats that still have something to say or to confirm."""
        return self.pending + self.unconfirmed + self.to_be_confirmed


_IN_FAVOUR = frozenset({Position.for_, Position.for_with_remarks})
_AGAINST = Position.against  # a look-up of the enumeration's costs as much as the rest of a seat's turn


def one_a_seat(roll: Roll, casts: Iterable[Cast]) -> dict[str, Cast]:
    """Return the one vote that stands for each seat of the roll that votes, by key.

    A titular's vote prevails over the alternate's whatever came first; of two by the same holder the later one stands.
    """
    voting = {seat.key for seat in roll.seats if seat.votes}
    standing: dict[str, Cast] = {}
    for cast in casts:
        if cast.seat not in voting:
            continue
        present = standing.get(cast.seat)
        if present is None or present.by_alternate or not cast.by_alternate:
            standing[cast.seat] = cast
    return standing


def tally(roll: Roll, casts: Iterable[Cast]) -> Tally:
    """Count each seat of the roll once; nobody without a seat on it is counted."""
    current = one_a_seat(roll, casts)
    count = dict.fromkeys(Position, 0)
    pending: list[str] = []
    unconfirmed: list[str] = []
    to_be_confirmed: list[str] = []
    certified = certified_open = excluded = 0
    objecting: str | None = None
    for seat in roll.seats:
        if not seat.votes:
            excluded += 1
            continue
        cast = current.get(seat.key)
        if cast is None or not cast.counts:
            where = pending if cast is None else to_be_confirmed if cast.to_be_confirmed else unconfirmed
            where.append(seat.key)
            certified_open += seat.certified
            continue
        position = cast.position
        count[position] += 1
        if position in _IN_FAVOUR:
            certified += seat.certified
        elif position is _AGAINST and objecting is None:
            objecting = seat.key
    return Tally(
        for_=count[Position.for_],
        with_remarks=count[Position.for_with_remarks],
        against=count[Position.against],
        abstaining=count[Position.abstain],
        recused=count[Position.recused],
        no_objection=count[Position.no_objection],
        certified=certified,
        certified_open=certified_open,
        excluded=excluded,
        pending=tuple(pending),
        unconfirmed=tuple(unconfirmed),
        to_be_confirmed=tuple(to_be_confirmed),
        objecting=objecting,
    )


def standing(
    rules: BallotRules,
    roll: Roll,
    casts: Iterable[Cast],
    *,
    open_objections: int | Collection[str] = 0,
    closed: bool = False,
    silence_broken_by: str | None = None,
) -> Standing:
    """Return where the ballot stands; `open_objections` is their number, or the keys of the seats that raised them.

    An open formal objection changes no outcome: it holds the merge. Objections that an override ballot is about, or
    has overridden, are not open here.
    """
    votes = tally(roll, casts)
    silence = rules.majority is Majority.silence
    count, objecting = _objections(open_objections)
    broken_by = (silence_broken_by or votes.objecting) if silence else None
    state = _count(rules, len(roll.seats), votes, objections=count, broken_by=broken_by, closed=closed)
    checks = _checks(state, rules, objecting)
    return replace(
        state,
        outcome=_outcome(state) if closed else None,
        passes=all(check.met for check in checks),
        checks=(*checks, Check("ballot_open", closed, _NOTHING)),
    )


def _count(
    rules: BallotRules, roll_size: int, votes: Tally, *, objections: int, broken_by: str | None, closed: bool
) -> Standing:
    base = roll_size - votes.recused - votes.excluded
    in_favour = votes.for_ + votes.with_remarks
    took_part = in_favour + votes.against + votes.abstaining
    needed = quorum_needed(rules, base)
    certified_needed = 0 if rules.majority is Majority.silence else rules.certified_in_favour
    numbers = {"in_favour": in_favour, "against": votes.against, "base": base}
    return Standing(
        **votes._asdict(),
        majority=rules.majority,
        roll_size=roll_size,
        base=base,
        quorum_needed=needed,
        took_part=took_part,
        in_favour=in_favour,
        majority_needed=majority_needed(rules.majority, **numbers),
        more_in_favour=more_in_favour(rules.majority, **numbers),
        certified_needed=certified_needed,
        quorum_met=took_part >= needed,
        majority_met=majority_met(rules.majority, **numbers),
        certified_met=votes.certified >= certified_needed,
        objections=objections,
        broken_by=broken_by,
        closed=closed,
    )


def _objections(given: int | Collection[str]) -> tuple[int, tuple[str, ...]]:
    return (given, ()) if isinstance(given, int) else (len(given), tuple(sorted(given)))


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _checks(state: Standing, rules: BallotRules, objecting: tuple[str, ...]) -> list[Check]:
    checks: list[Check] = []
    if state.base == 0:
        checks.append(Check("nobody_entitled", False, {"roll": state.roll_size, "recused": state.recused}))
    if state.majority is Majority.silence:
        answered = {"by": state.broken_by, "no_objection": state.no_objection, "silent": len(state.pending)}
        checks.append(Check("silence", state.broken_by is None, answered))
    else:
        if rules.quorum_kind != "none":
            checks.append(_quorum_check(state))
        checks.append(_majority_check(state))
        if state.certified_needed:
            lacking = max(0, state.certified_needed - state.certified)
            trainers = {"needed": state.certified_needed, "in_favour": state.certified, "more": lacking}
            checks.append(Check("certified", state.certified_met, trainers))
    checks.append(Check("objections", state.objections == 0, {"count": state.objections, "seats": objecting}))
    return checks


def _quorum_check(state: Standing) -> Check:
    facts = {
        "more": max(0, state.quorum_needed - state.took_part),
        "took_part": state.took_part,
        "needed": state.quorum_needed,
        "base": state.base,
    }
    return Check("quorum", state.quorum_met, facts)


def _majority_check(state: Standing) -> Check:
    facts = {
        "majority": state.majority.value,
        "in_favour": state.in_favour,
        "against": state.against,
        "abstaining": state.abstaining,
        "cast": state.votes_cast,
        "base": state.base,
        "needed": state.majority_needed,
        "more": state.more_in_favour,
    }
    return Check("majority", state.majority_met, facts)


def _outcome(state: Standing) -> Outcome:
    if state.broken_by is not None:
        return Outcome.suspended
    if not state.quorum_met:
        return Outcome.no_quorum
    carried = state.base > 0 and state.majority_met and state.certified_met
    return Outcome.approved if carried else Outcome.not_approved


def ended_as(state: Standing, outcome: Outcome) -> Standing:
    """Return the standing of a ballot that an act suspended or superseded: whatever was counted, it is not merged."""
    if outcome not in {Outcome.suspended, Outcome.superseded}:
        return state
    held = Check("ended", False, {"outcome": outcome.value})
    others = tuple(check for check in state.checks if check.code not in {"ballot_open", "ended"})
    return replace(state, outcome=outcome, closed=True, passes=False, checks=(*others, held))


def may_merge(state: Standing) -> bool:
    """Allow the merge of what was approved at the close of its ballot while no formal objection is open."""
    return state.outcome is Outcome.approved and state.passes


def early_close_possible(rules: BallotRules, roll: Roll, casts: Iterable[Cast]) -> bool:
    """Say whether the group closes early and no seat still silent or unconfirmed can change the outcome.

    The quorum stands at its worst if none of them answers, a majority at its worst if all are against and at its best
    if all are for: it is enough to look at these three. Silence ends early only when every seat has spoken.
    """
    if not rules.early_close:
        return False
    votes = tally(roll, casts)
    still = len(votes.pending) + len(votes.unconfirmed) + len(votes.to_be_confirmed)
    if rules.majority is Majority.silence:
        return still == 0 and votes.objecting is None
    base = len(roll.seats) - votes.recused - votes.excluded
    in_favour = votes.for_ + votes.with_remarks
    took_part = in_favour + votes.against + votes.abstaining
    if took_part < quorum_needed(rules, base):
        return False
    worst = majority_met(rules.majority, in_favour=in_favour, against=votes.against + still, base=base)
    best = majority_met(rules.majority, in_favour=in_favour + still, against=votes.against, base=base)
    certain = worst and votes.certified >= rules.certified_in_favour
    possible = best and votes.certified + votes.certified_open >= rules.certified_in_favour
    return certain or not possible
