"""Forms as a browser sends them: what its own checks let through, with scripts and without."""

from __future__ import annotations

import pytest

from tests.support import chromium
from tests.support.pages import COORDINATION, MEMBER, OBJECTOR, OBSERVER, SILENT, WAITING

pytestmark = pytest.mark.browser

OTHER = "derlis.benitez"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_comment_on_the_whole_proposal_is_sent(browser, demo, signed_in, scripts):
    said = f"Sobre el conjunto, {'con' if scripts else 'sin'} programas"
    with chromium.page(browser, storage_state=signed_in(MEMBER), java_script_enabled=scripts) as page:
        page.goto(f"{demo.url}/propuestas/18")
        page.fill("#body", said)
        page.get_by_role("button", name="Publicar el comentario").click()
        assert page.locator(".thread", has_text=said).is_visible()


@pytest.mark.parametrize(
    ("who", "number", "says"),
    [(OTHER, 13, "Votar"), (WAITING, 12, "Confirmar su voto"), (SILENT, 14, "Responder"), (MEMBER, 12, None),
     (OBSERVER, 13, None), (COORDINATION, 13, None), (OBJECTOR, 13, None)],
)  # fmt: skip
def test_a_phone_offers_the_way_to_the_vote_to_whom_it_is_still_asked_of(browser, demo, signed_in, who, number, says):
    phone = {"width": 360, "height": 800}
    with chromium.page(browser, storage_state=signed_in(who), viewport=phone) as page:
        page.goto(f"{demo.url}/propuestas/{number}")
        offered = page.locator(".cta a")
        assert [link.inner_text() for link in offered.all()] == ([says] if says else [])


def test_the_list_is_filtered_by_one_thing_alone(browser, demo, signed_in):
    with chromium.page(browser, storage_state=signed_in(MEMBER)) as page:
        page.goto(f"{demo.url}/propuestas")
        page.select_option("#estado", "voting")
        page.get_by_role("button", name="Filtrar", exact=True).click()
        page.wait_for_url("**estado=voting**")
        assert page.locator(".task").count() == 4


def test_what_was_sent_and_has_arrived_is_not_offered_again(browser, demo, signed_in):
    with chromium.page(browser, storage_state=signed_in(OTHER)) as page:
        page.goto(f"{demo.url}/propuestas/18")
        page.wait_for_load_state("networkidle")  # the scripts are attached
        page.fill("#body", "Esto llega")
        page.get_by_role("button", name="Publicar el comentario").click()
        assert page.locator(".thread", has_text="Esto llega").is_visible()
        page.goto(f"{demo.url}/propuestas/18")
        page.wait_for_load_state("networkidle")
        assert page.get_by_role("button", name="Recuperar").count() == 0


@pytest.mark.parametrize("number", ["7", "40"])
def test_rules_are_sent_though_nobody_opened_what_is_folded(browser, demo, signed_in, number):
    with chromium.page(browser, storage_state=signed_in(COORDINATION)) as page:
        page.goto(f"{demo.url}/reglas/nuevas")
        page.select_option("#quorum", "number")
        page.fill("#quorum_number", number)
        page.fill("#reference", "Acta 3")
        page.get_by_role("button", name="Ver el efecto").click()
        if number == "40":
            assert page.get_by_text("nunca se alcanzaría").first.is_visible()
        else:
            assert page.get_by_text("Tienen que pronunciarse 7 de 12 puestos.").first.is_visible()
