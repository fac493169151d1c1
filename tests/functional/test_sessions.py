"""Signing in and out, what strangers see, and the headers and tokens that every page carries."""

from __future__ import annotations

import re
from datetime import timedelta

import argon2
import pytest

from reviewtool import clock
from reviewtool.services import people, sign_in_failures
from tests import factories

PASSWORD = "una frase bastante larga"


@pytest.fixture
def member(database):
    with database.write() as session:
        made = factories.make_person(session, "Rosa Quispe", "member")
        people.set_password(made, PASSWORD)
        return made


def enter(client, email, password=PASSWORD, **more):
    return client.post("/entrar", data={"email": email, "password": password, **more})


def test_a_member_signs_in_and_out(client, member):
    assert enter(client, member.email.upper()).location == "/"
    assert client.get("/perfil").status_code == 200
    assert client.post("/salir").status_code == 303
    assert client.get("/perfil").status_code == 302


def comparable(answer, email):
    page = answer.get_data(as_text=True).replace(email, "")
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


@pytest.mark.parametrize("wrong", ["", "otra cosa", "x" * 5000])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, member, wrong):
    known, unknown = enter(client, member.email, wrong), enter(client, "nadie@example.org", wrong)
    assert known.status_code == unknown.status_code == 400
    assert "no son correctos" in known.get_data(as_text=True)
    assert comparable(known, member.email) == comparable(unknown, "nadie@example.org")


@pytest.mark.parametrize("known", [True, False])
def test_after_some_failures_an_account_has_to_wait_whether_it_exists_or_not(client, member, known):
    email = member.email if known else "nadie@example.org"
    for _ in range(sign_in_failures.SIGN_INS.free["account"]):
        assert enter(client, email, "mal").status_code == 400
    answer = enter(client, email)
    assert answer.status_code == 429
    assert "Demasiados intentos" in answer.get_data(as_text=True)
    with clock.at(clock.now() + sign_in_failures.SIGN_INS.first):
        assert enter(client, email).status_code == (303 if known else 400)


def test_who_signs_in_with_an_old_hash_has_it_made_anew(client, database, member):
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    with database.write() as session:
        people.get(session, member.id).password_hash = old
    assert enter(client, member.email).status_code == 303
    with database.read() as session:
        stored = people.get(session, member.id).password_hash
    assert stored != old
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    client.post("/salir")
    assert enter(client, member.email).status_code == 303


def test_signing_in_leads_back_to_where_one_wanted_to_go_but_never_elsewhere(client, member):
    asked = client.get("/propuestas?estado=open")
    assert "/entrar?next=" in asked.location
    assert enter(client, member.email, next="/propuestas?estado=open").location == "/propuestas?estado=open"
    for elsewhere in ("https://malo.example/", "//malo.example", "/\\malo.example", "javascript:alert(1)"):
        client.post("/salir")
        assert enter(client, member.email, next=elsewhere).location == "/"


def test_a_new_password_signs_every_other_browser_out(app, client, member):
    other = app.test_client()
    enter(client, member.email)
    enter(other, member.email)
    answer = client.post("/perfil/contrasena", data={"current": PASSWORD, "password": "otra frase bastante larga"})
    assert answer.status_code == 303
    assert client.get("/perfil").status_code == 200
    assert other.get("/perfil").status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("mal", "otra frase larga", "no es correcta"),
        (PASSWORD, "corta", "entre 10 y 200"),
        (PASSWORD, "", "entre 10"),
        (PASSWORD, "Aduana Perú 2026!", "las primeras que alguien probaría"),
    ],
)
def test_a_password_is_changed_only_with_the_present_one_and_long_enough(client, member, current, new, sentence):
    enter(client, member.email)
    answer = client.post("/perfil/contrasena", data={"current": current, "password": new})
    assert answer.status_code == 400
    assert sentence in answer.get_data(as_text=True)


