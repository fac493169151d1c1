"""Word files come back: shown as they were understood before anything is saved, then made drafts and comments."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.models import Comment, Draft, Event, Thread, WordUpload
from reviewtool.services import documents, drafts, people, proposals, recording, threads, word_accepting, word_uploads
from reviewtool.word import opening, reading
from tests.support import journey, word_work
from tests.support.materials import ADJUSTMENTS, GLOSSARY, INTRODUCTION, WINDOWS_LINES
from tests.support.words import said
from tests.unit.word.samples import edited, paragraph, replace

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
META = {"title": "Cambiar el plazo", "reason": "Lo pide la asesoría", "kind": "substance", "act": "submit"}


@pytest.fixture
def member(group, sign_in):
    return sign_in(group.members[0])


def download(client, path=INTRODUCTION) -> bytes:
    return client.get(f"/descargar/word/{path}").data


def send(client, data: bytes, *, path: str = "", number: int = 0, name: str = "corregido.docx"):
    form = {"path": path, "number": number, "file": (BytesIO(data), name)}
    return client.post("/word", data=form, content_type="multipart/form-data")


def sent(client, data: bytes, **place) -> str:
    answer = send(client, data, **place)
    assert answer.status_code == 303, said(answer)
    word_work.read_all(client.application.extensions["workshop"])
    return answer.location


def boxes(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="(\d+)"', page)


def accept(client, url: str, **form):
    page = client.get(url).text
    whole = {"all": "1"} if 'name="all"' in page else {"edit": boxes(page, "edit")}
    return client.post(url, data=whole | {"remark": boxes(page, "remark")} | form)


def draft_of(workshop, person) -> str:
    with workshop.database.read() as session:
        found = drafts.mine(session, person)[0]
        return "".join(drafts.text_of(workshop, entry) or "" for entry in found.files)


def published(workshop, path=INTRODUCTION) -> str:
    return documents.get(workshop, documents.tip(workshop), path).text


def count(database, table) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def tracked(data: bytes, old: str, new: str, author: str) -> bytes:
    """Replace words as Word does with tracked changes."""

    def change(document) -> None:
        run = next(run for run in paragraph(document, old).runs if old in run.text)
        before, after = run.text.split(old)
        from copy import deepcopy

        from lxml import etree

        parent, at = run._r.getparent(), run._r.getparent().index(run._r)
        kinds = (("", before), ("del", old), ("ins", new), ("", after))
        for n, (kind, words) in enumerate(kinds):
            piece = deepcopy(run._r)
            text = piece.find(f"{{{W}}}t")
            text.text = words
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            if kind == "del":
                text.tag = f"{{{W}}}delText"
            if kind:
                mark = etree.Element(f"{{{W}}}{kind}")
                mark.set(f"{{{W}}}id", str(900 + n))
                mark.set(f"{{{W}}}author", author)
                mark.set(f"{{{W}}}date", "2026-06-01T10:00:00Z")
                mark.append(piece)
                piece = mark
            parent.insert(at + n, piece)
        parent.remove(run._r)

    return edited(data, change)


def commented(data: bytes, words: str, text: str, author: str) -> bytes:
    def change(document) -> None:
        document.add_comment(paragraph(document, words).runs, text=text, author=author)

    return edited(data, change)


def test_the_whole_way_from_a_download_to_the_next_download(workshop, group, sign_in, member) -> None:
    before = published(workshop)
    data = commented(
        edited(download(member), replace("30 días", "45 días")), "mercancías importadas", "¿Y aquí?", "Ana"
    )
    url = sent(member, data, name="Otro nombre.docx")
    page = said(member.get(url))
    for each in (
        "Qué se entendió del archivo",
        "Otro nombre.docx",
        "texto vigente",
        "45",
        "Sin control de cambios",
        "Ana:",
    ):
        assert each in page, each
    assert (count(workshop.database, Draft), count(workshop.database, Thread)) == (0, 0)
    answer = accept(member, url)
    assert answer.status_code == 303
    assert draft_of(workshop, group.members[0]) == before.replace("30 días", "45 días")
    editor = member.get(answer.location, follow_redirects=True)
    assert "se publica también 1 comentario" in said(editor)
    draft_id = int(re.search(r"/borradores/(\d+)", answer.location)[1])
    assert member.post(f"/borradores/{draft_id}/presentar", data=META).location == "/propuestas/1"
    with workshop.database.read() as session:
        thread = session.scalars(select(Thread)).one()
        first = session.scalars(select(Comment)).one()
        assert thread.quote is not None
        assert "mercancías importadas" in " ".join(thread.quote.split())
        assert (first.body, first.author_id) == ("Ana, en el archivo de Word: ¿Y aquí?", group.members[0].id)
        assert count(workshop.database, Draft) == 0
    out = sign_in(group.members[1]).get("/propuestas/1/word/1").data
    assert "¿Y aquí?" in opening.Parts(out).bytes("word/comments.xml").decode()
    journey.approve(workshop, 1, group)
    journey.merge(workshop, 1, group.coordinator)
    assert published(workshop) == before.replace("30 días", "45 días")
    recording.record_group(workshop)
    recording.record(workshop, 1)
    assert journey.findings(workshop) == ()
    accepted = reading.read(opening.Parts(member.get("/propuestas/1/word/1").data)).view(accepted=True)
    assert any("45 días" in leaf.text for leaf in accepted)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (WINDOWS_LINES, "Mismo nivel", "Igual nivel"),
        (GLOSSARY, "régimen", "sistema"),
        (ADJUSTMENTS, "objetivos", "ciertos"),
    ],
)
def test_only_the_changed_words_differ_also_with_other_line_ends_and_marks(
    workshop, group, member, path, old, new
) -> None:
    url = sent(member, edited(download(member, path), replace(old, new)), path=path)
    assert accept(member, url).status_code == 303
    from reviewtool.gitstore import reading as store

    before = store.data(workshop.store, store.find(workshop.store, documents.tip(workshop), path).blob)
    with workshop.database.read() as session:
        draft = drafts.mine(session, group.members[0])[0]
        assert drafts.content(workshop, draft.files[0]) == before.replace(old.encode(), new.encode())


def test_tracked_changes_are_shown_with_their_authors_and_chosen_one_by_one(workshop, group, member) -> None:
    other = group.members[1]
    data = tracked(download(member), "precio de lista", "precio de catálogo", other.name.upper())
    data = tracked(data, "30 días", "45 días", "Asesoría Jurídica")
    url = sent(member, data, path=INTRODUCTION)
    page = said(member.get(url))
    assert other.name.upper() in page
    assert "Asesoría Jurídica (no figura en el grupo)" in page
    assert "Sin control de cambios" not in page
    numbers = boxes(member.get(url).text, "edit")
    with workshop.database.read() as session:
        found = word_uploads.get(session, int(url.rpartition("/")[2]), by=group.members[0])
        assert found.name == "corregido.docx"
    chosen = next(
        n for n in numbers if "45" in re.search(rf'value="{n}" checked>(.*?)</label>', member.get(url).text, re.S)[1]
    )
    member.post(url, data={"edit": chosen})
    text = draft_of(workshop, group.members[0])
    assert "45 días" in text
    assert "precio de catálogo" not in text
    member.post(url, data={"edit": [n for n in numbers if n != chosen]})
    assert count(workshop.database, Draft) == 2


def test_each_author_gets_a_draft_of_their_own_with_their_comments(workshop, group, member) -> None:
    other = group.members[1].name
    data = tracked(download(member), "precio de lista", "precio de catálogo", other)
    data = commented(edited(data, replace("30 días", "45 días")), "mercancías importadas", "De la otra", other)
    url = sent(member, commented(data, "restricciones", "Mía", group.members[0].name), path=INTRODUCTION)
    page = member.get(url)
    assert said(page).count("Hacer un borrador solo con estos cambios") == 2
    drafted = []
    for position in ("0", "1"):
        answer = member.post(url, data={"author": position, "remark": boxes(page.text, "remark")})
        draft_id = int(re.search(r"/borradores/(\d+)", answer.location)[1])
        with workshop.database.read() as session:
            draft = session.get_one(Draft, draft_id)
            waiting = [each.messages[0] for each in word_accepting.waiting(session, draft)]
            drafted.append(("".join(drafts.text_of(workshop, entry) or "" for entry in draft.files), waiting))
    texts = {("45 días" in text, "precio de catálogo" in text): said_there for text, said_there in drafted}
    assert texts == {(True, False): ["Mía"], (False, True): [f"{other}, en el archivo de Word: De la otra"]}
    assert member.post(url, data={"author": "7"}).status_code == 400


def test_a_second_press_makes_no_second_draft(workshop, member) -> None:
    url = sent(member, edited(download(member), replace("30 días", "45 días")))
    first, second = accept(member, url), accept(member, url)
    assert first.location == second.location
    assert count(workshop.database, Draft) == 1


def test_a_file_of_an_older_text_is_joined_to_todays(workshop, group, member) -> None:
    data = edited(download(member), replace("precio de lista", "precio de catálogo"))
    number = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "45 días")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    url = sent(member, data)
    assert "El texto cambió desde que se descargó" in said(member.get(url))
    accept(member, url)
    assert draft_of(workshop, group.members[0]) == published(workshop).replace("precio de lista", "precio de catálogo")


def test_the_author_makes_the_next_version_and_comments_go_to_the_proposal(workshop, group, member) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        place = threads.Place(1, INTRODUCTION, "La administración dispone")
        threads.comment(session, workshop, number, place, threads.Message("¿Cuál?"), by=by)
    data = member.get(f"/propuestas/{number}/word/1").data
    data = commented(
        edited(data, replace("precio de lista", "precio de catálogo")),
        "restricciones",
        "Ver la ley",
        "Ana",
    )
    url = sent(member, data, number=number)
    page = said(member.get(url))
    assert f"versión 1 de P-{number}" in page
    assert "1 comentario del archivo ya está en la propuesta" in page
    answer = accept(member, url, to="version")
    assert "/borradores/" in answer.location
    text = draft_of(workshop, group.members[0])
    assert "45 días" in text
    assert "precio de catálogo" in text
    with workshop.database.read() as session:
        assert session.scalars(select(Comment.body).order_by(Comment.id)).all() == [
            "¿Cuál?",
            "Ana, en el archivo de Word: Ver la ley",
        ]
        assert drafts.mine(session, group.members[0])[0].proposal_number == number
    accept(member, url, to="version")
    assert count(workshop.database, Comment) == 2


def test_another_member_makes_a_proposal_of_their_own_with_their_words_alone(workshop, group, sign_in) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    other = sign_in(group.members[1])
    data = edited(other.get(f"/propuestas/{number}/word/1").data, replace("precio de lista", "precio de catálogo"))
    url = sent(other, data)
    assert f"P-{number} no es suya" in said(other.get(url))
    accept(other, url, to="new")
    text = draft_of(workshop, group.members[1])
    assert text == published(workshop).replace("precio de lista", "precio de catálogo")


def test_an_observer_sends_comments_and_no_changes(workshop, group, sign_in) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    observer = sign_in(group.observers[0])
    data = observer.get(f"/propuestas/{number}/word/1").data
    data = commented(
        edited(data, replace("precio de lista", "otro")), "restricciones", "Falta citar", group.observers[0].name
    )
    url = sent(observer, data)
    page = observer.get(url)
    assert "se toman solo los comentarios" in said(page)
    assert observer.post(url, data={"all": "1", "remark": boxes(page.text, "remark")}).status_code == 403
    answer = observer.post(url, data={"remark": boxes(page.text, "remark")})
    assert answer.location == f"/propuestas/{number}"
    with workshop.database.read() as session:
        assert session.scalars(select(Comment.body)).all() == ["Falta citar"]
    assert count(workshop.database, Draft) == 0


def test_an_answer_in_the_file_answers_the_comment_that_went_out_with_it(workshop, group, member) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        threads.comment(session, workshop, number, threads.Place(1, INTRODUCTION), threads.Message("¿Cuál?"), by=by)
    data = answered(member.get(f"/propuestas/{number}/word/1").data, "La de importación", group.members[0].name)
    url = sent(member, data)
    assert "Respuesta a un comentario que ya está" in said(member.get(url))
    assert accept(member, url).location == f"/propuestas/{number}"
    with workshop.database.read() as session:
        assert session.scalars(select(Thread)).one().reply_count == 1
        assert session.scalars(select(Comment.body).order_by(Comment.id)).all() == ["¿Cuál?", "La de importación"]


def answered(data: bytes, text: str, author: str) -> bytes:
    """Answer the only comment of a file as Word does."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode() if name.endswith(".xml") else old.read(name)
            if name == "word/comments.xml":
                part = part.replace(
                    "</w:comments>",
                    f'<w:comment w:id="77" w:author="{author}"><w:p w14:paraId="0000AAAA"><w:r><w:t>{text}</w:t>'
                    "</w:r></w:p></w:comment></w:comments>",
                )
            if name.startswith("word/commentsExtended"):
                parent = re.search(r'w15:paraId="(\w+)"', part)[1]
                part = part.replace(
                    "</w15:commentsEx>",
                    f'<w15:commentEx w15:paraId="0000AAAA" w15:paraIdParent="{parent}" w15:done="0"/></w15:commentsEx>',
                )
            new.writestr(name, part)
    return out.getvalue()


