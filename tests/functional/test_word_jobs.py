"""Word files are read outside the request: their pages say how far they have come, what failed and what to do."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import select, update

from reviewtool import clock
from reviewtool.clock import now
from reviewtool.models import WordUpload
from reviewtool.services import word_jobs, word_uploads
from tests.support import word_work
from tests.support.materials import INTRODUCTION
from tests.support.words import said
from tests.unit.word.samples import edited, replace


@pytest.fixture
def member(group, sign_in):
    return sign_in(group.members[0])


@pytest.fixture
def file(member) -> bytes:
    return edited(member.get(f"/descargar/word/{INTRODUCTION}").data, replace("30 días", "45 días"))


def sent(client, data: bytes, name: str = "corregido.docx") -> str:
    form = {"path": INTRODUCTION, "number": 0, "file": (BytesIO(data), name)}
    answer = client.post("/word", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, said(answer)
    return answer.location


def claimed(workshop, at=None):
    with workshop.database.write() as session:
        return word_jobs.claim(session, at or now())


def settled(workshop, job, report) -> None:
    with workshop.database.write() as session:
        word_jobs.settle(session, job, report, now())


def in_file(data: bytes, name: str, change) -> bytes:
    """Change one part of a file as its bytes."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
    return out.getvalue()


def test_the_page_tells_step_by_step_how_far_the_file_has_come(workshop, member, file) -> None:
    url = sent(member, file)
    page = member.get(url)
    assert "El archivo se está leyendo" in said(page)
    assert "Espera su turno: es el próximo" in said(page)
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert "es el próximo" in member.get(f"{url}/avance").text
    other = sent(member, file)
    assert "hay 1 archivo antes" in member.get(f"{other}/avance").text
    job = claimed(workshop)
    assert "Se está leyendo" in said(member.get(url))
    assert member.post(url, data={"all": "1"}).status_code == 409
    settled(workshop, job, word_jobs.understand(workshop, job.upload_id))
    assert member.get(f"{url}/avance").text == ""
    assert "Qué se entendió del archivo" in said(member.get(url))
    assert "es el próximo" in member.get(f"{other}/avance").text


def test_what_was_understood_is_kept_as_plain_values_and_comes_back_the_same(workshop, member, file) -> None:
    sent(member, file)
    with workshop.database.read() as session:
        upload = session.scalars(select(WordUpload)).one()
    report = json.loads(json.dumps(word_jobs.understand(workshop, upload.id)))
    fresh = word_uploads.read(workshop, upload)
    upload.result = report["result"]
    kept = word_uploads.understood(workshop, upload)
    assert (kept.text, kept.edits, kept.remarks, kept.questions) == (
        fresh.text,
        fresh.edits,
        fresh.remarks,
        fresh.questions,
    )
    assert kept.text != word_uploads.base_text(workshop, word_uploads.base_of(upload))


def test_where_no_worker_runs_the_page_says_so(workshop, member, file) -> None:
    url = sent(member, file)
    with clock.at(now() + timedelta(seconds=30)):
        assert "nadie está leyendo archivos" in said(member.get(url))
        other = sent(member, file)
        claimed(workshop)
        assert "hay 1 archivo antes" in said(member.get(other))
    assert word_work.read_all(workshop) == 1


def test_a_file_whose_worker_was_killed_is_taken_again_and_given_up_after_some_attempts(workshop, member, file) -> None:
    url = sent(member, file)
    first = claimed(workshop)
    assert claimed(workshop) is None
    at = now()
    for attempt in range(2, word_jobs.ATTEMPTS + 1):
        at += word_jobs.LEASE
        assert claimed(workshop, at) == word_jobs.Job(first.upload_id, attempt)
    settled(workshop, first, word_jobs.failed("word-slow"))
    with workshop.database.read() as session:
        assert session.scalars(select(WordUpload.status)).one() == "reading", "an earlier attempt says nothing any more"
    assert claimed(workshop, at + word_jobs.LEASE) is None
    page = said(member.get(url))
    assert "se interrumpió varias veces" in page
    assert "Volver a intentar" in page
    assert member.post(url, data={"act": "again"}).location == url
    assert word_work.read_all(workshop) == 1
    assert "Qué se entendió del archivo" in said(member.get(url))
    assert member.post(url, data={"act": "again"}).status_code == 400


