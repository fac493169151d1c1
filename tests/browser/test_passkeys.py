"""Passkeys in a real browser, with a device that Chromium plays: made, alone, as second step, for a binding act."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from reviewtool.clock import now
from reviewtool.models import SignIn
from reviewtool.services import people
from tests import factories
from tests.browser.looking import check

pytestmark = pytest.mark.browser

PASSWORD = "una frase bastante larga"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def home(live_server):
    """Return the server under the name that browsers make passkeys for, and the database with a person in it."""
    with live_server.database.write() as session:
        made = factories.make_person(session, "Elena Marroquín", "coordination")
        people.set_password(made, PASSWORD)
    return live_server.url.replace("127.0.0.1", "localhost"), live_server.database, made.email


@pytest.fixture
def device(page):
    """Plug a device in that unlocks for its person; return a function that says whether it does."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    number = wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def unlocks(does):
        wire.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": does})

    return unlocks


def give_password(page, url, email):
    page.goto(f"{url}/entrar")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()


def leave(page):
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Cerrar sesión").click()
    page.wait_for_url(re.compile("/entrar"))


def test_a_passkey_is_made_and_then_opens_alone_as_second_step_and_for_a_binding_act(page, home, device):
    url, database, email = home
    give_password(page, url, email)
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/perfil/segundo-paso/llave")
    check(page, "the page of a new passkey")
    page.fill("#name", "Esta computadora")
    page.get_by_role("button", name="Agregar la llave").click()
    page.get_by_role("heading", name="Sus códigos de recuperación").wait_for()
    assert page.locator(".codes li").count() == 10
    check(page, "the recovery codes")
    leave(page)

    page.get_by_role("button", name="Entrar con una llave de acceso").click()
    page.wait_for_url(f"{url}/")
    leave(page)

    give_password(page, url, email)
    page.get_by_role("heading", name="Segundo paso").wait_for()
    check(page, "the second step")
    device(False)
    page.get_by_role("button", name="Usar una llave de acceso").click()
    page.get_by_text("La llave no respondió").wait_for()
    device(True)
    page.get_by_role("button", name="Usar una llave de acceso").click()
    page.wait_for_url(f"{url}/")

    with database.write() as session:
        session.execute(update(SignIn).values(proved_at=now() - timedelta(minutes=16)))
    page.goto(f"{url}/grupo/cuentas")
    page.get_by_role("button", name="Pedirlo a las personas con derecho a voto").click()
    page.get_by_role("heading", name="Confirme que es usted").wait_for()
    check(page, "the page that asks again who is there")
    page.get_by_role("button", name="Confirmar con una llave de acceso").click()
    page.get_by_text("Las personas con derecho a voto necesitan un segundo paso.").wait_for()


def test_the_page_of_a_code_app_is_accessible_and_fits(page, home):
    url, _database, email = home
    give_password(page, url, email)
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/perfil/segundo-paso")
    page.get_by_role("button", name="Poner una aplicación").click()
    page.locator("img.qr").wait_for()
    check(page, "the page of a code app")


def test_without_scripts_the_passkey_parts_say_so_and_codes_work(browser, home):
    from tests.support import chromium

    url, _database, email = home
    with chromium.page(browser, java_script_enabled=False) as page:
        page.goto(f"{url}/entrar")
        assert page.get_by_text("Las llaves de acceso necesitan JavaScript").is_visible()
        assert not page.get_by_role("button", name="Entrar con una llave de acceso").is_visible()
        give_password(page, url, email)
        page.goto(f"{url}/perfil/segundo-paso")
        page.get_by_role("button", name="Poner una aplicación").click()
        assert page.locator("img.qr").is_visible()
