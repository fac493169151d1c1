"""Agreeing to several proposals at once: each vote is an act of its own, sealed to the ballot that was shown."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from reviewtool.models import Ballot, Vote
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said

CHANGES = (
    ("precio realmente", "precio efectivamente"),
    ("30 días", "45 días"),
    ("carga de la prueba", "carga probatoria"),
)


@pytest.fixture
def open_ones(workshop, group) -> list[int]:
    """Return three proposals in ballot, the last a silence procedure."""
    numbers = [journey.propose(workshop, group.members[0], INTRODUCTION, *change) for change in CHANGES]
    for number, preset in zip(numbers, ("", "", "silencio"), strict=True):
        journey.open_ballot(workshop, number, group.coordinator, preset)
    return numbers


def positions(workshop, number) -> list[str]:
    with workshop.database.read() as session:
        query = select(Vote.position).join(Ballot, Ballot.id == Vote.ballot_id).where(Ballot.proposal_number == number)
        return list(session.scalars(query.order_by(Vote.id)))


def test_a_member_reads_what_each_changes_and_agrees_to_those_that_are_ticked(sign_in, workshop, group, open_ones):
    first, second, silent = open_ones
    client = sign_in(group.members[4])
    assert 'href="/votar"' in client.get("/").text
    page = client.get("/votar")
    text = said(page)
    assert f"A favor de P-{first}" in text
    assert f"Sin objeción a P-{silent}" in text
    assert "Se sustituye «30» por «45» en «Condiciones»" in text
    assert f'value="{first}-1" checked' not in page.text
    done = client.post("/votar", data={"vote": [f"{first}-1", f"{silent}-1", "x", "9999999999-1"]})
    assert (done.status_code, done.location) == (303, "/")
    assert f"Quedó su voto en P-{first} y P-{silent}." in said(client.get("/"))
    assert [positions(workshop, number) for number in open_ones] == [["for"], [], ["no_objection"]]
    again = said(client.get("/votar"))
    assert f"P-{second}" in again
    assert f"P-{first}." not in again


def test_nothing_ticked_and_nothing_open_are_said(sign_in, group, open_ones):
    client = sign_in(group.members[4])
    refused = client.post("/votar", data={})
    assert refused.status_code == 400
    assert "Elija al menos una propuesta." in said(refused)
    assert "No hay votaciones que esperen su voto" in said(sign_in(group.members[0]).get("/votar")), "the author's own"


def test_what_the_seat_has_said_meanwhile_stays_and_the_others_are_cast(sign_in, workshop, group, open_ones):
    first, second, silent = open_ones
    client = sign_in(group.members[4])
    journey.vote(workshop, first, group.members[4], "against", "Cambia el sentido")
    client.post("/votar", data={"vote": [f"{first}-1", f"{second}-1", f"{silent}-7", "77-1"]})
    text = said(client.get("/"))
    assert f"Quedó su voto en P-{second}." in text
    assert f"P-{first} quedó sin su voto: Su puesto ya se pronunció." in text
    assert f"P-{silent} quedó sin su voto: Se abrió otra votación de P-{silent}." in text
    assert "P-77 quedó sin su voto: La propuesta P-77 no existe." in text
    assert positions(workshop, first) == ["against"]
    assert positions(workshop, second) == ["for"]
    journey.close(workshop, silent)
    client.post("/votar", data={"vote": [f"{silent}-1"]})
    assert f"La votación de P-{silent} ya cerró." in said(client.get("/"))
    assert positions(workshop, silent) == []


def test_who_holds_no_seat_gets_no_such_page(sign_in, group, open_ones):
    assert sign_in(group.observers[0]).get("/votar").status_code == 403
