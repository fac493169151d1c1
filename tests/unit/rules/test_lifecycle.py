"""States from histories, acts by state, who must act next, marks."""

from __future__ import annotations

import itertools

import pytest

from reviewtool.errors import AlreadyDecided
from reviewtool.rules import lifecycle
from reviewtool.rules.lifecycle import (
    ALLOWED,
    Actor,
    BallotFacts,
    Facts,
    Mark,
    NextFacts,
    State,
    allowed,
    ensure_allowed,
    may_revise_in,
    next_actor,
    state_of,
)
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import BallotRules, Outcome


def ballot(outcome: Outcome | None = None, revision: int = 1, **more: object) -> BallotFacts:
    return BallotFacts(revision=revision, outcome=outcome, **more)  # type: ignore[arg-type]  # any fields


HISTORIES = {
    "new": (Facts(), State.consultation),
    "consultation over": (Facts(consultation_open=False), State.awaiting_decision),
    "ballot open": (Facts(ballots=(ballot(),)), State.voting),
    "approved": (Facts(ballots=(ballot(Outcome.approved),)), State.approved),
    "not approved": (Facts(ballots=(ballot(Outcome.not_approved),)), State.not_approved),
    "no quorum": (Facts(ballots=(ballot(Outcome.no_quorum),)), State.no_decision),
    "second call open": (Facts(ballots=(ballot(Outcome.no_quorum), ballot(is_second_call=True))), State.voting),
    "merged": (Facts(merged=True, ballots=(ballot(Outcome.approved),)), State.merged),
    "withdrawn": (Facts(withdrawn=True, ballots=(ballot(Outcome.superseded),)), State.withdrawn),
    "withdrawn after its refusal": (Facts(withdrawn=True, ballots=(ballot(Outcome.not_approved),)), State.withdrawn),
    "suspended": (Facts(consultation_open=False, ballots=(ballot(Outcome.suspended),)), State.awaiting_decision),
    "suspended, consulted again": (Facts(ballots=(ballot(Outcome.suspended),)), State.consultation),
    "approved on an earlier version": (
        Facts(revision=2, consultation_open=False, ballots=(ballot(Outcome.approved, 1),)),
        State.awaiting_decision,
    ),
    "approved at the second attempt": (
        Facts(revision=2, ballots=(ballot(Outcome.suspended, 1), ballot(Outcome.approved, 2))),
        State.approved,
    ),
    "second call suspended": (
        Facts(consultation_open=False, ballots=(ballot(Outcome.no_quorum), ballot(Outcome.suspended))),
        State.awaiting_decision,
    ),
    "override open": (Facts(ballots=(ballot(Outcome.approved), ballot(purpose="override"))), State.voting),
    "override suspended": (
        Facts(ballots=(ballot(Outcome.approved), ballot(Outcome.suspended, purpose="override"))),
        State.approved,
    ),
    "override refused": (
        Facts(ballots=(ballot(Outcome.approved), ballot(Outcome.not_approved, purpose="override"))),
        State.not_approved,
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_has_one_state(name: str) -> None:
    facts, state = HISTORIES[name]
    assert state_of(facts) is state


def test_every_state_has_a_history_that_leads_to_it() -> None:
    assert {state for _, state in HISTORIES.values()} == set(State)


def test_state_of_answers_for_every_combination_of_facts() -> None:
    outcomes: list[Outcome | None] = [None, *Outcome]
    ballots = [
        (),
        *(
            tuple(ballot(outcome, revision, purpose=purpose) for outcome in pair)
            for pair in itertools.product(outcomes, repeat=2)
            for revision in (1, 2)
            for purpose in ("text", "override")
        ),
    ]
    for merged, withdrawn, consulting, each in itertools.product([0, 1], [0, 1], [0, 1], ballots):
        facts = Facts(2, bool(merged), bool(withdrawn), bool(consulting), each)
        assert state_of(facts) in set(State)
        assert (state_of(facts) is State.merged) is bool(merged)


def test_nothing_but_an_approval_of_the_newest_version_makes_a_proposal_approved() -> None:
    for outcome, revision in itertools.product([None, *Outcome], [1, 2]):
        approved = state_of(Facts(revision=2, ballots=(ballot(outcome, revision),))) is State.approved
        assert approved is (outcome is Outcome.approved and revision == 2)


# Act -> the states that admit it: c consultation, a awaiting decision, v voting, A approved, M merged,
# n not approved, d no decision, w withdrawn.
ADMITTED = {
    Act.comment: "cavAndw",
    Act.edit_own_comment: "cavAndw",
    Act.attach: "cavAndw",
    Act.suggest: "ca",
    Act.apply_suggestion: "ca",
    Act.decline_suggestion: "ca",
    Act.adopt_suggestion: "ca",
    Act.resolve_thread: "cavAndw",
    Act.reopen_thread: "cavAndw",
    Act.revise_own: "caA",
    Act.invite_coauthor: "cavA",
    Act.join_as_coauthor: "cavA",
    Act.withdraw_own: "cavAnd",
    Act.propose_undoing: "M",
    Act.reopen_proposal: "ndw",
    Act.ask_amendment: "v",
    Act.vote: "v",
    Act.confirm_vote: "v",
    Act.interrupt_silence: "v",
    Act.separate_correction: "v",
    Act.raise_objection: "cavA",
    Act.lift_objection: "cavAndw",
    Act.request_extension: "cv",
    Act.answer_extension: "cv",
    Act.give_opinion: "cav",
    Act.extend_consultation: "c",
    Act.close_consultation: "c",
    Act.open_ballot: "a",
    Act.extend_ballot: "v",
    Act.send_reminder: "v",
    Act.suspend_ballot: "v",
    Act.close_ballot: "v",
    Act.call_second_call: "d",
    Act.submit_objection: "A",
    Act.merge: "A",
    Act.decide_in_meeting: "av",
    Act.order_proposals: "cavA",
    Act.record_follow_up: "M",
}
LETTERS = dict(zip("cavAMndw", State, strict=True))


@pytest.mark.parametrize("act", Act)
def test_each_state_admits_exactly_the_acts_of_the_list(act: Act) -> None:
    expected = {LETTERS[letter] for letter in ADMITTED.get(act, "cavAMndw")}
    assert ALLOWED[act] == expected
    for state in State:
        assert allowed(act, state) is (state in expected)


def test_a_refused_act_names_itself_and_the_state() -> None:
    ensure_allowed(Act.merge, State.approved)
    with pytest.raises(AlreadyDecided) as refusal:
        ensure_allowed(Act.merge, State.voting)
    assert refusal.value.code == "state-forbids"
    assert refusal.value.facts == {"act": "merge", "state": "voting"}


def test_an_open_ballot_freezes_the_text_unless_its_rules_allow_revisions() -> None:
    assert not may_revise_in(State.voting)
    assert not may_revise_in(State.voting, BallotRules())
    assert may_revise_in(State.voting, BallotRules(revisions_during_vote=True))
    assert may_revise_in(State.consultation)
    assert not may_revise_in(State.merged, BallotRules(revisions_during_vote=True))


@pytest.mark.parametrize(
    ("state", "facts", "actor"),
    [
        (State.consultation, NextFacts(), Actor.group),
        (State.awaiting_decision, NextFacts(), Actor.coordination),
        (State.awaiting_decision, NextFacts(amendment_asked=True), Actor.author),
        (State.voting, NextFacts(), Actor.seats),
        (State.voting, NextFacts(everybody_voted=True), Actor.coordination),
        (State.voting, NextFacts(amendment_asked=True), Actor.coordination),
        (State.approved, NextFacts(), Actor.coordination),
        (State.approved, NextFacts(open_objections=1), Actor.objector),
        (State.approved, NextFacts(open_objections=1, merges=False), Actor.author),
        (State.no_decision, NextFacts(may_call_again=True), Actor.coordination),
        (State.no_decision, NextFacts(), Actor.author),
        (State.merged, NextFacts(), Actor.nobody),
        (State.not_approved, NextFacts(), Actor.nobody),
        (State.withdrawn, NextFacts(), Actor.nobody),
    ],
)
def test_each_state_says_who_must_act_next(state: State, facts: NextFacts, actor: Actor) -> None:
    assert next_actor(state, facts) is actor


def test_a_text_that_no_longer_merges_is_marked_as_a_conflict() -> None:
    for kind, marked in (("exact", False), ("apart", False), ("woven", True), ("conflict", True), (None, False)):
        assert (Mark.conflict in lifecycle.marks(Facts(), merge_kind=kind)) is marked


def test_five_working_days_without_the_coordination_make_a_proposal_overdue() -> None:
    approved = Facts(ballots=(ballot(Outcome.approved),))
    assert Mark.overdue not in lifecycle.marks(approved, working_days_in_state=4)
    assert Mark.overdue in lifecycle.marks(approved, working_days_in_state=5)
    assert Mark.overdue not in lifecycle.marks(Facts(), working_days_in_state=50)


def test_an_interrupted_silence_is_marked_until_a_new_version_or_ballot() -> None:
    broken = ballot(Outcome.suspended, silence_broken=True)
    interrupted = Facts(consultation_open=False, ballots=(broken,))
    assert Mark.silence_interrupted in lifecycle.marks(interrupted)
    assert Mark.silence_interrupted not in lifecycle.marks(Facts(revision=2, ballots=(broken,)))
    assert Mark.silence_interrupted not in lifecycle.marks(Facts(ballots=(broken, ballot())))


def test_a_closed_proposal_bears_no_mark() -> None:
    everything = {"merge_kind": "conflict", "competing": 2, "working_days_in_state": 9, "open_objections": 1}
    assert lifecycle.marks(Facts(withdrawn=True), **everything) == frozenset()  # type: ignore[arg-type]  # any marks
    assert lifecycle.marks(Facts(), **everything) == {Mark.conflict, Mark.competing, Mark.objection}  # type: ignore[arg-type]  # any marks
