"""Working days, closing instants, holidays: when something closes follows from its opening, never from who runs when.

Weekends and the group's own holidays are not working days; national holidays of a member are shown and stop no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reviewtool.group import Group, GroupCalendar

SATURDAY = 5
MINIMUM_DAYS_AFTER_CHANGE = 3  # working days that must remain when a text changes during its ballot


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday of one administration."""

    on: date
    administration: str
    name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The group's calendar: its own days without work, its closing hour and zone, its members' national holidays."""

    holidays: frozenset[date] = frozenset()
    closing_time: time = time(17, 0)
    zone: str = "America/Guatemala"
    national: tuple[Holiday, ...] = ()


def of_group(group: Group) -> Calendar:
    """Return the calendar of the group's file."""
    return of_section(group.calendar)


def of_section(section: GroupCalendar) -> Calendar:
    """Return the calendar of such a section: a holiday that names no administration is the group's own."""
    return Calendar(
        holidays=frozenset(holiday.on for holiday in section.holidays if not holiday.administrations),
        closing_time=section.closing_time,
        zone=section.zone,
        national=tuple(
            Holiday(holiday.on, code, holiday.name) for holiday in section.holidays for code in holiday.administrations
        ),
    )


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Say whether the group works on a day: no weekend, and no holiday of the group."""
    return day.weekday() < SATURDAY and day not in calendar.holidays


def holidays_on(day: date, calendar: Calendar) -> tuple[Holiday, ...]:
    """Return the national holidays of a day, for the question whether to keep a close on it."""
    return tuple(sorted((each for each in calendar.national if each.on == day), key=lambda each: each.administration))


def add_working_days(day: date, count: int, calendar: Calendar) -> date:
    """Return the count-th working day after a day, itself not counted; with 0 the day itself or the next that works."""
    left = count if count > 0 or is_working_day(day, calendar) else 1
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day, calendar)
    return day


def day_of(instant: datetime, calendar: Calendar) -> date:
    """Return the day an instant falls on in the group's zone."""
    return instant.astimezone(ZoneInfo(calendar.zone)).date()


def closing_instant(start: datetime, working_days: int, calendar: Calendar) -> datetime:
    """Return when a period of working days that starts at an instant closes, as UTC.

    The day of the start is not counted, whatever its hour. With 0 days it is the next closing hour of a working day.
    An hour that the clock change repeats is the later one, and one that it skips moves on: nobody loses time.
    """
    closes = closing_on(add_working_days(day_of(start, calendar), working_days, calendar), calendar)
    if closes <= start:
        closes = closing_on(add_working_days(day_of(start, calendar), 1, calendar), calendar)
    return closes


def closing_on(day: date, calendar: Calendar) -> datetime:
    """Return the closing instant of a day: the group's hour in the group's zone, as UTC."""
    wall = datetime.combine(day, calendar.closing_time, tzinfo=ZoneInfo(calendar.zone))
    return max(wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC))


def days_left(now: datetime, closes_at: datetime, calendar: Calendar) -> int:
    """Return how many days remain after today up to the close, in the group's zone."""
    return (day_of(closes_at, calendar) - day_of(now, calendar)).days


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many working days come after `start` up to and with `end`; none when `end` is not later."""
    days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
    return sum(is_working_day(day, calendar) for day in days)


def working_days_left(now: datetime, closes_at: datetime, calendar: Calendar) -> int:
    """Return how many working days remain after today up to the close, in the group's zone."""
    return working_days_between(day_of(now, calendar), day_of(closes_at, calendar), calendar)


def working_days_since(then: datetime, now: datetime, calendar: Calendar) -> int:
    """Return how many working days have begun since an instant: five make an approved text overdue."""
    return working_days_between(day_of(then, calendar), day_of(now, calendar), calendar)


def keep_minimum(
    closes_at: datetime, now: datetime, calendar: Calendar, minimum: int = MINIMUM_DAYS_AFTER_CHANGE
) -> datetime:
    """Return the close, moved on where fewer than `minimum` working days would remain; never earlier."""
    return max(closes_at, closing_instant(now, minimum, calendar))


def is_due(closes_at: datetime, now: datetime) -> bool:
    """Say whether a period has ended: at its closing instant it is over."""
    return now >= closes_at


def in_time(cast_at: datetime, closes_at: datetime) -> bool:
    """Say whether an act came before the close; what came at the instant itself or later is not counted."""
    return cast_at < closes_at


def ended_at(closes_at: datetime, now: datetime) -> datetime | None:
    """Return the instant at which a period ended: its closing instant however late anybody looks, None before it."""
    return closes_at if is_due(closes_at, now) else None


def may_extend(closes_at: datetime, new_close: datetime, now: datetime) -> bool:
    """Allow an extension only before the close, and only to a later instant."""
    return now < closes_at < new_close
