"""The coordination asks a second factor of who votes, and takes away the one of who lost theirs."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest

from reviewtool import clock
from reviewtool.models import CodeApp, Passkey
from reviewtool.services import factor_changes, factors, people, sealing

PASSWORD = "una frase bastante larga"
KEY = "only-for-tests" * 4
HOME = {"Origin": "http://localhost"}
SAID = "Un texto bastante largo que alguien escribió"


@pytest.fixture
def needed(sign_in, group):
    assert sign_in(group.coordinator).post("/grupo/cuentas/segundo-paso", data={"needed": "1"}).status_code == 303


@pytest.fixture
def member(database, group):
    with database.write() as session:
        people.set_password(people.get(session, group.members[0].id), PASSWORD)
    return group.members[0]


def give_app(database, person):
    with database.write() as session:
        secret = sealing.seal(KEY, pyotp.random_base32())
        at = clock.now()
        session.add(CodeApp(person_id=person.id, secret=secret, made_at=at, confirmed_at=at, last_step=0))


def test_the_page_says_what_was_decided_by_whom_and_it_can_be_taken_back(sign_in, database, group):
    coordination = sign_in(group.coordinator)
    assert "Cada persona decide" in coordination.get("/grupo/cuentas").text
    coordination.post("/grupo/cuentas/segundo-paso", data={"needed": "1"})
    page = coordination.get("/grupo/cuentas").text
    assert "Las personas con derecho a voto necesitan un segundo paso." in page
    assert f"Lo decidió {group.coordinator.name}" in page
    coordination.post("/grupo/cuentas/segundo-paso", data={"needed": "0"})
    with database.read() as session:
        assert not factors.lacks(session, people.get(session, group.members[0].id))
        assert not factors.rule(session).needed


@pytest.mark.usefixtures("needed")
def test_who_votes_sets_one_up_before_anything_else(client, member):
    assert client.post("/entrar", data={"email": member.email, "password": PASSWORD}).status_code == 303
    for address in ("/", "/propuestas", "/perfil", "/votar"):
        answer = client.get(address)
        assert answer.location == "/perfil/segundo-paso", address
    assert client.post("/perfil", data={"language": "es", "timezone": "America/Lima"}).status_code == 303
    assert "Quienes votan en este grupo necesitan" in client.get("/perfil/segundo-paso").text
    client.post("/perfil/segundo-paso/aplicacion")
    page = client.get("/perfil/segundo-paso/aplicacion").text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(clock.now())
    assert client.post("/perfil/segundo-paso/aplicacion/confirmar", data={"code": code}).status_code == 200
    assert client.get("/propuestas").status_code == 200


@pytest.mark.usefixtures("needed")
def test_a_text_sent_meanwhile_is_not_lost(sign_in, member):
    answer = sign_in(member).post("/borradores/7/presentar", data={"reason": SAID}, headers=HOME)
    assert answer.status_code == 403
    assert SAID in answer.text
    assert "ponga un segundo paso" in answer.text


@pytest.mark.usefixtures("needed")
def test_others_are_not_asked_and_who_has_one_goes_on(sign_in, database, group, member):
    assert sign_in(group.reader).get("/propuestas").status_code == 200
    assert sign_in(group.observers[0]).get("/propuestas").status_code == 200
    give_app(database, member)
    assert sign_in(member).get("/propuestas").status_code == 200


def test_only_the_coordination_decides_and_takes_away(sign_in, database, group, member):
    give_app(database, member)
    other = sign_in(group.members[1])
    assert other.post("/grupo/cuentas/segundo-paso", data={"needed": "1"}).status_code == 403
    assert other.post(f"/grupo/cuentas/{member.id}/segundo-paso/quitar").status_code == 403
    with database.read() as session:
        assert factors.held(session, member.id)
        assert factors.rule(session) is None


def test_who_lost_theirs_has_it_taken_away_hears_of_it_and_is_signed_out(client, sign_in, database, group, member):
    give_app(database, member)
    with database.write() as session:
        at = clock.now()
        passkey = Passkey(credential_id="x", public_key=b"", sign_count=0, name="Teléfono", made_at=at)
        passkey.person_id = member.id
        session.add(passkey)
    theirs = sign_in(member)
    coordination = sign_in(group.coordinator)
    assert "Con segundo paso" in coordination.get("/grupo/cuentas").text
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert coordination.post(f"/grupo/cuentas/{member.id}/segundo-paso/quitar").status_code == 303
        assert theirs.get("/perfil").status_code == 302
        assert client.post("/entrar", data={"email": member.email, "password": PASSWORD}).location == "/"
        assert "Se quitó su segundo paso" in client.get("/").text
        page = client.get("/perfil/segundo-paso").text
    assert "Se quitó todo el segundo paso" in page
    assert group.coordinator.name in page
    with database.read() as session:
        assert not factors.held(session, member.id)
        assert [row.kind for row in factor_changes.of(session, member.id)] == ["forgotten"]


def test_deciding_and_taking_away_ask_who_is_there_after_a_quarter_of_an_hour(sign_in, group, member):
    coordination = sign_in(group.coordinator)
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert coordination.post("/grupo/cuentas/segundo-paso", data={"needed": "1"}).status_code == 401
        assert coordination.post(f"/grupo/cuentas/{member.id}/segundo-paso/quitar").status_code == 401
