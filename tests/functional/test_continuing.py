"""A new version while its ballot is open, as each kind of person sees it: what waits, what changed, one press."""

from __future__ import annotations

import re
from html import unescape

import pytest

from reviewtool.services import proposals, votes
from tests.support import agenda, journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said

WHY = "No se sigue del Comentario 25.1"
FIRST, SECOND, THIRD = "precio realmente", "precio efectivamente", "precio de veras"


@pytest.fixture
def number(workshop, group) -> int:
    agenda.set_rules(workshop, revisions_during_vote=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator)
    return number


@pytest.fixture
def moved(workshop, group, number) -> int:
    """Have one member vote for and one against, and the author submit another version."""
    journey.vote(workshop, number, group.members[1])
    journey.vote(workshop, number, group.members[2], "against", WHY)
    journey.revise(workshop, group.members[0], number, INTRODUCTION, SECOND, THIRD)
    return number


def part(answer, identity: str) -> str:
    found = re.search(rf'<(form|section)[^>]*id="{identity}".*?</\1>', answer.text, re.DOTALL)
    assert found, identity
    return unescape(found[0])


def stands(workshop, number):
    with workshop.database.read() as session:
        found = proposals.newest_ballot(session, number)
        return {vote.seat.key: vote for vote in votes.of_ballot(session, found.id)}


def test_who_voted_sees_the_difference_since_and_confirms_with_one_press(sign_in, workshop, group, moved):
    client = sign_in(group.members[2])
    shown = client.get(f"/propuestas/{moved}")
    panel = part(shown, "vote")
    assert "Sobre la versión 1 usted dijo: En contra. No cuenta hasta que usted lo confirme o lo cambie." in panel
    assert "Qué cambió desde su voto (versión 1)" in panel
    assert "desde=1" in panel
    assert "efectivamente" in panel, "what changed since the vote is marked there, not what changed since the base"
    assert "realmente" not in panel
    assert WHY in panel, "the form to change it is filled in"
    assert client.get(re.search(r'href="([^"]*desde=1[^"]*)"', panel)[1]).status_code == 200
    answer = client.post(f"/propuestas/{moved}/voto/confirmar", data={"ballot": "2"}, follow_redirects=True)
    assert "Su voto quedó confirmado y cuenta." in said(answer)
    assert "Qué cambió desde su voto" not in part(answer, "vote")
    vote = stands(workshop, moved)["BO"]
    assert (vote.position, vote.reason) == ("against", WHY)


def test_everybody_sees_which_votes_wait_and_on_which_version_they_were_given(sign_in, group, moved):
    shown = sign_in(group.members[5]).get(f"/propuestas/{moved}")
    assert shown.text.count('class="to-be-confirmed"') >= 2
    page = said(shown)
    assert "Por confirmar En contra, sobre la versión 1. «No se sigue del Comentario 25.1»" in page
    assert "2 votos por confirmar no cuentan." in page
    assert "El texto cambió durante la votación: ahora se vota la versión 2." in page
    assert "Votación 1, sobre la versión 1 , siguió como votación 2" in page
    assert "Emitir su voto" in part(shown, "vote")


def test_a_vote_is_changed_instead_of_confirmed(sign_in, workshop, group, moved):
    client = sign_in(group.members[2])
    client.post(f"/propuestas/{moved}/voto", data={"ballot": "2", "position": "for"})
    assert stands(workshop, moved)["BO"].position == "for"
    assert "Su voto: A favor" in part(client.get(f"/propuestas/{moved}"), "vote")


def test_a_vote_from_a_page_opened_before_is_refused_with_what_was_written(sign_in, workshop, group, moved):
    client = sign_in(group.members[5])
    typed = {"ballot": "1", "position": "against", "reason": "Falta la excepción"}
    answer = client.post(f"/propuestas/{moved}/voto", data=typed)
    assert answer.status_code == 409
    assert f"El texto de P-{moved} cambió mientras tanto: ahora se vota la versión 2." in said(answer)
    assert "Falta la excepción" in answer.text
    assert 'name="ballot" value="2"' in answer.text
    assert "DO" not in stands(workshop, moved)


def test_the_author_is_offered_a_version_and_told_what_it_does_to_the_ballot(sign_in, workshop, group, number):
    client = sign_in(group.members[0])
    shown = said(client.get(f"/propuestas/{number}"))
    assert "Preparar una versión nueva" in shown
    assert "Pedir la enmienda" not in shown
    draft = client.post(f"/propuestas/{number}/nueva-version", follow_redirects=True)
    assert "Se está votando la versión 1. Si presenta otra, la votación sigue sobre la nueva" in said(draft)
    assert "al menos 3 días hábiles" in said(draft)


