"""On home page and desk: what is told though nobody did anything, to the whole group or to who has to confirm."""

from __future__ import annotations

from datetime import timedelta

from reviewtool import clock
from reviewtool.services import people, proposals, reminding, votes
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said


def test_an_approved_text_that_waits_is_told_to_everybody_and_is_no_message_to_answer(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    with clock.at(clock.now() + timedelta(days=60)):
        assert reminding.tell_overdue(workshop) == [number]
    client = sign_in(group.members[5])
    home = said(client.get("/"))
    assert f"Avisos al grupo Lleva cinco días hábiles aprobada sin incorporarse: «{journey.META.title}»" in home
    assert "dirigido a usted" not in home
    assert "Responder" not in home
    client.get(f"/propuestas/{number}")
    assert "Avisos al grupo" not in said(client.get("/")), "read with the proposal"


def test_who_has_to_confirm_a_vote_is_reminded_and_the_desk_names_the_seat(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.write() as session:
        by = people.get(session, group.members[2].id)
        seat = people.seat_of(by).label
        votes.cast(session, number, by=by, ballot_number=1, position="for", ad_referendum=True)
        closes_at = proposals.open_ballot(session, number).closes_at
    with clock.at(closes_at - timedelta(days=1)):
        assert reminding.remind_unconfirmed(workshop) == [number]
    home = sign_in(group.members[2]).get("/")
    assert f"Su voto sobre «{journey.META.title}» no cuenta mientras no lo confirme" in said(home)
    assert f'href="/propuestas/{number}#vote"' in home.text
    assert "no lo confirme" not in said(sign_in(group.members[3]).get("/"))
    assert f"Falta confirmar el voto de {seat}" in said(sign_in(group.coordinator).get("/coordinacion"))
    assert "Recordó que faltan votos por confirmar" in said(sign_in(group.coordinator).get("/registro"))
    with workshop.database.write() as session:
        votes.confirm(session, number, by=people.get(session, group.members[2].id), ballot_number=1)
    assert "no lo confirme" not in said(sign_in(group.members[2]).get("/"))
    assert "Falta confirmar el voto" not in said(sign_in(group.coordinator).get("/coordinacion"))
