"""Nothing typed is ever lost: a server that dies, a session that ends, other tabs, a text that moved, no connection."""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from reviewtool.app import make_workshop
from reviewtool.group import Group
from reviewtool.models import Draft, Person, RoleTerm
from reviewtool.services import drafts, people
from reviewtool.settings import Settings
from tests import factories
from tests.conftest import ROOT
from tests.support import agenda, chromium, journey
from tests.support.materials import ADJUSTMENTS, INTRODUCTION
from tests.support.server import Server

pytestmark = pytest.mark.browser

PASSWORD = "una frase bastante larga"
TYPED = "Una frase que nadie debe perder."
KEPT_HERE = "Guardado solo en este navegador"
SAVED = re.compile(r"^Guardado en el servidor a las \d")
MINUTE = 60_000
NUMBERS = itertools.count(1)


@dataclass
class Place:
    """A served installation that tests may kill, and its people."""

    server: Server
    workshop: object
    group: object

    @property
    def url(self):
        return self.server.address


@pytest.fixture(scope="module")
def place(sqlite_template, store_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lost") / "var"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "reviewtool.db")
    shutil.copytree(store_template, folder / "materials.git")
    settings = Settings(var=folder, group_file=ROOT / "config" / "group.toml", secret_key="only-for-tests" * 4)
    workshop = make_workshop(settings)
    with workshop.database.write() as session:
        factories.make_installation(session, Group.load(ROOT / "config" / "group.toml"))
    group = agenda.loaded_group(workshop.database)
    with workshop.database.write() as session:
        people.set_password(session.get_one(Person, group.coordinator.id), PASSWORD)
    server = Server(folder, {"REVIEWTOOL_SECRET_KEY": "only-for-tests" * 4, "REVIEWTOOL_MAX_DOCUMENT_KB": "64"})
    server.start()
    yield Place(server, workshop, group)
    server.kill()
    workshop.database.dispose()
    workshop.store.close()


@pytest.fixture
def author(place):
    """Return a member of this test's own: an alternate, so that no quorum grows."""
    with place.workshop.database.write() as session:
        seat = place.group.seats[0]
        made = factories.make_person(session, f"Autora {next(NUMBERS)}", "member", seat=seat, alternate=True)
        made.password_hash = session.get_one(Person, place.group.coordinator.id).password_hash
    with place.workshop.database.read() as session:
        return people.get(session, made.id)


def end_terms(place, person):
    with place.workshop.database.write() as session:
        for term in session.scalars(select(RoleTerm).where(RoleTerm.person_id == person.id)):
            session.delete(term)


def sign_in(page, place, person, *, rich=False):
    if not rich:  # the field itself, not the editor over it
        page.context.add_init_script("if (location.protocol === 'http:') localStorage.writing = 'source'")
    page.goto(f"{place.url}/entrar")
    enter(page, person)
    page.wait_for_url(f"{place.url}/")


def enter(page, person):
    page.fill("#email", person.email)
    page.fill("#password", PASSWORD)
    page.click("main form button")


@pytest.fixture
def page(browser, place, author):
    with chromium.page(browser) as opened:
        sign_in(opened, place, author)
        yield opened


@pytest.fixture
def address(page, place):
    """Return the address of a draft that the author has begun and that the page shows, its clock in our hands."""
    page.goto(f"{place.url}/materiales/{INTRODUCTION}")
    page.get_by_role("button", name="Proponer un cambio").first.click()
    page.wait_for_url("**/borradores/*/*")
    url = page.url
    page.clock.install()
    show(page, url)
    return url


def show(page, url):
    page.goto(url)
    page.wait_for_load_state("networkidle")  # the scripts are attached


def write(page, words=TYPED):
    page.fill("#text", page.input_value("#text") + words + "\n")


def leave_field(page):
    page.locator("#text").blur()


def status(page):
    return page.locator(".save-status").first


def says(page, words):
    status(page).filter(has_text=words).wait_for()


def stored(place, author):
    with place.workshop.database.read() as session:
        draft = session.scalars(select(Draft).where(Draft.author_id == author.id)).one()
        return drafts.text_of(place.workshop, draft.files[0])


def recover(page):
    page.get_by_role("button", name="Recuperar lo que escribió en este navegador").click()


def save(page):
    page.get_by_role("button", name="Guardar el borrador").click()


def kept_in_browser(page):
    return page.evaluate("Object.keys(localStorage).filter((place) => place.startsWith('typed:')).length")


def test_what_is_typed_is_on_the_server_after_20_seconds_and_when_a_field_is_left(page, place, author, address):
    write(page)
    says(page, "Sin guardar todavía")
    page.clock.fast_forward(3_000)
    says(page, "falta enviarlo al servidor")
    assert TYPED not in stored(place, author)
    page.clock.fast_forward(20_000)
    says(page, SAVED)
    assert TYPED in stored(place, author)
    assert kept_in_browser(page) == 0
    write(page, "Y otra.")
    leave_field(page)
    says(page, SAVED)
    assert "Y otra." in stored(place, author)


def test_a_server_that_dies_and_comes_back_gets_the_text_by_itself(page, place, author, address):
    place.server.kill()
    write(page)
    leave_field(page)
    says(page, f"{KEPT_HERE} a las")
    says(page, "sin conexión con el servidor")
    place.server.start(again=True)
    page.clock.fast_forward(MINUTE)
    says(page, SAVED)
    assert TYPED in stored(place, author)


def test_a_text_typed_while_the_server_was_dead_comes_back_after_the_tab_was_closed(page, place, author, address):
    place.server.kill()
    write(page)
    leave_field(page)
    says(page, "sin conexión con el servidor")
    other = page.context.new_page()
    page.close()
    place.server.start(again=True)
    show(other, address)
    assert TYPED not in other.input_value("#text")
    assert TYPED in other.locator("form q").inner_text()
    recover(other)
    other.get_by_text("comparado con lo que está guardado en el servidor").wait_for()
    assert TYPED in other.locator("details ins").inner_text()
    assert TYPED in other.input_value("#text")
    assert "todavía no está guardado en el servidor" in status(other).inner_text()
    other.wait_for_load_state("networkidle")
    other.fill("#title", "Un título")
    other.fill("#reason", "Un motivo")
    save(other)
    other.get_by_text("El borrador quedó guardado").wait_for()
    assert TYPED in stored(place, author)
    show(other, address)
    assert other.get_by_role("button", name="Recuperar").count() == 0
    assert kept_in_browser(other) == 0


def test_what_was_typed_in_the_editor_comes_back_too(browser, place, author):
    with chromium.page(browser) as page:
        sign_in(page, place, author, rich=True)
        page.goto(f"{place.url}/materiales/{INTRODUCTION}")
        page.get_by_role("button", name="Proponer un cambio").first.click()
        page.wait_for_url("**/borradores/*/*")
        address = page.url
        show(page, address)
        place.server.kill()
        page.locator(".doc[role=textbox] p").first.click()
        page.keyboard.press("End")
        page.keyboard.type(f" {TYPED}")
        page.goto("about:blank")
        place.server.start(again=True)
        show(page, address)
        assert TYPED not in page.locator(".doc[role=textbox]").inner_text()
        recover(page)
        page.get_by_text("comparado con lo que está guardado en el servidor").wait_for()
        page.locator(".doc[role=textbox]", has_text=TYPED).wait_for()


def test_a_page_that_is_left_at_once_has_kept_its_text(page, place, address):
    place.server.kill()
    write(page)
    page.goto("about:blank")
    place.server.start(again=True)
    show(page, address)
    assert TYPED in page.locator("form q").inner_text()
    page.get_by_role("button", name="Descartarlo").click()
    assert kept_in_browser(page) == 0


def test_without_a_connection_the_text_waits_for_it(page, place, author, address):
    page.context.set_offline(True)
    write(page)
    leave_field(page)
    says(page, "sin conexión con el servidor")
    page.context.set_offline(False)
    says(page, SAVED)
    assert TYPED in stored(place, author)


@pytest.mark.parametrize("end", ["cookie", "password"])
def test_signing_in_again_in_another_tab_saves_what_the_first_one_has(page, place, author, address, end):
    end_session(page, place, author, end)
    write(page)
    leave_field(page)
    says(page, "su sesión terminó")
    assert TYPED not in stored(place, author)
    other = page.context.new_page()
    sign_in(other, place, author)
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    says(page, SAVED)
    assert TYPED in stored(place, author)


def end_session(page, place, author, how):
    if how == "cookie":
        page.context.clear_cookies()
    else:
        with place.workshop.database.write() as session:
            session.get_one(Person, author.id).session_version += 1


@pytest.mark.parametrize("end", ["cookie", "password"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_form_sent_after_its_session_ended_waits_in_the_sign_in(browser, place, author, end, scripts):
    with chromium.page(browser, java_script_enabled=scripts) as page:
        sign_in(page, place, author)
        page.goto(f"{place.url}/materiales/{ADJUSTMENTS}")
        page.get_by_role("button", name="Proponer un cambio").first.click()
        page.wait_for_url("**/borradores/*/*")
        address = page.url
        page.wait_for_load_state("networkidle")
        end_session(page, place, author, end)
        write(page)
        page.fill("#title", "Un título")
        page.fill("#reason", "Un motivo")
        save(page)
        page.get_by_text("Su sesión terminó").wait_for()
        page.fill("#email", author.email)
        page.fill("#password", "no es esta")
        page.click("main form button")
        page.get_by_text("no son correctos").wait_for()
        enter(page, author)
        page.get_by_text("Falta enviar lo que escribió").first.wait_for()
        page.get_by_role("button", name="Enviar ahora").click()
        page.wait_for_url(address)
        assert TYPED in stored(place, author)
        page.goto(address)
        assert page.get_by_role("button", name="Recuperar").count() == 0


def test_of_two_tabs_the_second_is_told_and_both_texts_are_shown(page, place, author, address):
    other = page.context.new_page()
    other.clock.install()
    show(other, address)
    write(page, "La primera pestaña.")
    leave_field(page)
    says(page, SAVED)
    write(other)
    leave_field(other)
    says(other, "este borrador cambió en otra pestaña")
    assert TYPED not in stored(place, author)
    other.fill("#title", "Un título")
    other.fill("#reason", "Un motivo")
    save(other)
    other.get_by_text("comparado con lo que está guardado en el servidor").wait_for()
    assert "La primera pestaña." in other.locator("details del").inner_text()
    assert TYPED in other.locator("details ins").inner_text()
    other.wait_for_load_state("networkidle")
    other.clock.fast_forward(MINUTE)
    assert "La primera pestaña." in stored(place, author)  # nothing is replaced until its author presses
    other.close()
    show(page, address)
    assert TYPED in page.locator("form q").inner_text()


def test_a_published_text_that_moves_takes_nothing_away_and_is_told_in_one_line(page, place, author, address):
    write(page, "Mi frase guardada.")
    leave_field(page)
    says(page, SAVED)
    move(place, "precio realmente\npagado", "precio efectivamente\npagado")
    other = page.context.new_page()
    show(other, address)
    assert "El texto publicado cambió" in other.locator(".flash").inner_text()
    assert "precio efectivamente" in other.input_value("#text")
    assert "Mi frase guardada." in other.input_value("#text")
    write(page)
    leave_field(page)
    says(page, KEPT_HERE)
    page.close()
    show(other, address)
    assert other.locator(".flash").count() == 0
    recover(other)
    other.get_by_text("comparado con lo que está guardado en el servidor").wait_for()
    text = other.input_value("#text")
    assert TYPED in text
    assert "Mi frase guardada." in text
    assert "precio efectivamente" in text


def move(place, old, new):
    """Let others change the published text."""
    by, desk = place.group.members[0], place.group.coordinator
    number = journey.propose(place.workshop, by, INTRODUCTION, old, new)
    journey.approve(place.workshop, number, place.group)
    journey.merge(place.workshop, number, desk)


def test_a_text_that_is_too_large_stays_in_the_browser_and_the_page_says_why(page, place, author, address):
    write(page, "larga " * 15_000)
    leave_field(page)
    says(page, "El documento pasa de 64 kB")
    says(page, KEPT_HERE)
    assert "larga" not in stored(place, author)
    assert kept_in_browser(page) == 1


def test_the_text_of_a_draft_that_is_gone_is_offered_in_the_next_one(page, place, author, address):
    other = page.context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Descartar el borrador").click()
    other.locator("dialog[open] .primary").click()
    other.get_by_text("El borrador se descartó").wait_for()
    write(page)
    leave_field(page)
    says(page, "Ese borrador no existe o ya se presentó")
    page.goto(f"{place.url}/materiales/{INTRODUCTION}")
    page.get_by_role("button", name="Proponer un cambio").first.click()
    page.wait_for_url("**/borradores/*/*")
    recover(page)
    page.get_by_text("comparado con lo que está guardado en el servidor").wait_for()
    assert TYPED in page.input_value("#text")


def test_who_may_not_write_any_more_keeps_the_text_in_the_browser(page, place, author, address):
    end_terms(place, author)
    write(page)
    leave_field(page)
    says(page, "el servidor no lo aceptó")
    assert kept_in_browser(page) == 1


def test_a_comment_that_the_server_did_not_get_is_offered_until_it_has_arrived(page, place, author):
    number = journey.propose(place.workshop, author, INTRODUCTION, "30 días", "45 días")
    show(page, f"{place.url}/propuestas/{number}")
    with page.expect_response("**/keeping.js"):
        page.fill("#body", TYPED)
    page.wait_for_load_state("networkidle")
    place.server.kill()
    with page.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        page.get_by_role("button", name="Publicar el comentario").click(no_wait_after=True)
    place.server.start(again=True)
    show(page, f"{place.url}/propuestas/{number}")
    recover(page)
    assert page.input_value("#body") == TYPED
    page.get_by_role("button", name="Publicar el comentario").click()
    page.locator(".thread", has_text=TYPED).wait_for()
    show(page, f"{place.url}/propuestas/{number}")
    assert page.get_by_role("button", name="Recuperar").count() == 0
    assert kept_in_browser(page) == 0