def test_what_could_not_be_placed_is_asked(workshop, member) -> None:
    def widen(document) -> None:
        document.tables[0].add_column(docx.shared.Cm(2))

    url = sent(member, edited(download(member, ADJUSTMENTS), widen))
    page = said(member.get(url))
    assert "Lo que queda por preguntar" in page
    assert page.count("más o menos columnas") == 1
    assert "Y 1 lugar más" in page
    assert "El resultado no dice aquí" not in page


def with_macros() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", 8) as made:
        kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
        made.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        made.writestr("word/vbaProject.bin", b"Sub AutoOpen()")
    return out.getvalue()


def bomb() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", 8) as made:
        made.writestr("[Content_Types].xml", '<Types><Override ContentType="wordprocessingml"/></Types>')
        made.writestr("_rels/.rels", b"0" * 60_000_000)
    return out.getvalue()


HOSTILE = {
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "versión antigua de Word"),
    "encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "contraseña"),
    "macros": (with_macros(), "contiene macros"),
    "no-word": (b"%PDF-1.7", "no es un documento de Word"),
    "cut": (b"PK\x03\x04" + b"\0" * 30, "dañado o incompleto"),
    "bomb": (bomb(), "demasiado grande por dentro"),
    "empty": (b"", "Elija un archivo"),
}


