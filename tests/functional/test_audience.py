"""«Visible para: …» at the foot of a page; that each names whoever it lets in is in `test_permissions`."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said

TALK = "Comentarios y votaciones abiertas: miembros, observadores y coordinación"


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


def test_a_page_of_everybody_says_so_and_one_of_the_coordination_that_it_is_its(sign_in, group, number):
    client = sign_in(group.coordinator)
    assert "Visible para: todo el grupo" in said(client.get("/materiales"))
    assert "Visible para: coordinación" in said(client.get("/coordinacion"))
    assert "Visible para: miembros, observadores y coordinación" in said(client.get("/registro"))


def test_what_is_ones_own_is_visible_to_nobody_else(sign_in, group):
    client = sign_in(group.members[0])
    for path in ("/", "/perfil"):
        assert "Visible para: solo usted" in said(client.get(path)), path
    draft = client.post("/borradores", data={"path": INTRODUCTION}, follow_redirects=True)
    assert "Visible para: solo usted" in said(draft)


def test_the_page_of_a_proposal_says_apart_who_sees_its_discussion(sign_in, group, number):
    for person in (group.reader, group.members[0]):
        assert f"Visible para: todo el grupo. {TALK}" in said(sign_in(person).get(f"/propuestas/{number}"))
    acting = said(sign_in(group.members[1]).get(f"/propuestas/{number}/objecion"))
    assert f"Visible para: miembros. {TALK}" in acting


def test_readers_who_see_the_discussion_are_named(app, workshop, sign_in, group, number):
    app.extensions["workshop"] = replace(
        workshop, group=workshop.group.model_copy(update={"readers_see_discussion": True})
    )
    page = said(sign_in(group.reader).get(f"/propuestas/{number}"))
    assert "Visible para: todo el grupo" in page
    assert "Comentarios y votaciones abiertas" not in page
    assert "Visible para: todo el grupo" in said(sign_in(group.reader).get("/registro"))


def test_votes_are_of_who_reads_the_discussion_until_the_close_and_of_everybody_after(sign_in, group, workshop, number):
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    assert of_votes(sign_in(group.coordinator).get(f"/propuestas/{number}")) == "miembros, observadores y coordinación"
    journey.close(workshop, number)
    assert of_votes(sign_in(group.coordinator).get(f"/propuestas/{number}")) == "todo el grupo"


def of_votes(answer) -> str:
    found = re.search(r"Visible para: ([^<]*)</p>", answer.text)
    assert found
    return found[1]


def test_who_is_refused_reads_it_alone(sign_in, group):
    refused = sign_in(group.reader).get("/coordinacion")
    assert refused.status_code == 403
    assert "Visible para: solo usted" in said(refused)


def test_a_stranger_is_told_nothing(client):
    assert "Visible para" not in said(client.get("/entrar"))
