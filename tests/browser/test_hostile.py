"""The hostile markup in a browser where a script could run: in a document, a title, a reason, comments and a name."""

from __future__ import annotations

import pytest

from reviewtool.app import make_workshop
from reviewtool.models import Person
from reviewtool.services import drafts, people, threads
from reviewtool.settings import Settings
from reviewtool.web.comparison import VIEWS
from tests import factories
from tests.conftest import ROOT
from tests.hostile.corpus import LETTERS, MARKUP
from tests.support import chromium, journey
from tests.support.materials import INTRODUCTION

pytestmark = pytest.mark.browser

PASSWORD = "una frase bastante larga"
SCRIPT = '"><img src=x onerror=window.__hit=1><script>window.__hit=1</script>'
EACH = 12  # pieces of markup in one comment


@pytest.fixture
def workshop(live_server):
    made = make_workshop(Settings(var=live_server.folder, group_file=ROOT / "config" / "group.toml"))
    yield made
    made.database.dispose()
    made.store.close()


@pytest.fixture
def number(workshop):
    """Return a proposal that holds the whole corpus; its text is incorporated, so that the document holds it too."""
    with workshop.database.write() as session:
        group = factories.make_group(session)
        people.set_password(session.get_one(Person, group.coordinator.id), PASSWORD)
        session.get_one(Person, group.members[0].id).name = SCRIPT
    pieces = [*MARKUP.values(), *LETTERS.values()]
    # pictures of elsewhere are asked for and refused by the policy: `test_policy` looks at that
    pieces = [piece.replace("\0", "") for piece in pieces if not ("hostile.example" in piece and "![" in piece)]
    meta = drafts.Meta(title=SCRIPT, reason="\n\n".join(pieces[:EACH]), instrument=SCRIPT)
    text = "30 días\n\n" + "\n\n".join(pieces) + "\n\nY sigue"
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", text, meta)
    with workshop.database.write() as session:
        by = people.get(session, group.members[0].id)
        for at in range(0, len(pieces), EACH):
            body = threads.Message("\n\n".join(pieces[at : at + EACH]))
            threads.comment(session, workshop, made, threads.Place(1), body, by=by)
    journey.approve(workshop, made, group)
    journey.merge(workshop, made, group.coordinator)
    return made, group.coordinator.email


def test_nothing_of_the_corpus_runs_calls_outside_or_is_refused_by_the_policy_on_any_page(browser, live_server, number):
    made, email = number
    pages = [
        *("/", "/propuestas", "/registro", "/decisiones", "/avisos", "/grupo", "/buscar?q=hostile", "/confianza"),
        *(f"/materiales/{INTRODUCTION}", f"/historial/{INTRODUCTION}", f"/por-que/{INTRODUCTION}?bloque=3"),
        *(f"/propuestas/{made}{view}" for view in ("", *(f"?vista={name}" for name in VIEWS))),
        *(f"/propuestas/{made}/comentarios", f"/propuestas/{made}/consulta", f"/buscar?q={'%3Cscript%3E'}"),
    ]
    with chromium.page(browser) as page:  # which complains of scripts that fail, refusals and calls outside
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
        page.goto(f"{live_server.url}/entrar")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("main form button")
        page.wait_for_url(f"{live_server.url}/")
        shown = ""
        for path in pages:
            answer = page.goto(live_server.url + path, wait_until="networkidle")
            assert answer.status in {200, 404}, (path, answer.status)
            for element in ("details > summary", "main [tabindex]"):  # what would run when it is opened or focused
                for each in page.locator(element).all()[:20]:
                    each.dispatch_event("focus")
            assert page.evaluate("window.__hit") is None, path
            assert page.url.startswith(live_server.url), path
            shown += page.inner_text("body")
        assert shown.count("window.__hit=1") > 5 * EACH  # it is there, as words
        assert "U+202E" in shown
