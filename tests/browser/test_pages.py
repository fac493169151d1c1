"""Every page at three widths, light and dark: axe finds nothing, nothing overflows, no English in the Spanish page."""

from __future__ import annotations

import re

import pytest

from reviewtool import clock
from reviewtool.app import create_app
from reviewtool.services import drafts, people, undoing, vote_links
from reviewtool.settings import Settings
from tests.browser.looking import check
from tests.conftest import ROOT
from tests.support import accessible, chromium
from tests.support.pages import LESSON, MEMBER, PAGES, Page

pytestmark = pytest.mark.browser


def test_what_axe_looks_for_is_found_where_it_is_wrong(page):
    wrong = '<p style="color: #ccc">Apenas se lee<img src="x"></p>'
    page.set_content(f'<html lang="es"><title>Prueba</title><main><h1>Prueba</h1>{wrong}</main>')
    assert [each.split(":")[0] for each in accessible.violations(page)] == ["color-contrast", "image-alt"]
    assert [each.split(":")[0] for each in accessible.violations(page, only_colours=True)] == ["color-contrast"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_at_every_width_in_light_and_dark(browser, demo, signed_in, visit, name):
    wanted = PAGES[name]
    with chromium.page(browser, storage_state=signed_in(wanted.who)) as page:
        if wanted.sent is None:
            check(page, name, lambda: visit(page, wanted))
        else:  # sent once: what is refused counts, and is shown the same at every width
            visit(page, wanted)
            check(page, name)


def test_the_page_that_a_mail_leads_to_for_a_vote_is_accessible_and_fits(browser, demo, signed_in):
    with demo.workshop.database.read() as session:
        person = people.find_by_email(session, "lucia.fernandez@demo.example")
        link = vote_links.offered(session, person, 12, clock.now(), clock.now())
    address = f"{demo.url}/votar/correo/{vote_links.token('only-for-tests' * 4, link)}"
    with chromium.page(browser, storage_state=signed_in("lucia.fernandez")) as page:
        check(page, "vote-link", lambda: page.goto(address))
        assert page.get_by_role("heading", level=1).is_visible()
        assert page.get_by_role("radio").count() > 1


@pytest.mark.parametrize(
    ("who", "begin", "says"),
    [
        ("yokasta.peralta", lambda *case: drafts.start_revision(*case[:2], 9, by=case[2]), "Texto vigente hoy"),
        ("nohely.rondon", lambda *case: undoing.start(*case[:2], 1, by=case[2]), "Sus cambios"),
    ],
    ids=["collided", "undoing"],
)
def test_the_editor_is_accessible_where_texts_collide_and_where_a_change_is_undone(
    browser, demo, signed_in, visit, who, begin, says
):
    with demo.workshop.database.write() as session:
        person = people.find_by_email(session, f"{who}@demo.example")
        draft = begin(session, demo.workshop, person)
        session.flush()
        addresses = [f"/borradores/{draft.id}/{draft.files[0].id}" + more for more in ("", "/pasajes")]
        addresses.append(f"/borradores/{draft.id}/documentos")
    with chromium.page(browser, storage_state=signed_in(who)) as page:
        for address in addresses:
            visit(page, Page(who, address))
            check(page, address)
        visit(page, Page(who, addresses[0]))
        assert says in page.inner_text("main")


def test_the_page_after_a_bug_is_accessible(browser, demo):
    settings = Settings(var=demo.folder, group_file=ROOT / "config" / "group.toml", secret_key="only-for-tests" * 4)
    broken = create_app(settings, demo.workshop)
    broken.view_functions["sessions.sign_in"] = lambda: 1 / 0
    answer = broken.test_client().get("/entrar", headers={"Accept-Language": "es"})
    assert answer.status_code == 500
    with chromium.page(browser) as page:
        said = {"status": 500, "body": answer.text, "headers": dict(answer.headers)}
        page.route(f"{demo.url}/entrar", lambda route: route.fulfill(**said))
        page.goto(f"{demo.url}/entrar")
        assert "Algo falló de nuestro lado" in page.inner_text("h1")
        check(page, "bug")


ENGLISH = re.compile(r"\b(the|with|please|submit|click|password|draft|merge|commit|branch|diff)\b", re.I)


@pytest.mark.parametrize("name", [name for name in PAGES if name not in {"document", "search"}])
def test_no_english_and_no_git_word_stands_on_a_spanish_page(browser, demo, signed_in, visit, name):
    with chromium.page(browser, storage_state=signed_in(PAGES[name].who)) as page:
        visit(page, PAGES[name])
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
        assert not page.get_by_text("selecciónelo en el texto").is_visible()
        assert page.get_by_label("Fragmento que comenta, copiado del texto").is_visible()
        for view in ("Cambios marcados", "Texto completo", "Dos columnas", "Texto propuesto", "Texto fuente"):
            page.get_by_role("link", name=view).click()
            assert page.locator("[aria-current=page]", has_text=view).is_visible()
            assert page.locator(".redline, .sides, .source").first.inner_text()
