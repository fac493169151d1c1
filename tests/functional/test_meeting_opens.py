"""Decided in a meeting without an open ballot: it is opened and decided in one act, once consultation is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.errors import AlreadyDecided, NotAllowed, OutOfDate
from reviewtool.models import Event
from reviewtool.rules.voting import Outcome
from reviewtool.services import meetings, minutes, passing, people, proposals, recording, votes
from reviewtool.services.meetings import Meeting, Stand
from tests.support import journey
from tests.support.materials import GLOSSARY, INTRODUCTION
from tests.support.words import said

SEATS = ("AR-2", "BO", "CL", "CR", "DO", "EC", "NI", "PE")
MEETING = Meeting(date(2026, 3, 2), "Acta 3/2026", dict.fromkeys(SEATS, Stand("for")))
TYPED = {"received_on": "2026-03-02", "reference": "Acta 3/2026", "step": "decide", "attended": list(SEATS)}


@pytest.fixture
def consulting(workshop, group) -> int:
    """A proposal in consultation."""
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


@pytest.fixture
def waiting(workshop, consulting) -> int:
    """A proposal whose consultation has ended, before anybody opened its ballot."""
    end_consultation(workshop, consulting)
    return consulting


def end_consultation(workshop, number) -> None:
    with workshop.database.write() as session:
        proposals.lock(session, number).consultation_closes_at = clock.now()
        passing.close_due(session, clock.now())


def hold(workshop, number, by, revision=1) -> Outcome:
    with workshop.database.write() as session:
        by = people.get(session, by.id)
        return meetings.open_and_decide(session, workshop.group, number, MEETING, by=by, revision=revision)


def state(workshop, number) -> str:
    with workshop.database.read() as session:
        return proposals.get(session, number).state


def test_what_waits_for_its_ballot_is_opened_and_decided_in_one_act(sign_in, workshop, group, waiting):
    client = sign_in(group.coordinator)
    page = client.get(f"/reunion?propuesta={waiting}")
    assert 'name="unopened" value="1-1" checked' in page.text
    assert "la votación de la versión 1 se abre y se cierra en este acto" in said(page)
    looked = said(client.post("/reunion", data=TYPED | {"unopened": "1-1", "step": "look"}))
    assert "8 a favor" in looked or "A favor 8" in looked
    assert state(workshop, waiting) == "awaiting_decision"
    done = client.post("/reunion", data=TYPED | {"unopened": "1-1"})
    assert (done.status_code, done.location) == (303, "/coordinacion")
    assert state(workshop, waiting) == "approved"
    with workshop.database.read() as session:
        kinds = list(session.scalars(select(Event.kind).where(Event.proposal_number == waiting).order_by(Event.seq)))
        told = minutes.write(session, workshop, proposals.get(session, waiting))
    assert kinds[-10:] == ["ballot_opened", *["vote_registered"] * 8, "ballot_closed"]
    assert "Decidida en la reunión del 2 de marzo de 2026 (Acta 3/2026)" in told
    log = said(client.get("/registro"))
    assert "Terminó la votación 1" in log
    assert "Decidida en la reunión del 2 de marzo de 2026 (Acta 3/2026)" in log


def test_the_record_tells_it_and_comes_back(workshop, group, waiting):
    assert hold(workshop, waiting, group.coordinator) is Outcome.approved
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_what_is_in_consultation_is_not_decided_and_the_page_says_why(sign_in, workshop, group, consulting):
    client = sign_in(group.coordinator)
    page = said(client.get("/reunion"))
    assert "1 propuesta sigue en consulta y no se decide todavía" in page
    with pytest.raises(AlreadyDecided, match="meeting-consulting"):
        hold(workshop, consulting, group.coordinator)
    answer = client.post("/reunion", data=TYPED | {"unopened": "1-1"})
    assert answer.status_code == 409
    assert "P-1 sigue en consulta: se decide cuando termine." in said(answer)
    assert state(workshop, consulting) == "consultation"


def test_only_the_version_that_was_shown_is_decided_and_only_by_the_coordination(workshop, group, waiting):
    with pytest.raises(OutOfDate, match="revision-newer"):
        hold(workshop, waiting, group.coordinator, revision=2)
    with pytest.raises(NotAllowed):
        hold(workshop, waiting, group.members[1])
    assert state(workshop, waiting) == "awaiting_decision"


def test_a_silence_is_decided_in_a_meeting_only_once_it_was_interrupted(workshop, group):
    number = journey.propose(workshop, group.members[0], GLOSSARY, "# ", "# El ")
    end_consultation(workshop, number)
    with workshop.database.write() as session:
        proposals.lock(session, number).preset = "silencio"
    with pytest.raises(AlreadyDecided, match="meeting-silence"):
        hold(workshop, number, group.coordinator)
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.write() as session:
        by = people.get(session, group.members[3].id)
        votes.interrupt_silence(session, number, by=by, ballot_number=1, reason="No estoy de acuerdo")
    with workshop.database.read() as session:
        [found] = meetings.unopened(session, workshop)
    assert not found.counted.is_silence
    assert hold(workshop, number, group.coordinator) is Outcome.approved


def test_two_who_enter_the_same_meeting_decide_it_once(workshop, group, waiting):
    hold(workshop, waiting, group.coordinator)
    with pytest.raises(AlreadyDecided), clock.at(clock.now() + timedelta(minutes=1)):
        hold(workshop, waiting, group.deputy)
