"""Writing in the browser, without scripts: drafts are kept, nothing typed is lost, a second press finds the first."""

from __future__ import annotations

import io
import re
from time import process_time

import pytest
from sqlalchemy import select

from benchmarks import texts
from reviewtool.models import Draft, Proposal, RoleTerm
from reviewtool.services import drafts, people, proposals
from tests import factories
from tests.support import sent
from tests.support.materials import INTRODUCTION, WINDOWS_LINES

META = {"title": "Un título", "reason": "Un motivo", "kind": "substance"}


@pytest.fixture
def author(group, sign_in):
    return sign_in(group.members[0])


def begin(client, path=INTRODUCTION):
    answer = client.post("/borradores", data={"path": path})
    assert answer.status_code == 303
    return answer.location


def fields(page):
    html = page.get_data(as_text=True)
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
    text = re.search(r'<textarea class="markdown"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
    return found | {"text": unescape(text.group(1)) if text else ""}


def unescape(text):
    import html

    return html.unescape(text)


def typed(client, address, old, new, **more):
    known = fields(client.get(address))
    assert old in known["text"]
    return known | META | {"text": known["text"].replace(old, new)} | more


def test_a_member_proposes_a_change_from_a_document(author, database):
    address = begin(author)
    answer = author.post(address, data=typed(author, address, "30 días", "45 días", act="submit"))
    assert answer.status_code == 303
    assert answer.location == "/propuestas/1"
    with database.read() as session:
        assert proposals.get(session, 1).title == "Un título"
        assert session.scalars(select(Draft)).all() == []


def test_pressing_submit_twice_makes_one_proposal(author, database):
    address = begin(author)
    form = typed(author, address, "30 días", "45 días", act="submit")
    assert author.post(address, data=form).location == "/propuestas/1"
    assert author.post(address, data=form).location == "/propuestas/1"
    with database.read() as session:
        assert len(session.scalars(select(Proposal)).all()) == 1


def test_beginning_again_on_a_document_goes_on_with_the_draft(author):
    assert begin(author) == begin(author)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Escriba un título"),
        ("title", "x" * 201, "pasa de 200 caracteres"),
        ("reason", "", "Escriba el motivo"),
        ("kind", "otra", "Elija la clase de cambio"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_the_text_stays(author, field, value, sentence):
    address = begin(author)
    form = typed(author, address, "30 días", "noventa días", act="submit") | {field: value}
    answer = author.post(address, data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert sentence in page
    assert "noventa días" in page
    assert "Un motivo" in page or field == "reason"


def test_submitting_without_a_change_is_refused_in_words(author):
    address = begin(author)
    answer = author.post(address, data=fields(author.get(address)) | META | {"act": "submit"})
    assert answer.status_code == 400
    assert "no cambia nada" in answer.get_data(as_text=True)


def test_what_is_typed_is_kept_on_the_server_while_writing(author):
    address = begin(author)
    form = typed(author, address, "30 días", "45 días")
    assert author.post(address + "/guardar", data=form).status_code == 204
    assert author.post(address + "/guardar", data=form | {"text": form["text"] + "Más.\n"}).status_code == 204
    assert "Más." in fields(author.get(address))["text"]


def test_a_second_window_does_not_overwrite_the_first_unseen(author):
    address = begin(author)
    first, second = typed(author, address, "30 días", "45 días"), typed(author, address, "30 días", "60 días")
    assert author.post(address + "/guardar", data=first).status_code == 204
    assert author.post(address + "/guardar", data=second).status_code == 409
    shown = author.post(address, data=second | {"act": "save"})
    page = shown.get_data(as_text=True)
    assert shown.status_code == 409
    assert "60 días" in page
    assert re.search(r"<del[^>]*>.*45.*</del>", page)
    assert author.post(address, data=fields(shown) | META | {"act": "save"}).status_code == 303
    assert "60 días" in fields(author.get(address))["text"]


def test_only_the_words_change_when_a_browser_sends_its_own_line_ends(author, app, database):
    workshop = app.extensions["workshop"]
    address = begin(author, WINDOWS_LINES)
    known = fields(author.get(address))
    sent = known["text"].replace("\r\n", "\n").replace("\n", "\r\n") + "Fin.\r\n"
    author.post(address, data=known | META | {"text": sent, "act": "save"})
    with database.read() as session:
        entry = session.scalars(select(Draft)).one().files[0]
        old = drafts.before(workshop, entry)
        assert drafts.content(workshop, entry) == old + b"Fin.\r\n"


def test_a_new_document_and_an_image_are_added_to_a_proposal(author, database):
    address = begin(author).rsplit("/", 1)[0] + "/documentos"
    new = {"act": "new", "folder": "casos", "name": "caso-9", "heading": "Caso 9"}
    assert author.post(address, data=new).status_code == 303
    image = {"act": "upload", "folder": "casos", "file": (io.BytesIO(sent.picture()), "figura.png")}
    assert author.post(address, data=image).status_code == 303
    with database.read() as session:
        paths = {entry.path for entry in session.scalars(select(Draft)).one().files}
    assert {"casos/caso-9.md", "casos/figura.png"} <= paths


@pytest.mark.parametrize("name", ["../fuera", ".git", "con/barra", "x" * 300])
def test_a_bad_name_is_refused_in_words(author, name):
    address = begin(author).rsplit("/", 1)[0] + "/documentos"
    answer = author.post(address, data={"act": "new", "folder": "", "name": name, "heading": "Título"})
    assert answer.status_code == 400
    assert "error-summary" in answer.get_data(as_text=True)


def test_a_file_over_the_limit_is_refused_in_words(author, app):
    address = begin(author).rsplit("/", 1)[0] + "/documentos"
    big = io.BytesIO(b"x" * (app.extensions["workshop"].limits.upload_bytes + 1))
    answer = author.post(address, data={"act": "upload", "file": (big, "grande.pdf")})
    answer.request.environ["wsgi.input"].close()  # the test client leaves its temporary file open
    assert answer.status_code in {400, 413}
    assert "10 MB" in answer.get_data(as_text=True) or "demasiado grande" in answer.get_data(as_text=True)


def test_a_request_that_is_too_large_to_be_read_gets_a_page_in_words(author, app):
    address = begin(author).rsplit("/", 1)[0] + "/documentos"
    big = io.BytesIO(b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1))
    answer = author.post(address, data={"act": "upload", "file": (big, "grande.pdf")})
    answer.request.environ["wsgi.input"].close()  # the test client leaves its temporary file open
    assert answer.status_code == 413
    assert "El archivo es demasiado grande" in answer.get_data(as_text=True)
    assert "Reduzca el archivo" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("view", "more"), [("cambios", r"\d+ cambios más"), ("vista", r"\d+ párrafos más")])
def test_of_a_draft_of_500_kb_what_has_room_is_shown_and_the_rest_is_a_link_away(author, app, database, view, more):
    before = texts.document(500)
    workshop = app.extensions["workshop"]
    address = begin(author)
    with database.write() as session:
        draft = session.scalars(select(Draft)).one()
        drafts.add_new(workshop, draft, "manual.md", before.encode())
        session.flush()
        entry = draft.files[-1]
        address = f"/borradores/{draft.id}/{entry.id}"
    began = process_time()
    page = author.get(f"{address}?vista={view}")
    assert process_time() - began < 8
    assert len(page.data) < 250 * 1024
    link = re.search(rf'<a href="([^"#]+)(#[^"]+)?">Mostrar {more}', page.text)[1]
    began = process_time()
    whole = author.get(unescape(link))
    assert process_time() - began < 8
    assert len(whole.data) > 500_000
    assert not re.search(f"Mostrar {more}", whole.text)


def test_unchanged_paragraphs_of_a_draft_are_folded(author):
    address = begin(author)
    author.post(address, data=typed(author, address, "30 días", "45 días", act="save"))
    page = author.get(f"{address}?vista=cambios").text
    assert re.search(r'class="doc changed" id="change-1">', page)
    link = re.search(r'<a href="([^"]+)">Mostrar \d+ párrafos? sin cambios', page)
    assert link
    assert "Mostrar" not in author.get(unescape(link[1])).text.partition('class="redline"')[2].partition("</aside>")[0]


def test_a_draft_is_its_authors_alone(group, author, sign_in):
    address = begin(author)
    for other in (group.members[1], group.coordinator, group.observers[0]):
        assert sign_in(other).get(address).status_code == 404
        assert sign_in(other).post(address, data=META | {"text": "x", "act": "save"}).status_code == 404


def test_observers_and_readers_do_not_begin_a_draft(group, sign_in):
    for person in (group.observers[0], group.reader):
        assert sign_in(person).post("/borradores", data={"path": INTRODUCTION}).status_code == 403


def test_a_draft_is_discarded_only_by_a_press(author, database):
    address = begin(author).rsplit("/", 1)[0]
    assert author.get(address + "/descartar").status_code in {404, 405}
    assert author.post(address + "/descartar").status_code == 303
    with database.read() as session:
        assert session.scalars(select(Draft)).all() == []


def test_another_open_proposal_on_the_same_passage_is_announced(group, author, app, database):
    from tests.support import journey

    workshop = app.extensions["workshop"]
    with database.read() as session:
        other = people.get(session, group.members[1].id)
    journey.propose(workshop, other, INTRODUCTION, "30 días", "90 días")
    address = begin(author)
    form = typed(author, address, "30 días", "45 días", act="save")
    author.post(address, data=form)
    page = author.get(address).get_data(as_text=True)
    assert "Argentina tiene una propuesta abierta sobre este párrafo:" in page
    marked = re.sub(r"<[^>]*>", "", page[page.index("sobre este párrafo:") :])
    assert ("90 días" in marked or "90" in marked, "45" in marked.partition("Conviene ponerse")[0]) == (True, False)


def test_words_that_moved_under_a_draft_are_shown_beside_its_own(group, author, app, database):
    from tests.support import journey

    workshop = app.extensions["workshop"]
    address = begin(author)
    form = typed(author, address, "30 días", "45 días", act="submit")
    with database.read() as session:
        other = people.get(session, group.members[1].id)
        desk = people.get(session, group.coordinator.id)
    number = journey.propose(workshop, other, INTRODUCTION, "30 días", "90 días")
    journey.approve(workshop, number, factories.Group(group.members, group.seats, group.observers, desk, desk, desk))
    journey.merge(workshop, number, desk)

    answer = author.post(address, data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "El texto vigente cambió en las mismas palabras" in page
    assert "90 días" in page
    assert "45 días" in fields(answer)["text"]
    sent = fields(answer) | META | {"act": "submit"}
    assert author.post(address, data=sent).location == f"/propuestas/{number + 1}"


def test_a_document_deleted_meanwhile_comes_back_only_as_a_new_one(group, author, app, database):
    from tests.support import journey

    workshop = app.extensions["workshop"]
    address = begin(author)
    form = typed(author, address, "30 días", "45 días", act="submit")
    with database.write() as session:
        other = people.get(session, group.members[1].id)
        desk = people.get(session, group.coordinator.id)
        draft = drafts.start(session, workshop, by=other)
        drafts.mark_deleted(drafts.add_document(workshop, draft, INTRODUCTION))
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    from reviewtool.services import revisions

    number = revisions.submit(workshop, draft_id, by_id=other.id)
    journey.approve(workshop, number, factories.Group(group.members, group.seats, group.observers, desk, desk, desk))
    journey.merge(workshop, number, desk)

    answer = author.post(address, data=form)
    assert answer.status_code == 409
    assert "se suprimió del texto vigente" in answer.get_data(as_text=True)
    assert "45 días" in fields(answer)["text"]


def test_who_may_not_propose_any_more_keeps_the_draft_and_presents_nothing(author, group, database):
    address = begin(author)
    form = typed(author, address, "30 días", "45 días", act="submit")
    with database.write() as session:
        for term in session.scalars(select(RoleTerm).where(RoleTerm.person_id == group.members[0].id)):
            term.role = "reader"
    answer = author.post(address, data=form)
    assert answer.status_code == 403
    assert "Su función en el grupo no permite este acto" in answer.text
    assert "45 días" in fields(answer)["text"]
    with database.read() as session:
        assert session.scalars(select(Proposal)).all() == []


@pytest.mark.parametrize(("view", "there"), [("editar", "45 días"), ("vista", "45 días")])
def test_a_draft_is_brought_to_a_published_text_that_moved_when_it_is_opened(group, author, app, database, view, there):
    workshop = app.extensions["workshop"]
    address = begin(author)
    author.post(address, data=typed(author, address, "30 días", "45 días", act="save"))
    merged_by_others(group, workshop, database, "precio realmente", "precio efectivamente")
    page = author.get(f"{address}?vista={view}").text
    assert "El texto publicado cambió: su borrador ya parte del de hoy" in page
    assert "precio efectivamente" in page
    assert there in page
    assert "El texto publicado cambió" not in author.get(f"{address}?vista={view}").text


def test_words_that_others_changed_too_are_pointed_out_when_a_draft_is_opened(group, author, app, database):
    workshop = app.extensions["workshop"]
    address = begin(author)
    author.post(address, data=typed(author, address, "30 días", "45 días", act="save"))
    merged_by_others(group, workshop, database, "30 días", "90 días")
    page = author.get(address)
    assert "revise los señalados" in page.text
    assert "El texto vigente cambió en las mismas palabras" in page.text
    assert "45 días" in fields(page)["text"]


def test_a_text_typed_before_the_published_one_moved_comes_back_with_what_others_changed(group, author, app, database):
    workshop = app.extensions["workshop"]
    address = begin(author)
    old = typed(author, address, "30 días", "45 días")
    merged_by_others(group, workshop, database, "precio realmente", "precio efectivamente")
    author.get(address)
    assert author.post(f"{address}/guardar", data=old).status_code == 409
    for shown in (author.post(address, data=old | {"act": "save"}), author.post(f"{address}/recuperar", data=old)):
        assert "45 días" in fields(shown)["text"]
        assert "precio efectivamente" in fields(shown)["text"]
    other = author.post(f"{address}/recuperar", data=old | {"base": "0" * 40})
    assert "45 días" in fields(other)["text"]


def merged_by_others(group, workshop, database, old, new):
    from tests.support import journey

    with database.read() as session:
        other, desk = people.get(session, group.members[1].id), people.get(session, group.coordinator.id)
    number = journey.propose(workshop, other, INTRODUCTION, old, new)
    journey.approve(workshop, number, factories.Group(group.members, group.seats, group.observers, desk, desk, desk))
    journey.merge(workshop, number, desk)
