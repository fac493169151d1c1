"""The second step of signing in: codes of an app, codes on paper; what half signed in may do; who needs it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.models import CodeApp, FactorChange, RecoveryCode
from reviewtool.services import code_apps, factors, people, recovery_codes, sealing, sign_in_failures
from reviewtool.web import second_step
from tests import factories
from tests.support.together import at_once

PASSWORD = "una frase bastante larga"
KEY = "only-for-tests" * 4
HALF_MINUTE = timedelta(seconds=30)
HOME = {"Origin": "http://localhost"}
SAID = "Un texto bastante largo que alguien escribió"


@pytest.fixture
def member(database):
    with database.write() as session:
        made = factories.make_person(session, "Rosa Quispe", "member")
        people.set_password(made, PASSWORD)
        return made


@pytest.fixture
def secret(database, member):
    """Give the member an app, confirmed a while ago."""
    made = pyotp.random_base32()
    with database.write() as session:
        row = CodeApp(person_id=member.id, secret=sealing.seal(KEY, made), made_at=clock.now(), last_step=0)
        row.confirmed_at = clock.now()
        session.add(row)
    return made


@pytest.fixture
def paper(database, member, secret):
    with database.write() as session:
        return recovery_codes.make(session, by=people.get(session, member.id))


def code(secret, at=None):
    return pyotp.TOTP(secret).at(at or clock.now())


def enter(client, email, password=PASSWORD, **more):
    return client.post("/entrar", data={"email": email, "password": password, **more})


def second(client, text, **more):
    return client.post("/entrar/segundo-paso", data={"code": text, **more})


def is_in(client):
    return client.get("/perfil").status_code == 200


def test_an_app_counts_once_its_first_code_was_right_and_brings_codes_on_paper(client, database, member):
    enter(client, member.email)
    assert client.post("/perfil/segundo-paso/aplicacion").location == "/perfil/segundo-paso/aplicacion"
    page = client.get("/perfil/segundo-paso/aplicacion").text
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    wrong = client.post("/perfil/segundo-paso/aplicacion/confirmar", data={"code": "000000"})
    assert wrong.status_code == 400
    assert "no es el de este momento" in wrong.text
    with database.read() as session:
        assert not factors.held(session, member.id)
        stored = session.scalars(select(CodeApp.secret)).one()
    assert secret not in stored
    done = client.post("/perfil/segundo-paso/aplicacion/confirmar", data={"code": code(secret)})
    codes = re.findall(r"<li>((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})</li>", done.text)
    assert len(set(codes)) == recovery_codes.COUNT
    with database.read() as session:
        assert factors.held(session, member.id).app
        hashes = set(session.scalars(select(RecoveryCode.code_hash)))
    assert not hashes & set(codes)
    assert codes[0] not in client.get("/perfil/segundo-paso").text
    client.post("/salir")
    assert "Segundo paso" in enter(client, member.email).text
    assert not is_in(client)
    with clock.at(clock.now() + HALF_MINUTE):
        assert second(client, code(secret)).status_code == 303
    assert is_in(client)


def test_a_secret_sealed_with_another_key_opens_nothing(database, member, secret):
    with database.write() as session:
        assert not code_apps.accepts(session, "another" * 9, member.id, code(secret), clock.now())
        assert code_apps.accepts(session, KEY, member.id, code(secret), clock.now())


def test_a_code_is_good_once(client, member, secret):
    used = code(secret)
    enter(client, member.email)
    assert second(client, used).status_code == 303
    client.post("/salir")
    enter(client, member.email)
    assert second(client, used).status_code == 400
    assert not is_in(client)


@pytest.mark.parametrize(("early", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_half_a_minute(client, member, secret, early, good):
    at = datetime(2026, 9, 1, 12, 0, 5, tzinfo=UTC)
    with clock.at(at):
        enter(client, member.email)
        assert second(client, code(secret, at + early * HALF_MINUTE)).status_code == (303 if good else 400)


def test_an_earlier_code_is_not_good_after_a_later_one(client, member, secret):
    enter(client, member.email)
    assert second(client, code(secret)).status_code == 303
    client.post("/salir")
    enter(client, member.email)
    assert second(client, code(secret, clock.now() - HALF_MINUTE)).status_code == 400


@pytest.mark.parametrize("wrong", ["", "12345", "abcdef", "١٢٣٤٥٦", "\ud800", "x" * 9000, "\x00"])
def test_strange_codes_are_wrong_codes(client, member, secret, wrong):
    enter(client, member.email)
    data = wrong.encode("utf-8", "surrogatepass")
    assert client.post("/entrar/segundo-paso", data={"code": data}).status_code == 400


def test_wrong_codes_count_as_failed_sign_ins_also_after_the_password_again(client, member, secret):
    enter(client, member.email)
    for _ in range(sign_in_failures.SIGN_INS.free["account"]):
        assert second(client, "000000").status_code == 400
    assert second(client, code(secret)).status_code == 429
    assert enter(client, member.email).status_code == 429
    with clock.at(clock.now() + sign_in_failures.SIGN_INS.first):
        enter(client, member.email)
        assert second(client, code(secret)).status_code == 303


def test_a_code_on_paper_is_good_once_however_it_is_typed(client, database, member, paper):
    enter(client, member.email)
    assert second(client, paper[0].lower().replace("-", " ")).status_code == 303
    assert "quedan 9" in client.get("/").text
    client.post("/salir")
    enter(client, member.email)
    assert second(client, paper[0]).status_code == 400
    assert second(client, paper[1]).status_code == 303
    with database.read() as session:
        assert factors.held(session, member.id).codes == 8


def test_two_at_once_with_one_code_on_paper_or_of_an_app_do_not_both_enter(database, member, secret, paper):
    def use(text):
        def act():
            with database.write() as session:
                return factors.accepts(session, KEY, member.id, text, clock.now())

        return act

    for text in (paper[0], code(secret)):
        assert sorted(at_once(use(text), use(text))) == [False, True]


def test_codes_on_paper_of_somebody_else_are_wrong(client, database, member, paper, secret):
    with database.write() as session:
        other = factories.make_person(session, "Otro", "member")
        people.set_password(other, PASSWORD)
        session.add(
            CodeApp(
                person_id=other.id,
                secret=sealing.seal(KEY, pyotp.random_base32()),
                made_at=clock.now(),
                confirmed_at=clock.now(),
                last_step=0,
            )
        )
    enter(client, other.email)
    assert second(client, paper[0]).status_code == 400
    assert second(client, code(secret)).status_code == 400


def test_half_signed_in_ends_after_some_minutes_and_with_a_new_password(client, database, member, secret):
    enter(client, member.email)
    with clock.at(clock.now() + second_step.LASTING):
        answer = second(client, code(secret))
        assert answer.status_code == 400
        assert "Pasó demasiado tiempo" in answer.text
    enter(client, member.email)
    with database.write() as session:
        people.set_password(people.get(session, member.id), "otra frase bastante larga")
    assert second(client, code(secret)).status_code == 400
    assert not is_in(client)


def test_another_browser_gives_no_second_step_for_a_password_given_here(app, client, member, secret):
    enter(client, member.email)
    assert second(app.test_client(), code(secret)).status_code == 400


def test_whoever_was_signed_in_is_not_any_more_while_somebody_elses_second_step_waits(client, database, member, secret):
    with database.write() as session:
        other = factories.make_person(session, "Otro", "member")
        people.set_password(other, PASSWORD)
    enter(client, other.email)
    assert is_in(client)
    enter(client, member.email)
    assert not is_in(client)


def test_a_form_that_waits_and_where_one_wanted_to_go_survive_both_steps(client, member, secret):
    page = client.post("/borradores/7/presentar", data={"reason": SAID}, headers=HOME)
    kept = re.search(r'name="form" value="([^"]+)"', page.text)[1]
    asked = enter(client, member.email, form=kept, next="/propuestas")
    assert f'name="form" value="{kept}"' in asked.text
    wrong = second(client, "000000", form=kept, next="/propuestas")
    assert f'name="form" value="{kept}"' in wrong.text
    assert SAID in second(client, code(secret), form=kept, next="/propuestas").text
    client.post("/salir")
    enter(client, member.email)
    with clock.at(clock.now() + HALF_MINUTE):
        assert second(client, code(secret), next="//malo.example").location == "/"


def test_with_and_without_a_second_step_a_wrong_password_gets_the_same_answer(client, database, member, secret):
    with database.write() as session:
        plain = factories.make_person(session, "Otro", "member")
        people.set_password(plain, PASSWORD)
    pages = [enter(client, email, "mal") for email in (member.email, plain.email, "nadie@example.org")]
    assert {page.status_code for page in pages} == {400}
    bare = {re.sub(r'(?:value|data-options)="[^"]*"', "", page.text) for page in pages}
    assert len(bare) == 1


def test_removing_the_app_asks_who_is_there_later_and_takes_the_paper_along(client, database, member, secret, paper):
    enter(client, member.email)
    second(client, code(secret))
    later = clock.now() + timedelta(minutes=16)
    with clock.at(later):
        half = {"proof": PASSWORD}
        for proof in ({}, half, half | {"proof_code": "000000"}, {"proof_code": code(secret)}):
            assert client.post("/perfil/segundo-paso/aplicacion/quitar", data=proof).status_code == 401, proof
        whole = {"proof": PASSWORD, "proof_code": code(secret)}
        assert client.post("/perfil/segundo-paso/aplicacion/quitar", data=whole).status_code == 303
        assert "Se quitó la aplicación de códigos" in client.get("/perfil/segundo-paso").text
    with database.read() as session:
        assert not factors.held(session, member.id)
        assert session.scalars(select(RecoveryCode)).all() == []
        assert [row.made_by_id for row in session.scalars(select(FactorChange))] == [member.id] * 2


def test_new_codes_on_paper_end_the_ones_before(client, member, secret, paper):
    enter(client, member.email)
    second(client, code(secret))
    page = client.post("/perfil/segundo-paso/codigos")
    fresh = re.findall(r"<li>((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})</li>", page.text)
    client.post("/salir")
    enter(client, member.email)
    assert second(client, paper[0]).status_code == 400
    assert second(client, fresh[0]).status_code == 303


def test_codes_on_paper_come_with_a_factor_only(client, member):
    enter(client, member.email)
    assert client.post("/perfil/segundo-paso/codigos").status_code == 409
    assert client.post("/perfil/segundo-paso/aplicacion/quitar").status_code == 409
    assert client.post("/perfil/segundo-paso/aplicacion/confirmar", data={"code": "000000"}).status_code == 409
    assert client.get("/perfil/segundo-paso/aplicacion").status_code == 303


def test_an_app_that_counts_is_not_replaced_unasked(client, member, secret):
    enter(client, member.email)
    second(client, code(secret))
    assert client.post("/perfil/segundo-paso/aplicacion").status_code == 409
