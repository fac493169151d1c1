"""Forms as a browser sends them: what its own checks let through, with scripts and without."""

from __future__ import annotations

import pytest

from tests.support import chromium
from tests.support.pages import MEMBER

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_comment_on_the_whole_proposal_is_sent(browser, demo, signed_in, scripts):
    said = f"Sobre el conjunto, {'con' if scripts else 'sin'} programas"
    with chromium.page(browser, storage_state=signed_in(MEMBER), java_script_enabled=scripts) as page:
        page.goto(f"{demo.url}/propuestas/18")
        page.fill("#body", said)
        page.get_by_role("button", name="Publicar el comentario").click()
        assert page.locator(".thread", has_text=said).is_visible()


def test_the_list_is_filtered_by_one_thing_alone(browser, demo, signed_in):
    with chromium.page(browser, storage_state=signed_in(MEMBER)) as page:
        page.goto(f"{demo.url}/propuestas")
        page.select_option("#estado", "voting")
        page.get_by_role("button", name="Filtrar", exact=True).click()
        page.wait_for_url("**estado=voting**")
        assert page.locator(".task").count() == 3