def test_where_the_rules_freeze_the_text_the_author_asks_for_an_amendment_as_before(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator)
    shown = said(sign_in(group.members[0]).get(f"/propuestas/{number}"))
    assert "Pedir la enmienda del texto" in shown
    assert "Preparar una versión nueva" not in shown


def test_the_home_says_that_a_vote_waits_to_be_confirmed_and_tells_the_others_of_the_new_text(sign_in, group, moved):
    home = said(sign_in(group.members[2]).get("/"))
    assert "Un voto suyo espera que lo confirme" in home
    assert "El texto cambió desde su voto (En contra): cuenta cuando lo confirme o lo cambie." in home
    told = f"El texto cambió durante la votación, que sigue sobre la versión nueva: «{journey.META.title}»"
    assert told not in home
    for other in (group.members[5], group.observers[0], group.coordinator):
        assert told in said(sign_in(other).get("/"))


def test_the_desk_and_the_log_name_it(sign_in, group, moved):
    client = sign_in(group.coordinator)
    assert "2 votos sobre una versión anterior, por confirmar" in said(client.get("/coordinacion"))
    log = said(client.get("/registro"))
    assert "La votación 1 sigue como votación 2, sobre la versión 2, hasta el" in log


def test_an_express_answer_in_a_silence_waits_and_without_it_the_seat_counts_as_silent(sign_in, workshop, group):
    agenda.set_rules(workshop, revisions_during_vote=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator, preset="silencio")
    journey.vote(workshop, number, group.members[1], "no_objection")
    journey.revise(workshop, group.members[0], number, INTRODUCTION, SECOND, THIRD)
    client = sign_in(group.members[1])
    shown = client.get(f"/propuestas/{number}")
    assert "Si no lo confirma ni responde otra cosa, su puesto cuenta como silencio." in part(shown, "vote")
    assert "1 voto por confirmar no cuenta." in said(shown)
    journey.close(workshop, number)
    page = said(client.get(f"/propuestas/{number}"))
    assert "Nadie interrumpió el silencio: 0 sin objeción expresa y 11 por silencio." in page
    assert "por silencio. Sin objeción, sobre la versión 1" in page


def test_positions_kept_back_stay_back_while_they_wait(sign_in, workshop, group):
    agenda.set_rules(workshop, revisions_during_vote=True, results_hidden_until_closed=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[2], "against", WHY)
    journey.revise(workshop, group.members[0], number, INTRODUCTION, SECOND, THIRD)
    for reader in (group.members[5], group.coordinator):
        client = sign_in(reader)
        for address in (f"/propuestas/{number}", "/registro", "/coordinacion" if reader == group.coordinator else "/"):
            page = client.get(address).text
            assert WHY not in page
            assert "En contra, sobre la versión" not in page
    assert WHY in sign_in(group.members[2]).get(f"/propuestas/{number}").text


def test_an_opinion_says_on_which_version_it_was_given_and_is_asked_again(sign_in, workshop, group, number):
    client = sign_in(group.observers[0])
    client.post(f"/propuestas/{number}/parecer", data={"revision": "1", "stance": "favourable"})
    journey.revise(workshop, group.members[0], number, INTRODUCTION, SECOND, THIRD)
    shown = said(client.get(f"/propuestas/{number}"))
    assert "Favorable Sobre la versión 1" in shown
    assert "Una propuesta espera su parecer" in said(client.get("/"))


def test_several_at_once_does_not_offer_what_waits_to_be_confirmed(sign_in, group, moved):
    assert f"A favor de P-{moved}" not in sign_in(group.members[2]).get("/votar").text
    assert f"A favor de P-{moved}" in sign_in(group.members[5]).get("/votar").text


def test_the_decisions_and_their_table_name_a_vote_that_was_never_confirmed(sign_in, workshop, group, moved):
    for member in group.members[3:11]:
        journey.vote(workshop, moved, member)
    journey.close(workshop, moved)
    journey.merge(workshop, moved, group.coordinator)
    client = sign_in(group.coordinator)
    page = said(client.get("/decisiones"))
    assert "Bolivia (sin confirmar)" in client.get("/decisiones.csv").text or "Bolivia (sin confirmar)" in page
    shown = said(client.get(f"/propuestas/{moved}"))
    assert "En contra, sobre la versión 1" in shown
