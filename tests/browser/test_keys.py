"""Keys in every view that shows changes: each leads through all of them, and opens what is folded."""

from __future__ import annotations

import pytest

from benchmarks import texts
from reviewtool.clock import now
from reviewtool.gitstore import reading, writing
from reviewtool.services import drafts, people, revisions
from tests.support import chromium, journey

pytestmark = pytest.mark.browser

MEMBER, AUTHOR = "rosa.quispe", "byron.cevallos"
FOCUS = "(selector) => [...document.querySelectorAll(selector)].indexOf(document.activeElement)"
QUIZ = "# Prueba\n\n::: quiz\n¿Cuánto?\n\n::: respuesta\nSon {} días.\n:::\n:::\n"


def stops(page, keys, selector):
    """Press keys; return which of the elements had the focus after each."""
    found = []
    for key in keys:
        page.keyboard.press(key)
        found.append(page.evaluate(FOCUS, selector))
    return found


@pytest.fixture(scope="module")
def long_proposal(demo):
    """Submit a proposal whose changes find no room on one page, in two versions; return its number."""
    before = texts.document(300)

    def submit(start, text):
        with demo.workshop.database.write() as session:
            by = people.find_by_email(session, f"{AUTHOR}@demo.example")
            draft = start(session, by)
            if draft.files:
                drafts.save_text(demo.workshop, draft, draft.files[0], text, saves=None)
            else:
                drafts.add_new(demo.workshop, draft, "manual-de-prueba.md", text.encode())
                drafts.save_meta(draft, journey.META)
            session.flush()
            known = draft.id, by.id
        return revisions.submit(demo.workshop, known[0], by_id=known[1])

    number = submit(lambda session, by: drafts.start(session, demo.workshop, by=by), before)
    return submit(
        lambda session, by: drafts.start_revision(session, demo.workshop, number, by=by), texts.changed(before, 300)
    )


@pytest.mark.parametrize("view", ["cambios", "completo", "columnas", "propuesto", "fuente"])
def test_keys_lead_through_changes_and_conversations_of_every_view(browser, demo, signed_in, view):
    with chromium.page(browser, storage_state=signed_in(MEMBER)) as page:
        page.goto(f"{demo.url}/propuestas/16?vista={view}", wait_until="networkidle")
        assert stops(page, "jjk", ".changed") == [0, 1, 0]
        last = page.locator(".changed").count() - 1
        assert stops(page, "kj", ".changed") == [last, 0]
        page.evaluate("document.activeElement.blur()")
        assert stops(page, "nnp", ".thread, .to-thread") == [0, 1, 0]
        page.evaluate("document.querySelectorAll('.changed')[1].scrollIntoView()")
        assert stops(page, "jn", ".changed, .thread, .to-thread")[0] >= 0


@pytest.mark.parametrize("view", ["cambios", "completo", "columnas", "propuesto", "fuente"])
def test_the_key_for_the_next_change_opens_what_is_folded(browser, demo, signed_in, long_proposal, view):
    with chromium.page(browser, storage_state=signed_in(MEMBER)) as page:
        page.goto(f"{demo.url}/propuestas/{long_proposal}?version=2&desde=1&vista={view}", wait_until="networkidle")
        shown = page.locator(".changed").count()
        assert page.locator(".fold").count() == 1
        page.evaluate("[...document.querySelectorAll('.changed')].at(-1)?.setAttribute('tabindex', -1)")
        page.evaluate("[...document.querySelectorAll('.changed')].at(-1)?.focus()")
        page.keyboard.press("j")
        page.wait_for_url("**todo=1**")
        page.wait_for_load_state("networkidle")
        assert page.locator(".fold").count() == 0
        here = "[...document.querySelectorAll('.changed')].indexOf(document.querySelector(':target'))"
        assert page.evaluate(here) == shown
        assert stops(page, "j", ".changed") == [shown + 1]


def test_keys_lead_through_two_states_of_a_document_and_two_editions(browser, demo, signed_in):
    store = demo.workshop.store
    old = reading.head(store)

    def put(text):
        tip = reading.head(store)
        blob = writing.write_blob(store, text.encode())
        tree = writing.write_tree(store, tip, [writing.Edit("prueba.md", blob, "100644")])
        person = reading.Signature("Ignacio Riquelme", "p4@grupo.invalid", now())
        made = writing.commit_tree(store, tree, [tip], "Cambia", person, person)
        assert writing.update_ref(store, reading.MAIN, made, tip)
        return made

    first = put(QUIZ.format(30) + "\nUno.\n\nDos.\n")
    put(QUIZ.format(45) + "\nUno.\n\nDos y tres.\n")
    with chromium.page(browser, storage_state=signed_in(MEMBER)) as page:
        page.goto(f"{demo.url}/comparar/{first}/prueba.md", wait_until="networkidle")
        assert stops(page, "jjk", ".changed") == [0, 1, 0]
        assert page.locator(".answer").first.get_attribute("open") is not None
        page.goto(f"{demo.url}/ediciones/comparar?desde=edicion-2026-1", wait_until="networkidle")
        assert stops(page, "jjk", ".changed") == [0, 1, 0]
    assert old != first
