"""The Word file that came is kept with the proposal as evidence, and goes where its words are withdrawn."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO

import pytest
from sqlalchemy import func, select

from reviewtool.models import Attachment, Comment, Mention, WaitingFile, WaitingRemark, WordUpload
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.services import attaching, drafts, people, recording, withdrawals, word_accepting
from reviewtool.word import plain
from tests.support import journey, word_work
from tests.support.materials import INTRODUCTION
from tests.support.objects import reached
from tests.support.words import said
from tests.unit.word.samples import edited, paragraph, replace

META = {"title": "Cambiar el plazo", "reason": "Lo pide la asesoría", "kind": "substance", "act": "submit"}
SECRET = "Importadora Quetzal declaró 48.312,75 USD"


@pytest.fixture
def member(group, sign_in):
    return sign_in(group.members[0])


def sent(client, data: bytes, name: str = "corregido por legal.docx", **place) -> str:
    form = {"path": "", "number": 0, "file": (BytesIO(data), name)} | place
    answer = client.post("/word", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, said(answer)
    word_work.read_all(client.application.extensions["workshop"])
    return answer.location


def commented(data: bytes, words: str, text: str, author: str) -> bytes:
    def change(document) -> None:
        document.add_comment(paragraph(document, words).runs, text=text, author=author)

    return edited(data, change)


def document(client) -> bytes:
    return client.get(f"/descargar/word/{INTRODUCTION}").data


def accept(client, url: str, **form):
    boxes = re.findall(r'name="remark" value="(\d+)"', client.get(url).text)
    answer = client.post(url, data={"all": "1", "edit": "0", "remark": boxes} | form)
    assert answer.status_code == 303, said(answer)
    return answer


def submitted(client, answer) -> None:
    draft_id = int(re.search(r"/borradores/(\d+)", answer.location)[1])
    page = client.get(f"/borradores/{draft_id}/documentos")
    assert client.post(f"/borradores/{draft_id}/presentar", data=META).status_code == 303, said(page)


def test_the_file_is_attached_when_the_draft_is_submitted_and_is_in_the_record(
    workshop, group, sign_in, member
) -> None:
    data = edited(document(member), replace("30 días", "45 días"))
    url = sent(member, data)
    assert "Adjuntar el archivo a la propuesta" in said(member.get(url))
    first = accept(member, url, keep="1")
    accept(member, url, keep="1")
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(WaitingFile)) == 1
        assert session.scalar(select(func.count()).select_from(Attachment)) == 0
    assert "se adjunta a la propuesta el archivo de Word «corregido por legal.docx»" in said(
        member.get(first.location, follow_redirects=True)
    )
    submitted(member, first)
    with workshop.database.read() as session:
        (kept,) = attaching.of_proposal(session, 1)
        assert (kept.filename, kept.kind, kept.added_by_id) == ("corregido por legal.docx", "docx", group.members[0].id)
        assert kept.sha256 == hashlib.sha256(data).hexdigest()
        assert session.scalar(select(func.count()).select_from(WaitingFile)) == 0
    other = sign_in(group.members[1])
    address = re.search(r'href="(/[^"]*)" download>corregido por legal', other.get("/propuestas/1").text)[1]
    assert other.get(address).data == data
    recording.record_group(workshop)
    recording.record(workshop, 1)
    assert journey.findings(workshop) == ()


def test_who_does_not_want_it_kept_leaves_it_out(workshop, member) -> None:
    url = sent(member, edited(document(member), replace("30 días", "45 días")))
    submitted(member, accept(member, url))
    with workshop.database.read() as session:
        assert attaching.of_proposal(session, 1) == []


def test_a_file_with_comments_alone_is_attached_to_the_first_of_them_once(workshop, group, sign_in) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    observer = sign_in(group.observers[0])
    data = commented(observer.get(f"/propuestas/{number}/word/1").data, "restricciones", "Falta citar", "Asesoría")
    url = sent(observer, data, number=number)
    for _press in range(2):
        boxes = re.findall(r'name="remark" value="(\d+)"', observer.get(url).text)
        observer.post(url, data={"remark": boxes or "0", "keep": "1"})
    with workshop.database.read() as session:
        (kept,) = session.scalars(select(Attachment)).all()
        assert session.get_one(Comment, kept.comment_id).body == "Asesoría, en el archivo de Word: Falta citar"


def test_a_file_goes_with_its_draft(workshop, group, member) -> None:
    accept(member, sent(member, edited(document(member), replace("30 días", "45 días"))), keep="1")
    with workshop.database.write() as session:
        draft = drafts.mine(session, people.get(session, group.members[0].id))[0]
        assert len(word_accepting.files_waiting(session, draft)) == 1
        drafts.discard(session, draft)
        assert word_accepting.files_waiting(session, draft) == []


def test_a_comment_is_somebody_elses_only_when_the_sender_says_so(workshop, group, member) -> None:
    other = group.members[1]
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    data = commented(member.get(f"/propuestas/{number}/word/1").data, "restricciones", "Falta citar", other.name)
    data = commented(data, "mercancías", "Otra cosa", other.name.split()[0])
    url = sent(member, data, number=number)
    page = member.get(url)
    known = re.findall(r'name="known" value="(\d+)"( checked)?', page.text)
    assert known == [(str(other.id), "")], "one whole name is known, and nobody is taken for them unasked"
    member.post(url, data={"remark": re.findall(r'name="remark" value="(\d+)"', page.text), "known": known[0][0]})
    with workshop.database.read() as session:
        assert sorted(session.scalars(select(Comment.body))) == sorted(
            [
                f"@{other.name}, en el archivo de Word: Falta citar",
                f"{other.name.split()[0]}, en el archivo de Word: Otra cosa",
            ]
        )
        assert session.scalars(select(Mention.person_id)).all() == [other.id]


def test_files_that_say_withdrawn_words_go_those_that_wait_and_those_attached(workshop, group, sign_in, member) -> None:
    data = commented(edited(document(member), replace("30 días", "45 días")), "restricciones", SECRET, "Ana")
    url = sent(member, data)
    submitted(member, accept(member, url, keep="1"))
    other = sign_in(group.members[1])
    waiting = sent(other, commented(document(other), "restricciones", f"Ojo: {SECRET}", "Ana"))
    clean = sent(other, edited(document(other), replace("30 días", "60 días")), "limpio.docx")
    accept(other, sent(other, data), keep="1")
    recording.record_group(workshop)
    recording.record(workshop, 1)
    with workshop.database.read() as session:
        comment = session.scalars(select(Comment)).one()
        attached = attaching.of_proposal(session, 1)[0].id
        assert session.scalars(select(WaitingRemark.messages)).all() == [[f"Ana, en el archivo de Word: {SECRET}"]]
    coordinator = sign_in(group.coordinator)
    page = said(coordinator.get(f"/retirar/comentario/{comment.id}"))
    assert "se retira entero: corregido por legal.docx" in page
    withdrawals.withdraw(workshop, "comment", comment.id, ground="Datos de un importador", by_id=group.coordinator.id)
    assert other.get(waiting).status_code == 404
    assert other.get(clean).status_code == 200
    with workshop.database.read() as session:
        assert session.get_one(Attachment, attached).filename == INSTEAD
        assert session.scalars(select(WaitingFile)).all() == []
        assert SECRET not in str(session.scalars(select(WaitingRemark.messages)).all())
        for upload in session.scalars(select(WordUpload)):
            assert SECRET not in plain.text(upload.data)
            assert SECRET not in str(upload.result)
    assert "Archivo adjunto:" in said(other.get("/propuestas/1"))
    assert data not in reached(workshop.store)
    assert SECRET.encode() not in reached(workshop.store)
    assert journey.findings(workshop) == ()
