"""Working days and closing instants: holidays, weekends, the end of the year, clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewtool.group import Group
from reviewtool.rules import calendar
from reviewtool.rules.calendar import Calendar, Holiday, closing_instant

GUATEMALA = Calendar(holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1), date(2026, 4, 3)}))
FRIDAY = datetime(2026, 6, 5, 15, 0, tzinfo=UTC)


def local(instant: datetime, zone: str = "America/Guatemala") -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "days", "closes"),
    [
        ("2026-06-01T08:00", 1, "2026-06-02 17:00"),
        ("2026-06-01T23:59", 1, "2026-06-02 17:00"),  # the day of the start is not counted, whatever its hour
        ("2026-06-05T09:00", 1, "2026-06-08 17:00"),  # Friday to Monday
        ("2026-06-06T09:00", 1, "2026-06-08 17:00"),  # from a Saturday too
        ("2026-05-22T09:00", 10, "2026-06-05 17:00"),
        ("2026-04-01T09:00", 2, "2026-04-06 17:00"),  # Good Friday on the closing day
        ("2026-12-24T09:00", 1, "2026-12-28 17:00"),
        ("2026-12-31T09:00", 1, "2027-01-04 17:00"),  # over the end of the year
        ("2026-12-31T18:00", 0, "2027-01-04 17:00"),  # the hour has passed
        ("2026-12-31T09:00", 0, "2026-12-31 17:00"),
        ("2026-06-06T09:00", 0, "2026-06-08 17:00"),
    ],
)
def test_a_period_closes_at_the_groups_hour_of_its_last_working_day(start: str, days: int, closes: str) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("America/Guatemala"))
    closing = closing_instant(begun, days, GUATEMALA)
    assert local(closing) == closes
    assert closing.tzinfo is UTC


def test_the_day_of_the_start_is_the_day_in_the_groups_zone() -> None:
    late_thursday = datetime(2026, 6, 5, 3, 0, tzinfo=UTC)  # 21:00 on Thursday in Guatemala
    assert local(closing_instant(late_thursday, 1, GUATEMALA)) == "2026-06-05 17:00"


def test_the_closing_hour_stays_when_the_clocks_change() -> None:
    chile = Calendar(zone="America/Santiago")
    winter = closing_instant(datetime(2026, 8, 28, 12, tzinfo=UTC), 5, chile)  # before 6 September
    summer = closing_instant(datetime(2026, 9, 4, 12, tzinfo=UTC), 5, chile)
    assert (local(winter, chile.zone), local(summer, chile.zone)) == ("2026-09-04 17:00", "2026-09-11 17:00")
    assert (winter.hour, summer.hour) == (21, 20)


def test_an_hour_that_the_clock_change_repeats_is_the_later_one_and_a_skipped_one_moves_on() -> None:
    madrid = Calendar(closing_time=time(2, 30), zone="Europe/Madrid")
    assert calendar.closing_on(date(2026, 10, 25), madrid) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert calendar.closing_on(date(2026, 3, 29), madrid) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 3:30 there


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.integers(0, 40),
    st.sampled_from(["America/Guatemala", "America/Santiago", "America/Asuncion", "Europe/Madrid"]),
    st.times(),
)
def test_a_close_lies_ahead_on_a_working_day_with_the_days_between(
    start: datetime, days: int, zone: str, hour: time
) -> None:
    group = Calendar(holidays=GUATEMALA.holidays, zone=zone, closing_time=hour.replace(tzinfo=None))
    closes = closing_instant(start, days, group)
    assert closes > start
    assert calendar.is_working_day(calendar.day_of(closes, group), group)
    if days:
        assert calendar.working_days_left(start, closes, group) == days


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_the_close_is_the_same_however_late_anybody_looks(late: timedelta) -> None:
    closes = closing_instant(FRIDAY, 10, GUATEMALA)
    assert calendar.ended_at(closes, closes + late) == closes
    assert calendar.ended_at(closes, closes - timedelta(microseconds=1)) is None


def test_a_vote_at_the_closing_instant_itself_is_too_late() -> None:
    closes = closing_instant(FRIDAY, 1, GUATEMALA)
    assert calendar.in_time(closes - timedelta(microseconds=1), closes)
    assert not calendar.in_time(closes, closes)
    assert calendar.is_due(closes, closes)


def test_working_days_between_counts_the_last_day_and_not_the_first() -> None:
    assert calendar.working_days_between(date(2026, 6, 5), date(2026, 6, 8), GUATEMALA) == 1
    assert calendar.working_days_between(date(2026, 12, 24), date(2027, 1, 4), GUATEMALA) == 5
    assert calendar.working_days_between(date(2026, 6, 8), date(2026, 6, 5), GUATEMALA) == 0
    assert calendar.working_days_since(FRIDAY, FRIDAY + timedelta(days=7), GUATEMALA) == 5


def test_a_change_of_text_leaves_at_least_three_working_days() -> None:
    soon = closing_instant(FRIDAY, 1, GUATEMALA)
    assert local(calendar.keep_minimum(soon, FRIDAY, GUATEMALA)) == "2026-06-10 17:00"
    far = closing_instant(FRIDAY, 8, GUATEMALA)
    assert calendar.keep_minimum(far, FRIDAY, GUATEMALA) == far


def test_extending_is_possible_only_before_the_close_and_only_forward() -> None:
    closes = closing_instant(FRIDAY, 1, GUATEMALA)
    later = closes + timedelta(days=2)
    assert calendar.may_extend(closes, later, FRIDAY)
    assert not calendar.may_extend(closes, closes, FRIDAY)
    assert not calendar.may_extend(closes, later, closes)


def test_a_national_holiday_is_shown_and_stops_no_clock() -> None:
    chile = Holiday(date(2026, 9, 18), "CL", "Independencia Nacional")
    group = Calendar(national=(Holiday(date(2026, 9, 18), "ZZ", "Otra"), chile))
    assert [each.administration for each in calendar.holidays_on(date(2026, 9, 18), group)] == ["CL", "ZZ"]
    assert calendar.holidays_on(date(2026, 9, 17), group) == ()
    assert calendar.is_working_day(date(2026, 9, 18), group)


def test_the_groups_file_parts_its_own_holidays_from_those_of_members() -> None:
    group = Group.model_validate(
        {
            "name": {"es": "Grupo"},
            "administrations": [{"code": "CL", "name": {"es": "Chile"}, "zone": "America/Santiago"}],
            "calendar": {
                "closing_time": time(16, 30),
                "zone": "America/Lima",
                "holidays": [
                    {"date": date(2026, 5, 1), "name": "Día del Trabajo"},
                    {"date": date(2026, 9, 18), "name": "Independencia", "administrations": ["CL"]},
                ],
            },
        }
    )
    made = calendar.of_group(group)
    assert made == Calendar(
        holidays=frozenset({date(2026, 5, 1)}),
        closing_time=time(16, 30),
        zone="America/Lima",
        national=(Holiday(date(2026, 9, 18), "CL", "Independencia"),),
    )
