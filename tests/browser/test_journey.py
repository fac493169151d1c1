"""The journey in a real browser: propose, comment, vote, merge; and what is in Git afterwards."""

from __future__ import annotations

import re

import pytest

from reviewtool.gitstore import reading
from reviewtool.services import people, proposals
from tests.browser import steps
from tests.support import journey

pytestmark = pytest.mark.browser

LESSON = "modulo-1-valor-de-transaccion/leccion-5-comisiones-envases-y-prestaciones.md"
AUTHOR, OBSERVER, COORDINATION = "derlis.benitez", "karla.monzon", "elena.marroquin"
VOTERS = ("lucia.fernandez", "gonzalo.silveira")  # in the browser; the other members through the services
OTHERS = tuple(who for who in steps.MEMBERS if who not in VOTERS)


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

    person(COORDINATION, lambda page: steps.open_ballot(page, address))
    for who in VOTERS:
        person(who, lambda page: steps.vote(page, address))
    for who in OTHERS:
        with demo.workshop.database.read() as session:
            member = people.get(session, person_id(who))
        journey.vote(demo.workshop, number, member)

    def close_and_merge(page):
        steps.close_and_merge(page, address)
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
