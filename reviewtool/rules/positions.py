"""The values of a ballot: positions, majorities, outcomes, its frozen rules and roll, the votes as they are counted.

Only values and their form in JSON; the arithmetic is in `standing`, what makes sense as a rule set in `sanity`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args

from reviewtool.errors import InvalidInput

QuorumKind = Literal["none", "number", "share"]
Override = Literal["never", "two_thirds"]


class Position(StrEnum):
    """What a seat says; `no_objection` is the express answer of a silence procedure and never counts as *for*."""

    for_ = "for"
    for_with_remarks = "for_with_remarks"
    against = "against"
    abstain = "abstain"
    recused = "recused"
    no_objection = "no_objection"


VOTE_CHOICES = (Position.for_, Position.for_with_remarks, Position.against, Position.abstain, Position.recused)
SILENCE_CHOICES = (Position.no_objection, Position.recused)
NEED_REASON = frozenset({Position.against, Position.for_with_remarks})
MAY_BE_AD_REFERENDUM = frozenset({Position.for_, Position.for_with_remarks})


class OpinionStance(StrEnum):
    """What an observer says; shown apart and never counted."""

    favourable = "favourable"
    unfavourable = "unfavourable"
    none = "none"


class Majority(StrEnum):
    """When a ballot is approved; see the table in `docs/deciding.md`."""

    simple = "simple"
    two_thirds = "two_thirds"
    absolute = "absolute"
    consensus = "consensus"
    silence = "silence"


class Outcome(StrEnum):
    """How a ballot ended."""

    approved = "approved"
    not_approved = "not_approved"
    no_quorum = "no_quorum"
    superseded = "superseded"
    suspended = "suspended"


@dataclass(frozen=True, slots=True)
class BallotRules:
    """The rules a ballot carries from its opening to its end; changing the group's rules never changes them."""

    majority: Majority = Majority.two_thirds
    quorum_kind: QuorumKind = "share"
    quorum_number: int = 0
    quorum_share: tuple[int, int] = (1, 2)  # numerator, denominator; rounded up
    decision_days: int = 10  # working days
    consultation_days: int = 10  # working days
    author_votes: bool = False
    results_hidden_until_closed: bool = False
    certified_in_favour: int = 0  # certified expert trainers that must be among the *for*
    early_close: bool = False
    override: Override = "never"
    revisions_during_vote: bool = False
    second_call_days: int | None = None  # None: as the first call
    second_call_share: tuple[int, int] | None = None  # None: the quorum of the first call
    preset: str = "votacion"

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column or the record."""
        plain = asdict(self)
        plain["majority"] = self.majority.value
        plain["quorum_share"] = list(self.quorum_share)
        plain["second_call_share"] = list(self.second_call_share) if self.second_call_share else None
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> BallotRules:
        """Return the rules that `to_json` wrote; an absent key keeps its default, an unknown one is refused.

        Raises InvalidInput("bad-rules", field=…) for a value of the wrong kind.
        """
        return _known(json.dumps(plain, sort_keys=True))

    @classmethod
    def from_text(cls, text: str) -> BallotRules:
        """Return the rules of a JSON column that is read as text: the same object for the same text."""
        return _known(text)


@lru_cache(maxsize=256)  # the ballots of a page carry the same few rule sets
def _known(text: str) -> BallotRules:
    plain = json.loads(text)
    unknown = sorted(set(plain) - {field.name for field in fields(BallotRules)})
    if unknown:
        raise InvalidInput("bad-rules", field=unknown[0])
    return BallotRules(**{name: _read(name, value) for name, value in plain.items()})


def _read(name: str, value: Any) -> Any:
    if not _fits(name, value):
        raise InvalidInput("bad-rules", field=name, value=repr(value))
    if name == "majority":
        return Majority(value)
    if name in {"quorum_share", "second_call_share"} and value is not None:
        return (value[0], value[1])
    return value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_share(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(_is_whole(part) for part in value)


_WHOLE = {"quorum_number", "decision_days", "consultation_days", "certified_in_favour"}
_FITS: Mapping[str, Callable[[Any], bool]] = {
    "majority": lambda value: isinstance(value, str) and value in set(Majority),
    "quorum_kind": lambda value: value in get_args(QuorumKind),
    "override": lambda value: value in get_args(Override),
    "preset": lambda value: isinstance(value, str),
    "quorum_share": _is_share,
    "second_call_share": lambda value: value is None or _is_share(value),
    "second_call_days": lambda value: value is None or _is_whole(value),
    **dict.fromkeys(_WHOLE, _is_whole),
}


def _fits(name: str, value: Any) -> bool:
    check = _FITS.get(name)
    return check(value) if check else isinstance(value, bool)


class SeatNamed(NamedTuple):
    """A seat as a list names it, as facts: pages say it in the reader's language."""

    key: str
    label: str
    administration: str


@dataclass(frozen=True, slots=True)
class SeatOnRoll:
    """One seat as it stood when the ballot opened; `votes` is False for the author's seat where authors do not vote."""

    key: str
    label: str
    certified: bool = False
    administration: str = ""
    votes: bool = True


@dataclass(frozen=True, slots=True)
class Roll:
    """The frozen seats of a ballot, in the order in which they are shown."""

    seats: tuple[SeatOnRoll, ...]

    def __post_init__(self) -> None:
        """Refuse a key that stands twice: a seat never counts twice."""
        if len({seat.key for seat in self.seats}) != len(self.seats):
            raise ValueError("a seat stands twice on the roll")

    def find(self, key: str) -> SeatOnRoll | None:
        """Return the seat with this key, or None when it is not on the frozen roll."""
        return next((seat for seat in self.seats if seat.key == key), None)

    def to_json(self) -> list[dict[str, Any]]:
        """Return plain values for a JSON column or the record."""
        return [asdict(seat) for seat in self.seats]

    @classmethod
    def from_json(cls, plain: Iterable[Mapping[str, Any]]) -> Roll:
        """Return the roll that `to_json` wrote."""
        return cls(tuple(SeatOnRoll(**seat) for seat in plain))

    @classmethod
    def from_text(cls, text: str) -> Roll:
        """Return the roll of a JSON column that is read as text: the same object for the same text."""
        return _frozen(text)


@lru_cache(maxsize=128)  # ballots of one month differ in the author's seat at most
def _frozen(text: str) -> Roll:
    return Roll.from_json(json.loads(text))


@dataclass(frozen=True, slots=True)
class Cast:
    """One seat's vote; not confirmed (ad referendum, telephone) or given on an older text, it is not counted."""

    seat: str
    position: Position
    confirmed: bool = True
    to_be_confirmed: bool = False
    by_alternate: bool = False

    @property
    def counts(self) -> bool:
        """Say whether this vote enters the arithmetic."""
        return self.confirmed and not self.to_be_confirmed


@lru_cache(maxsize=4096)
def shared_cast(seat: str, position: str, confirmed: bool, by_alternate: bool) -> Cast:
    """Return a vote as the database says it: the same object for the same words, since many ballots repeat them."""
    return Cast(seat, Position(position), confirmed=confirmed, by_alternate=by_alternate)
