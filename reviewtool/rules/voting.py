"""What the rest of the product imports of voting: values, the standing, what acts ask, in one place.

The values are in `positions`, the arithmetic in `majorities`, the counting in `standing`, the sanity of rule sets in
`sanity`, the acts of a ballot (silence, second call, override) in `procedures`.
"""

from __future__ import annotations

from reviewtool.rules.positions import (
    MAY_BE_AD_REFERENDUM,
    NEED_REASON,
    SILENCE_CHOICES,
    VOTE_CHOICES,
    BallotRules,
    Cast,
    Majority,
    OpinionStance,
    Outcome,
    Override,
    Position,
    QuorumKind,
    Roll,
    SeatNamed,
    SeatOnRoll,
    shared_cast,
)
from reviewtool.rules.procedures import (
    AfterInterruption,
    Interruption,
    choices,
    days_after_change,
    interrupt,
    may_call_second_call,
    may_interrupt,
    may_submit_objection,
    needs_reason,
    override_rules,
    results_visible,
    second_call_rules,
)
from reviewtool.rules.sanity import problems, validate
from reviewtool.rules.standing import (
    MISSING_CODES,
    Check,
    Missing,
    Standing,
    early_close_possible,
    ended_as,
    may_merge,
    one_a_seat,
    standing,
)

__all__ = [
    "MAY_BE_AD_REFERENDUM",
    "MISSING_CODES",
    "NEED_REASON",
    "SILENCE_CHOICES",
    "VOTE_CHOICES",
    "AfterInterruption",
    "BallotRules",
    "Cast",
    "Check",
    "Interruption",
    "Majority",
    "Missing",
    "OpinionStance",
    "Outcome",
    "Override",
    "Position",
    "QuorumKind",
    "Roll",
    "SeatNamed",
    "SeatOnRoll",
    "Standing",
    "choices",
    "days_after_change",
    "early_close_possible",
    "ended_as",
    "interrupt",
    "may_call_second_call",
    "may_interrupt",
    "may_merge",
    "may_submit_objection",
    "needs_reason",
    "one_a_seat",
    "override_rules",
    "problems",
    "results_visible",
    "second_call_rules",
    "shared_cast",
    "standing",
    "validate",
]