@pytest.mark.parametrize("sort", HOSTILE)
def test_a_bad_file_gets_its_sentence_beside_the_field_and_nothing_is_kept(workshop, member, sort) -> None:
    data, sentence = HOSTILE[sort]
    answer = send(member, data, path=INTRODUCTION)
    assert answer.status_code == 400
    assert sentence in said(answer)
    assert 'aria-describedby="file-error' in answer.text
    assert count(workshop.database, WordUpload) == 0


def test_a_file_of_two_hundred_megabytes_is_refused_before_it_is_read(workshop, member) -> None:
    kind, length = "multipart/form-data; boundary=x", {"CONTENT_LENGTH": "200000000"}
    answer = member.post("/word", data=b"--x", content_type=kind, environ_overrides=length)
    assert answer.status_code == 413
    assert "<main" in answer.text
    assert count(workshop.database, WordUpload) == 0


def test_a_file_with_too_many_words_is_refused(workshop, member, monkeypatch) -> None:
    monkeypatch.setattr(word_uploads, "MOST_WORDS", 20)
    page = member.get(sent(member, download(member)))
    assert "No se pudo leer el archivo" in said(page)
    assert "El archivo pasa de 20 palabras" in said(page)
    assert "Volver a intentar" not in said(page)


def test_a_file_that_is_not_ours_needs_the_page_of_its_document(member) -> None:
    def forget(document) -> None:
        for relation in list(document.part.package.rels.values()):
            if "custom-properties" in relation.reltype:
                del document.part.package.rels[relation.rId]

    data = edited(edited(download(member), forget), replace("30 días", "45 días"))
    answer = send(member, data)
    assert answer.status_code == 400
    assert "no dice de qué documento viene" in said(answer)
    assert send(member, data, path=INTRODUCTION).status_code == 303


