"""The group's rules and calendar: which hold, since when, and entering others; when a period of working days closes.

A ballot carries the rules it opened with and everything the close it was given, so that nothing here moves them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, OutOfDate
from reviewtool.group import Group, GroupCalendar
from reviewtool.models import Installation, Person, RuleSet, WorkingCalendar
from reviewtool.rules import calendar, presets
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import BallotRules
from reviewtool.services import people

REFERENCE_LIMIT: Final = 200
AHEAD: Final = timedelta(days=730)  # a rule set enters into force within two years


def in_force(session: Session, group: Group) -> presets.RuleSet:
    """Return the rule set in force today: the newest the group entered, else the first one of config/group.toml."""
    stored = row_in_force(session, group)
    return presets.RuleSet.from_json(stored.rules) if stored else presets.from_group(group)


def row_in_force(session: Session, group: Group) -> RuleSet | None:
    """Return the row of the rule set in force on the group's day."""
    newest = (RuleSet.effective_on.desc(), RuleSet.id.desc())
    return session.scalar(select(RuleSet).where(RuleSet.effective_on <= today(group)).order_by(*newest).limit(1))


def history(session: Session) -> list[RuleSet]:
    """Return every rule set, planned ones too, the last to enter into force first."""
    return list(session.scalars(select(RuleSet).order_by(RuleSet.effective_on.desc(), RuleSet.id.desc())))


def today(group: Group) -> date:
    """Return the day it is for the group, in its zone."""
    return calendar.day_of(now(), calendar.of_group(group))


def rules_for(session: Session, group: Group, paths: Sequence[str], *, preset: str = "") -> BallotRules:
    """Return the rules for a proposal that touches these paths; `preset` names another shipped preset by choice.

    A stricter preset that the group bound to a document holds whatever is asked.
    """
    rule_set = in_force(session, group)
    rules = presets.rules_for(paths, rule_set)
    return presets.with_preset(rules, preset) if preset and rules == rule_set.rules else rules


@dataclass(frozen=True)
class Entry:
    """A rule set to be entered: from which day, and where the group approved it."""

    rules: presets.RuleSet
    effective_on: date
    reference: str


def enter(session: Session, group: Group, entry: Entry, *, by: Person, seen: int) -> RuleSet:
    """Enter a rule set from a day on; `seen` is the id of the newest one that its writer had before their eyes.

    Raises NotAllowed, OutOfDate("rules-changed"), InvalidInput of `ensure_day`, of a reference or of rules that could
    never pass.
    """
    people.ensure_may(by, Act.change_rules)
    _lock(session)
    if newest_id(session) != seen:
        raise OutOfDate("rules-changed")
    ensure_day(group, entry.effective_on)
    reference = ensure_reference(entry.reference)
    found = problems(session, entry.rules)
    if found:
        raise found[0]
    made = RuleSet(
        effective_on=entry.effective_on,
        reference=reference,
        rules=entry.rules.to_json(),
        created_by_id=by.id,
        created_at=now(),
    )
    session.add(made)
    session.flush()
    return made


def ensure_day(group: Group, day: date) -> None:
    """Refuse a day of entry into force that is past, or over two years ahead. Raises InvalidInput."""
    first = today(group)
    if not first <= day <= first + AHEAD:
        raise InvalidInput("effective-range", field="effective_on")


def ensure_reference(text: str) -> str:
    """Return where the group approved its rules. Raises InvalidInput("approval-missing")."""
    reference = text.strip()
    if not reference or len(reference) > REFERENCE_LIMIT:
        raise InvalidInput("approval-missing", field="reference", most=REFERENCE_LIMIT)
    return reference


def problems(session: Session, rule_set: presets.RuleSet) -> tuple[InvalidInput, ...]:
    """Return every reason why a rule set could never pass with the seats that are held today."""
    seats, certified = strength(session)
    return presets.check(rule_set, seats, certified)


def strength(session: Session) -> tuple[int, int]:
    """Return how many seats are held today, and how many of them by certified expert trainers."""
    held = [people.titular(seat) for seat in people.seats(session)]
    holders = [person for person in held if person is not None]
    return len(holders), sum(1 for person in holders if people.is_certified(person))


def newest_id(session: Session) -> int:
    """Return the id of the rule set entered last; 0 where there is none."""
    return session.scalar(select(RuleSet.id).order_by(RuleSet.id.desc()).limit(1)) or 0


def _lock(session: Session) -> None:
    """Let one at a time change rules or calendar."""
    session.execute(select(Installation.id).with_for_update())


def closing(session: Session, group: Group, start: datetime, working_days: int) -> datetime:
    """Return the closing instant of a period that starts then, by the group's calendar."""
    return calendar.closing_instant(start, working_days, calendar_of(session, group))


def calendar_of(session: Session, group: Group) -> calendar.Calendar:
    """Return the group's calendar: the one entered last, else that of the group's file."""
    stored = calendar_row(session)
    if stored is None:
        return _of_file(group)
    return _entered(json.dumps([stored.closing_time, stored.holidays]), group.calendar.zone)


def calendar_row(session: Session) -> WorkingCalendar | None:
    """Return the calendar entered last, or None before the first."""
    return session.scalar(select(WorkingCalendar).order_by(WorkingCalendar.id.desc()).limit(1))


def calendar_section(session: Session, group: Group) -> GroupCalendar:
    """Return the calendar as the group's file would say it."""
    stored = calendar_row(session)
    return section(stored.closing_time, stored.holidays, group.calendar.zone) if stored else group.calendar


def section(closing_time: str, holidays: Sequence[dict[str, Any]], zone: str) -> GroupCalendar:
    """Return the section `calendar` of a file from plain values."""
    plain = {"closing_time": time.fromisoformat(closing_time), "zone": zone}
    return GroupCalendar.model_validate(plain | {"holidays": [_with_day(each) for each in holidays]})


def _with_day(holiday: dict[str, Any]) -> dict[str, Any]:
    return holiday | {"date": date.fromisoformat(holiday["date"])}


@lru_cache(maxsize=8)
def _of_file(group: Group) -> calendar.Calendar:
    return calendar.of_group(group)


@lru_cache(maxsize=8)
def _entered(text: str, zone: str) -> calendar.Calendar:
    closing_time, holidays = json.loads(text)
    return calendar.of_section(section(closing_time, holidays, zone))


def enter_calendar(session: Session, group: Group, wanted: GroupCalendar, *, by: Person, seen: int) -> WorkingCalendar:
    """Enter closing hour and days without work; `seen` is the id of the calendar that its writer had before their eyes.

    What has a close already keeps it. Raises NotAllowed, OutOfDate("rules-changed"), InvalidInput("zone-of-file") for
    another zone, InvalidInput("administration-unknown").
    """
    people.ensure_may(by, Act.change_rules)
    _lock(session)
    present = calendar_row(session)
    if (present.id if present else 0) != seen:
        raise OutOfDate("rules-changed")
    if wanted.zone != group.calendar.zone:
        raise InvalidInput("zone-of-file", field="holidays", zone=group.calendar.zone)
    for code in {code for each in wanted.holidays for code in each.administrations}:
        if group.find_administration(code) is None:
            raise InvalidInput("administration-unknown", field="holidays", administration=code)
    made = WorkingCalendar(
        closing_time=f"{wanted.closing_time:%H:%M}",
        holidays=[
            {"date": each.on.isoformat(), "name": each.name, "administrations": sorted(set(each.administrations))}
            for each in sorted(wanted.holidays, key=lambda each: (each.on, each.name))
        ],
        created_by_id=by.id,
        created_at=now(),
    )
    session.add(made)
    session.flush()
    return made
