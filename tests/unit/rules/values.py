"""Makes rolls and votes for the tests of the rules, and draws any of them for properties."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from hypothesis import strategies as st

from reviewtool.rules.voting import BallotRules, Cast, Majority, Override, Position, Roll, SeatOnRoll


def roll_of(size: int, *, certified: int = 0, author: bool = False) -> Roll:
    """Return a roll of seats S1, S2, …: the first `certified` are trainers, with `author` the last does not vote."""
    return Roll(
        tuple(
            SeatOnRoll(f"S{n}", f"Silla {n}", certified=n <= certified, votes=not (author and n == size))
            for n in range(1, size + 1)
        )
    )


def casts_of(**counts: int) -> list[Cast]:
    """Return one vote a seat, from S1 on, in the order of the arguments: casts_of(for_=4, against=1)."""
    positions = [Position[name] for name, count in counts.items() for _ in range(count)]
    return [Cast(f"S{n}", position) for n, position in enumerate(positions, 1)]


majorities = st.sampled_from(Majority)
voted = majorities.filter(lambda majority: majority is not Majority.silence)
shares = st.integers(1, 6).flatmap(lambda below: st.tuples(st.integers(1, below), st.just(below)))


@st.composite
def any_rules(draw: st.DrawFn, among: st.SearchStrategy[Majority] = majorities) -> BallotRules:
    majority = draw(among)
    silence = majority is Majority.silence
    return BallotRules(
        majority=majority,
        quorum_kind="none" if silence else draw(st.sampled_from(["none", "number", "share"])),
        quorum_number=draw(st.integers(1, 14)),
        quorum_share=draw(shares),
        certified_in_favour=0 if silence else draw(st.integers(0, 2)),
        early_close=draw(st.booleans()),
    )


@st.composite
def every_rule(draw: st.DrawFn) -> BallotRules:
    """Draw rules in which no field keeps its default by itself, those that never make sense among them."""
    return replace(
        draw(any_rules()),
        decision_days=draw(st.integers(1, 250)),
        consultation_days=draw(st.integers(0, 250)),
        author_votes=draw(st.booleans()),
        results_hidden_until_closed=draw(st.booleans()),
        override=draw(st.sampled_from(get_args(Override))),
        revisions_during_vote=draw(st.booleans()),
        second_call_days=draw(st.none() | st.integers(1, 250)),
        second_call_share=draw(st.none() | shares),
        preset=draw(st.sampled_from(["votacion", "silencio", "ñandú «otro»"])),
    )


@st.composite
def any_roll(draw: st.DrawFn) -> Roll:
    size = draw(st.integers(1, 14))
    return roll_of(size, certified=draw(st.integers(0, size)), author=size > 1 and draw(st.booleans()))


@st.composite
def any_casts(draw: st.DrawFn, roll: Roll) -> list[Cast]:
    """Draw at most one vote a seat, counted or not, in any order."""
    keys = draw(st.lists(st.sampled_from([seat.key for seat in roll.seats]), unique=True))
    return [
        Cast(
            key,
            draw(st.sampled_from(Position)),
            confirmed=draw(st.booleans()) or draw(st.booleans()),
            to_be_confirmed=draw(st.booleans()) and draw(st.booleans()),
        )
        for key in keys
    ]


@st.composite
def shared_seats(draw: st.DrawFn, roll: Roll) -> list[Cast]:
    """Draw at most one vote of each titular and one of each alternate, in any order."""
    alternates = [replace(cast, by_alternate=True) for cast in draw(any_casts(roll))]
    return draw(st.permutations([*draw(any_casts(roll)), *alternates]))


LEANING = [Position.for_] * 5 + [Position.for_with_remarks, Position.against, Position.abstain, Position.recused]


@st.composite
def favourable_ballot(draw: st.DrawFn) -> tuple[BallotRules, Roll, list[Cast]]:
    """Draw a ballot in which nearly everybody votes and most are for: about half of them are approved."""
    roll = draw(any_roll())
    silent = draw(st.integers(0, len(roll.seats) // 3))
    seats = [seat for seat in roll.seats if seat.votes][silent:]
    return draw(any_rules(voted)), roll, [Cast(seat.key, draw(st.sampled_from(LEANING))) for seat in seats]


@st.composite
def any_ballot(
    draw: st.DrawFn, among: st.SearchStrategy[Majority] = majorities
) -> tuple[BallotRules, Roll, list[Cast]]:
    roll = draw(any_roll())
    return draw(any_rules(among)), roll, draw(any_casts(roll))