def test_a_session_ends_at_last_however_busy(client, member, app):
    enter(client, member.email)
    idle, absolute = app.config["SESSION_HOURS"], app.config["SESSION_ABSOLUTE_HOURS"]
    for hours in range(idle - 1, absolute, idle - 1):
        with clock.at(clock.now() + timedelta(hours=hours)):
            assert client.get("/perfil").status_code == 200
    with clock.at(clock.now() + timedelta(hours=absolute)):
        assert client.get("/perfil").status_code == 302


def test_a_session_ends_without_a_visit(client, member, app):
    enter(client, member.email)
    with clock.at(clock.now() + timedelta(hours=app.config["SESSION_HOURS"])):
        assert client.get("/perfil").status_code == 302


def test_an_account_out_of_use_and_one_without_a_role_see_nothing(client, database, member):
    enter(client, member.email)
    with database.write() as session:
        people.get(session, member.id).active = False
    assert client.get("/perfil").status_code == 302
    assert enter(client, member.email).status_code == 400
    with database.write() as session:
        nobody = factories.make_person(session, "Sin Función")
        people.set_password(nobody, PASSWORD)
    assert enter(client, nobody.email).status_code == 303
    assert client.get("/perfil").status_code == 403


def test_language_and_zone_are_kept_per_person(client, member):
    enter(client, member.email)
    assert 'lang="es"' in client.get("/perfil").get_data(as_text=True)
    client.post("/perfil", data={"language": "en", "timezone": "America/Lima"})
    assert 'lang="en"' in client.get("/perfil").get_data(as_text=True)
    answer = client.post("/perfil", data={"language": "xx", "timezone": "America/Lima"})
    assert answer.status_code == 400


def test_a_zone_is_chosen_by_its_city(client, member):
    enter(client, member.email)
    client.post("/perfil", data={"language": "es", "timezone": "America/Argentina/Buenos_Aires"})
    page = client.get("/perfil").get_data(as_text=True)
    assert page.count(">Buenos Aires</option>") == 1
    assert '<option value="America/Argentina/Buenos_Aires" selected>Buenos Aires</option>' in page
    assert "Argentina/Buenos Aires" not in page


