"""Every page at three widths, light and dark: axe finds nothing, nothing overflows, no English in the Spanish page."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support import chromium

pytestmark = pytest.mark.browser

LESSON = "modulo-1-valor-de-transaccion/leccion-6-canones-y-derechos-de-licencia.md"
WIDTHS = (1440, 768, 360)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MEMBER, OBSERVER, READER, COORDINATION = "rosa.quispe", "ixchel.cumes", "marisol.vega", "elena.marroquin"

PAGES = {
    "sign-in": ("", "/entrar"),
    "home-member": (MEMBER, "/"),
    "home-observer": (OBSERVER, "/"),
    "home-reader": (READER, "/"),
    "home-coordination": (COORDINATION, "/"),
    "desk": (COORDINATION, "/coordinacion"),
    "proposals": (MEMBER, "/propuestas"),
    "decisions": (MEMBER, "/decisiones"),
    "editions": (COORDINATION, "/ediciones"),
    "group": (MEMBER, "/grupo"),
    "profile": (MEMBER, "/perfil"),
    "accessibility": (MEMBER, "/accesibilidad"),
    "materials": (MEMBER, "/materiales"),
    "module": (MEMBER, "/materiales/modulo-1-valor-de-transaccion"),
    "document": (MEMBER, f"/materiales/{LESSON}"),
    "history": (MEMBER, f"/historial/{LESSON}"),
    "why": (MEMBER, f"/por-que/{LESSON}?bloque=3"),
    "search": (MEMBER, "/buscar?q=canon"),
    **{f"proposal-{number}": (MEMBER, f"/propuestas/{number}") for number in (1, 4, 7, 9, 10, 12, 13, 14, 15, 16)},
    "proposal-columns": (MEMBER, "/propuestas/16?vista=columnas"),
    "proposal-final": (MEMBER, "/propuestas/16?vista=propuesto"),
    "proposal-source": (MEMBER, "/propuestas/16?vista=fuente"),
    "proposal-coordination": (COORDINATION, "/propuestas/13"),
    "proposal-observer": (OBSERVER, "/propuestas/13"),
    "proposal-reader": (READER, "/propuestas/13"),
    "comments": (MEMBER, "/propuestas/16/comentarios"),
    "conflict": (COORDINATION, "/propuestas/9/conflicto"),
    "merge": (COORDINATION, "/propuestas/11/incorporar"),
    "missing": (MEMBER, "/propuestas/9999"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_at_every_width_in_light_and_dark(browser, demo, enter, name):
    who, path = PAGES[name]
    with chromium.page(browser) as page:
        if who:
            enter(page, who)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(demo.url + path)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name} overflows by {wide} px at {width}"
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                found = Axe().run(page, options=RULES).response["violations"]
                said = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
                assert not said, f"{name} at {width} {scheme}: " + "; ".join(said)


ENGLISH = re.compile(r"\b(the|with|please|submit|click|password|draft|merge|commit|branch|diff)\b", re.I)


@pytest.mark.parametrize("name", [name for name in PAGES if name not in {"document", "search"}])
def test_no_english_and_no_git_word_stands_on_a_spanish_page(browser, demo, enter, name):
    who, path = PAGES[name]
    with chromium.page(browser) as page:
        if who:
            enter(page, who)
        page.goto(demo.url + path)
        said = page.inner_text("body")
        found = {match.group(0) for match in ENGLISH.finditer(said)}
        assert not found, f"{name}: {found}"


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_frame_of_a_page_speaks_the_persons_language(browser, demo, enter, language):
    with chromium.page(browser) as page:
        enter(page, "nohely.rondon")
        page.goto(f"{demo.url}/perfil")
        page.select_option("#language", language)
        page.click("form[action='/perfil'] button")
        page.goto(f"{demo.url}/propuestas")
        assert page.get_attribute("html", "lang") == language
        said = page.inner_text("header.site-header")
        assert ("Proposals" if language == "en" else "Propostas") in said
        page.goto(f"{demo.url}/perfil")
        page.select_option("#language", "es")
        page.click("form[action='/perfil'] button")


def test_pages_are_readable_without_scripts(browser, demo, enter):
    with chromium.page(browser, java_script_enabled=False) as page:
        enter(page, MEMBER)
        for path in ("/", "/propuestas", "/propuestas/16", "/propuestas/12", f"/materiales/{LESSON}"):
            page.goto(demo.url + path)
            assert page.inner_text("h1")
        page.goto(f"{demo.url}/propuestas/16")
        assert page.locator("#composer textarea").first.is_visible()
