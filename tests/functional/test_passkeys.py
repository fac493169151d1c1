"""Passkeys: made, used alone, as second step and to prove a binding act; all that is not as it has to be is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.models import Passkey
from reviewtool.services import people, sign_in_failures
from reviewtool.web import passkey_asks
from tests import factories
from tests.support.authenticator import PRESENT, Authenticator, asked

PASSWORD = "una frase bastante larga"
PAGE = "/perfil/segundo-paso/llave"


@pytest.fixture
def member(database):
    with database.write() as session:
        made = factories.make_person(session, "Rosa Quispe", "member")
        people.set_password(made, PASSWORD)
        return made


@pytest.fixture
def key(sign_in, member):
    """Register a passkey of the member."""
    device, browser = Authenticator(), sign_in(member)
    answer = device.make(asked(browser.get(PAGE).text))
    assert browser.post(PAGE, data={"name": "Teléfono", "passkey": answer}).status_code == 200
    return device


def enter(client, answer, **more):
    return client.post("/entrar/llave", data={"passkey": answer, **more})


def is_in(client):
    return client.get("/perfil").status_code == 200


def kept(database):
    with database.read() as session:
        return list(session.scalars(select(Passkey)))


def test_a_passkey_is_registered_listed_and_removed(sign_in, database, member, key):
    browser = sign_in(member)
    page = browser.get("/perfil/segundo-paso").text
    assert "Teléfono" in page
    assert "sin usar todavía" in page
    assert [row.person_id for row in kept(database)] == [member.id]
    number = kept(database)[0].id
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert browser.post(f"/perfil/segundo-paso/llaves/{number}/quitar").status_code == 401
    assert browser.post(f"/perfil/segundo-paso/llaves/{number}/quitar").status_code == 303
    assert kept(database) == []


def test_nobody_removes_the_passkey_of_somebody_else(sign_in, database, group, key):
    number = kept(database)[0].id
    assert sign_in(group.coordinator).post(f"/perfil/segundo-paso/llaves/{number}/quitar").status_code == 404
    assert len(kept(database)) == 1


def test_the_page_asks_for_a_device_that_knows_its_person_and_finds_the_account(sign_in, member, key):
    options = asked(sign_in(member).get(PAGE).text)
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert len(options["excludeCredentials"]) == 1


def test_a_passkey_alone_signs_in(client, database, member, key):
    answer = key.sign(asked(client.get("/entrar?next=/propuestas").text))
    assert enter(client, answer, next="/propuestas").location == "/propuestas"
    assert is_in(client)
    assert kept(database)[0].used_at is not None


def test_a_passkey_is_the_second_step(client, member, key):
    asks = client.post("/entrar", data={"email": member.email, "password": PASSWORD})
    assert "Segundo paso" in asks.text
    assert not is_in(client)
    assert client.post("/entrar/segundo-paso", data={"passkey": key.sign(asked(asks.text))}).status_code == 303
    assert is_in(client)


def test_a_passkey_of_somebody_else_is_no_second_step(client, sign_in, database, member, key):
    with database.write() as session:
        other = factories.make_person(session, "Otro", "member")
    device, browser = Authenticator(), sign_in(other)
    browser.post(PAGE, data={"name": "Otra", "passkey": device.make(asked(browser.get(PAGE).text))})
    asks = client.post("/entrar", data={"email": member.email, "password": PASSWORD})
    assert client.post("/entrar/segundo-paso", data={"passkey": device.sign(asked(asks.text))}).status_code == 400
    assert not is_in(client)


def test_a_passkey_proves_a_binding_act_and_a_password_alone_does_not(client, member, key):
    enter(client, key.sign(asked(client.get("/entrar").text)))
    with clock.at(clock.now() + timedelta(minutes=16)):
        ask = client.post("/perfil/segundo-paso/codigos", data={"proof": PASSWORD})
        assert ask.status_code == 401
        proof = {"proof": "", "proof_passkey": key.sign(asked(ask.text))}
        assert client.post("/perfil/segundo-paso/codigos", data=proof).status_code == 200


def test_a_passkey_is_added_also_when_its_form_asks_who_is_there(client, database, member, key):
    enter(client, key.sign(asked(client.get("/entrar").text)))
    with clock.at(clock.now() + timedelta(minutes=16)):
        form = {"name": "Otra", "passkey": Authenticator().make(asked(client.get(PAGE).text))}
        ask = client.post(PAGE, data=form)
        assert ask.status_code == 401
        proof = {"proof": "", "proof_passkey": key.sign(asked(ask.text))}
        assert client.post(PAGE, data=form | proof).status_code == 303
    assert len(kept(database)) == 2


def wrong(device, options, what):
    """Return an answer that is wrong in one way."""
    if what == "origin":
        device.origin = "http://localhost.malo.example"
    elif what == "domain":
        device.domain = "malo.example"
    elif what == "challenge":
        options = options | {"challenge": "AAAA"}
    elif what == "not verified":
        device.flags = PRESENT
    elif what == "nobody there":
        device.flags = 0
    return options


WAYS = pytest.mark.parametrize("what", ["origin", "domain", "challenge", "not verified", "nobody there"])


@WAYS
def test_what_is_not_as_it_has_to_be_does_not_sign_in(client, database, member, key, what):
    options = wrong(key, asked(client.get("/entrar").text), what)
    assert enter(client, key.sign(options)).status_code == 400
    assert not is_in(client)
    assert kept(database)[0].used_at is None


@WAYS
def test_what_is_not_as_it_has_to_be_is_not_registered(sign_in, database, member, what):
    device, browser = Authenticator(), sign_in(member)
    options = wrong(device, asked(browser.get(PAGE).text), what)
    answer = browser.post(PAGE, data={"name": "Teléfono", "passkey": device.make(options)})
    assert answer.status_code == 400
    assert "No se pudo comprobar la llave" in answer.text
    assert kept(database) == []


def test_a_challenge_is_answered_once_also_with_the_cookie_it_came_in(app, client, member, key):
    answer = key.sign(asked(client.get("/entrar").text))
    cookie = client.get_cookie("session").value
    assert enter(client, answer).status_code == 303
    thief = app.test_client()
    thief.set_cookie("session", cookie)
    key.count = 100
    assert enter(thief, answer).status_code == 400
    assert not is_in(thief)


def test_another_browser_cannot_answer_what_this_one_was_asked(app, client, key):
    answer = key.sign(asked(client.get("/entrar").text))
    other = app.test_client()
    other.get("/entrar")
    assert enter(other, answer).status_code == 400
    assert enter(app.test_client(), answer).status_code == 400


def test_what_was_asked_too_long_ago_is_not_answered(client, key):
    answer = key.sign(asked(client.get("/entrar").text))
    with clock.at(clock.now() + passkey_asks.ANSWERED):
        assert enter(client, answer).status_code == 400


def test_a_count_that_does_not_rise_is_refused(client, key):
    enter(client, key.sign(asked(client.get("/entrar").text)))
    client.post("/salir")
    key.count -= 1
    assert enter(client, key.sign(asked(client.get("/entrar").text))).status_code == 400
    assert not is_in(client)


def test_a_removed_passkey_and_one_of_an_account_out_of_use_open_nothing(client, database, member, key):
    with database.write() as session:
        people.get(session, member.id).active = False
    assert enter(client, key.sign(asked(client.get("/entrar").text))).status_code == 400
    with database.write() as session:
        people.get(session, member.id).active = True
        session.delete(session.scalars(select(Passkey)).one())
    assert enter(client, key.sign(asked(client.get("/entrar").text))).status_code == 400
    assert not is_in(client)


def test_a_passkey_that_names_another_person_is_refused(client, key):
    key.handle = "cDk5OQ"
    assert enter(client, key.sign(asked(client.get("/entrar").text))).status_code == 400


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id": 1}', '{"id": "\\ud800", "response": {}}', "x" * 30000]
)
def test_strange_answers_are_wrong_answers(client, sign_in, member, answer):
    client.get("/entrar")
    assert enter(client, answer).status_code == 400
    browser = sign_in(member)
    browser.get(PAGE)
    assert browser.post(PAGE, data={"name": "Teléfono", "passkey": answer}).status_code == 400


def test_wrong_answers_make_wait_as_wrong_passwords_do(client, key):
    key.flags = PRESENT
    for _ in range(sign_in_failures.SIGN_INS.free["account"]):
        assert enter(client, key.sign(asked(client.get("/entrar").text))).status_code == 400
    assert enter(client, key.sign(asked(client.get("/entrar").text))).status_code == 429


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_passkey_needs_a_name(sign_in, database, member, name):
    device, browser = Authenticator(), sign_in(member)
    answer = browser.post(PAGE, data={"name": name, "passkey": device.make(asked(browser.get(PAGE).text))})
    assert answer.status_code == 400
    assert kept(database) == []


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://revision.example.org", "revision.example.org"),
        ("https://revision.example.org:8443/x", "revision.example.org"),
        ("http://localhost:8000", "localhost"),
        ("http://revision.example.org", None),
        ("https://192.0.2.7", None),
    ],
)
def test_the_site_is_the_public_address_whatever_the_request_says(app, client, address, domain):
    app.config["PUBLIC_URL"] = address
    page = client.get("/entrar").text
    assert ("data-options" in page) == (domain is not None)
    if domain:
        assert asked(page)["rpId"] == domain


def test_without_a_public_address_there_are_passkeys_on_this_machine_only(client):
    assert "data-options" in client.get("/entrar").text
    assert "data-options" not in client.get("/entrar", headers={"Host": "127.0.0.1"}).text


def test_where_there_can_be_no_passkeys_their_pages_say_so(app, sign_in, member):
    app.config["PUBLIC_URL"] = "http://revision.example.org"
    browser = sign_in(member)
    for page, status in ((PAGE, 409), ("/perfil/segundo-paso", 200)):
        answer = browser.get(page)
        assert answer.status_code == status
        assert "dirección pública" in answer.text