def test_every_answer_forbids_foreign_scripts_and_frames(client, member):
    for answer in (client.get("/entrar"), enter(client, member.email), client.get("/perfil"), client.get("/nada")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_without_its_token_does_nothing_and_gives_the_text_back(app, member, sign_in):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = sign_in(member).post("/borradores", data={"path": "x", "reason": "un texto que no debe perderse"})
    assert answer.status_code == 400
    assert "un texto que no debe perderse" in answer.get_data(as_text=True)


def test_static_files_are_kept_for_good_and_unknown_ones_are_missing(client):
    page = client.get("/entrar").get_data(as_text=True)
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    sheet = client.get(address)
    assert sheet.status_code == 200
    assert "immutable" in sheet.headers["Cache-Control"]
    assert client.get("/static/x/../../settings.py").status_code == 404
    assert client.get("/static/x/nada.js").status_code == 404


def test_the_session_is_renewed_with_pages_and_not_with_static_files(client, member):
    enter(client, member.email)
    page = client.get("/perfil")
    assert "session=" in page.headers["Set-Cookie"]
    assert "Cookie" in page.headers["Vary"]
    style = client.get(re.search(r"/static/[^\"]*app.css", page.text)[0])
    assert style.status_code == 200
    assert "Set-Cookie" not in style.headers
    assert style.headers["Vary"] == "Accept-Encoding"


def test_the_group_page_names_everybody_by_role(sign_in, database):
    with database.write() as session:
        group = factories.make_group(session)
    page = sign_in(group.reader).get("/grupo").get_data(as_text=True)
    for person in (*group.members, *group.observers, group.coordinator):
        assert person.name in page
        assert person.email not in page


SAID = "Un texto bastante largo que alguien escribió"


@pytest.fixture
def guarded(app):
    """Ask every form for its token, as the product does."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def token_of(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))[1]


def sealed(page):
    found = re.search(r'name="form" value="([^"]+)"', page.get_data(as_text=True))
    return found[1] if found else None


def sign_in_from(client, page, email):
    form = {"csrf_token": token_of(page), "email": email, "password": PASSWORD, "form": sealed(page)}
    return client.post("/entrar", data=form)


HOME = {"Origin": "http://localhost"}


@pytest.mark.usefixtures("guarded")
def test_a_form_sent_without_a_session_waits_in_the_sign_in_and_is_sent_by_a_press(client, member):
    sent = {"csrf_token": "de antes", "email": "a", "reason": SAID, "kind": "form"}
    page = client.post("/borradores/7/presentar?x=1", data=sent, headers=HOME)
    assert page.status_code == 401
    assert "está guardado en esta página" in page.get_data(as_text=True)
    again = sign_in_from(client, page, member.email)
    text = again.get_data(as_text=True)
    assert again.status_code == 200
    assert 'action="/borradores/7/presentar?x=1"' in text
    assert f">\n{SAID}</textarea>" in text
    assert '<input type="hidden" name="kind" value="form">' in text
    assert "de antes" not in text
    answer = client.post("/borradores/7/presentar", data={"csrf_token": token_of(again), "reason": SAID})
    assert answer.status_code == 404  # the token holds; that draft is not theirs
    assert SAID in answer.get_data(as_text=True)


@pytest.mark.usefixtures("guarded")
def test_a_form_with_the_token_of_an_earlier_session_is_shown_again_to_be_sent(client, member):
    enter(client, member.email, csrf_token=token_of(client.get("/entrar")))
    answer = client.post("/borradores/7/presentar", data={"csrf_token": "de antes", "reason": SAID}, headers=HOME)
    assert answer.status_code == 400
    assert "Falta enviar lo que escribió" in answer.get_data(as_text=True)


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://malo.example"}, {"Origin": "null"}])
def test_a_form_of_another_site_waits_nowhere(client, member, origin):
    page = client.post("/borradores/7/presentar", data={"reason": SAID}, headers=origin)
    assert page.status_code == 302
    page = client.get("/entrar")
    assert sealed(page) is None


def test_a_form_that_is_not_ours_or_holds_a_password_is_not_kept(client, member):
    answer = enter(client, member.email, form="WyIvIixbXV0.Zm9yZ2Vk.xxxx")
    assert answer.status_code == 303
    client.post("/salir")
    form = {"current": PASSWORD, "password": "otra frase bastante larga"}
    assert client.post("/perfil/contrasena", data=form, headers=HOME).status_code == 302


def test_a_wrong_password_keeps_the_form_that_waits(client, member):
    page = client.post("/borradores/7/presentar", data={"reason": SAID}, headers=HOME)
    wrong = enter(client, member.email, "mal", form=sealed(page))
    assert sealed(wrong) == sealed(page)


def test_a_form_that_was_taken_is_named_until_another_one_is(client, member):
    enter(client, member.email)
    client.post("/perfil", data={"language": "es", "timezone": "America/Lima", "kept": "abc123"})
    for _page in range(2):
        assert 'data-taken="abc123"' in client.get("/perfil").get_data(as_text=True)
    client.post("/perfil", data={"language": "xx", "timezone": "America/Lima", "kept": "refused"})
    assert 'data-taken="abc123"' in client.get("/perfil").get_data(as_text=True)
    client.post("/perfil", data={"language": "es", "timezone": "America/Lima", "kept": "def456"})
    assert 'data-taken="def456"' in client.get("/perfil").get_data(as_text=True)


def test_a_page_of_an_earlier_session_gets_the_token_of_the_present_one(client, member):
    assert client.get("/sesion").status_code == 302
    enter(client, member.email)
    answer = client.get("/sesion")
    assert answer.mimetype == "text/plain"
    assert len(answer.get_data(as_text=True)) > 20


@pytest.mark.parametrize("email", ["\x00", "a\x00@b", "\ud800"])
def test_what_is_no_address_is_refused_as_any_other(client, email):
    typed = {"email": email.encode("utf-8", "surrogatepass"), "password": "no es esta"}
    assert client.post("/entrar", data=typed).status_code == 400
