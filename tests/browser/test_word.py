"""Word in a real browser, the whole way: downloaded, edited, sent, read by the worker, merged, downloaded again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reviewtool.services import people
from reviewtool.word import opening, reading
from tests.browser import steps
from tests.conftest import ROOT
from tests.support import journey
from tests.unit.word.samples import edited, paragraph, replace

pytestmark = pytest.mark.browser

LESSON = "modulo-1-valor-de-transaccion/leccion-4-personas-vinculadas.md"
OLD, NEW = "reventa", "reventa posterior"
READ_MS = 120_000  # a process is started for each file, and other tests run beside it


@pytest.fixture
def worker(demo):
    """Run the worker of the demonstration."""
    said = {"VAR": str(demo.folder), "REVIEWTOOL_SECRET_KEY": "only-for-tests" * 4}
    command = [sys.executable, "-m", "reviewtool.cli", "worker"]
    with (demo.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | said, stdout=log, stderr=log)
    yield
    process.terminate()
    process.wait(60)


def changed(data: bytes) -> bytes:
    """Edit a file as a lawyer does who has no account: some words, and a comment."""

    def comment(document) -> None:
        document.add_comment(paragraph(document, NEW).runs, text="¿Lo dice así el Código?", author="Asesoría Jurídica")

    return edited(edited(data, replace(OLD, NEW)), comment)


def downloaded(page, name: str) -> bytes:
    with page.expect_download() as under_way:
        page.get_by_role("link", name=name).first.click()
    return Path(under_way.value.path()).read_bytes()


def text(data: bytes, *, accepted: bool = True) -> str:
    return "\n".join(leaf.text for leaf in reading.read(opening.Parts(data)).view(accepted=accepted))


@pytest.mark.timeout(600)
def test_a_document_goes_to_word_and_comes_back_as_a_proposal_that_is_merged(demo, person, person_id, worker):
    found: dict[str, str] = {}

    def propose(page):
        page.goto(f"{demo.url}/materiales/{LESSON}")
        data = changed(downloaded(page, "Descargar en Word"))
        page.get_by_role("link", name="Enviar desde Word").click()
        file = {"name": "con la asesoría.docx", "mimeType": "application/octet-stream", "buffer": data}
        page.set_input_files("#file", file)
        page.get_by_role("button", name="Ver qué se entendió").click()
        page.get_by_role("heading", name="Qué se entendió del archivo").wait_for(timeout=READ_MS)
        told = page.inner_text("main")
        assert "Asesoría Jurídica:" in told
        assert page.locator("ins", has_text="posterior").count() >= 1
        assert page.get_by_label("Adjuntar el archivo a la propuesta").is_checked()
        page.get_by_role("button", name="Hacer un borrador con los cambios").click()
        page.fill("#title", "Precisar que la reventa es posterior")
        page.fill("#reason", "Lo pide la asesoría jurídica.")
        page.click("button[value=submit]")
        page.click("dialog[open] button:has-text('Presentar')")
        page.wait_for_url(re.compile(r"/propuestas/\d+"))
        found["address"] = page.url.partition("?")[0].partition("#")[0]
        told = page.inner_text("main")
        assert "con la asesoría.docx" in told
        assert "Asesoría Jurídica, en el archivo de Word: ¿Lo dice así el Código?" in told

    person("derlis.benitez", propose)
    address = found["address"]
    number = int(address.rpartition("/")[2])
    person("elena.marroquin", lambda page: steps.open_ballot(page, address))
    person("lucia.fernandez", lambda page: steps.vote(page, address))
    for who in steps.MEMBERS:
        with demo.workshop.database.read() as session:
            member = people.get(session, person_id(who))
        if who != "lucia.fernandez":
            journey.vote(demo.workshop, number, member)
    person("elena.marroquin", lambda page: steps.close_and_merge(page, address))

    def look(page):
        page.goto(address)
        data = downloaded(page, "Descargar en Word")
        assert NEW in text(data)
        assert NEW not in text(data, accepted=False)
        page.goto(f"{demo.url}/materiales/{LESSON}")
        assert NEW in text(downloaded(page, "Descargar en Word"))

    person("rosa.quispe", look)