def test_the_sheet_for_internal_consultation_is_not_taken_for_the_document(workshop, group, member) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    answer = send(member, member.get(f"/propuestas/{number}/consulta-interna.docx").data, number=number)
    assert answer.status_code == 400
    assert "Para consulta interna" in said(answer)


def test_a_file_is_its_senders_alone_and_goes_after_a_day(workshop, group, sign_in, member) -> None:
    data = edited(download(member), replace("30 días", "45 días"))
    url = sent(member, data)
    assert sign_in(group.members[1]).get(url).status_code == 404
    assert sign_in(group.reader).get(url).status_code == 403
    assert send(sign_in(group.reader), data).status_code == 403
    later = clock.now() + timedelta(hours=25)
    with clock.at(later), workshop.database.read() as session, pytest.raises(word_uploads.NotFound):
        word_uploads.get(session, int(url.rpartition("/")[2]), by=group.members[0])
    assert member.post(url, data={"act": "discard"}).status_code == 303
    assert count(workshop.database, WordUpload) == 0
    for _n in range(7):
        sent(member, data)
    assert count(workshop.database, WordUpload) == word_uploads.MOST_KEPT


def test_nothing_chosen_is_said_and_nothing_is_done(workshop, member) -> None:
    data = edited(edited(download(member), replace("30 días", "45 días")), replace("precio de lista", "otro"))
    url = sent(member, data)
    answer = member.post(url, data={"remark": "0"})
    assert answer.status_code == 400
    assert "Marque al menos un cambio" in said(answer)
    assert (count(workshop.database, Draft), count(workshop.database, Event)) == (0, 0)


