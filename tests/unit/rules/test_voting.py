"""The values of a ballot in JSON, rule sets that are refused, and the procedures: silence, second call, override."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from reviewtool.errors import InvalidInput
from reviewtool.rules.positions import SILENCE_CHOICES, VOTE_CHOICES
from reviewtool.rules.presets import form_list
from reviewtool.rules.voting import (
    AfterInterruption,
    BallotRules,
    Majority,
    Outcome,
    Position,
    Roll,
    choices,
    days_after_change,
    interrupt,
    may_call_second_call,
    may_interrupt,
    may_submit_objection,
    needs_reason,
    override_rules,
    problems,
    results_visible,
    second_call_rules,
    validate,
)
from tests.unit.rules.values import any_roll, any_rules, roll_of

SILENCE = BallotRules(majority=Majority.silence, quorum_kind="none")


@given(any_rules())
def test_rules_survive_their_form_in_json(rules: BallotRules) -> None:
    rules = replace(rules, second_call_days=5, second_call_share=(1, 3))
    assert BallotRules.from_json(json.loads(json.dumps(rules.to_json()))) == rules


@given(any_roll())
def test_a_roll_survives_its_form_in_json(roll: Roll) -> None:
    assert Roll.from_json(json.loads(json.dumps(roll.to_json()))) == roll


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("majority", "unanimity"),
        ("majority", 3),
        ("quorum_kind", "most"),
        ("quorum_share", [1, 2, 3]),
        ("quorum_share", "1/2"),
        ("second_call_share", [1, "2"]),
        ("quorum_number", "7"),
        ("decision_days", True),
        ("second_call_days", 2.5),
        ("author_votes", 1),
        ("override", "always"),
        ("preset", None),
        ("colour", "blue"),
    ],
)
def test_stored_rules_of_the_wrong_kind_are_refused_by_field(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        BallotRules.from_json({field: value})
    assert (refusal.value.code, refusal.value.field) == ("bad-rules", field)


@pytest.mark.parametrize(
    ("rules", "code", "field"),
    [
        (BallotRules(quorum_kind="number", quorum_number=13), "quorum-above-roll", "quorum_number"),
        (BallotRules(quorum_kind="number", quorum_number=0), "quorum-below-one", "quorum_number"),
        (BallotRules(quorum_share=(3, 2)), "quorum-above-roll", "quorum_share"),
        (BallotRules(quorum_share=(1, 0)), "share-not-positive", "quorum_share"),
        (BallotRules(second_call_share=(0, 2)), "share-not-positive", "second_call_share"),
        (replace(SILENCE, quorum_kind="share"), "silence-with-quorum", "quorum_kind"),
        (replace(SILENCE, certified_in_favour=1), "silence-with-certified", "certified_in_favour"),
        (BallotRules(certified_in_favour=13), "certified-above-roll", "certified_in_favour"),
        (BallotRules(certified_in_favour=-1), "certified-negative", "certified_in_favour"),
        (BallotRules(decision_days=0), "days-out-of-range", "decision_days"),
        (BallotRules(consultation_days=-1), "days-out-of-range", "consultation_days"),
        (BallotRules(second_call_days=0), "days-out-of-range", "second_call_days"),
        (BallotRules(decision_days=251), "days-out-of-range", "decision_days"),
    ],
)
def test_a_rule_set_that_cannot_work_is_refused_by_code_and_field(rules: BallotRules, code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        validate(rules, 12)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_more_certified_trainers_than_have_a_seat_are_refused() -> None:
    rules = BallotRules(certified_in_favour=3)
    assert validate(rules, 12) is rules
    assert [problem.code for problem in problems(rules, 12, certified=2)] == ["certified-above-roll"]


def test_a_roll_without_seats_is_refused() -> None:
    assert "no-seats" in [problem.code for problem in problems(BallotRules(), 0)]


def test_every_problem_is_named_at_once() -> None:
    rules = BallotRules(quorum_kind="number", quorum_number=13, decision_days=0)
    assert [problem.code for problem in problems(rules, 12)] == ["days-out-of-range", "quorum-above-roll"]


def test_a_silence_is_broken_once_by_a_seat_that_votes() -> None:
    roll = roll_of(3, author=True)
    assert may_interrupt(SILENCE, roll, "S1", already_broken=False)
    assert not may_interrupt(SILENCE, roll, "S1", already_broken=True)
    assert not may_interrupt(SILENCE, roll, "S3", already_broken=False)  # the author's
    assert not may_interrupt(SILENCE, roll, "GT", already_broken=False)
    assert not may_interrupt(BallotRules(), roll, "S1", already_broken=False)


def test_an_interruption_suspends_opens_an_objection_and_leaves_three_ways() -> None:
    broken = interrupt("PE")
    assert (broken.by, broken.outcome, broken.opens_objection) == ("PE", Outcome.suspended, True)
    assert broken.choices == (AfterInterruption.new_version, AfterInterruption.vote, AfterInterruption.meeting)


def test_a_silence_offers_no_vote_and_a_vote_no_silence() -> None:
    assert choices(SILENCE) == SILENCE_CHOICES
    assert choices(BallotRules()) == VOTE_CHOICES
    assert not {Position.for_, Position.for_with_remarks, Position.against} & set(SILENCE_CHOICES)
    assert set(VOTE_CHOICES) | set(SILENCE_CHOICES) == set(Position)


def test_against_and_remarks_need_a_reason() -> None:
    assert {position for position in Position if needs_reason(position)} == {
        Position.against,
        Position.for_with_remarks,
    }


def test_results_are_hidden_only_until_the_close_and_only_by_the_setting() -> None:
    hidden = BallotRules(results_hidden_until_closed=True)
    assert not results_visible(hidden, closed=False)
    assert results_visible(hidden, closed=True)
    assert results_visible(BallotRules(), closed=False)


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_a_second_call_follows_a_lack_of_quorum_and_only_once(outcome: Outcome | None) -> None:
    assert may_call_second_call(outcome, is_second_call=False) is (outcome is Outcome.no_quorum)
    assert not may_call_second_call(outcome, is_second_call=True)


def test_a_second_call_has_its_own_period_and_quorum_where_the_group_set_them() -> None:
    first = BallotRules(quorum_kind="number", quorum_number=8, second_call_days=3, second_call_share=(1, 3))
    again = second_call_rules(first)
    assert (again.decision_days, again.quorum_kind, again.quorum_share) == (3, "share", (1, 3))
    assert (again.majority, again.preset) == (first.majority, first.preset)
    plain = BallotRules(quorum_kind="number", quorum_number=8)
    assert second_call_rules(plain) == plain


def test_the_group_decides_on_an_objection_only_where_its_rules_know_an_override() -> None:
    assert not may_submit_objection(BallotRules(), open_objections=1)
    assert may_submit_objection(BallotRules(override="two_thirds"), open_objections=1)
    assert not may_submit_objection(BallotRules(override="two_thirds"), open_objections=0)


def test_an_override_needs_two_thirds_and_always_a_quorum() -> None:
    usual = override_rules(BallotRules(majority=Majority.simple, quorum_kind="number", quorum_number=8))
    assert (usual.majority, usual.quorum_kind, usual.quorum_number) == (Majority.two_thirds, "number", 8)
    silent = override_rules(SILENCE)
    assert (silent.majority, silent.quorum_kind, silent.quorum_share) == (Majority.two_thirds, "share", (1, 2))


def test_three_working_days_remain_after_a_change_of_text_and_in_a_silence_all_of_them() -> None:
    assert days_after_change(BallotRules(decision_days=10)) == 3
    assert days_after_change(replace(SILENCE, decision_days=10)) == 10


def test_the_text_stays_frozen_in_an_override_and_in_a_list_of_corrections() -> None:
    moving = BallotRules(revisions_during_vote=True)
    assert second_call_rules(moving).revisions_during_vote
    assert not override_rules(moving).revisions_during_vote
    assert not form_list(moving).revisions_during_vote
