"""Files attached to proposals and comments: by whom, what is refused, how they are handed out and recorded."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from sqlalchemy import select

from reviewtool.db import Database
from reviewtool.gitstore import reading, record
from reviewtool.models import Attachment, AttachmentData, Comment, Event
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.services import attaching, objections, people, rebuilding, recording, threads, withdrawals
from reviewtool.services.record_files import ref_of
from tests.support import journey, sent
from tests.support.materials import INTRODUCTION
from tests.support.objects import reached
from tests.support.words import said

SECRET = b"Importadora Quetzal"
PDF = sent.PDF.replace(b"trailer", b"% " + SECRET + b"\ntrailer")
GROUND = "Datos de un importador"


@pytest.fixture
def number(workshop, group):
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


@pytest.fixture
def comment_id(workshop, group, number):
    """A comment of the second member."""
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        begun = threads.comment(session, workshop, number, threads.Place(1), threads.Message("Mire la nota"), by=by)
        return session.scalars(select(Comment.id).where(Comment.thread_id == begun.id)).one()


@pytest.fixture
def attached(workshop, group, number, comment_id):
    """One file beside the proposal, one beside the comment; both are recorded."""
    with workshop.database.write() as session:
        first, second = (people.get(session, member.id) for member in group.members[:2])
        attaching.to_proposal(session, workshop, number, ("Cálculo.xlsx", sent.office(sent.XLSX_MAIN)), by=first)
        made = attaching.to_comment(session, workshop, comment_id, ("Nota del importador.pdf", PDF), by=second).id
    recording.record_group(workshop)
    recording.record(workshop, number)
    return made


def send(client, path, data=PDF, name="Nota 12.pdf"):
    return client.post(path, data={"file": (io.BytesIO(data), name)})


def count(database):
    with database.read() as session:
        return len(session.scalars(select(Attachment)).all())


def in_record(workshop, number):
    tip = record.tip(workshop.store, ref_of(number))
    return {path: blob for path, blob in record.files(workshop.store, tip).items() if path.startswith("attachments/")}


def test_a_file_is_attached_listed_and_handed_out_for_keeping_only(sign_in, group, number, comment_id, database):
    author, member = sign_in(group.members[0]), sign_in(group.members[1])
    page = f"/propuestas/{number}"
    assert "Adjuntar un archivo" in said(author.get(page))
    done = send(author, f"{page}/adjuntar", sent.photograph(), "Foto del envase.jpeg")
    assert (done.status_code, done.location) == (303, f"{page}#attached")
    assert send(member, f"/comentarios/mensajes/{comment_id}/adjuntar").status_code == 303
    shown = said(author.get(page))
    assert "Foto del envase.jpg" in shown
    assert "Nota 12.pdf Documento PDF" in shown
    given = author.get("/adjuntos/2")
    assert given.data == PDF
    assert given.headers["Content-Disposition"] == 'attachment; filename="Nota 12.pdf"'
    assert given.mimetype == "application/pdf"
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent.PLACE.encode() not in author.get("/adjuntos/1").data
    with database.read() as session:
        told = session.get_one(Attachment, 2)
        assert (told.size, told.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())


def test_who_wrote_and_the_coordination_attach_and_who_may_discuss_downloads(
    sign_in, group, number, comment_id, attached, database
):
    own, comment = f"/propuestas/{number}/adjuntar", f"/comentarios/mensajes/{comment_id}/adjuntar"
    before = count(database)
    for person, path, status in (
        (group.members[2], own, 403),
        (group.members[2], comment, 403),
        (group.members[0], comment, 403),
        (group.observers[0], comment, 403),
        (group.reader, own, 403),
        (group.reader, comment, 403),
    ):
        assert send(sign_in(person), path).status_code == status, path
    assert count(database) == before
    for path in (own, comment):
        assert send(sign_in(group.coordinator), path).status_code == 303
    assert sign_in(group.observers[0]).get(f"/adjuntos/{attached}").status_code == 200
    assert sign_in(group.members[5]).get("/adjuntos/999").status_code == 404
    assert sign_in(group.reader).get(f"/adjuntos/{attached}").status_code == 403
    assert "Nota del importador" not in sign_in(group.reader).get(f"/propuestas/{number}").text
    assert "Adjuntar un archivo" not in sign_in(group.members[2]).get(f"/propuestas/{number}").text


@pytest.mark.parametrize("what", sent.HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason_beside_the_field(sign_in, group, number, database, what):
    answer = send(sign_in(group.members[0]), f"/propuestas/{number}/adjuntar", sent.HOSTILE[what], "nota.pdf")
    assert answer.status_code == 400
    assert 'id="file-error"' in answer.text
    assert count(database) == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("informe.pdf.exe", "informe.pdf"),
        ("../../.git/hooks/nota.pdf", "nota.pdf"),
        ("nota\u202efdp.exe", "notafdp.pdf"),
        ("x" * 400, "x" * 116 + ".pdf"),
    ],
)
def test_a_name_does_no_harm(sign_in, group, number, name, kept):
    client = sign_in(group.members[0])
    assert send(client, f"/propuestas/{number}/adjuntar", PDF, name).status_code == 303
    given = client.get("/adjuntos/1")
    assert kept in given.headers["Content-Disposition"]
    assert given.headers["Content-Disposition"].count("filename=") <= 2
    assert "\n" not in given.headers["Content-Disposition"]
    assert kept in said(client.get(f"/propuestas/{number}"))


def test_without_a_file_too_large_or_one_too_many_the_reason_is_said(sign_in, group, number, app, workshop):
    client, path = sign_in(group.members[0]), f"/propuestas/{number}/adjuntar"
    assert "Elija un archivo de su equipo." in said(client.post(path, data={}))
    answer = send(client, path, b"%PDF-" + b"x" * workshop.limits.upload_bytes)
    answer.request.environ["wsgi.input"].close()  # the test client leaves its temporary file open
    assert "El archivo pasa de 10 MB." in said(answer)
    app.extensions["workshop"] = replace(workshop, limits=replace(workshop.limits, attachments=1))
    assert send(client, path).status_code == 303
    assert "Aquí ya hay 1 archivos adjuntos: no se admiten más." in said(send(client, path))


def test_a_proposal_that_is_decided_takes_no_more_files(sign_in, workshop, group, merged):
    answer = send(sign_in(group.members[0]), f"/propuestas/{merged}/adjuntar")
    assert answer.status_code == 409
    assert "su estado cambió" in said(answer)


def test_the_record_has_the_file_and_verify_sees_when_it_differs(workshop, number, attached):
    stands = in_record(workshop, number)
    assert set(stands) == {"attachments/1.json", "attachments/1.xlsx", "attachments/2.json", "attachments/2.pdf"}
    assert reading.data(workshop.store, stands["attachments/2.pdf"]) == PDF
    assert journey.findings(workshop) == ()
    with workshop.database.write() as session:
        session.get_one(AttachmentData, attached).data = b"%PDF-1.4 other %%EOF"
    assert [found.code for found in journey.findings(workshop)] == ["record-differs"]


def test_an_act_that_is_not_talk_does_not_write_the_files_again(workshop, group, number, attached):
    with workshop.database.read() as session:
        event = session.scalars(select(Event).where(Event.kind == "attached").order_by(Event.seq.desc())).first()
        assert event.facts["attachment"] == attached
    journey.open_ballot(workshop, number, group.coordinator)
    recording.record(workshop, number)
    assert len(in_record(workshop, number)) == 4
    assert journey.findings(workshop) == ()


def test_from_the_record_alone_the_files_come_back(workshop, group, number, attached, sqlite_template, tmp_path):
    path = tmp_path / "empty.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    with again.database.read() as session:
        found, data = attaching.get(session, attached)
        assert (found.filename, data) == ("Nota del importador.pdf", PDF)
    assert journey.findings(again) == ()
    again.database.dispose()


def test_a_withdrawn_file_is_nowhere_any_more(workshop, group, number, attached, sign_in):
    member = sign_in(group.members[0])
    assert SECRET in reached(workshop.store)
    withdrawals.withdraw(workshop, "attachment", attached, ground=GROUND, by_id=group.coordinator.id)
    assert SECRET not in reached(workshop.store)
    assert b"Nota del importador" not in reached(workshop.store)
    assert set(in_record(workshop, number)) >= {"attachments/2.json", "attachments/2.pdf"}
    assert member.get(f"/adjuntos/{attached}").status_code == 404
    page = said(member.get(f"/propuestas/{number}"))
    assert "Nota del importador" not in page
    assert f"Archivo adjunto: {INSTEAD}" in page
    assert member.get("/adjuntos/1").status_code == 200
    assert journey.findings(workshop) == ()


def test_a_withdrawn_comment_takes_its_files_along(workshop, group, number, comment_id, attached, sign_in):
    withdrawals.withdraw(workshop, "comment", comment_id, ground=GROUND, by_id=group.coordinator.id)
    assert SECRET not in reached(workshop.store)
    assert sign_in(group.members[1]).get(f"/adjuntos/{attached}").status_code == 404
    assert send(sign_in(group.members[1]), f"/comentarios/mensajes/{comment_id}/adjuntar").status_code == 403
    assert journey.findings(workshop) == ()


def test_a_withdrawn_objection_takes_the_files_of_its_comment_along(workshop, group, number):
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        raised = objections.raise_one(session, number, by=by, reason="Un motivo que no debe quedar").id
        first = session.scalars(select(Comment.id)).one()
        attaching.to_comment(session, workshop, first, ("x.pdf", PDF), by=by)
    recording.record_group(workshop)
    withdrawals.withdraw(workshop, "objection", raised, ground=GROUND, by_id=group.coordinator.id)
    assert SECRET not in reached(workshop.store)
    assert journey.findings(workshop) == ()


def test_the_coordination_withdraws_a_file_on_its_page(sign_in, group, number, attached, workshop):
    client = sign_in(group.coordinator)
    assert f'href="/retirar/adjunto/{attached}"' in client.get(f"/propuestas/{number}").text
    assert "Nota del importador.pdf" in said(client.get(f"/retirar/adjunto/{attached}"))
    assert client.post(f"/retirar/adjunto/{attached}", data={"ground": GROUND}).status_code == 303
    assert SECRET not in reached(workshop.store)
    assert "Adjuntó un archivo" in said(client.get(f"/registro?propuesta={number}"))
