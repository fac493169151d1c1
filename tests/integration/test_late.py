"""What closes at its instant is the same however late anything runs, whether a page, a job or an act comes first."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from reviewtool import clock
from reviewtool.errors import AlreadyDecided
from reviewtool.services import ballots, consultations, events, passing, people, proposals, recording, withdrawals
from tests.support import journey
from tests.support.materials import INTRODUCTION

LATE = [timedelta(0), timedelta(microseconds=1), timedelta(hours=3), timedelta(days=9), timedelta(days=4000)]
LATE += [timedelta(seconds=Random(7).randrange(10**8)) for _ in range(20)]


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


def ending(session, number: int) -> tuple[object, ...]:
    """Return what everybody is told of how it ended: outcome, instants, state, and each act with its instant."""
    session.expire_all()
    proposal, ballot = proposals.get(session, number), proposals.newest_ballot(session, number)
    acts = [(event.kind, event.person_id, event.at, event.facts) for event in events.of_proposal(session, number)]
    decided = (ballot.closed_at, ballot.outcome) if ballot else None
    return decided, proposal.state, proposal.state_changed_at, proposal.consultation_closes_at, acts


def endings(workshop, number: int, closes) -> list[tuple[object, ...]]:
    """Let time close what is due at each of some late instants, each time from the same rows."""
    found = []
    for late in LATE:
        with workshop.database.writing() as session, clock.at(closes + late):
            assert passing.close_due(session, closes + late) == [number]
            found.append(ending(session, number))
            assert passing.close_due(session, closes + late + timedelta(days=1)) == []
            session.rollback()
    return found


@pytest.mark.parametrize(("count", "outcome"), [(8, "approved"), (5, "no_quorum"), (0, "no_quorum")])
def test_a_ballot_ends_the_same_however_late_it_is_closed(workshop, group, number, count, outcome):
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1 : count + 1]:
        journey.vote(workshop, number, member)
    with workshop.database.read() as session:
        closes = proposals.open_ballot(session, number).closes_at
    found = endings(workshop, number, closes)
    assert all(each == found[0] for each in found)
    assert found[0][0] == (closes, outcome)


def test_a_silence_ends_the_same_however_late_it_is_closed(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator, preset="silencio")
    with workshop.database.read() as session:
        closes = proposals.open_ballot(session, number).closes_at
    found = endings(workshop, number, closes)
    assert all(each == found[0] for each in found)
    assert found[0][0] == (closes, "approved")


def test_a_consultation_ends_the_same_however_late_it_is_closed(workshop, group, number):
    with workshop.database.read() as session:
        closes = proposals.get(session, number).consultation_closes_at
    found = endings(workshop, number, closes)
    assert all(each == found[0] for each in found)
    assert found[0][1:4] == ("awaiting_decision", closes, closes)


def test_a_consultation_that_is_over_is_not_extended_though_nothing_has_closed_it_yet(workshop, group, number):
    with workshop.database.read() as session:
        closes = proposals.get(session, number).consultation_closes_at
    with clock.at(closes), workshop.database.writing() as session:
        by = people.get(session, group.coordinator.id)
        with pytest.raises(AlreadyDecided, match="state-forbids"):
            consultations.extend(session, workshop.group, number, 5, by=by, reason="Pide más tiempo")
        assert proposals.get(session, number).consultation_closes_at == closes


def test_a_ballot_opened_after_the_consultation_asks_no_reason_and_moves_no_instant(workshop, group, number):
    with workshop.database.read() as session:
        closes = proposals.get(session, number).consultation_closes_at
    with clock.at(closes + timedelta(days=2)), workshop.database.write() as session:
        ballots.open_one(session, workshop.group, number, by=people.get(session, group.coordinator.id))
    with workshop.database.read() as session:
        assert proposals.get(session, number).consultation_closes_at == closes
        ended = [event for event in events.of_proposal(session, number) if event.kind == "consultation_closed"]
        assert [(event.person_id, event.at) for event in ended] == [(None, closes)]


def test_withdrawing_after_the_close_leaves_the_outcome_that_the_ballot_had_then(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:9]:
        journey.vote(workshop, number, member)
    with workshop.database.read() as session:
        closes = proposals.open_ballot(session, number).closes_at
    with clock.at(closes + timedelta(minutes=1)), workshop.database.write() as session:
        author = people.get(session, group.members[0].id)
        consultations.withdraw(session, number, by=author, reason="Se retira")
    with workshop.database.read() as session:
        ballot = proposals.newest_ballot(session, number)
        assert (ballot.outcome, ballot.closed_at) == ("approved", closes)
        assert proposals.get(session, number).state == "withdrawn"


def test_a_version_withdrawn_after_the_close_leaves_the_outcome_that_the_ballot_had_then(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:9]:
        journey.vote(workshop, number, member)
    recording.record_group(workshop)
    recording.record(workshop, number)
    with workshop.database.read() as session:
        closes = proposals.open_ballot(session, number).closes_at
        version = proposals.revision(session, number, 1).id
    with clock.at(closes + timedelta(minutes=1)):
        withdrawals.withdraw(workshop, "version", version, ground="Datos de un importador", by_id=group.coordinator.id)
    with workshop.database.read() as session:
        ballot = proposals.newest_ballot(session, number)
        assert (ballot.outcome, ballot.closed_at) == ("approved", closes)
        assert proposals.get(session, number).state == "awaiting_decision"
    assert journey.findings(workshop) == ()
