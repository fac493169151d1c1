"""The form of the group's calendar: its closing hour, and its days without work, one a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from reviewtool.errors import InvalidInput
from reviewtool.group import GroupCalendar, Holiday
from reviewtool.services import rulesets

MOST: Final = 100_000  # characters of all days without work
_HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_CODES: Final = re.compile(r"[A-Z]{2,16}(?:[ ,]+[A-Z]{2,16})*")


def lines(holidays: Sequence[Holiday]) -> str:
    """Return days without work as the form shows them: date, name, and the administrations of one that is not all's."""
    return "\n".join(
        "; ".join(
            [each.on.isoformat(), each.name, *([", ".join(each.administrations)] if each.administrations else [])]
        )
        for each in holidays
    )


def read(closing_time: str, typed: str, zone: str) -> GroupCalendar:
    """Return the calendar that was typed; raises InvalidInput("closing-time-bad"/"holiday-line")."""
    if not _HOUR.fullmatch(closing_time):
        raise InvalidInput("closing-time-bad", field="closing_time")
    if len(typed) > MOST:
        raise InvalidInput("text-too-long", field="holidays", most=MOST)
    written = [(at, line) for at, line in enumerate(typed.splitlines(), 1) if line.strip()]
    return rulesets.section(closing_time, [_holiday(at, line) for at, line in written], zone)


def _holiday(at: int, line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split(";")]
    codes = parts[2].upper() if len(parts) == 3 else ""
    try:
        day = date.fromisoformat(parts[0])
        if len(parts) not in (2, 3) or not 0 < len(parts[1]) <= 120 or (codes and not _CODES.fullmatch(codes)):
            raise ValueError
    except ValueError as error:
        raise InvalidInput("holiday-line", field="holidays", line=at) from error
    return {"date": day.isoformat(), "name": parts[1], "administrations": re.findall("[A-Z]+", codes)}
