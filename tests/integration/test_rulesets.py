"""Entering rules and calendar: from which day they hold, what they leave alone, one at a time, in the record."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.db import Database
from reviewtool.errors import InvalidInput, NotAllowed, OutOfDate
from reviewtool.group import GroupCalendar
from reviewtool.models import Ballot, Proposal, RuleSet, WorkingCalendar
from reviewtool.rules import presets
from reviewtool.rules.voting import BallotRules, Majority
from reviewtool.services import people, rebuilding, recording, rulesets
from reviewtool.services.rulesets import Entry
from tests.support import journey
from tests.support.materials import INTRODUCTION

SIMPLE = presets.RuleSet(BallotRules(majority=Majority.simple, decision_days=4))
ACT = "Acta de la reunión del 3 de junio, punto 4"


def enter(workshop, by, rules=SIMPLE, day=None, reference=ACT, seen=None):
    with workshop.database.write() as session:
        newest = rulesets.newest_id(session) if seen is None else seen
        entry = Entry(rules, day or rulesets.today(workshop.group), reference)
        return rulesets.enter(session, workshop.group, entry, by=people.get(session, by.id), seen=newest).id


def in_force(workshop) -> presets.RuleSet:
    with workshop.database.read() as session:
        return rulesets.in_force(session, workshop.group)


def enter_calendar(workshop, by, wanted, seen=0):
    with workshop.database.write() as session:
        person = people.get(session, by.id)
        return rulesets.enter_calendar(session, workshop.group, wanted, by=person, seen=seen).id


def test_rules_hold_from_their_day_in_the_groups_zone(workshop, group):
    first = in_force(workshop)
    evening = datetime(2030, 6, 4, 4, 0, tzinfo=UTC)  # in Guatemala it is still the third
    with clock.at(evening):
        enter(workshop, group.coordinator, day=date(2030, 6, 4))
        assert in_force(workshop) == first
    with clock.at(evening + timedelta(hours=2)):
        assert in_force(workshop) == SIMPLE


def test_of_two_for_one_day_the_one_entered_last_holds(workshop, group):
    enter(workshop, group.coordinator)
    later = replace(SIMPLE, rules=replace(SIMPLE.rules, decision_days=3))
    enter(workshop, group.coordinator, later)
    assert in_force(workshop) == later


def test_an_open_ballot_keeps_the_rules_it_opened_with(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.read() as session:
        before = session.scalars(select(Ballot)).one()
    enter(workshop, group.coordinator)
    with workshop.database.read() as session:
        after = session.scalars(select(Ballot)).one()
    assert (after.rules, after.closes_at) == (before.rules, before.closes_at)
    assert BallotRules.from_json(after.rules).majority is Majority.two_thirds


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"day": date(2020, 1, 1)}, "effective-range"),
        ({"day": date(2099, 1, 1)}, "effective-range"),
        ({"reference": "  "}, "approval-missing"),
        ({"reference": "x" * 201}, "approval-missing"),
        ({"rules": presets.RuleSet(BallotRules(quorum_kind="number", quorum_number=13))}, "quorum-above-roll"),
        ({"rules": presets.RuleSet(BallotRules(majority=Majority.silence))}, "silence-with-quorum"),
        ({"rules": presets.RuleSet(BallotRules(certified_in_favour=5))}, "certified-above-roll"),
        (
            {"rules": presets.RuleSet(documents=(presets.PathPreset(("x/**",), BallotRules(decision_days=0)),))},
            "days-out-of-range",
        ),
    ],
)
def test_rules_that_could_never_work_are_refused(workshop, group, changed, code):
    with pytest.raises(InvalidInput, match=code):
        enter(workshop, group.coordinator, **changed)


def test_only_the_coordination_enters_rules_and_calendar(workshop, group):
    with pytest.raises(NotAllowed):
        enter(workshop, group.members[0])
    with pytest.raises(NotAllowed):
        enter_calendar(workshop, group.members[0], GroupCalendar())


def test_of_two_who_enter_rules_at_once_the_second_is_told(workshop, group):
    gate, outcomes = threading.Barrier(2), []

    def one(days: int) -> None:
        gate.wait()
        try:
            enter(workshop, group.coordinator, replace(SIMPLE, rules=replace(SIMPLE.rules, decision_days=days)), seen=0)
            outcomes.append("entered")
        except OutOfDate as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=one, args=(days,)) for days in (5, 6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["entered", "rules-changed"]
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(RuleSet)) == 1


def test_another_calendar_moves_what_gets_a_close_from_then_on_and_nothing_else(workshop, group):
    monday = datetime(2030, 6, 3, 15, 0, tzinfo=UTC)
    wanted = rulesets.section("12:00", [{"date": "2030-06-04", "name": "Asueto", "administrations": []}], ZONE)
    with clock.at(monday):
        number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
        with workshop.database.read() as session:
            given = session.get_one(Proposal, number).consultation_closes_at
            before = rulesets.closing(session, workshop.group, monday, 1)
        enter_calendar(workshop, group.coordinator, wanted)
        with workshop.database.read() as session:
            assert session.get_one(Proposal, number).consultation_closes_at == given
            after = rulesets.closing(session, workshop.group, monday, 1)
    assert before == datetime(2030, 6, 4, 23, 0, tzinfo=UTC)
    assert after == datetime(2030, 6, 5, 18, 0, tzinfo=UTC)


ZONE = "America/Guatemala"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (GroupCalendar(zone="America/Lima"), "zone-of-file"),
        (
            rulesets.section("17:00", [{"date": "2030-06-04", "name": "Asueto", "administrations": ["XX"]}], ZONE),
            "administration-unknown",
        ),
    ],
)
def test_a_calendar_of_another_zone_or_of_nobody_is_refused(workshop, group, wanted, code):
    with pytest.raises(InvalidInput, match=code):
        enter_calendar(workshop, group.coordinator, wanted)


def test_a_calendar_that_changed_meanwhile_is_not_overwritten(workshop, group):
    enter_calendar(workshop, group.coordinator, GroupCalendar())
    with pytest.raises(OutOfDate, match="rules-changed"):
        enter_calendar(workshop, group.coordinator, GroupCalendar(), seen=0)


def test_rules_and_calendar_are_in_the_groups_record_and_come_back_from_it(workshop, group, tmp_path):
    documents = (presets.PathPreset(("glosario/**",), presets.PRESETS["silencio"]),)
    enter(workshop, group.coordinator, replace(SIMPLE, documents=documents))
    wanted = rulesets.section("16:00", [{"date": "2030-06-04", "name": "Asueto", "administrations": ["PE"]}], ZONE)
    enter_calendar(workshop, group.coordinator, wanted)
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()
    from reviewtool import migrate

    url = f"sqlite:///{tmp_path / 'again.db'}"
    migrate.upgrade(url)
    again = replace(workshop, database=Database(url))
    rebuilding.rebuild(again)
    for table in (RuleSet, WorkingCalendar):
        with workshop.database.read() as session, again.database.read() as other:
            rows, back = (
                [
                    {column.key: getattr(row, column.key) for column in table.__table__.columns}
                    for row in each.scalars(select(table).order_by(table.id))
                ]
                for each in (session, other)
            )
        assert rows == back
        assert rows
    again.database.dispose()
