"""What people are told though nobody did anything: a text that waits for its merge, a vote to be confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.errors import AlreadyDecided, NotAllowed
from reviewtool.models import Event, Notice, Seat
from reviewtool.rules import calendar
from reviewtool.services import ballots, notices, objections, people, proposals, recording, reminding, votes
from tests import factories
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


@pytest.fixture
def unconfirmed(workshop, group) -> int:
    """Return a proposal in ballot with one vote ad referendum and one that counts."""
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    with workshop.database.write() as session:
        by = people.get(session, group.members[2].id)
        votes.cast(session, number, by=by, ballot_number=1, position="for", ad_referendum=True)
    return number


def before_close(workshop, number, **left):
    with workshop.database.read() as session:
        return proposals.open_ballot(session, number).closes_at - timedelta(**left)


def reminded(workshop) -> list[int]:
    with workshop.database.read() as session:
        return sorted(session.scalars(select(Notice.person_id).where(Notice.kind == "unconfirmed")))


def test_two_days_before_the_close_titular_and_alternate_are_reminded_once_to_confirm(workshop, group, unconfirmed):
    with workshop.database.write() as session:
        seat = session.get_one(Seat, group.seats[2].id)
        alternate = factories.make_person(session, "Suplente", "member", seat=seat, alternate=True).id
    with clock.at(before_close(workshop, unconfirmed, days=2, minutes=1)):
        assert reminding.remind_unconfirmed(workshop) == []
    with clock.at(before_close(workshop, unconfirmed, days=2)):
        assert reminding.remind_unconfirmed(workshop) == [unconfirmed]
        assert reminding.remind_unconfirmed(workshop) == []
    assert reminded(workshop) == sorted([group.members[2].id, alternate])
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_a_vote_that_was_confirmed_or_whose_ballot_has_closed_is_not_reminded(workshop, group, unconfirmed):
    close = before_close(workshop, unconfirmed)
    with clock.at(close + timedelta(seconds=1)):
        assert reminding.remind_unconfirmed(workshop) == []
    with workshop.database.write() as session:
        votes.confirm(session, unconfirmed, by=people.get(session, group.members[2].id), ballot_number=1)
    with clock.at(close - timedelta(hours=1)):
        assert reminding.remind_unconfirmed(workshop) == []


def test_another_ballot_on_the_proposal_is_reminded_anew(workshop, group, unconfirmed):
    soon = before_close(workshop, unconfirmed, days=1)
    with clock.at(soon):
        reminding.remind_unconfirmed(workshop)
        with workshop.database.write() as session:
            ballots.suspend(session, unconfirmed, by=people.get(session, group.coordinator.id), reason="Se enmienda")
    with clock.at(soon + timedelta(hours=1)):
        journey.open_ballot(workshop, unconfirmed, group.coordinator)
        with workshop.database.write() as session:
            by = people.get(session, group.members[3].id)
            votes.cast(session, unconfirmed, by=by, ballot_number=2, position="for", ad_referendum=True)
    with clock.at(before_close(workshop, unconfirmed, days=1)):
        assert reminding.remind_unconfirmed(workshop) == [unconfirmed]


@pytest.fixture
def half(workshop, group) -> int:
    """Return a proposal in an open ballot in which members 1 and 2 have voted."""
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.write() as session:
        for voter in group.members[1:3]:
            votes.cast(session, number, by=people.get(session, voter.id), ballot_number=1, position="for")
    return number


def remind(workshop, group, number) -> int:
    with workshop.database.write() as session:
        return len(reminding.remind_pending(session, number, by=people.get(session, group.coordinator.id)))


def unread(workshop, person) -> list[str]:
    with workshop.database.read() as session:
        return [each.kind for each in notices.unread(session, person.id, kinds=("reminder",))]


def test_the_coordination_reminds_who_has_not_voted_once_a_day(workshop, group, half):
    missing = remind(workshop, group, half)
    assert missing == len(group.seats) - 3  # the author's seat has no vote here
    assert unread(workshop, group.members[4]) == ["reminder"]
    assert unread(workshop, group.members[1]) == unread(workshop, group.members[0]) == []
    with pytest.raises(AlreadyDecided, match="reminded-today"):
        remind(workshop, group, half)
    with clock.at(clock.now() + timedelta(hours=25)):
        assert remind(workshop, group, half) == missing
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_a_reminder_is_over_when_the_seat_has_voted(workshop, group, half):
    remind(workshop, group, half)
    with workshop.database.write() as session:
        votes.cast(session, half, by=people.get(session, group.members[4].id), ballot_number=1, position="for")
    assert unread(workshop, group.members[4]) == []
    assert unread(workshop, group.members[5]) == ["reminder"]


def test_only_the_coordination_reminds(workshop, group, half):
    with workshop.database.write() as session, pytest.raises(NotAllowed):
        reminding.remind_pending(session, half, by=people.get(session, group.members[1].id))
