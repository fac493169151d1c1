"""The way of a proposal: its state from its history, the acts each state admits, who must act next, and its marks.

`services/lifecycle` is the only writer of the column; a test recomputes every state from the facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from reviewtool.errors import AlreadyDecided
from reviewtool.rules.permissions import Act
from reviewtool.rules.positions import BallotRules, Outcome


class State(StrEnum):
    """Where a proposal is; a draft is a private thing of its own and has no state."""

    consultation = "consultation"
    awaiting_decision = "awaiting_decision"
    voting = "voting"
    approved = "approved"
    merged = "merged"
    not_approved = "not_approved"
    no_decision = "no_decision"
    withdrawn = "withdrawn"


OPEN_STATES = frozenset({State.consultation, State.awaiting_decision, State.voting, State.approved})
CLOSED_STATES = frozenset(State) - OPEN_STATES
REOPENABLE = frozenset({State.not_approved, State.no_decision, State.withdrawn})


@dataclass(frozen=True, slots=True)
class BallotFacts:
    """What the state needs of one ballot; `outcome` is None while it is open."""

    revision: int
    outcome: Outcome | None = None
    purpose: Literal["text", "override"] = "text"
    silence_broken: bool = False
    is_second_call: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A proposal's history as far as its state depends on it."""

    revision: int = 1  # number of the newest one
    merged: bool = False
    withdrawn: bool = False  # and not taken up again since
    consultation_open: bool = True  # its closing instant is still ahead
    text_withdrawn: bool = False  # the newest version was withdrawn for confidentiality: nothing to merge
    ballots: tuple[BallotFacts, ...] = ()  # since it was last taken up again, oldest first


def state_of(facts: Facts) -> State:
    """Return the state that follows from the history: merge before withdrawal before the newest ballot that decides.

    A ballot that was suspended or superseded, or that approved an earlier version or a text that is gone, decides
    nothing about this one.
    """
    if facts.merged:
        return State.merged
    if facts.withdrawn:
        return State.withdrawn
    ballot = deciding_ballot(facts)
    if ballot is not None:
        if ballot.outcome is None:
            return State.voting
        if ballot.outcome is Outcome.not_approved:
            return State.not_approved
        if ballot.outcome is Outcome.no_quorum:
            return State.no_decision
        stands = ballot.revision == facts.revision and not facts.text_withdrawn
        if ballot.outcome is Outcome.approved and stands:
            return State.approved
    return State.consultation if facts.consultation_open else State.awaiting_decision


def deciding_ballot(facts: Facts) -> BallotFacts | None:
    """Return the ballot the state rests on: the newest, skipping one on an objection that ended undecided."""
    for ballot in reversed(facts.ballots):
        undecided = ballot.outcome in {Outcome.suspended, Outcome.superseded}
        if not (ballot.purpose == "override" and undecided):
            return ballot
    return None


_ANY = frozenset(State)
_TALKING = OPEN_STATES | REOPENABLE

ALLOWED: Mapping[Act, frozenset[State]] = MappingProxyType(
    dict.fromkeys(Act, _ANY)
    | {
        Act.comment: _TALKING,
        Act.suggest: frozenset({State.consultation, State.awaiting_decision}),
        Act.resolve_thread: _TALKING,
        Act.reopen_thread: _TALKING,
        Act.edit_own_comment: _TALKING,
        Act.attach: _TALKING,
        Act.adopt_suggestion: frozenset({State.consultation, State.awaiting_decision}),
        Act.apply_suggestion: frozenset({State.consultation, State.awaiting_decision}),
        Act.decline_suggestion: frozenset({State.consultation, State.awaiting_decision}),
        # approved: only the version that a collision with the published text asks for
        Act.revise_own: frozenset({State.consultation, State.awaiting_decision, State.approved}),
        Act.invite_coauthor: OPEN_STATES,
        Act.join_as_coauthor: OPEN_STATES,
        Act.withdraw_own: _ANY - {State.merged, State.withdrawn},
        Act.propose_undoing: frozenset({State.merged}),
        Act.reopen_proposal: REOPENABLE,
        Act.ask_amendment: frozenset({State.voting}),
        Act.vote: frozenset({State.voting}),
        Act.confirm_vote: frozenset({State.voting}),
        Act.interrupt_silence: frozenset({State.voting}),
        Act.separate_correction: frozenset({State.voting}),
        Act.raise_objection: OPEN_STATES,
        Act.lift_objection: _TALKING,
        Act.request_extension: frozenset({State.consultation, State.voting}),
        Act.answer_extension: frozenset({State.consultation, State.voting}),
        Act.give_opinion: OPEN_STATES - {State.approved},
        Act.extend_consultation: frozenset({State.consultation}),
        Act.close_consultation: frozenset({State.consultation}),
        Act.open_ballot: frozenset({State.awaiting_decision}),
        Act.extend_ballot: frozenset({State.voting}),
        Act.send_reminder: frozenset({State.voting}),
        Act.suspend_ballot: frozenset({State.voting}),
        Act.close_ballot: frozenset({State.voting}),
        Act.call_second_call: frozenset({State.no_decision}),
        Act.submit_objection: frozenset({State.approved}),
        Act.merge: frozenset({State.approved}),
        Act.decide_in_meeting: frozenset({State.awaiting_decision, State.voting}),
        Act.order_proposals: OPEN_STATES,
        Act.record_follow_up: frozenset({State.merged}),
    }
)