def test_comments_that_wait_go_with_a_draft_that_is_thrown_away(workshop, group, member) -> None:
    data = commented(edited(download(member), replace("30 días", "45 días")), "restricciones", "Ver la ley", "Ana")
    accept(member, sent(member, data))
    with workshop.database.write() as session:
        draft = drafts.mine(session, people.get(session, group.members[0].id))[0]
        assert len(word_accepting.waiting(session, draft)) == 1
        drafts.discard(session, draft)
        assert word_accepting.waiting(session, draft) == []


def test_the_pages_of_a_document_and_of_a_proposal_lead_here(workshop, group, sign_in, member) -> None:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    assert f"/word?documento={INTRODUCTION.replace('/', '%2F')}" in member.get(f"/materiales/{INTRODUCTION}").text or (
        f"/word?documento={INTRODUCTION}" in member.get(f"/materiales/{INTRODUCTION}").text
    )
    assert f"/word?propuesta={number}" in member.get(f"/propuestas/{number}").text
    assert "/word?" not in sign_in(group.reader).get(f"/propuestas/{number}").text
    assert member.get(f"/word?documento={INTRODUCTION}").status_code == 200
    assert member.get("/word?documento=nada.md").status_code == 404
    with workshop.database.read() as session:
        assert proposals.get(session, number).title in said(member.get(f"/word?propuesta={number}"))
