"""The acts of a ballot that have rules of their own: silence and its interruption, second call, override, reasons.

Each is a question or a value; the service that performs the act asks here first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from reviewtool.rules.calendar import MINIMUM_DAYS_AFTER_CHANGE
from reviewtool.rules.positions import (
    NEED_REASON,
    SILENCE_CHOICES,
    VOTE_CHOICES,
    BallotRules,
    Majority,
    Outcome,
    Position,
    Roll,
)


class AfterInterruption(StrEnum):
    """What the coordination chooses among once the silence is broken."""

    new_version = "new_version"  # and a new full period
    vote = "vote"
    meeting = "meeting"


@dataclass(frozen=True, slots=True)
class Interruption:
    """A broken silence: the ballot stops at once, a formal objection of the seat is open, the coordination chooses."""

    by: str
    outcome: Outcome = Outcome.suspended
    opens_objection: bool = True
    choices: tuple[AfterInterruption, ...] = tuple(AfterInterruption)


def may_interrupt(rules: BallotRules, roll: Roll, seat: str, *, already_broken: bool) -> bool:
    """Let a seat of the roll that votes break a silence that nobody has broken yet."""
    found = roll.find(seat)
    return rules.majority is Majority.silence and not already_broken and found is not None and found.votes


def interrupt(seat: str) -> Interruption:
    """Return what follows when this seat breaks the silence."""
    return Interruption(by=seat)


def choices(rules: BallotRules) -> tuple[Position, ...]:
    """Return the positions a seat may take in such a ballot; in silence an *against* is an interruption."""
    return SILENCE_CHOICES if rules.majority is Majority.silence else VOTE_CHOICES


def needs_reason(position: Position) -> bool:
    """Ask a reason for *against* and for *with remarks*."""
    return position in NEED_REASON


def results_visible(rules: BallotRules, *, closed: bool) -> bool:
    """Hide the positions of others until the close only where the group set so."""
    return closed or not rules.results_hidden_until_closed


def may_call_second_call(outcome: Outcome | None, *, is_second_call: bool) -> bool:
    """Allow one second call, after a ballot that lacked its quorum."""
    return outcome is Outcome.no_quorum and not is_second_call


def second_call_rules(rules: BallotRules) -> BallotRules:
    """Return the rules of the second call: own period and quorum where the group set them, all else as before."""
    changed = replace(rules, decision_days=rules.second_call_days or rules.decision_days)
    if rules.second_call_share is None:
        return changed
    return replace(changed, quorum_kind="share", quorum_share=rules.second_call_share)


def days_after_change(rules: BallotRules) -> int:
    """Return the working days that must remain when the text changes during a ballot; a silence begins anew.

    Whoever does not answer is taken to agree, so nobody's silence speaks of a text that lay there for fewer days.
    """
    return rules.decision_days if rules.majority is Majority.silence else MINIMUM_DAYS_AFTER_CHANGE


def may_submit_objection(rules: BallotRules, *, open_objections: int) -> bool:
    """Let the group decide on proceeding despite an open formal objection only where its rules know an override."""
    return rules.override != "never" and open_objections > 0


def override_rules(rules: BallotRules) -> BallotRules:
    """Return the rules of the ballot on proceeding despite an objection: two thirds, and never without a quorum.

    It is about a text that was approved: no new version meanwhile.
    """
    voted = replace(rules, majority=Majority.two_thirds, certified_in_favour=0, revisions_during_vote=False)
    if rules.quorum_kind == "none":
        return replace(voted, quorum_kind="share", quorum_share=(1, 2))
    return voted