def allowed(act: Act, state: State) -> bool:
    """Say whether a proposal in this state admits the act; acts that are not about a proposal are always admitted."""
    return state in ALLOWED[act]


def ensure_allowed(act: Act, state: State) -> None:
    """Refuse an act that the state does not admit. Raises AlreadyDecided("state-forbids", act=…, state=…)."""
    if not allowed(act, state):
        raise AlreadyDecided("state-forbids", act=act.value, state=state.value)


def may_revise_in(state: State, rules: BallotRules | None = None) -> bool:
    """Allow a new version where the state admits one; an open ballot freezes the text unless its rules do not."""
    if state is State.voting:
        return rules is not None and rules.revisions_during_vote
    return allowed(Act.revise_own, state)


class Actor(StrEnum):
    """Who must act next."""

    group = "group"  # everybody reads, comments and suggests
    author = "author"
    seats = "seats"  # those that have not pronounced themselves
    objector = "objector"  # the seat whose formal objection is open
    coordination = "coordination"
    nobody = "nobody"


@dataclass(frozen=True, slots=True)
class NextFacts:
    """What decides who must act next, besides the state."""

    open_objections: int = 0
    merges: bool = True  # exact or apart: the text can be merged as it stands
    amendment_asked: bool = False  # its author asked to amend, or the ballot was suspended for it
    everybody_voted: bool = False
    may_call_again: bool = False  # no quorum, and no second call yet


def next_actor(state: State, facts: NextFacts | None = None) -> Actor:
    """Say whose turn it is."""
    known = facts or NextFacts()
    match state:
        case State.consultation:
            return Actor.group
        case State.awaiting_decision:
            return Actor.author if known.amendment_asked else Actor.coordination
        case State.voting:
            waits_for_coordination = known.amendment_asked or known.everybody_voted
            return Actor.coordination if waits_for_coordination else Actor.seats
        case State.approved:
            if not known.merges:
                return Actor.author
            return Actor.objector if known.open_objections else Actor.coordination
        case State.no_decision:
            return Actor.coordination if known.may_call_again else Actor.author
        case State.merged | State.not_approved | State.withdrawn:
            return Actor.nobody


class Mark(StrEnum):
    """What is said beside the state without being one."""

    conflict = "conflict"
    competing = "competing"
    overdue = "overdue"
    silence_interrupted = "silence_interrupted"
    objection = "objection"


OVERDUE_WORKING_DAYS = 5


def marks(
    facts: Facts,
    *,
    merge_kind: str | None = None,
    competing: int = 0,
    working_days_in_state: int = 0,
    open_objections: int = 0,
) -> frozenset[Mark]:
    """Return the marks of a proposal; a closed one has none.

    Woven texts are marked as a conflict too: neither is merged on votes for another text. Overdue is what has been
    approved, or waits for the coordination to open a ballot, for five working days.
    """
    state = state_of(facts)
    if state not in OPEN_STATES:
        return frozenset()
    newest = facts.ballots[-1] if facts.ballots else None
    interrupted = newest is not None and newest.silence_broken and newest.revision == facts.revision
    waits = state in {State.awaiting_decision, State.approved}
    found = {
        Mark.conflict: merge_kind in {"woven", "conflict"},
        Mark.competing: competing > 0,
        Mark.overdue: waits and working_days_in_state >= OVERDUE_WORKING_DAYS,
        Mark.silence_interrupted: interrupted,
        Mark.objection: open_objections > 0,
    }
    return frozenset(mark for mark, holds in found.items() if holds)
