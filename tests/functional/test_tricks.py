"""Tricks with addresses and fields that are tried on every site: leading elsewhere, more fields than the form has."""

from __future__ import annotations

import pytest

from reviewtool.services import people
from reviewtool.web import forms
from tests import factories
from tests.test_house import PACKAGE

PASSWORD = "una frase bastante larga"

ELSEWHERE = [
    "https://malo.example/",
    "//malo.example",
    "///malo.example",
    "/\\malo.example",
    "\\\\malo.example",
    "/\\/malo.example",
    "https:malo.example",
    "https:/malo.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "/\t/malo.example",
    "/\n/malo.example",
    "/\r\n/malo.example",
    "/\x00/malo.example",
    "/x\r\nSet-Cookie: session=malo",
    "\t//malo.example",
    " //malo.example",
    "http://localhost@malo.example/",
    "@malo.example",
    ".malo.example",
    "malo.example",
    "／／malo.example",
    "⁄⁄malo.example",
    "?next=//malo.example",
    "//",
    "/\x7f/malo.example",
    "/\x85/malo.example",
]
HERE = [
    "/",
    "/propuestas?estado=open",
    "/%2f/malo.example",
    "/%5cmalo.example",
    "/propuestas/1#thread-2",
    "/buscar?q=á",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_address_that_leads_elsewhere_is_no_way_back(target):
    assert forms.local(target) is None


@pytest.mark.parametrize("target", HERE)
def test_an_address_of_this_site_is(target):
    assert forms.local(target) == target


@pytest.fixture
def rosa(database):
    with database.write() as session:
        made = factories.make_person(session, "Rosa Quispe", "member")
        people.set_password(made, PASSWORD)
        return made


def enter(client, person, **more):
    return client.post("/entrar", data={"email": person.email, "password": PASSWORD, **more})


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere_after_signing_in_nor_when_signed_in_already(app, rosa, target):
    client = app.test_client()
    assert enter(client, rosa, next=target).location == "/"
    assert client.get("/entrar", query_string={"next": target}).location == "/"


def test_no_route_but_signing_in_takes_an_address_to_go_to():
    """What leads on is made of numbers and names of routes: `url_for`; the rest is checked by `forms.local`."""
    folder = PACKAGE / "web"
    asked = [
        f"{path.name}:{number}"
        for path in folder.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "redirect(request." in line or "referrer" in line or ('get("next")' in line and "forms.local" not in line)
    ]
    assert not asked


def test_fields_that_the_form_does_not_have_change_nothing(client, database, rosa):
    enter(client, rosa)
    with database.read() as session:
        before = people.get(session, rosa.id)
        kept = (before.email, before.name, before.administration, before.active, people.roles(before))
    more = {"email": "otra@example.org", "name": "Otra", "administration": "XX", "active": "0", "role": "coordination"}
    sent = {"language": "pt", "timezone": "America/Lima", "id": "1", "password_hash": "x", "roles": "coordination"}
    assert client.post("/perfil", data=sent | more).status_code == 303
    with database.read() as session:
        after = people.get(session, rosa.id)
        assert after.language == "pt"
        assert (after.email, after.name, after.administration, after.active, people.roles(after)) == kept


def test_what_stands_in_the_address_is_not_taken_for_what_was_typed(client, rosa):
    said = {"email": rosa.email, "password": PASSWORD}
    assert client.post("/entrar", query_string=said).status_code == 400
    assert client.post("/entrar", query_string={"next": "/propuestas"}, data=said).location == "/"


def test_of_a_field_sent_twice_the_first_counts(client, rosa):
    said = {"email": [rosa.email, "otra@example.org"], "password": [PASSWORD, "mal"]}
    assert client.post("/entrar", data=said).status_code == 303


@pytest.mark.parametrize("path", ["/entrar", "/perfil"])
def test_passwords_are_masked_and_managers_of_passwords_may_fill_them_in(client, rosa, path):
    if path != "/entrar":
        enter(client, rosa)
    page = client.get(path).get_data(as_text=True)
    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page
    assert 'autocomplete="off"' not in page


def test_signing_out_lets_the_browser_forget_pages(client, rosa):
    enter(client, rosa)
    assert "/salir" in client.get("/").get_data(as_text=True)
    answer = client.post("/salir")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert client.get("/").status_code == 302


def test_a_page_of_somebody_is_kept_by_no_cache_between(client, rosa):
    assert client.get("/entrar").headers["Cache-Control"] == "no-store"
    enter(client, rosa)
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"
