"""Any two versions of a proposal, whatever became of its documents between them, in every view."""

from __future__ import annotations

import re
from html import unescape

import pytest

from reviewtool.services import drafts, people, revisions
from tests.support import journey
from tests.support.materials import FIGURE, GLOSSARY, INTRODUCTION, PICTURE

VIEWS = ["cambios", "completo", "columnas", "propuesto", "fuente"]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.fixture
def number(workshop, group):
    """Submit three versions: documents are edited, renamed, deleted and come back, a file and pictures change."""
    author = group.members[0]

    def submit(change, number=None):
        with workshop.database.write() as session:
            by = people.get(session, author.id)
            start = (session, workshop, number) if number else (session, workshop)
            draft = (drafts.start_revision if number else drafts.start)(*start, by=by)
            change(draft, {entry.old_path or entry.path: entry for entry in draft.files})
            if not number:
                drafts.save_meta(draft, journey.META)
            session.flush()
            draft_id = draft.id
        return revisions.submit(workshop, draft_id, by_id=author.id)

    def edit(draft, entry, old, new):
        text = drafts.text_of(workshop, entry)
        assert old in text
        drafts.save_text(workshop, draft, entry, text.replace(old, new), saves=None)

    def first(draft, _files):
        edit(draft, drafts.add_document(workshop, draft, INTRODUCTION), "30 días", "45 días")
        edit(draft, drafts.add_document(workshop, draft, GLOSSARY), "# Glosario", "# Glosario general")
        drafts.put(drafts.add_document(workshop, draft, FIGURE), SVG)
        drafts.add_new(workshop, draft, "nuevo/datos.bin", b"\x00\x01")

    def second(draft, files):
        drafts.mark_deleted(files[GLOSSARY])
        drafts.rename(workshop, draft, files[INTRODUCTION], "nuevo/introduccion.md")
        edit(draft, files[INTRODUCTION], "45 días", "60 días")
        drafts.put(files["nuevo/datos.bin"], b"\x00\x01\x02")

    def third(draft, files):
        drafts.mark_deleted(files[GLOSSARY], deleted=False)
        drafts.drop(draft, files[FIGURE])
        drafts.drop(draft, files["nuevo/datos.bin"])
        drafts.mark_deleted(drafts.add_document(workshop, draft, PICTURE))

    number = submit(first)
    submit(second, number)
    submit(third, number)
    return number


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (0, 3), (1, 2), (2, 1), (2, 3), (1, 3), (3, 1), (2, 2)])
def test_documents_that_were_deleted_renamed_or_no_text_are_shown_between_any_two_versions(
    sign_in, group, number, view, pair
):
    since, shown = pair
    client = sign_in(group.members[1])
    for todo in ("", "&todo=1"):
        answer = client.get(f"/propuestas/{number}?version={shown}&desde={since}&vista={view}{todo}")
        assert answer.status_code == 200
        assert ("No hay diferencias entre estas dos versiones" in answer.text) == (since == shown)


def test_what_became_of_each_document_is_said(sign_in, group, number):
    client = sign_in(group.members[1])
    second = words(client.get(f"/propuestas/{number}?version=2&desde=1").text)
    assert "Pasa de «El valor de transacción» a «nuevo»." in second
    assert "Cifra «45» pasa a «60»" in second
    assert "Se propone suprimir este documento." in second
    assert "Descargar el anterior (2 bytes)" in second
    assert "Descargar el nuevo (3 bytes)" in second
    third = words(client.get(f"/propuestas/{number}?version=3&desde=2").text)
    assert "La imagen se suprime" in third


@pytest.mark.parametrize(
    ("query", "named"), [("version=9", "9"), ("desde=9", "9"), ("version=x", "x"), ("version=2&desde=77", "77")]
)
def test_a_version_that_does_not_exist_is_named_in_a_clear_sentence(sign_in, group, number, query, named):
    answer = sign_in(group.members[1]).get(f"/propuestas/{number}?{query}")
    assert answer.status_code == 404
    assert f"P-{number} no tiene una versión {named}" in words(answer.text)
