"""What must hold for every ballot, whatever its rules, roll and votes."""

from __future__ import annotations

import itertools
import json
from dataclasses import fields, replace
from random import Random

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from reviewtool.rules.presets import PathPreset, RuleSet
from reviewtool.rules.voting import (
    MISSING_CODES,
    VOTE_CHOICES,
    BallotRules,
    Cast,
    Majority,
    Outcome,
    Position,
    Roll,
    early_close_possible,
    ended_as,
    may_merge,
    one_a_seat,
    problems,
    standing,
)
from tests.unit.rules.values import (
    any_ballot,
    any_casts,
    any_roll,
    any_rules,
    every_rule,
    favourable_ballot,
    roll_of,
    shared_seats,
    voted,
)

Ballot = tuple[BallotRules, Roll, list[Cast]]
OFTEN = settings(max_examples=300)  # a ballot has few seats: these meet every combination of its rules many times
IN_FAVOUR = {Position.for_, Position.for_with_remarks}


@OFTEN
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
    assert state.passes is (may_merge(state) if closed else [check.code for check in state.missing] == ["ballot_open"])


@OFTEN
@given(any_ballot(), st.integers(0, 2), st.booleans(), st.sampled_from(Outcome))
def test_what_an_act_ended_is_missing_something_and_never_merged(
    ballot: Ballot, objections: int, closed: bool, outcome: Outcome
) -> None:
    rules, roll, casts = ballot
    counted = standing(rules, roll, casts, open_objections=objections, closed=closed)
    ended = ended_as(counted, outcome)
    assert may_merge(ended) is (ended.missing == ())
    if outcome in {Outcome.suspended, Outcome.superseded}:
        assert (ended.outcome, ended.passes, may_merge(ended)) == (outcome, False, False)
    else:
        assert ended == counted


@OFTEN
@given(any_ballot(), st.booleans())
def test_nothing_but_a_silence_is_approved_without_a_vote_in_favour(ballot: Ballot, leaning: bool) -> None:
    rules, roll, casts = ballot
    if leaning:  # most of them abstain: without the rule that asks for one in favour many would be approved
        casts = [replace(cast, position=Position.abstain) for cast in casts]
    rules = replace(rules, quorum_kind="none", certified_in_favour=0)
    state = standing(rules, roll, casts, closed=True)
    if state.outcome is Outcome.approved and state.majority is not Majority.silence:
        assert state.in_favour >= 1
    if leaning:
        assert (state.outcome is Outcome.approved) is (state.majority is Majority.silence and state.base > 0)


@OFTEN
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


