"""The queue of the mails: what goes in one, who sends it, and what becomes of it when a worker or a server fails."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reviewtool import clock
from reviewtool.models import Notice, NoticeChoice
from reviewtool.rules.mailing import GATHERING, Pace
from reviewtool.services import events, outbox, people, proposals
from tests.support import journey
from tests.support.materials import INTRODUCTION


@pytest.fixture
def number(workshop, group) -> int:
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    with workshop.database.write() as session:  # what the proposal itself made is not looked at here
        session.execute(update(Notice).values(settled_at=clock.now()))
    return made


@pytest.fixture
def awake(workshop, group):
    """Nobody has quiet hours, whatever the hour the tests run at; the choices as rows, to be changed."""
    with workshop.database.write() as session:
        for person in group.members:
            session.add(NoticeChoice(person_id=person.id, asked=Pace.at_once, rest=Pace.weekly))


def tell(workshop, number, person_ids, kind="your_turn"):
    with workshop.database.write() as session:
        event = events.add(session, proposals.lock(session, number), "ballot_opened", by=None, ballot=1, revision=1)
        events.tell(session, event, person_ids, kind)


def gather(workshop, at=None) -> int:
    with workshop.database.write() as session:
        return outbox.gather(session, at or clock.now() + GATHERING)


def claim(workshop, at=None):
    with workshop.database.write() as session:
        return outbox.claim(session, at or clock.now() + GATHERING)


def test_acts_within_a_few_minutes_become_one_batch_whose_members_stay(workshop, group, number, awake):
    person = group.members[2].id
    tell(workshop, number, [person])
    tell(workshop, number, [person], "mention")
    assert gather(workshop, clock.now()) == 0, "what follows soon is waited for"
    assert gather(workshop) == 1
    tell(workshop, number, [person])
    batch = claim(workshop)
    assert (batch.person_id, len(batch.notices), batch.attempts) == (person, 2, 1)
    again = claim(workshop, clock.now() + GATHERING + outbox.LEASE)
    assert (again.key, again.notices, again.attempts) == (batch.key, batch.notices, 2)


def test_what_is_read_in_the_product_first_is_not_mailed(workshop, group, number, awake):
    tell(workshop, number, [group.members[2].id])
    with workshop.database.write() as session:
        session.execute(update(Notice).values(read_at=clock.now()))
    assert gather(workshop) == 0


def test_what_asks_nothing_waits_for_monday_and_who_wants_no_such_mail_gets_none(workshop, group, number, awake):
    weekly, never = group.members[2].id, group.members[3].id
    with workshop.database.write() as session:
        session.get_one(NoticeChoice, never).rest = Pace.never
    tell(workshop, number, [weekly, never], "merged")
    assert gather(workshop) == 0
    assert gather(workshop, clock.now() + timedelta(days=8)) == 1
    assert claim(workshop, clock.now() + timedelta(days=8)).person_id == weekly


def test_who_has_left_gets_no_mail(workshop, group, number, awake):
    tell(workshop, number, [group.members[2].id])
    with workshop.database.write() as session:
        people.get(session, group.members[2].id).active = False
    assert gather(workshop) == 0


def test_a_claimed_batch_is_nobody_elses_until_its_lease_ends_and_never_again_once_settled(
    workshop, group, number, awake
):
    tell(workshop, number, [group.members[2].id])
    gather(workshop)
    at = clock.now() + GATHERING
    batch = claim(workshop, at)
    assert claim(workshop, at + outbox.LEASE - timedelta(seconds=1)) is None
    with workshop.database.write() as session:
        outbox.settle(session, batch, at)
    assert claim(workshop, at + timedelta(days=1)) is None


def test_a_mail_that_cannot_be_sent_is_tried_less_and_less_often_and_given_up_after_three_days(
    workshop, group, number, awake
):
    tell(workshop, number, [group.members[2].id])
    gather(workshop)
    begun = at = clock.now() + GATHERING
    waits = []
    while (batch := claim(workshop, at)) is not None:
        with workshop.database.write() as session:
            outbox.postpone(session, batch, "unreachable", at)
        with workshop.database.read() as session:
            until = session.scalars(select(Notice.claimed_until).where(Notice.batch == batch.key)).one()
        waits.append(until - at)
        at = until
    assert tuple(waits[: len(outbox.BACKOFF)]) == outbox.BACKOFF
    with workshop.database.read() as session:
        (failure,) = outbox.failures(session)
    assert (failure.person, failure.code) == (group.members[2].name, "unreachable")
    assert timedelta(days=3) <= failure.given_up_at - begun < timedelta(days=3, hours=6)


def test_workers_that_run_at_once_take_each_batch_once(workshop, group, number, awake):
    told = [person.id for person in group.members if person.id != group.members[0].id]
    tell(workshop, number, told)
    at = clock.now() + GATHERING
    taken, made = [], []

    def work():
        made.append(gather(workshop, at))
        while (batch := claim(workshop, at)) is not None:
            taken.append(batch)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while (batch := claim(workshop, at)) is not None:  # made by one that others passed over
        taken.append(batch)
    assert sum(made) == len(told)
    assert sorted(batch.person_id for batch in taken) == sorted(told)
    assert len({batch.key for batch in taken}) == len(told)
