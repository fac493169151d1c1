"""What must hold for every ballot, whatever its rules, roll and votes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

from hypothesis import assume, event, given
from hypothesis import strategies as st

from reviewtool.rules.voting import (
    MISSING_CODES,
    BallotRules,
    Cast,
    Majority,
    Outcome,
    Position,
    Roll,
    early_close_possible,
    may_merge,
    problems,
    standing,
)
from tests.unit.rules.values import any_ballot, any_casts, any_roll, any_rules, favourable_ballot, roll_of, voted

Ballot = tuple[BallotRules, Roll, list[Cast]]


@given(any_ballot(), st.integers(0, 2), st.booleans(), st.booleans())
def test_what_the_standing_says_and_what_merging_allows_agree(
    ballot: Ballot, objections: int, closed: bool, broken: bool
) -> None:
    rules, roll, casts = ballot
    by = roll.seats[0].key if broken else None
    state = standing(rules, roll, casts, open_objections=objections, closed=closed, silence_broken_by=by)
    assert may_merge(state) is (state.missing == ())
    assert may_merge(state) is (state.outcome is Outcome.approved and objections == 0)
    assert (state.outcome is None) is not closed
    order = [MISSING_CODES.index(check.code) for check in state.checks]
    assert order == sorted(order)


@given(favourable_ballot(), st.data())
def test_one_more_for_never_turns_approved_into_not_approved(ballot: Ballot, data: st.DataObject) -> None:
    rules, roll, casts = ballot
    before = standing(rules, roll, casts, closed=True)
    seat = data.draw(st.sampled_from([seat.key for seat in roll.seats if seat.votes]))
    others = [cast for cast in casts if cast.seat != seat]
    after = standing(rules, roll, [*others, Cast(seat, Position.for_)], closed=True)
    event(f"{before.outcome} → {after.outcome}")
    if before.outcome is Outcome.approved:
        assert after.outcome is Outcome.approved


@given(any_ballot(), st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(ballot: Ballot, random: Random) -> None:
    rules, roll, casts = ballot
    shuffled = random.sample(casts, len(casts))
    assert standing(rules, roll, shuffled, closed=True) == standing(rules, roll, casts, closed=True)


@given(any_ballot(), st.lists(st.sampled_from(Position), max_size=9))
def test_nobody_without_a_seat_changes_anything(ballot: Ballot, positions: list[Position]) -> None:
    rules, roll, casts = ballot
    strangers = [Cast(f"GT-{n}", position) for n, position in enumerate(positions)]
    assert standing(rules, roll, [*strangers, *casts], closed=True) == standing(rules, roll, casts, closed=True)


@given(any_ballot(voted), st.data())
def test_a_recusal_never_makes_the_quorum_harder(ballot: Ballot, data: st.DataObject) -> None:
    rules, roll, casts = ballot
    before = standing(rules, roll, casts)
    seat = data.draw(st.sampled_from([seat.key for seat in roll.seats if seat.votes]))
    others = [cast for cast in casts if cast.seat != seat]
    after = standing(rules, roll, [*others, Cast(seat, Position.recused)])
    assert after.quorum_needed <= before.quorum_needed
    if seat in before.waiting_for:
        assert after.quorum_met or not before.quorum_met


@given(any_ballot(), st.data())
def test_a_seat_never_counts_twice(ballot: Ballot, data: st.DataObject) -> None:
    rules, roll, casts = ballot
    assume(casts)
    again = data.draw(st.lists(st.sampled_from(casts), max_size=6))
    state = standing(rules, roll, [*casts, *again], closed=True)
    assert state == standing(rules, roll, casts, closed=True)
    waiting = len(state.waiting_for)
    spoken = state.took_part + state.recused + state.no_objection
    assert spoken + waiting + state.excluded == state.roll_size


@given(any_ballot(), st.data(), st.booleans())
def test_a_titulars_vote_always_prevails(ballot: Ballot, data: st.DataObject, first: bool) -> None:
    rules, roll, casts = ballot
    assume(casts)
    seat = data.draw(st.sampled_from([cast.seat for cast in casts]))
    alternate = Cast(seat, data.draw(st.sampled_from(Position)), by_alternate=True)
    both = [alternate, *casts] if first else [*casts, alternate]
    assert standing(rules, roll, both, closed=True) == standing(rules, roll, casts, closed=True)


@given(any_rules(st.just(Majority.silence)), any_roll(), st.data())
def test_silence_never_yields_a_for(rules: BallotRules, roll: Roll, data: st.DataObject) -> None:
    spoken = st.sampled_from([Position.no_objection, Position.recused])
    casts = [replace(cast, position=data.draw(spoken)) for cast in data.draw(any_casts(roll))]
    state = standing(rules, roll, casts, closed=True)
    assert (state.in_favour, state.certified, state.took_part) == (0, 0, 0)
    if state.outcome is Outcome.approved:
        assert not set(state.silent) & {cast.seat for cast in casts if cast.counts}


@given(any_ballot(voted))
def test_the_lacking_votes_are_just_enough(ballot: Ballot) -> None:
    rules, _, casts = ballot
    roll = roll_of(60)  # room enough for any number of further votes
    rules = replace(rules, quorum_kind="none", certified_in_favour=0)
    state = standing(rules, roll, casts, closed=True)
    if state.more_in_favour == 0:
        assert state.majority_met is (rules.majority is not Majority.consensus or state.against == 0)
        return
    if rules.majority is Majority.consensus and state.against:
        return
    more = [Cast(key, Position.for_) for key in state.pending[: state.more_in_favour]]
    assert standing(rules, roll, [*casts, *more], closed=True).outcome is Outcome.approved
    assert standing(rules, roll, [*casts, *more[:-1]], closed=True).outcome is not Outcome.approved


@given(any_rules(), st.integers(1, 4), st.data())
def test_early_close_says_what_trying_every_possibility_says(
    rules: BallotRules, size: int, data: st.DataObject
) -> None:
    rules = replace(rules, early_close=True)
    assume(rules.majority is not Majority.silence)
    roll = roll_of(size, certified=data.draw(st.integers(0, size)))
    votes = [replace(cast, confirmed=True, to_be_confirmed=False) for cast in data.draw(any_casts(roll))]
    casts = [cast for cast in votes if cast.position is not Position.no_objection]
    open_seats = standing(rules, roll, casts).pending
    choices = [None, Position.for_, Position.against, Position.abstain, Position.recused]
    outcomes = set()
    for chosen in itertools.product(choices, repeat=len(open_seats)):
        more = [Cast(seat, position) for seat, position in zip(open_seats, chosen, strict=True) if position]
        outcomes.add(standing(rules, roll, [*casts, *more], closed=True).outcome)
    assert early_close_possible(rules, roll, casts) is (len(outcomes) == 1)


@given(any_rules(), st.integers(1, 14))
def test_rules_without_a_problem_can_pass(rules: BallotRules, seats: int) -> None:
    if problems(rules, seats):
        return
    answer = Position.no_objection if rules.majority is Majority.silence else Position.for_
    roll = roll_of(seats, certified=seats)
    everybody = [Cast(seat.key, answer) for seat in roll.seats]
    assert may_merge(standing(rules, roll, everybody, closed=True))
