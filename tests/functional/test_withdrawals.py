"""Withdrawing for confidentiality from the pages: who sees the way, what is said, what is left afterwards."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select

from reviewtool.models import Revision, Vote
from reviewtool.services import objections, people, votes
from tests.support import journey
from tests.support.materials import INTRODUCTION

SECRET = "Importadora Quetzal declaró 48.312,75 USD"
GROUND = {"ground": "Datos de un importador"}


@pytest.fixture
def number(workshop, group):
    return journey.propose(
        workshop, group.members[0], INTRODUCTION, "precio realmente", f"precio que {SECRET} realmente"
    )


def row_id(workshop, query):
    with workshop.database.read() as session:
        return session.scalars(query).one().id


def test_the_text_of_a_version_is_withdrawn_from_its_page_and_its_author_is_asked_for_another(
    sign_in, workshop, group, number
):
    journey.open_ballot(workshop, number, group.coordinator)
    page = f"/retirar/version/{row_id(workshop, select(Revision))}"
    member, coordination = sign_in(group.members[1]), sign_in(group.coordinator)
    assert page not in member.get(f"/propuestas/{number}").text
    assert member.post(page, data=GROUND).status_code == 403
    assert f'href="{page}"' in coordination.get(f"/propuestas/{number}").text
    form_page = unescape(coordination.get(page).text)
    assert "Retirar el texto de una versión por confidencialidad" in form_page
    assert INTRODUCTION in form_page
    assert coordination.post(page, data={"ground": " "}).status_code == 400
    done = coordination.post(page, data=GROUND)
    assert (done.status_code, done.location) == (303, f"/propuestas/{number}")
    for view in ("cambios", "completo", "columnas", "propuesto", "fuente"):
        shown = member.get(f"/propuestas/{number}?vista={view}").text
        assert "El texto de la versión 1 se retiró por confidencialidad" in shown
        assert "Quetzal" not in shown
    again = coordination.get(f"/propuestas/{number}").text
    assert page not in again
    assert "El texto vigente sigue igual" not in again, "nobody merges a text that is gone"
    assert "Su proponente tiene que presentar otra." in unescape(again)
    assert "<textarea" not in coordination.get(f"/propuestas/{number}/votacion/abrir").text
    assert "Ese texto ya se retiró por confidencialidad." in coordination.get(page).text
    assert coordination.post(page, data=GROUND).status_code == 409
    assert sign_in(group.members[0]).get(f"/propuestas/{number}").status_code == 200


def test_the_version_that_is_published_says_why_it_cannot_be_withdrawn(sign_in, workshop, group, number):
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    page = f"/retirar/version/{row_id(workshop, select(Revision))}"
    coordination = sign_in(group.coordinator)
    assert page not in coordination.get(f"/propuestas/{number}").text
    shown = unescape(coordination.get(page).text)
    assert "El texto de esa versión es el vigente y no se retira así." in shown
    assert "<textarea" not in shown
    assert coordination.post(page, data=GROUND).status_code == 409


def test_the_reasons_of_votes_opinions_and_objections_are_withdrawn_from_the_decision(sign_in, workshop, group, number):
    with workshop.database.write() as session:
        observer = people.get(session, group.observers[0].id)
        given = votes.give_opinion(
            session, number, by=observer, revision=1, stance="unfavourable", reason="Parecer: " + SECRET
        )
        opinion_id = given.id
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], "against", "Voto: " + SECRET)
    with workshop.database.write() as session:
        objector = people.get(session, group.members[2].id)
        objection_id = objections.raise_one(session, number, by=objector, reason="Objeción: " + SECRET).id
    vote_id = row_id(workshop, select(Vote))
    journey.close(workshop, number)
    member, coordination = sign_in(group.members[3]), sign_in(group.coordinator)
    for noun, target in (("objecion", objection_id), ("parecer", opinion_id), ("voto", vote_id)):
        page = f"/retirar/{noun}/{target}"
        assert page not in member.get(f"/propuestas/{number}").text
        assert f'href="{page}"' in coordination.get(f"/propuestas/{number}").text
        assert SECRET in unescape(coordination.get(page).text)
        done = coordination.post(page, data=GROUND)
        assert (done.status_code, done.location) == (303, f"/propuestas/{number}")
        assert page not in coordination.get(f"/propuestas/{number}").text
    decided = unescape(member.get(f"/propuestas/{number}").text)
    assert "«Retirado por confidencialidad.»" in decided
    assert all(f"{said}: " not in decided for said in ("Voto", "Parecer", "Objeción"))


def test_what_the_published_text_says_too_is_told_before(sign_in, workshop, group, number):
    published = "El valor en aduana de las mercancías importadas será el **valor de transacción**"
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], "against", published)
    page = f"/retirar/voto/{row_id(workshop, select(Vote))}"
    shown = unescape(sign_in(group.coordinator).get(page).text)
    assert "Las mismas palabras están en el texto vigente" in shown
    assert INTRODUCTION in shown


def test_what_is_not_there_is_not_found(sign_in, group):
    coordination = sign_in(group.coordinator)
    assert coordination.get("/retirar/version/99").status_code == 404
    assert coordination.get("/retirar/adjunto/1").status_code == 404