def test_a_lease_is_renewed_and_given_back(workshop, member, file) -> None:
    sent(member, file)
    job = claimed(workshop)
    later = now() + word_jobs.LEASE
    with workshop.database.write() as session:
        assert word_jobs.renew(session, job, later)
    assert claimed(workshop, later) is None
    with workshop.database.write() as session:
        word_jobs.give_back(session, job, counts=False)
    assert claimed(workshop).attempt == job.attempt
    with workshop.database.write() as session:
        session.execute(update(WordUpload).values(attempts=9))
        assert not word_jobs.renew(session, job, later)


def test_who_left_the_page_finds_the_file_among_the_notices_until_it_was_opened(workshop, group, member, file) -> None:
    url = sent(member, file, "Otro <nombre>.docx")
    assert "No tiene avisos sin leer" in said(member.get("/avisos"))
    word_work.read_all(workshop)
    page = member.get("/avisos")
    assert "1 aviso sin leer" in said(page)
    assert "Otro <nombre>.docx" in said(page)
    assert "Listo: vea qué se entendió" in said(page)
    assert "1<span" in member.get("/").text
    member.get(url)
    assert "No tiene avisos sin leer" in said(member.get("/avisos"))
    assert "Listo: vea qué se entendió" in said(member.get("/word"))
    sent(member, file)
    word_work.read_all(workshop)
    member.post("/avisos/todos-leidos", data={"newest": "0"})
    assert "No tiene avisos sin leer" in said(member.get("/avisos"))


def test_a_file_on_its_way_is_its_senders_alone_and_can_be_thrown_away(workshop, group, sign_in, member, file) -> None:
    url = sent(member, file)
    other = sign_in(group.members[1])
    for address in (url, f"{url}/avance"):
        assert other.get(address).status_code == 404
    assert other.post(url, data={"act": "again"}).status_code == 404
    job = claimed(workshop)
    assert member.post(url, data={"act": "discard"}).status_code == 303
    settled(workshop, job, word_jobs.failed("word-slow"))
    assert member.get(url).status_code == 404


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
BAD_INSIDE = {
    "entities": (lambda part: ENTITIES + part.split(b"?>", 1)[1], "partes que un documento de Word no lleva"),
    "cut": (lambda part: part[: len(part) // 2], "dañado o incompleto"),
    "bomb": (lambda part: part.replace(b"</w:body>", b" " * 60_000_000 + b"</w:body>"), "demasiado grande por dentro"),
    "deep": (
        lambda part: part.replace(b"</w:body>", b"<w:p>" * 5000 + b"</w:p>" * 5000 + b"</w:body>"),
        "dañado o incompleto",
    ),
    "many": (lambda part: part.replace(b"</w:body>", b"<w:p/>" * 1_600_000 + b"</w:body>"), "demasiado grande"),
}


@pytest.mark.parametrize("sort", BAD_INSIDE)
def test_what_is_found_wrong_inside_is_said_on_the_page_and_cannot_be_tried_again(workshop, member, file, sort) -> None:
    change, sentence = BAD_INSIDE[sort]
    url = sent(member, in_file(file, "word/document.xml", change))
    word_work.read_all(workshop)
    page = said(member.get(url))
    assert "No se pudo leer el archivo" in page
    assert sentence in page
    assert "Volver a intentar" not in page
    assert "Enviar otro archivo" in page


def test_addresses_outside_the_file_are_never_asked(workshop, member, file) -> None:
    outside = b'<Relationship Id="rId900" Type="http://x/relationships/attachedTemplate" TargetMode="External" '
    outside += b'Target="http://127.0.0.1:9/plantilla.dotm"/></Relationships>'
    data = in_file(file, "word/_rels/document.xml.rels", lambda part: part.replace(b"</Relationships>", outside))
    url = sent(member, data)
    word_work.read_all(workshop)
    page = said(member.get(url))
    assert "45" in page
    assert "Adjuntar el archivo" not in page, "such a file is not kept with the proposal"
    assert member.post(url, data={"all": "1", "keep": "1"}).status_code == 303
