"""One's own open sessions: the list, closing one or all, and a new token with every change of who one is or may do."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.models import RoleTerm, SignIn
from reviewtool.services import people, sign_ins
from reviewtool.web import browsers
from tests import factories

PASSWORD = "una frase bastante larga"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 "
    "Mobile Safari/537.36"
)


@pytest.fixture
def member(database):
    with database.write() as session:
        made = factories.make_person(session, "Rosa Quispe", "member")
        people.set_password(made, PASSWORD)
        return made


def browser(app, member, description=FIREFOX):
    opened = app.test_client()
    opened.environ_base["HTTP_USER_AGENT"] = description
    assert opened.post("/entrar", data={"email": member.email, "password": PASSWORD}).status_code == 303
    return opened


def token(client):
    with client.session_transaction() as cookie:
        return cookie["token"]


def is_in(client):
    return client.get("/perfil").status_code == 200


def test_the_list_names_every_browser_and_which_is_this_one(app, member):
    here, _phone = browser(app, member), browser(app, member, PHONE)
    page = here.get("/perfil/sesiones").text
    assert "Chrome en Android" in page
    assert re.search(r"Firefox en Windows</b>\s*<span class=\"tag good\">.*?Esta sesión", page)


def test_one_session_is_closed_and_the_others_stay(app, member):
    here, phone = browser(app, member), browser(app, member, PHONE)
    address = re.search(r"/perfil/sesiones/\d+/cerrar", here.get("/perfil/sesiones").text)[0]
    assert here.post(address).status_code == 303
    assert is_in(here)
    assert not is_in(phone)


def test_nobody_closes_the_session_of_somebody_else(app, member, database, sign_in):
    here = browser(app, member)
    with database.write() as session:
        other = factories.make_person(session, "Otro", "member")
        number = session.scalars(select(SignIn.id)).one()
    assert sign_in(other).post(f"/perfil/sesiones/{number}/cerrar").status_code == 404
    assert is_in(here)


def test_all_are_closed_at_once_this_one_too(app, member):
    opened = [browser(app, member) for _ in range(3)]
    assert opened[0].post("/perfil/sesiones/cerrar").location == "/entrar"
    assert not any(is_in(each) for each in opened)
    assert is_in(browser(app, member))


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(app, member):
    here = browser(app, member)
    kept = here.get_cookie("session").value
    here.post("/salir")
    thief = app.test_client()
    thief.set_cookie("session", kept)
    assert not is_in(thief)


def test_signing_in_brings_a_new_token_whatever_the_browser_came_with(app, member):
    here = browser(app, member)
    first = token(here)
    here.post("/entrar", data={"email": member.email, "password": PASSWORD})
    assert token(here) != first


def test_a_password_change_brings_a_new_token(app, member):
    here = browser(app, member)
    first = token(here)
    here.post("/perfil/contrasena", data={"current": PASSWORD, "password": "otra frase bastante larga"})
    assert token(here) != first
    assert is_in(here)


def test_a_change_of_rights_brings_a_new_token_and_the_old_one_ends_in_a_moment(app, member, database):
    here = browser(app, member)
    first, kept = token(here), here.get_cookie("session").value
    with database.write() as session:
        factories.make_term(session, people.get(session, member.id), "coordination")
    assert is_in(here)
    assert token(here) != first
    late = app.test_client()
    late.set_cookie("session", kept)
    answer = late.get("/perfil")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    with clock.at(clock.now() + sign_ins.OVERLAP + timedelta(seconds=1)):
        assert not is_in(late)
        assert is_in(here)
        assert here.get("/perfil/sesiones").text.count("Entró el") == 1


def test_the_database_keeps_no_token(app, member, database):
    here = browser(app, member)
    with database.read() as session:
        row = session.scalars(select(SignIn)).one()
        assert token(here) not in [getattr(row, column.key) for column in SignIn.__table__.columns]


def test_a_browser_that_says_nothing_of_itself_has_a_name_too(app):
    with app.test_request_context():
        assert browsers.name("") == "Navegador desconocido"
        assert browsers.name("curl/8.0") == "Navegador desconocido"
        assert browsers.name("Something Firefox/1") == "Firefox"


def test_a_role_that_ends_brings_a_new_token_too(app, member, database):
    with database.write() as session:
        added = factories.make_term(session, people.get(session, member.id), "coordination")
        number = added.id
    here = browser(app, member)
    first = token(here)
    with database.write() as session:
        ending = session.get_one(RoleTerm, number)
        ending.starts_on, ending.ends_on = date(2020, 1, 1), date(2020, 1, 2)
    assert is_in(here)
    assert token(here) != first