@OFTEN
@given(any_rules(), any_roll(), st.data(), st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(
    rules: BallotRules, roll: Roll, data: st.DataObject, random: Random
) -> None:
    casts = data.draw(shared_seats(roll))
    shuffled = random.sample(casts, len(casts))
    assert standing(rules, roll, shuffled, closed=True) == standing(rules, roll, casts, closed=True)
    assert early_close_possible(rules, roll, shuffled) is early_close_possible(rules, roll, casts)


@OFTEN
@given(any_ballot(), st.lists(st.sampled_from(Position), max_size=9))
def test_nobody_without_a_seat_on_the_roll_changes_anything(ballot: Ballot, positions: list[Position]) -> None:
    rules, roll, casts = ballot
    observers = [Cast(f"GT-{n}", position) for n, position in enumerate(positions)]
    everybody = [*observers, *casts, *observers]
    assert standing(rules, roll, everybody, closed=True) == standing(rules, roll, casts, closed=True)
    assert early_close_possible(rules, roll, everybody) is early_close_possible(rules, roll, casts)


@OFTEN
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
        lacking = [max(0, state.quorum_needed - state.took_part) for state in (before, after)]
        assert lacking[1] <= lacking[0]


@OFTEN
@given(any_rules(), any_roll(), st.data())
def test_a_seat_never_counts_twice(rules: BallotRules, roll: Roll, data: st.DataObject) -> None:
    casts = data.draw(shared_seats(roll))
    assume(casts)
    again = data.draw(st.lists(st.sampled_from(casts), max_size=6))
    state = standing(rules, roll, [*casts, *again], closed=True)
    assert state == standing(rules, roll, casts, closed=True)
    waiting = len(state.waiting_for)
    spoken = state.took_part + state.recused + state.no_objection
    assert spoken + waiting + state.excluded == state.roll_size


@OFTEN
@given(any_ballot(), st.data(), st.booleans())
def test_a_titulars_vote_always_prevails(ballot: Ballot, data: st.DataObject, first: bool) -> None:
    rules, roll, casts = ballot
    spoken = [cast.seat for cast in casts]
    theirs = [cast for cast in data.draw(any_casts(roll)) if cast.seat in spoken]
    alternates = [replace(cast, by_alternate=True) for cast in theirs]
    both = [*alternates, *casts] if first else [*casts, *alternates]
    assert standing(rules, roll, both, closed=True) == standing(rules, roll, casts, closed=True)
    assert not any(cast.by_alternate for cast in one_a_seat(roll, both).values())


@OFTEN
@given(any_rules(st.just(Majority.silence)), any_roll(), st.data())
def test_silence_never_yields_a_for(rules: BallotRules, roll: Roll, data: st.DataObject) -> None:
    spoken = st.sampled_from([Position.no_objection, Position.recused])
    casts = [replace(cast, position=data.draw(spoken)) for cast in data.draw(any_casts(roll))]
    state = standing(rules, roll, casts, closed=True)
    assert (state.in_favour, state.certified, state.took_part) == (0, 0, 0)
    if state.outcome is Outcome.approved:
        assert not set(state.silent) & {cast.seat for cast in casts if cast.counts}


@OFTEN
@given(any_rules(), any_roll(), st.data(), st.booleans())
def test_nobody_is_in_favour_but_who_says_so(rules: BallotRules, roll: Roll, data: st.DataObject, closed: bool) -> None:
    casts = data.draw(shared_seats(roll))
    state = standing(rules, roll, casts, closed=closed)
    standing_votes = one_a_seat(roll, casts).values()
    assert state.in_favour == sum(cast.counts and cast.position in IN_FAVOUR for cast in standing_votes)
    assert state.certified <= state.in_favour
    assert not set(state.silent) & {cast.seat for cast in standing_votes if not cast.to_be_confirmed}


@OFTEN
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


@OFTEN
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


@OFTEN
@given(favourable_ballot() | any_ballot(), st.data())
def test_after_an_early_close_no_answer_would_have_changed_the_outcome(ballot: Ballot, data: st.DataObject) -> None:
    rules, roll, casts = ballot
    rules = replace(rules, early_close=True)
    possible = early_close_possible(rules, roll, casts)
    event(f"closes early: {possible}")
    assume(possible)
    decided = standing(rules, roll, casts, closed=True)
    silence = rules.majority is Majority.silence
    positions = [Position.no_objection, Position.recused, Position.against] if silence else VOTE_CHOICES
    answers = data.draw(st.lists(st.sampled_from([None, *positions]), min_size=14, max_size=14))
    asked = zip(decided.waiting_for, answers, strict=False)
    more = [Cast(seat, position) for seat, position in asked if position is not None]
    assert standing(rules, roll, [*casts, *more], closed=True).outcome is decided.outcome


@OFTEN
@given(every_rule(), every_rule())
def test_rules_survive_their_form_in_json_in_every_field(rules: BallotRules, other: BallotRules) -> None:
    written = json.loads(json.dumps(rules.to_json()))
    assert BallotRules.from_json(written) == rules
    assert set(written) == {field.name for field in fields(BallotRules)}
    whole = RuleSet(rules, (PathPreset(("modulo/*", "kit/**"), other), PathPreset(("x.md",), rules)))
    assert RuleSet.from_json(json.loads(json.dumps(whole.to_json()))) == whole


@OFTEN
@given(any_rules(), st.integers(1, 14))
def test_rules_without_a_problem_can_pass(rules: BallotRules, seats: int) -> None:
    if problems(rules, seats):
        return
    answer = Position.no_objection if rules.majority is Majority.silence else Position.for_
    roll = roll_of(seats, certified=seats)
    everybody = [Cast(seat.key, answer) for seat in roll.seats]
    assert may_merge(standing(rules, roll, everybody, closed=True))
