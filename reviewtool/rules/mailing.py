"""When a person is written to: at once, once a day or once a week, never in their quiet hours.

What is asked of a person goes its own way; by default it is mailed at once and the rest once a week. Times are wall
times in the person's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

GATHERING: Final = timedelta(minutes=3)  # so long what follows on one act is waited for, to stand in the same mail
DIGEST_AT: Final = time(8)  # of the daily and the weekly mail
MONDAY: Final = 0

#: Kinds of notices with which something is asked of the person; the others only tell what happened.
ASKED: Final = frozenset(
    {
        *("consultation", "your_turn", "silence", "second_call", "objection_submitted", "extended", "reconfirm"),
        *("consultation_closing", "closing", "silence_closing", "unconfirmed", "reminder", "collided"),
        *("registered", "mention", "objection"),
    }
)
#: So many days before its close, who has not pronounced themselves is told; by the days of the group's zone.
DISTANCES: Final = (7, 2, 0)


class Pace(StrEnum):
    """How soon a person is written to."""

    at_once = "at_once"
    daily = "daily"
    weekly = "weekly"
    never = "never"  # by mail: the product itself tells everything


#: What is asked of somebody can be gathered, not kept from them.
ASKED_PACES: Final = (Pace.at_once, Pace.daily, Pace.weekly)


@dataclass(frozen=True)
class Choice:
    """How one person wants to be written to. Quiet hours may pass midnight; None: there are none."""

    asked: Pace = Pace.at_once
    rest: Pace = Pace.weekly
    quiet_from: int | None = 21
    quiet_until: int | None = 7

    def pace(self, *, is_asked: bool) -> Pace:
        """Return the pace of what is asked of the person, or of the rest."""
        return self.asked if is_asked else self.rest


def due_at(pace: Pace, first: datetime, zone: str) -> datetime | None:
    """Return when a mail goes whose oldest notice is of an instant; None: never."""
    if pace is Pace.never:
        return None
    if pace is Pace.at_once:
        return first + GATHERING
    here = first.astimezone(ZoneInfo(zone))
    day = here.date() + timedelta(days=0 if here.time() < DIGEST_AT else 1)
    while pace is Pace.weekly and day.weekday() != MONDAY:
        day += timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, ZoneInfo(zone))


def is_quiet(choice: Choice, at: datetime, zone: str) -> bool:
    """Say whether an instant lies in a person's quiet hours."""
    begins, ends = choice.quiet_from, choice.quiet_until
    if begins is None or ends is None or begins == ends:
        return False
    hour = at.astimezone(ZoneInfo(zone)).hour
    return begins <= hour < ends if begins < ends else hour >= begins or hour < ends


def distance(left: int, *, at_first: int, told: int | None) -> int | None:
    """Return at which distance from a close people are to be told of it now, or None.

    `left` are the days that remain, `at_first` those there were when the close was set, `told` the least distance that
    was told since. Who comes late tells the nearest distance alone; one that the whole period did not exceed is none.
    """
    reached = [each for each in DISTANCES if left <= each < at_first]
    nearest = min(reached, default=None)
    return nearest if nearest is not None and (told is None or nearest < told) else None
