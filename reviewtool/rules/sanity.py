"""Which rule sets make sense: one that can never pass is refused before a ballot carries it.

Called by the page *Reglas*, by `reviewtool group check`, and when a ballot opens.
"""

from __future__ import annotations

from reviewtool.errors import InvalidInput
from reviewtool.rules.majorities import ceil_share
from reviewtool.rules.positions import BallotRules, Majority

MAX_DAYS = 250  # working days: about a year


def problems(rules: BallotRules, seats: int, certified: int | None = None) -> tuple[InvalidInput, ...]:
    """Return every reason why these rules cannot work for a roll of `seats`, `certified` of them expert trainers."""
    found = [*_days(rules), *_quorum(rules, seats)]
    if seats < 1:
        found.append(InvalidInput("no-seats", field="seats"))
    if rules.certified_in_favour < 0:
        found.append(InvalidInput("certified-negative", field="certified_in_favour"))
    available = seats if certified is None else certified
    if rules.certified_in_favour > available:
        found.append(
            InvalidInput(
                "certified-above-roll",
                field="certified_in_favour",
                needed=rules.certified_in_favour,
                available=available,
            )
        )
    if rules.majority is Majority.silence:
        found.extend(_silence(rules))
    return tuple(found)


def validate(rules: BallotRules, seats: int, certified: int | None = None) -> BallotRules:
    """Return the rules, or refuse a set that can never pass. Raises InvalidInput with the first of `problems`."""
    found = problems(rules, seats, certified)
    if found:
        raise found[0]
    return rules


def _days(rules: BallotRules) -> list[InvalidInput]:
    found = []
    if not 1 <= rules.decision_days <= MAX_DAYS:
        found.append(_out_of_range("decision_days", rules.decision_days, 1))
    if not 0 <= rules.consultation_days <= MAX_DAYS:
        found.append(_out_of_range("consultation_days", rules.consultation_days, 0))
    if rules.second_call_days is not None and not 1 <= rules.second_call_days <= MAX_DAYS:
        found.append(_out_of_range("second_call_days", rules.second_call_days, 1))
    return found


def _out_of_range(field: str, value: int, least: int) -> InvalidInput:
    return InvalidInput("days-out-of-range", field=field, value=value, least=least, most=MAX_DAYS)


def _quorum(rules: BallotRules, seats: int) -> list[InvalidInput]:
    found = []
    if rules.quorum_kind == "number":
        if rules.quorum_number > seats:
            found.append(
                InvalidInput("quorum-above-roll", field="quorum_number", needed=rules.quorum_number, seats=seats)
            )
        elif rules.quorum_number < 1:
            found.append(InvalidInput("quorum-below-one", field="quorum_number", needed=rules.quorum_number))
    shares = [("second_call_share", rules.second_call_share)]
    if rules.quorum_kind == "share":
        shares.insert(0, ("quorum_share", rules.quorum_share))
    for field, share in shares:
        if share is None:
            continue
        if share[0] < 1 or share[1] < 1:
            found.append(InvalidInput("share-not-positive", field=field))
        elif ceil_share(share, seats) > seats:
            found.append(InvalidInput("quorum-above-roll", field=field, needed=ceil_share(share, seats), seats=seats))
    return found


def _silence(rules: BallotRules) -> list[InvalidInput]:
    found = []
    if rules.quorum_kind != "none":
        found.append(InvalidInput("silence-with-quorum", field="quorum_kind"))
    if rules.certified_in_favour > 0:
        found.append(InvalidInput("silence-with-certified", field="certified_in_favour"))
    return found
