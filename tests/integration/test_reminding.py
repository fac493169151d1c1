"""What the group is told though nobody did anything: an approved text that waits for its merge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.models import Event, Notice
from reviewtool.rules import calendar
from reviewtool.services import objections, people, recording, reminding
from tests.support import journey
from tests.support.materials import INTRODUCTION


@pytest.fixture
def approved(workshop, group) -> int:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    return number


def day(workshop, number, working_days):
    """Return an instant so many working days after a proposal was approved."""
    with workshop.database.read() as session:
        closed = session.scalars(select(Event.at).where(Event.kind == "ballot_closed")).one()
    days = calendar.of_group(workshop.group)
    return calendar.closing_on(calendar.add_working_days(calendar.day_of(closed, days), working_days, days), days)


def told(workshop) -> list[int]:
    with workshop.database.read() as session:
        return sorted(session.scalars(select(Notice.person_id).where(Notice.kind == "overdue")))


def test_after_five_working_days_everybody_who_takes_part_is_told_once(workshop, group, approved):
    with clock.at(day(workshop, approved, 4)):
        assert reminding.tell_overdue(workshop) == []
    with clock.at(day(workshop, approved, 5)):
        assert reminding.tell_overdue(workshop) == [approved]
        assert reminding.tell_overdue(workshop) == []
    everybody = [*group.members, *group.observers, group.coordinator, group.deputy]
    assert told(workshop) == sorted(person.id for person in everybody)
    with clock.at(day(workshop, approved, 9)):
        assert reminding.tell_overdue(workshop) == []
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_what_was_merged_is_not_told(workshop, group, approved):
    journey.merge(workshop, approved, group.coordinator)
    with clock.at(day(workshop, approved, 20)):
        assert reminding.tell_overdue(workshop) == []


def test_an_objection_does_not_keep_it_from_being_told(workshop, group, approved):
    with workshop.database.write() as session:
        objections.raise_one(session, approved, by=people.get(session, group.members[7].id), reason="Falta la fuente")
    with clock.at(day(workshop, approved, 5) + timedelta(days=1)):
        assert reminding.tell_overdue(workshop) == [approved]
