"""Who is called when something opens, and told when what they were called to goes another way."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from reviewtool.models import Notice, Person, Seat
from reviewtool.services import ballots, consultations, objections, people, reminding, votes
from tests import factories
from tests.support import agenda, journey
from tests.support.materials import INTRODUCTION
from tests.support.together import at_once


def told(workshop, kind: str) -> set[int]:
    with workshop.database.read() as session:
        return set(session.scalars(select(Notice.person_id).where(Notice.kind == kind)))


def act(workshop, verb, *arguments, by, **more):
    with workshop.database.write() as session:
        return verb(session, *arguments, by=people.get(session, by.id), **more)


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


def members(group, *without: int) -> set[int]:
    return {member.id for at, member in enumerate(group.members[: len(group.seats)]) if at not in without}


def test_a_new_proposal_calls_every_other_seat_to_its_consultation(workshop, group, number):
    assert told(workshop, "consultation") == members(group, 0)


def test_a_ballot_calls_the_titular_and_the_alternate_only_in_their_place(workshop, group, number):
    with workshop.database.write() as session:
        for at in (2, 3):
            seat = session.get_one(Seat, group.seats[at].id)
            factories.make_person(session, f"Suplente {at}", "member", seat=seat, alternate=True)
        session.get_one(Person, group.members[3].id).active = False
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.read() as session:
        alternate = session.scalars(select(Person.id).where(Person.name == "Suplente 3")).one()
    assert told(workshop, "your_turn") == members(group, 0, 3) | {alternate}


def test_a_silence_procedure_says_so_and_who_interrupts_it_is_named_to_all(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator, preset="silencio")
    assert told(workshop, "silence") == members(group, 0)
    assert told(workshop, "your_turn") == set()
    act(workshop, votes.interrupt_silence, number, by=group.members[2], ballot_number=1, reason="Falta la fuente")
    assert told(workshop, "silence_interrupted") == members(group, 2)
    assert told(workshop, "decided") == set()


def test_a_second_call_is_told_as_one(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    journey.close(workshop, number)
    act(workshop, ballots.call_again, workshop.group, number, by=group.coordinator, reason="Faltó quórum")
    assert told(workshop, "second_call") == members(group, 0)


def test_who_objects_hears_that_the_group_is_asked_about_it(workshop, group, number):
    agenda.set_rules(workshop, override="two_thirds")
    journey.approve(workshop, number, group)
    act(workshop, objections.raise_one, number, by=group.members[9], reason="Falta la fuente")
    with workshop.database.write() as session:
        session.execute(delete(Notice))
    act(workshop, ballots.submit_objection, workshop.group, number, by=group.coordinator, reason="Decida el grupo")
    assert told(workshop, "objection_submitted") == {group.members[9].id}
    assert group.members[9].id not in told(workshop, "your_turn")


def test_more_time_to_discuss_is_told_to_who_holds_a_seat(workshop, group, number):
    act(workshop, consultations.extend, workshop.group, number, 3, by=group.coordinator, reason="Feriado")
    assert told(workshop, "consultation_extended") == members(group)


def test_who_wrote_an_approved_text_that_cannot_be_merged_is_told_once_however_many_ask(workshop, group, number):
    other = journey.propose(workshop, group.members[1], INTRODUCTION, "precio realmente", "precio de veras")
    for each in (number, other):
        journey.approve(workshop, each, group)
    assert reminding.tell_collided(workshop) == []
    journey.merge(workshop, other, group.coordinator)
    found = at_once(*[lambda: reminding.tell_collided(workshop)] * 3)
    assert sorted(found, key=len)[-1] == [number]
    assert sum(map(len, found)) == 1
    assert told(workshop, "collided") == {group.members[0].id}
    assert reminding.tell_collided(workshop) == []
