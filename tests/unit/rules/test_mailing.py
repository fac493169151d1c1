"""When a person is written to: paces, quiet hours, zones and the change to summer time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from reviewtool.rules.mailing import Choice, Pace, distance, due_at, is_quiet

GUATEMALA = "America/Guatemala"
SANTIAGO = "America/Santiago"  # changes its clocks


def at(text: str, zone: str = GUATEMALA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("pace", "first", "due"),
    [
        (Pace.at_once, "2026-06-03 10:00", "2026-06-03 10:03"),
        (Pace.daily, "2026-06-03 07:59", "2026-06-03 08:00"),
        (Pace.daily, "2026-06-03 08:00", "2026-06-04 08:00"),
        (Pace.weekly, "2026-06-03 10:00", "2026-06-08 08:00"),  # Wednesday to Monday
        (Pace.weekly, "2026-06-08 07:00", "2026-06-08 08:00"),
        (Pace.weekly, "2026-06-08 08:00", "2026-06-15 08:00"),
    ],
)
def test_a_mail_goes_when_its_pace_says(pace, first, due):
    assert due_at(pace, at(first), GUATEMALA) == at(due)


def test_who_wants_no_mail_gets_none():
    assert due_at(Pace.never, at("2026-06-03 10:00"), GUATEMALA) is None


def test_a_digest_goes_at_eight_by_the_clock_on_the_wall_also_after_the_clocks_changed():
    assert due_at(Pace.daily, at("2026-09-05 12:00", SANTIAGO), SANTIAGO) == at("2026-09-06 08:00", SANTIAGO)


@pytest.mark.parametrize(
    ("quiet", "hour", "expected"),
    [
        ((21, 7), 20, False),
        ((21, 7), 21, True),
        ((21, 7), 6, True),
        ((21, 7), 7, False),
        ((12, 14), 13, True),
        ((12, 14), 14, False),
        ((9, 9), 9, False),
        ((None, None), 3, False),
    ],
)
def test_quiet_hours_may_pass_midnight(quiet, hour, expected):
    choice = Choice(quiet_from=quiet[0], quiet_until=quiet[1])
    assert is_quiet(choice, at(f"2026-06-03 {hour:02d}:30"), GUATEMALA) is expected


def test_quiet_hours_are_those_of_the_persons_zone():
    night = at("2026-06-03 22:00", "America/Montevideo")
    assert is_quiet(Choice(), night, "America/Montevideo")
    assert not is_quiet(Choice(), night, GUATEMALA)


@pytest.mark.parametrize(
    ("left", "at_first", "told", "expected"),
    [
        (8, 14, None, None),
        (7, 14, None, 7),
        (6, 14, 7, None),
        (2, 14, 7, 2),
        (1, 14, 7, 2),  # a worker that came late
        (1, 14, None, 2),  # and one that slept over a distance tells the nearest one alone
        (0, 14, 7, 0),
        (0, 14, 0, None),
        (7, 7, None, None),  # who was called today need not be told that a week is left
        (2, 3, None, 2),
        (0, 0, None, None),
    ],
)
def test_people_are_told_at_the_nearest_distance_from_a_close_that_was_not_told(left, at_first, told, expected):
    assert distance(left, at_first=at_first, told=told) == expected
