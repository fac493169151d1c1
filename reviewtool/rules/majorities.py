"""Quorum and majority as arithmetic on whole numbers; no fraction is ever rounded by a float.

Called by `standing` and by the check whether anything can still change a result.
"""

from __future__ import annotations

from reviewtool.rules.positions import BallotRules, Majority


def ceil_share(share: tuple[int, int], of: int) -> int:
    """Return share × of, rounded up; a share without a denominator asks for nothing."""
    numerator, denominator = share
    return -(-numerator * of // denominator) if denominator > 0 else 0


def quorum_needed(rules: BallotRules, base: int) -> int:
    """Return how many seats of the base must take part: min(number, base), or the share of the base rounded up.

    The silence procedure has no quorum.
    """
    if rules.majority is Majority.silence or rules.quorum_kind == "none":
        return 0
    if rules.quorum_kind == "number":
        return max(0, min(rules.quorum_number, base))
    return max(0, min(ceil_share(rules.quorum_share, base), base))


def majority_needed(majority: Majority, *, in_favour: int, against: int, base: int) -> int:
    """Return how many *for* the votes cast so far ask: «dos tercios de 5, es decir 4»; at least one but in silence."""
    cast = in_favour + against
    match majority:
        case Majority.simple:
            return against + 1
        case Majority.two_thirds:
            return max(1, ceil_share((2, 3), cast))
        case Majority.absolute:
            return base // 2 + 1
        case Majority.consensus:
            return 1
        case Majority.silence:
            return 0


def majority_met(majority: Majority, *, in_favour: int, against: int, base: int) -> bool:
    """Say whether the majority is reached; a tie is not, and every majority but silence asks one *for*."""
    match majority:
        case Majority.silence:
            return True
        case Majority.simple:
            return in_favour > against
        case Majority.two_thirds:
            return in_favour >= 1 and 3 * in_favour >= 2 * (in_favour + against)
        case Majority.absolute:
            return 2 * in_favour > base
        case Majority.consensus:
            return in_favour >= 1 and against == 0


def more_in_favour(majority: Majority, *, in_favour: int, against: int, base: int) -> int:
    """Return how many *for* are lacking if nobody else votes against: each of them also raises the votes cast.

    In consensus no *for* makes up for one *against*: the answer then is only about the one *for* that is asked.
    """
    match majority:
        case Majority.simple:
            goal = against + 1
        case Majority.two_thirds:
            goal = max(1, 2 * against)
        case Majority.absolute:
            goal = base // 2 + 1
        case Majority.consensus:
            goal = 1
        case Majority.silence:
            goal = 0
    return max(0, goal - in_favour)
