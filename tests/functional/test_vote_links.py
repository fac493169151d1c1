"""Voting from a mail: the link shows, the button casts; once, for its person, its ballot and its version."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.models import Event, Vote
from reviewtool.services import accounts, factors, people, proposals, vote_links
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.together import at_once

SECRET = "only-for-tests" * 4
PASSWORD = "una frase bastante larga"


@pytest.fixture
def number(workshop, group) -> int:
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, made, group.coordinator)
    return made


def link(workshop, person, number, made_at=None):
    """Return the address that a mail to a person carries now, or None."""
    with workshop.database.read() as session:
        at = made_at or clock.now()
        found = vote_links.offered(session, people.get(session, person.id), number, at, clock.now())
    return f"/votar/correo/{vote_links.token(SECRET, found)}" if found else None


def cast(workshop):
    with workshop.database.read() as session:
        return [(vote.person_id, vote.position) for vote in session.scalars(select(Vote).order_by(Vote.id))]


def test_a_program_that_follows_links_casts_nothing_however_often(app, workshop, group, number, client, sign_in):
    address = link(workshop, group.members[2], number)
    member = sign_in(group.members[2])
    for _ in range(5):
        for who in (client, member):
            who.get(address)
            who.head(address)
    app.config["VOTE_WITHOUT_SIGN_IN"] = True
    for _ in range(5):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert cast(workshop) == []


def test_the_page_shows_who_votes_on_what_and_the_button_casts_it_once(workshop, group, number, sign_in, database):
    rosa = group.members[2]
    address, client = link(workshop, rosa, number), sign_in(rosa)
    page = client.get(address)
    assert page.status_code == 200
    for shown in (rosa.name, journey.META.title, f"P-{number}", "Se vota la versión 1", "realmente", "efectivamente"):
        assert shown in page.text
    assert re.search(r"<del>.*realmente", page.text)
    refused = client.post(address, data={"position": "against", "reason": " "})
    assert refused.status_code == 400
    assert "Escriba el motivo" in refused.text or "motivo" in refused.text
    assert cast(workshop) == []
    done = client.post(address, data={"position": "against", "reason": "Falta la fuente"})
    assert (done.status_code, done.location) == (303, f"/propuestas/{number}#vote")
    assert cast(workshop) == [(rosa.id, "against")]
    with database.read() as session:
        event = session.scalars(select(Event).where(Event.kind == "voted")).one()
    assert event.facts["by_link"] == "signed-in"
    again = client.post(address, data={"position": "for"})
    assert again.status_code == 409
    assert "el enlace sirve una sola vez" in again.text
    assert "el enlace sirve una sola vez" in client.get(address).text
    assert cast(workshop) == [(rosa.id, "against")]
    assert link(workshop, rosa, number) is None, "a later mail asks no more"


def test_a_stranger_signs_in_first_and_comes_back_to_the_page(workshop, group, number, client, database):
    rosa = group.members[2]
    with database.write() as session:
        people.set_password(people.get(session, rosa.id), PASSWORD)
    address = link(workshop, rosa, number)
    asked = client.get(address)
    assert asked.status_code == 302
    assert asked.location.startswith("/entrar?next=")
    came = client.post("/entrar", data={"email": rosa.email, "password": PASSWORD, "next": address})
    assert (came.status_code, came.location) == (303, address)
    assert client.get(address).status_code == 200
    assert client.post(address, data={"position": "for"}).status_code == 303
    assert cast(workshop) == [(rosa.id, "for")]


def test_a_stranger_casts_nothing_unless_the_installation_lets_the_link_do(app, workshop, group, number, client):
    rosa = group.members[2]
    address = link(workshop, rosa, number)
    assert client.post(address, data={"position": "for"}).status_code == 302
    assert cast(workshop) == []
    app.config["VOTE_WITHOUT_SIGN_IN"] = True
    assert rosa.name in client.get(address).text
    assert client.post(address, data={"position": "for"}).location == address
    assert cast(workshop) == [(rosa.id, "for")]
    assert "Su voto quedó registrado" in client.get(address).text
    with workshop.database.read() as session:
        event = session.scalars(select(Event).where(Event.kind == "voted")).one()
    assert event.facts["by_link"] == "signed-out"


def test_who_is_signed_in_as_somebody_else_is_told_whose_link_it_is_not(app, workshop, group, number, sign_in):
    app.config["VOTE_WITHOUT_SIGN_IN"] = True
    address = link(workshop, group.members[2], number)
    for other in (group.members[3], group.coordinator, group.observers[0]):
        client = sign_in(other)
        shown = client.get(address)
        assert shown.status_code == 403
        assert "Este enlace es de otra persona" in shown.text
        assert group.members[2].name not in re.sub(r"<header.*?</header>", "", shown.text, flags=re.S)
        assert client.post(address, data={"position": "for"}).status_code == 403
    assert cast(workshop) == []


def test_of_two_presses_at_once_one_counts(workshop, group, number):
    rosa = group.members[2]
    with workshop.database.read() as session:
        made = vote_links.offered(session, people.get(session, rosa.id), number, clock.now(), clock.now())

    def press(position: str):
        with workshop.database.write() as session:
            by = people.get(session, rosa.id)
            said = vote_links.cast(
                session, made, by=by, position=position, reason="", ad_referendum=False, signed_in=True
            )
            return said.position

    took = at_once(lambda: press("for"), lambda: press("abstain"))
    assert sorted(getattr(each, "code", "done") for each in took) == ["done", "vote-link-used"]
    assert len(cast(workshop)) == 1


def test_the_link_is_over_after_fourteen_days_and_with_its_ballot(workshop, group, number, sign_in):
    rosa = group.members[2]
    old = link(workshop, rosa, number, clock.now() - timedelta(days=15))
    client = sign_in(rosa)
    assert client.get(old).status_code == 409
    assert "Este enlace venció" in client.get(old).text
    assert client.post(old, data={"position": "for"}).status_code == 409
    address = link(workshop, rosa, number)
    journey.close(workshop, number)
    closed = client.post(address, data={"position": "for"})
    assert closed.status_code == 409
    assert "votación" in closed.text
    assert cast(workshop) == []


def test_the_link_is_bound_to_its_version(workshop, group, number, sign_in):
    rosa = group.members[2]
    address = link(workshop, rosa, number)
    with workshop.database.write() as session:
        ballot = proposals.open_ballot(session, number)
        ballot.revision, ballot.number = 2, ballot.number + 1
    client = sign_in(rosa)
    assert client.get(address).status_code == 409
    assert client.post(address, data={"position": "for"}).status_code == 409
    assert cast(workshop) == []


def test_who_does_not_vote_gets_no_link_and_one_out_of_use_can_do_nothing_with_theirs(
    app, workshop, group, number, client
):
    for nobody in (group.members[0], group.coordinator, group.observers[0], group.reader):
        assert link(workshop, nobody, number) is None
    rosa = group.members[2]
    address = link(workshop, rosa, number)
    app.config["VOTE_WITHOUT_SIGN_IN"] = True
    with workshop.database.write() as session:
        accounts.put_out_of_use(session, workshop.group, rosa.id, by=people.get(session, group.coordinator.id))
    assert client.get(address).status_code == 403
    assert client.post(address, data={"position": "for"}).status_code == 403
    assert cast(workshop) == []


def test_a_token_that_was_not_given_out_opens_nothing(workshop, group, number, sign_in):
    address = link(workshop, group.members[2], number)
    client = sign_in(group.members[2])
    for wrong in ("/votar/correo/x", address[:-2] + "AA", address.replace(".", "..")):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, data={"position": "for"}).status_code == 404


def test_in_a_silence_procedure_the_link_says_no_objection(workshop, group, sign_in):
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, made, group.coordinator, preset="silencio")
    rosa = group.members[2]
    address, client = link(workshop, rosa, made), sign_in(rosa)
    page = client.get(address)
    assert "Sin objeción" in page.text
    fields = dict(re.findall(r'<input type="hidden" name="(position|ballot)" value="([^"]*)"', page.text))
    assert client.post(address, data=fields).status_code == 303
    assert cast(workshop) == [(rosa.id, "no_objection")]


def test_the_form_needs_the_token_of_its_page(app, workshop, group, number, sign_in):
    rosa = group.members[2]
    address, client = link(workshop, rosa, number), sign_in(rosa)
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(address, data={"position": "for"}).status_code == 400
    assert cast(workshop) == []


def test_a_link_alone_leads_nobody_past_a_second_step(app, workshop, group, number, client):
    rosa = group.members[2]
    address = link(workshop, rosa, number)
    app.config["VOTE_WITHOUT_SIGN_IN"] = True
    assert client.get(address).status_code == 200
    with workshop.database.write() as session:
        factors.decide(session, needed=True, by=people.get(session, group.coordinator.id))
    assert client.get(address).location.startswith("/entrar?next=")
    assert client.post(address, data={"position": "for"}).status_code == 302
    assert cast(workshop) == []
