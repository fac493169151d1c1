"""The page of decisions: what was concluded, newest first, between two days, counted and paged."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from docx import Document
from sqlalchemy import event

from reviewtool import clock
from reviewtool.models import Proposal
from reviewtool.services import consultations, decided
from tests.support import journey
from tests.support.materials import GLOSSARY, INTRODUCTION
from tests.support.words import said


def withdrawn(workshop, group) -> int:
    number = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "45 días")
    with workshop.database.write() as session:
        consultations.withdraw(session, number, by=group.members[1], reason="Presento otra")
    return number


def test_the_page_says_that_nothing_was_decided_yet(sign_in, group):
    page = sign_in(group.reader).get("/decisiones")
    assert page.status_code == 200
    assert "El grupo todavía no ha concluido ninguna propuesta." in said(page)


def test_a_reader_sees_what_was_decided_with_its_counts(sign_in, workshop, group, merged):
    other = withdrawn(workshop, group)
    page = sign_in(group.reader).get("/decisiones")
    text = said(page)
    assert "El grupo ha concluido 2 propuestas" in text
    assert "Incorporada al texto" in text
    assert "Se pronunciaron 8 de 11. A favor 8, en contra 0" in text
    assert "Retirada por su proponente" in text
    assert "No se votó" in text
    assert page.text.index(f"/propuestas/{other}") < page.text.index(f"/propuestas/{merged}"), "newest first"


def test_what_is_still_open_is_not_a_decision(sign_in, workshop, group):
    journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    assert "todavía no ha concluido" in said(sign_in(group.reader).get("/decisiones"))


def test_the_filter_asks_from_day_to_day_with_both_days_included(sign_in, workshop, group):
    number = withdrawn(workshop, group)
    client = sign_in(group.reader)
    today = clock.now().date()
    with workshop.database.read() as session:
        ended = session.get_one(Proposal, number).state_changed_at
    near = f"desde={ended.date() - timedelta(days=1)}&hasta={ended.date() + timedelta(days=1)}"
    assert f"/propuestas/{number}" in client.get(f"/decisiones?{near}").text
    long_ago = f"desde=2020-01-01&hasta={today - timedelta(days=30)}"
    page = client.get(f"/decisiones?{long_ago}")
    assert f"/propuestas/{number}" not in page.text
    assert "Ninguna decisión cumple el filtro." in said(page)


def test_the_last_day_asked_counts_until_midnight_where_the_reader_is(sign_in, workshop, group):
    number = withdrawn(workshop, group)
    with workshop.database.read() as session:
        ended = session.get_one(Proposal, number).state_changed_at
    from zoneinfo import ZoneInfo

    there = ended.astimezone(ZoneInfo(group.reader.timezone)).date()
    page = sign_in(group.reader).get(f"/decisiones?desde={there}&hasta={there}")
    assert f"/propuestas/{number}" in page.text


def test_a_result_may_be_asked_alone(sign_in, workshop, group, merged):
    other = withdrawn(workshop, group)
    page = sign_in(group.reader).get("/decisiones?resultado=withdrawn").text
    assert f"/propuestas/{other}" in page
    assert f"/propuestas/{merged}" not in page


@pytest.mark.parametrize(
    "query", ["desde=ayer", "hasta=2026-02-30", "hasta=9999-12-31", "pagina=999999", "resultado=approved"]
)
def test_an_address_that_makes_no_sense_gets_an_answer(sign_in, group, query):
    page = sign_in(group.reader).get(f"/decisiones?{query}")
    assert page.status_code == (400 if query.startswith(("desde", "hasta")) else 200)
    assert "Desde" in page.text


def test_pages_are_thirty_long_and_the_queries_do_not_grow(app, database, workshop, sign_in, group):
    number = withdrawn(workshop, group)
    journey.propose(workshop, group.members[2], GLOSSARY, "#", "##")
    client = sign_in(group.reader)

    def queries() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            assert client.get("/decisiones").status_code == 200
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return len(seen)

    client.get("/decisiones")  # a new visit writes
    few = queries()
    copy_withdrawn(database, number, 40)
    assert queries() == few
    page = client.get("/decisiones?pagina=2")
    assert "Página 2 de 2" in said(page)
    with database.read() as session:
        assert len(decided.listing(session, workshop, decided.Asked(), 2).rows) == 11


def copy_withdrawn(database, number: int, count: int) -> None:
    from reviewtool.models import Revision, Touch

    with database.write() as session:
        row = session.get_one(Proposal, number)
        shared = {c.key: getattr(row, c.key) for c in Proposal.__table__.columns if c.key != "number"}
        text = session.query(Revision).filter_by(proposal_number=number).one()
        for extra in range(100, 100 + count):
            session.add(Proposal(number=extra, **shared))
            session.flush()
            made = Revision(
                proposal_number=extra,
                number=1,
                base=text.base,
                commit=text.commit,
                seal=text.seal,
                author_id=text.author_id,
                submitted_at=text.submitted_at,
            )
            session.add(made)
            session.flush()
            session.add(Touch(revision_id=made.id, path=INTRODUCTION, status="M", module="valor-de-transaccion"))


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_the_table_says_who_stood_how_and_why_word_for_word(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:7]:
        journey.vote(workshop, number, member)
    journey.vote(workshop, number, group.members[7], "for_with_remarks", "Falta citar\nla nota; y «el plazo»")
    journey.vote(workshop, number, group.members[8], "against", "=No conviene")
    journey.vote(workshop, number, group.members[9], "recused")
    journey.close(workshop, number)
    journey.merge(workshop, number, group.coordinator)
    page = sign_in(group.reader).get("/decisiones")
    assert 'href="/decisiones.csv"' in page.text
    answer = sign_in(group.reader).get("/decisiones.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=decisiones-")
    (row,) = rows_of(answer)
    assert (row["Propuesta"], row["Versión votada"], row["Documentos"]) == ("P-1", "1", INTRODUCTION)
    assert "Incorporada" in row["Resultado"]
    assert len(row["A favor"].split("; ")) == 6
    assert len(row["A favor, con observaciones"].split("; ")) == 1
    assert len(row["Se excusa"].split("; ")) == 1
    assert "(A favor, con observaciones): Falta citar\nla nota; y «el plazo»" in row["Motivos y observaciones"]
    assert "(En contra): =No conviene" in row["Motivos y observaciones"]
    assert row["No se ha pronunciado"]
    assert row["Dirección"].endswith("/propuestas/1")


def test_the_table_takes_the_filter_of_the_page(sign_in, workshop, group, merged):
    other = withdrawn(workshop, group)
    client = sign_in(group.reader)
    assert [row["Propuesta"] for row in rows_of(client.get("/decisiones.csv?resultado=withdrawn"))] == [f"P-{other}"]
    assert len(rows_of(client.get("/decisiones.csv"))) == 2
    assert 'href="/decisiones.csv?resultado=withdrawn"' in client.get("/decisiones?resultado=withdrawn").text
    refused = client.get("/decisiones.csv?desde=ayer")
    assert (refused.status_code, refused.location) == (302, "/decisiones?desde=ayer")


def test_silence_is_a_column_of_its_own(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], GLOSSARY, "# ", "# El ")
    journey.open_ballot(workshop, number, group.coordinator, "silencio")
    journey.vote(workshop, number, group.members[1], "no_objection")
    journey.close(workshop, number)
    journey.merge(workshop, number, group.coordinator)
    (row,) = rows_of(sign_in(group.members[0]).get("/decisiones.csv"))
    assert len(row["Sin objeción"].split("; ")) == 1
    assert len(row["Sin objeción por silencio"].split("; ")) == 10
    assert (row["A favor"], row["No se ha pronunciado"]) == ("", "")


def test_the_decisions_are_one_text_for_minutes_on_the_page_and_in_word(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], "for_with_remarks", "Falta citar el artículo 8\ny su nota")
    for member in group.members[2:8]:
        journey.vote(workshop, number, member, "against", "No: véase el\x0bcaso 3")
    journey.close(workshop, number)
    client = sign_in(group.reader)
    text = said(client.get("/decisiones/informe"))
    assert "1 propuesta concluida." in text
    assert f"P-{number} . {journey.META.title}" in text
    for sentence in (
        "Resultado No aprobada, ",
        "En contra (6) ",
        "A favor, con observaciones (1) Argentina (2)",
        "Argentina (2) (A favor, con observaciones): Falta citar el artículo 8 y su nota",
    ):
        assert sentence in text
    sent = client.get("/decisiones.docx")
    assert sent.mimetype.endswith("wordprocessingml.document")
    document = Document(io.BytesIO(sent.data))
    paragraphs = [each.text for each in document.paragraphs]
    assert f"P-{number}. {journey.META.title}" in paragraphs
    assert [each for each in paragraphs if each.endswith("Falta citar el artículo 8\ny su nota")]
    assert [each for each in paragraphs if each.endswith("No: véase el caso 3")]
    assert document.core_properties.language == "es"


@pytest.mark.parametrize("path", ["/decisiones/informe", "/decisiones.docx", "/decisiones.csv"])
def test_of_a_filter_that_cannot_be_read_the_page_tells_why(sign_in, group, path):
    answer = sign_in(group.reader).get(f"{path}?desde=ayer")
    assert (answer.status_code, answer.location) == (302, "/decisiones?desde=ayer")


def test_a_text_without_decisions_says_so(sign_in, group):
    client = sign_in(group.reader)
    assert "Ninguna decisión cumple el filtro." in said(
        client.get("/decisiones/informe?desde=2026-01-01&hasta=2026-02-01")
    )
    assert client.get("/decisiones.docx").status_code == 200
