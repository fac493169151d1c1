"""Documents and proposals are taken along as Word files, as their readers ask for them."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest

from reviewtool.gitstore import history
from reviewtool.services import documents, drawing, people, threads, word_files
from reviewtool.web.decisions_word import TYPE
from reviewtool.word import importing, opening, reading
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, FIGURE, INTRODUCTION, ODD_NAME, OLD_ENCODING
from tests.support.words import said

SITE = "http://localhost/materiales/"


@pytest.fixture
def number(workshop, group) -> int:
    """Return a proposal of two versions with an open and a resolved comment."""
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    with workshop.database.write() as session:
        other = people.get(session, group.members[1].id)
        place = threads.Place(1, INTRODUCTION, "La administración")
        first = threads.comment(session, workshop, made, place, threads.Message("¿Cuál?"), by=other)
        threads.reply(
            session, first.id, threads.Message("La de importación"), by=people.get(session, group.members[0].id)
        )
        whole = threads.comment(session, workshop, made, threads.Place(1), threads.Message("De acuerdo"), by=other)
        threads.resolve(session, whole.id, by=other)
    journey.revise(workshop, group.members[0], made, INTRODUCTION, "precio de lista", "precio de catálogo")
    return made


def upload(data: bytes) -> reading.Upload:
    return reading.read(opening.Parts(data))


def text(data: bytes, *, accepted: bool = True) -> str:
    return "\n".join(leaf.text for leaf in upload(data).view(accepted=accepted))


def test_a_document_is_downloaded_with_where_it_comes_from_and_whole_addresses(workshop, group, sign_in) -> None:
    reader = sign_in(group.reader)
    assert "Descargar en Word" in said(reader.get(f"/materiales/{INTRODUCTION}"))
    answer = reader.get(f"/descargar/word/{INTRODUCTION}")
    assert (answer.status_code, answer.mimetype) == (200, TYPE)
    assert "01-introduccion.docx" in answer.headers["Content-Disposition"]
    origin = opening.Parts(answer.data).origin()
    tip = documents.tip(workshop)
    assert origin is not None
    assert (origin.document, origin.commit, origin.proposal) == (INTRODUCTION, tip, 0)
    links = [link.address for p in docx.Document(BytesIO(answer.data)).paragraphs for link in p.hyperlinks]
    assert links == [f"{SITE}{ADJUSTMENTS}"] or f"{SITE}{ADJUSTMENTS}" in links[0]
    assert reader.get(f"/descargar/word/{INTRODUCTION}").data == answer.data


def test_an_older_state_is_downloaded_as_it_stood(workshop, group, sign_in) -> None:
    first = list(history.log(workshop.store, documents.tip(workshop), limit=9))[-1].commit
    member = sign_in(group.members[0])
    page = member.get(f"/estado/{first.id}/{INTRODUCTION}").text
    assert f"/descargar/word/{first.id}/{INTRODUCTION}" in page
    assert "60 días" in text(member.get(f"/descargar/word/{first.id}/{INTRODUCTION}").data)
    assert member.get(f"/descargar/word/{'0' * 40}/{INTRODUCTION}").status_code == 404


@pytest.mark.parametrize("path", [ODD_NAME, OLD_ENCODING, ADJUSTMENTS])
def test_every_document_goes_to_word(group, sign_in, path) -> None:
    assert sign_in(group.reader).get(f"/descargar/word/{path}").status_code == 200


def test_a_file_that_is_no_text_is_not_made_a_word_file(group, sign_in) -> None:
    answer = sign_in(group.reader).get(f"/descargar/word/{FIGURE}")
    assert answer.status_code == 400
    assert "se descarga como está" in said(answer)


def test_a_proposal_is_downloaded_with_tracked_changes_and_comments(workshop, group, sign_in, number) -> None:
    member = sign_in(group.members[2])
    assert f"/propuestas/{number}/word/1" in member.get(f"/propuestas/{number}").text
    data = member.get(f"/propuestas/{number}/word/1").data
    assert "45 días" in text(data)
    assert "30 días" in text(data, accepted=False)
    base = documents.get(workshop, documents.tip(workshop), INTRODUCTION).text
    around = word_files.surroundings(workshop, (documents.tip(workshop),), INTRODUCTION, SITE)
    found = importing.document(base, data, around)
    author = group.members[0].name
    assert found.tracked
    assert {mark.author for edit in found.edits for mark in edit.authors if mark} == {author}
    assert [(r.author, r.text.splitlines()[-1], r.resolved, len(r.answers)) for r in found.remarks] == [
        (group.members[1].name, "¿Cuál?", False, 1),
        (group.members[1].name, "De acuerdo", True, 0),
    ]
    origin = opening.Parts(data).origin()
    assert origin is not None
    assert (origin.proposal, origin.revision) == (number, 2)


def test_who_may_not_read_the_discussion_gets_the_file_without_it(group, sign_in, number) -> None:
    data = sign_in(group.reader).get(f"/propuestas/{number}/word/1").data
    assert "45 días" in text(data)
    assert opening.Parts(data).part("comments") is None


def test_a_later_comment_is_in_the_next_file(workshop, group, sign_in, number) -> None:
    member = sign_in(group.members[2])
    before = member.get(f"/propuestas/{number}/word/1").data
    with workshop.database.write() as session:
        by = people.get(session, group.members[2].id)
        threads.comment(session, workshop, number, threads.Place(2, INTRODUCTION), threads.Message("Otro"), by=by)
    after = member.get(f"/propuestas/{number}/word/1").data
    assert b"Otro" not in opening.Parts(before).bytes("word/comments.xml")
    assert b"Otro" in opening.Parts(after).bytes("word/comments.xml")


def test_documents_of_a_proposal_that_are_not_there_are_not_found(group, sign_in, number) -> None:
    member = sign_in(group.members[0])
    assert member.get(f"/propuestas/{number}/word/2").status_code == 404
    assert member.get("/propuestas/99/word/1").status_code == 404


def test_a_sheet_for_people_without_an_account_is_printed_and_downloaded(group, sign_in, number) -> None:
    heads = ("Qué cambia", "Texto vigente", "Texto propuesto", "Cierre de la consulta", "El texto actual es incompleto")
    reader = sign_in(group.reader)
    page = said(reader.get(f"/propuestas/{number}/consulta-interna"))
    written = text(reader.get(f"/propuestas/{number}/consulta-interna.docx").data)
    for each in heads:
        assert each in page, each
        assert each in written, each
    assert "Comparación a dos columnas" in page
    assert "¿Cuál?" not in page + written
    assert "30 días" in written
    assert "45 días" in written


def test_a_sheet_shows_the_pictures_of_each_document(workshop, group, sign_in) -> None:
    made = journey.propose(workshop, group.members[0], ADJUSTMENTS, "datos objetivos", "hechos objetivos")
    data = sign_in(group.reader).get(f"/propuestas/{made}/consulta-interna.docx").data
    drawn = [name for name in opening.Parts(data).names if "media" in name]
    can_draw = drawing.as_png(b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>") is not None
    assert bool(drawn) == can_draw
