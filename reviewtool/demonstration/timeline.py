"""Days of the demonstration, counted in the group's working days back from the day it is loaded."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reviewtool.rules import calendar

LONGEST = 180  # working days; the demonstration's first act is some eight months old


class Timeline:
    """Working days before a reference instant: -1 is the newest that is over, so that nothing lies in the future."""

    def __init__(self, reference: datetime, group_calendar: calendar.Calendar) -> None:
        self._zone = ZoneInfo(group_calendar.zone)
        day = calendar.day_of(reference, group_calendar)
        self._days: list[date] = []
        while len(self._days) < LONGEST:
            day -= timedelta(days=1)
            if calendar.is_working_day(day, group_calendar):
                self._days.append(day)

    def at(self, days: int, clock: str) -> datetime:
        """Return the instant of an hour («09:40») some working days ago (-12), with seconds as life has them."""
        if not -LONGEST <= days < 0:
            raise ValueError(f"{days} is not a working day between -{LONGEST} and -1")
        hour, minute = (int(part) for part in clock.split(":"))
        second = (hour * 11 + minute * 7 - days * 37) % 60
        return datetime.combine(self._days[-days - 1], time(hour, minute, second), tzinfo=self._zone)
