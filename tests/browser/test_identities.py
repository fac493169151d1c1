"""Single sign-on in a real browser, across two sites: invited, out, in again, and asked again before a binding act."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from reviewtool import clock
from reviewtool.group import Group
from reviewtool.models import SignIn
from reviewtool.rules.permissions import Role
from reviewtool.services import invitations, people
from reviewtool.services.invitations import Invitee
from tests import factories
from tests.conftest import ROOT
from tests.support import accessible, provider, server

pytestmark = pytest.mark.browser

INVITED = Invitee("ana.pereyra@aduana.example", "Ana Pereyra", "UY", frozenset({Role.coordination}))
SECRET = "only-for-tests" * 4
BUTTON = "Entrar con la cuenta de la aduana"


@pytest.fixture
def address():
    return f"http://127.0.0.1:{server.free_port()}"


@pytest.fixture
def site(live_server, address):
    """Serve an installation that knows a provider at another site; yield its address."""
    with provider.running(f"{address}/entrar/vuelta", host="localhost") as known:
        told = {
            "REVIEWTOOL_SECRET_KEY": SECRET,
            "REVIEWTOOL_PUBLIC_URL": address,
            "REVIEWTOOL_OIDC_ISSUER": known.issuer,
            "REVIEWTOOL_OIDC_CLIENT_ID": provider.CLIENT,
            "REVIEWTOOL_OIDC_CLIENT_SECRET": provider.SECRET,
            "REVIEWTOOL_OIDC_NAME": "la cuenta de la aduana",
        }
        started = server.Server(live_server.folder, told, apart=False)
        started.address = address
        try:
            yield started.start(again=True)
        finally:
            started.stop()


@pytest.fixture
def invitation(live_server):
    with live_server.database.write() as session:
        by = people.get(session, factories.make_person(session, "Elena Marroquín", "coordination").id)
        group = Group.load(ROOT / "config" / "group.toml")
        [link] = invitations.invite(session, group, [INVITED], by=by, mailed=False)
        return f"/invitacion/{invitations.token(SECRET, link)}"


def at_the_provider(page, subject):
    page.fill("input[name=subject]", subject)
    page.get_by_role("button", name="Entrar").click()


def test_invited_linked_out_in_again_and_asked_again_before_a_binding_act(page, site, live_server, invitation):
    page.goto(site + invitation)
    assert accessible.violations(page) == []
    page.get_by_role("button", name=BUTTON).click()
    assert accessible.violations(page) == []
    page.get_by_role("link", name=BUTTON).click()
    at_the_provider(page, "ana")
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/perfil")
    assert accessible.violations(page) == []
    assert page.get_by_text("Es su única manera de entrar").is_visible()

    with page.expect_navigation():
        page.evaluate("document.querySelector(\"form[action='/salir']\").submit()")
    assert page.url == f"{site}/entrar"
    assert accessible.violations(page) == []
    page.goto(f"{site}/grupo/invitar")
    page.get_by_role("link", name=BUTTON).click()  # the provider knows the browser still
    page.wait_for_url(f"{site}/grupo/invitar")

    page.fill("#email", "luis.roa@aduana.example")
    page.fill("#name", "Luis Roa")
    page.select_option("#administration", "PY")
    page.select_option("#role", "observer")
    with live_server.database.write() as session:
        session.execute(update(SignIn).values(proved_at=clock.now() - timedelta(minutes=16)))
    page.locator("main form button").last.click()
    assert accessible.violations(page) == []
    page.get_by_role("link", name="Entrar otra vez con la cuenta de la aduana").click()
    at_the_provider(page, "ana")  # asked, although it knows the browser
    assert accessible.violations(page) == []
    page.get_by_role("button", name="Enviar ahora").click()
    assert page.get_by_text("luis.roa@aduana.example").first.is_visible()
    assert "/invitacion/" in page.locator("main input[readonly]").input_value()
