"""The journey in a real browser: propose, comment, vote, merge; and what is in Git afterwards."""

from __future__ import annotations

import re

import pytest

from reviewtool.gitstore import reading
from reviewtool.services import people, proposals
from tests.support import chromium, journey

pytestmark = pytest.mark.browser

LESSON = "modulo-1-valor-de-transaccion/leccion-5-comisiones-envases-y-prestaciones.md"
AUTHOR, OBSERVER, COORDINATION = "derlis.benitez", "karla.monzon", "elena.marroquin"
VOTERS = ("lucia.fernandez", "gonzalo.silveira")  # in the browser; the other members through the services
OTHERS = (
    "martin.acosta", "wilma.choque", "ignacio.riquelme", "adriana.solano", "yokasta.peralta", "byron.cevallos",
    "xiomara.tellez", "rosa.quispe", "nohely.rondon",
)  # fmt: skip


@pytest.fixture
def person(browser, enter):
    """Return a function that lets a person do something in a browser of their own."""

    def act(who, do):
        with chromium.page(browser) as page:
            page.set_viewport_size({"width": 1280, "height": 900})
            enter(page, who)
            do(page)

    return act


def select_words(page, words):
    """Select words of the redline as a mouse does, and press the button that appears."""
    page.wait_for_load_state("networkidle")  # the scripts are attached
    page.evaluate(
        """words => {
            const walker = document.createTreeWalker(document.querySelector('.redline'), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(node, at, node, at + words.length);
                return;
            }
            throw new Error('no such words');
        }""",
        words,
    )
    page.get_by_role("button", name="Comentar este fragmento").click()


def test_a_member_proposes_an_observer_comments_members_vote_and_the_coordination_merges(demo, person, person_id):
    found = {}

    def propose(page):
        page.goto(f"{demo.url}/materiales/{LESSON}")
        page.click("text=Proponer un cambio")
        page.click("text=Código (Markdown)")
        text = page.input_value("#text")
        assert "comisión de compra" in text
        page.fill("#text", text.replace("comisión de compra", "comisión de compra o de adquisición", 1))
        page.fill("#title", "Nombrar también la comisión de adquisición")
        page.fill("#reason", "En la región se usan los dos nombres y los lectores preguntan si son lo mismo.")
        page.fill("#instrument", "Nota interpretativa al artículo 8")
        page.click("button[value=submit]")
        page.click("dialog[open] button:has-text('Presentar')")
        page.wait_for_url("**/propuestas/*")
        found["number"] = int(re.search(r"/propuestas/(\d+)", page.url).group(1))
        assert page.locator(".redline ins").count() >= 1

    person(AUTHOR, propose)
    number = found["number"]
    address = f"{demo.url}/propuestas/{number}"

    def comment(page):
        page.goto(address)
        select_words(page, "de adquisición")
        page.fill("#composer textarea[name=body]", "Conviene que el glosario diga lo mismo. @Derlis Benítez")
        page.click("text=Publicar el comentario")
        page.wait_for_load_state()
        assert page.locator("mark.passage").count() >= 1
        page.locator("#opinion input[value=favourable]").check()
        page.click("text=Dar su parecer")
        page.wait_for_load_state()

    person(OBSERVER, comment)

    def open_ballot(page):
        page.goto(f"{address}/votacion/abrir")
        page.fill("#reason", "El texto está listo y la edición cierra pronto.")
        for keep in page.locator("input[name=keep]").all():  # the day it would close is a holiday of some member
            keep.check()
        page.click("main form .button.primary")
        page.wait_for_load_state()
        confirm = page.locator("dialog[open] .primary")
        if confirm.count():
            confirm.click()
        page.wait_for_url(re.compile(rf"/propuestas/{number}(\?|#|$)"))

    person(COORDINATION, open_ballot)

    def vote(page):
        page.goto(address)
        page.locator("#vote input[value=for]").check()
        page.locator("#vote .button.primary").click()
        page.wait_for_load_state()
        assert "A favor" in page.inner_text("#vote")

    for who in VOTERS:
        person(who, vote)
    for who in OTHERS:
        with demo.workshop.database.read() as session:
            member = people.get(session, person_id(who))
        journey.vote(demo.workshop, number, member)

    def close_and_merge(page):
        page.goto(f"{address}/votacion/cerrar")
        page.fill("#reason", "Todos los puestos se pronunciaron.")
        page.click("main form .button.primary")
        confirm = page.locator("dialog[open] .primary")
        if confirm.count():
            confirm.click()
        page.wait_for_url(re.compile(rf"/propuestas/{number}(\?|#|$)"))
        assert "Aprobada" in page.inner_text("main")
        page.goto(f"{address}/incorporar")
        page.click("main form .button.primary")
        confirm = page.locator("dialog[open] .primary")
        if confirm.count():
            confirm.click()
        page.wait_for_url(re.compile(rf"/propuestas/{number}(\?|#|$)"))
        assert "Incorporada" in page.inner_text("main")
        page.goto(f"{demo.url}/materiales/{LESSON}")
        assert "comisión de compra o de adquisición" in page.inner_text("main")

    person(COORDINATION, close_and_merge)

    with demo.workshop.database.read() as session:
        merged = proposals.merge_of(session, number)
        author = proposals.get(session, number).author
    commit = reading.commit(demo.workshop.store, merged.commit)
    assert commit.author.name == author.name == "Derlis Benítez"
    assert commit.committer.name == "Elena Marroquín"
    names = [name for name, _value in commit.trailers]
    assert names.count("Approved-by") == 11
    assert names.count("Advised-by") == 1
    assert dict(commit.trailers)["Merge-kind"] == "exact"


def test_a_comment_typed_while_the_server_is_gone_comes_back(demo, person):
    def type_and_come_back(page):
        page.goto(f"{demo.url}/propuestas/17")
        page.wait_for_load_state("networkidle")  # the scripts are attached
        page.fill("#composer textarea[name=body]", "Un comentario que no debe perderse")
        page.get_by_text("Guardado solo en este navegador").wait_for()
        page.context.set_offline(True)
        page.locator("#composer button", has_text="Publicar").click()
        page.context.set_offline(False)
        page.goto(f"{demo.url}/propuestas/17")
        page.get_by_role("button", name="Recuperar lo que escribió").first.click()
        assert page.input_value("#composer textarea[name=body]") == "Un comentario que no debe perderse"

    person("wilma.choque", type_and_come_back)
