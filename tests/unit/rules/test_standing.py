"""What the tables of docs/deciding.md cannot show; their rows are read in test_decision_table."""

from __future__ import annotations

import pytest

from reviewtool.rules.voting import (
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
    standing,
)
from tests.unit.rules.values import casts_of, roll_of


def test_the_sentence_of_the_design_has_all_its_numbers() -> None:
    rules = BallotRules(quorum_kind="number", quorum_number=7)
    votes = casts_of(for_=4, against=1, abstain=1)
    state = standing(rules, roll_of(12), votes, open_objections=["Perú"])
    quorum, majority, objections, close = state.checks
    assert dict(quorum.facts) == {"more": 1, "took_part": 6, "needed": 7, "base": 12}
    assert majority.met
    assert {key: majority.facts[key] for key in ("in_favour", "against", "abstaining", "cast", "needed")} == {
        "in_favour": 4,
        "against": 1,
        "abstaining": 1,
        "cast": 5,
        "needed": 4,
    }
    assert dict(objections.facts) == {"count": 1, "seats": ("Perú",)}
    assert close.code == "ballot_open"
    assert state.missing == (quorum, objections, close)


def test_the_counted_numbers_stand_on_the_standing() -> None:
    votes = casts_of(for_=3, for_with_remarks=2, against=1, abstain=1, recused=1)
    votes += [
        Cast("S9", Position.for_, confirmed=False),
        Cast("S10", Position.against, to_be_confirmed=True),
    ]
    state = standing(BallotRules(), roll_of(12), votes)
    assert (state.roll_size, state.base, state.took_part, state.in_favour) == (12, 11, 7, 5)
    assert (state.for_, state.with_remarks, state.against, state.abstaining, state.recused) == (3, 2, 1, 1, 1)
    assert (state.quorum_needed, state.majority_needed, state.votes_cast) == (6, 4, 6)
    assert state.pending == ("S11", "S12")
    assert state.unconfirmed == ("S9",)
    assert state.to_be_confirmed == ("S10",)
    assert state.waiting_for == ("S11", "S12", "S9", "S10")


@pytest.mark.parametrize("titular_first", [True, False])
def test_a_titulars_vote_prevails_whichever_came_first(titular_first: bool) -> None:
    votes = [Cast("S1", Position.for_), Cast("S1", Position.against, by_alternate=True)]
    state = standing(BallotRules(), roll_of(3), votes if titular_first else votes[::-1])
    assert (state.for_, state.against, state.took_part) == (1, 0, 1)


@pytest.mark.parametrize("alternate", [True, False])
def test_a_changed_vote_replaces_the_earlier_one_of_the_same_holder(alternate: bool) -> None:
    votes = [Cast("S1", position, by_alternate=alternate) for position in (Position.for_, Position.against)]
    state = standing(BallotRules(), roll_of(3), votes)
    assert (state.for_, state.against, state.took_part) == (0, 1, 1)


def test_nobody_from_outside_the_roll_is_counted() -> None:
    state = standing(BallotRules(), roll_of(3), [Cast("GT", Position.for_), Cast("", Position.against)])
    assert (state.took_part, state.base) == (0, 3)
    votes = [Cast("GT", Position.for_), Cast("S2", Position.for_), Cast("S3", Position.for_)]
    assert set(one_a_seat(roll_of(3, author=True), votes)) == {"S2"}


def test_the_authors_seat_is_not_counted_even_if_a_vote_of_it_is_there() -> None:
    state = standing(BallotRules(), roll_of(3, author=True), [Cast("S3", Position.for_)])
    assert (state.took_part, state.base, state.excluded, state.pending) == (0, 2, 1, ("S1", "S2"))


def test_a_seat_cannot_stand_twice_on_a_roll() -> None:
    with pytest.raises(ValueError, match="twice"):
        Roll(roll_of(2).seats + roll_of(1).seats)


def test_silent_seats_are_named_only_when_the_silence_has_held() -> None:
    rules = BallotRules(majority=Majority.silence, quorum_kind="none")
    votes = [Cast("S1", Position.no_objection)]
    assert standing(rules, roll_of(3), votes, closed=True).silent == ("S2", "S3")
    assert standing(rules, roll_of(3), votes).silent == ()
    assert standing(rules, roll_of(3), votes, closed=True, silence_broken_by="S2").silent == ()


def test_a_registered_vote_against_breaks_a_silence() -> None:
    rules = BallotRules(majority=Majority.silence, quorum_kind="none")
    state = standing(rules, roll_of(3), [Cast("S2", Position.against)], closed=True)
    assert (state.outcome, state.broken_by) == (Outcome.suspended, "S2")


@pytest.mark.parametrize("outcome", [Outcome.suspended, Outcome.superseded])
def test_what_an_act_ended_is_never_merged_whatever_was_counted(outcome: Outcome) -> None:
    carried = standing(BallotRules(), roll_of(3), casts_of(for_=3), closed=True)
    assert may_merge(carried)
    ended = ended_as(carried, outcome)
    assert not may_merge(ended)
    assert ended.outcome is outcome
    assert [check.code for check in ended.missing] == ["ended"]
    assert ended_as(ended, outcome) == ended
    assert ended_as(carried, Outcome.approved) == carried


EARLY = BallotRules(early_close=True)


@pytest.mark.parametrize(
    ("counts", "possible"),
    [
        ({"for_": 7}, False),  # the other five against: 7 of 12
        ({"for_": 8}, True),  # the other four against: 8 of 12
        ({"against": 5}, False),  # the other seven for: 7 of 12, but five silent seats leave no quorum
        ({"against": 5, "abstain": 1}, True),  # the other six for: 6 of 11
        ({"for_": 5, "against": 3}, False),
        ({}, False),
        ({"for_": 12}, True),
    ],
)
def test_a_ballot_closes_early_only_when_nothing_can_change_it(counts: dict[str, int], possible: bool) -> None:
    assert early_close_possible(EARLY, roll_of(12), casts_of(**counts)) is possible
    assert not early_close_possible(BallotRules(), roll_of(12), casts_of(**counts))


def test_a_silence_closes_early_only_when_every_seat_has_spoken() -> None:
    rules = BallotRules(majority=Majority.silence, quorum_kind="none", early_close=True)
    assert not early_close_possible(rules, roll_of(3), casts_of(no_objection=2))
    assert early_close_possible(rules, roll_of(3), casts_of(no_objection=2, recused=1))
