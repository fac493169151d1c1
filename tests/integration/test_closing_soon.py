"""Seven, two and no days before a close: who has not pronounced themselves is told, each time once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.models import Event, Notice, Seat
from reviewtool.rules import calendar
from reviewtool.services import ballots, closing_soon, notices, people, proposals, recording, threads
from tests import factories
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.together import at_once

HOUR = timedelta(hours=1)


@pytest.fixture
def number(workshop, group) -> int:
    """Return a proposal in an open ballot in which member 1 has voted."""
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    return number


def days_before(workshop, number, days: int):
    """Return an hour after midnight, in the group's zone, so many days before the open ballot closes."""
    with workshop.database.read() as session:
        closes_at = proposals.open_ballot(session, number).closes_at
    here = calendar.of_group(workshop.group)
    day = calendar.day_of(closes_at, here) - timedelta(days=days)
    return calendar.closing_on(day, here) - timedelta(hours=here.closing_time.hour) + HOUR


def remind(workshop, at) -> list[int]:
    with clock.at(at):
        return closing_soon.remind(workshop)


def told(workshop, kind="closing") -> dict[int, int]:
    """Return how many such notices each person has."""
    with workshop.database.read() as session:
        query = select(Notice.person_id, func.count()).where(Notice.kind == kind).group_by(Notice.person_id)
        return dict(session.execute(query).all())


def test_each_distance_is_told_once_to_both_who_hold_a_seat_that_has_not_voted(workshop, group, number):
    with workshop.database.write() as session:
        seat = session.get_one(Seat, group.seats[2].id)
        alternate = factories.make_person(session, "Suplente", "member", seat=seat, alternate=True).id
    assert remind(workshop, days_before(workshop, number, 8)) == []
    for days in (7, 2, 0):
        at = days_before(workshop, number, days)
        assert remind(workshop, at - 2 * HOUR) == [], "it is the day before for the group"
        assert remind(workshop, at) == [number]
        assert remind(workshop, at + HOUR) == []
    found = told(workshop)
    assert set(found.values()) == {3}
    assert {group.members[2].id, alternate} <= set(found)
    assert not {group.members[0].id, group.members[1].id} & set(found), "the author's seat does not vote, 1 has voted"
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_workers_that_look_at_once_tell_it_once(workshop, group, number):
    at = days_before(workshop, number, 2)
    found = at_once(*[lambda: remind(workshop, at)] * 4)
    assert sum(map(len, found)) == 1
    assert set(told(workshop).values()) == {1}


def test_who_slept_over_the_moment_tells_the_nearest_distance_alone(workshop, group, number):
    assert remind(workshop, days_before(workshop, number, 1)) == [number]
    with workshop.database.read() as session:
        (facts,) = session.scalars(select(Event.facts).where(Event.kind == "closing_soon"))
    assert (facts["days"], facts["ballot"]) == (2, 1)
    assert remind(workshop, days_before(workshop, number, 0)) == [number]


def test_nothing_is_told_after_the_close_nor_of_a_ballot_that_ended_early(workshop, group, number):
    with workshop.database.read() as session:
        closes_at = proposals.open_ballot(session, number).closes_at
    assert remind(workshop, closes_at) == []
    with workshop.database.write() as session:
        ballots.suspend(session, number, by=people.get(session, group.coordinator.id), reason="Se enmienda")
    assert remind(workshop, closes_at - HOUR) == []


def test_after_an_extension_the_distances_are_told_anew(workshop, group, number):
    at = days_before(workshop, number, 2)
    remind(workshop, at)
    with clock.at(at + HOUR), workshop.database.write() as session:
        by = people.get(session, group.coordinator.id)
        ballots.extend(session, workshop.group, number, 10, by=by, reason="Feriado")
    assert remind(workshop, at + 2 * HOUR) == []
    assert remind(workshop, days_before(workshop, number, 7)) == [number]


def test_a_reminder_of_who_votes_before_the_mail_goes_is_not_sent(workshop, group, number):
    at = days_before(workshop, number, 2)
    remind(workshop, at)
    with clock.at(at):
        journey.vote(workshop, number, group.members[2])
    with workshop.database.read() as session:
        owed = dict(session.execute(select(Notice.person_id, Notice.id).where(Notice.kind == "closing")).all())
        ids = [owed[group.members[2].id], owed[group.members[3].id]]
        assert [each.id for each in notices.of_batch(session, ids)] == ids[1:]


def test_of_a_consultation_who_has_not_commented_is_told(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    with workshop.database.write() as session:
        by = people.get(session, group.members[2].id)
        threads.comment(session, workshop, number, threads.Place(1), threads.Message("De acuerdo"), by=by)
        closes_at = proposals.get(session, number).consultation_closes_at
    assert remind(workshop, closes_at - timedelta(days=1)) == [number]
    found = told(workshop, "consultation_closing")
    assert group.members[3].id in found
    assert not {group.members[0].id, group.members[2].id} & set(found)
