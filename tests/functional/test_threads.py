"""The forms of conversations: commenting, answering, editing, resolving, suggestions; nothing typed is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest

from reviewtool.models import Comment, Thread
from reviewtool.services import objections, people, threads
from reviewtool.services.threads import Message, Place
from reviewtool.web.talk import harmless
from tests.support import journey
from tests.support.materials import ADJUSTMENTS

OLD = "Solo se añaden sobre la base de datos objetivos y cuantificables."
NEW = "Solo se añaden importes que tengan por base datos objetivos y cuantificables."


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], ADJUSTMENTS, OLD, NEW)


def begin(workshop, number, person, body="Me parece bien.", *, quote="", suggestion=None) -> tuple[int, int]:
    """Begin a thread on the first version; return its id and its comment's."""
    with workshop.database.write() as session:
        place = Place(1, ADJUSTMENTS if quote else None, quote)
        by = people.get(session, person.id)
        thread = threads.comment(session, workshop, number, place, Message(body, suggestion), by=by)
        return thread.id, threads.get(session, thread.id).comments[0].id


def form(**fields: str) -> dict[str, str]:
    return {"version": "1", "path": "", "quote": "", "prefix": "", "suffix": "", "body": "", **fields}


def test_a_comment_from_the_form_stands_on_the_page_it_leads_back_to(sign_in, group, number) -> None:
    client = sign_in(group.observers[0])
    typed = form(path=ADJUSTMENTS, quote="datos objetivos", body="¿Cuáles, **en concreto**?", form_token="t")
    answer = client.post(f"/propuestas/{number}/comentarios", data=typed)
    assert answer.status_code == 303
    assert answer.location == f"/propuestas/{number}#thread-1"
    page = client.get(answer.location).text
    assert "<strong>en concreto</strong>" in page
    assert 'id="passage-1">datos objetivos</mark>' in page


def test_without_scripts_the_passage_may_be_typed(sign_in, group, number) -> None:
    client = sign_in(group.observers[0])
    typed = form(path=ADJUSTMENTS, quote_typed="  datos\r\nobjetivos ", body="¿Cuáles?")
    page = client.post(f"/propuestas/{number}/comentarios", data=typed, follow_redirects=True)
    assert 'id="passage-1">datos objetivos</mark>' in page.text


def test_the_form_sent_twice_makes_one_comment(sign_in, group, number, database) -> None:
    client = sign_in(group.observers[0])
    for _press in range(2):
        answer = client.post(f"/propuestas/{number}/comentarios", data=form(body="Una vez", form_token="same"))
        assert answer.location == f"/propuestas/{number}#thread-1"
    with database.read() as session:
        assert session.query(Comment).count() == 1


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"body": "   "}, 400, "Escriba"),
        ({"body": "El texto que escribí", "path": ADJUSTMENTS, "quote": "no está ahí"}, 400, "fragmento"),
        ({"body": "El texto que escribí", "suggestion": "sin fragmento"}, 400, "fragmento"),
        ({"body": "El texto que escribí", "path": "no/existe.md"}, 404, "no/existe.md"),
        ({"body": "a" * 20_001}, 400, "20000"),
    ],
)
def test_a_refused_comment_comes_back_with_everything_typed(sign_in, group, number, fields, status, sentence) -> None:
    answer = sign_in(group.observers[0]).post(f"/propuestas/{number}/comentarios", data=form(**fields))
    page = unescape(answer.text)
    assert answer.status_code == status
    assert sentence in page
    assert 'class="error-summary"' in page
    for name in ("body", "suggestion", "quote"):
        assert fields.get(name, "").strip() in page


def test_a_comment_may_be_made_on_an_older_version(workshop, sign_in, group, number, database) -> None:
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "# Los ajustes", "# Todos los ajustes")
    answer = sign_in(group.observers[0]).post(f"/propuestas/{number}/comentarios", data=form(body="Sobre la primera"))
    assert answer.location == f"/propuestas/{number}?version=1#thread-1"
    with database.read() as session:
        assert session.query(Thread).one().revision == 1


def test_an_unknown_version_is_refused_with_the_text_kept(sign_in, group, number) -> None:
    answer = sign_in(group.observers[0]).post(
        f"/propuestas/{number}/comentarios", data=form(version="9", body="El texto que escribí")
    )
    assert answer.status_code == 404
    assert "El texto que escribí" in answer.text


def test_a_reply_may_resolve_the_thread(workshop, sign_in, group, number) -> None:
    thread_id, _ = begin(workshop, number, group.observers[0])
    client = sign_in(group.members[0])
    answer = client.post(f"/comentarios/{thread_id}/respuestas", data={"body": "Hecho", "resolve": "1"})
    assert answer.location == f"/propuestas/{number}#thread-1"
    page = client.get(f"/propuestas/{number}").text
    assert 'class="thread resolved"' in page
    assert "Marcado como resuelto por Lucía Fernández" in page


def test_a_reply_that_may_not_resolve_does_nothing_and_comes_back(workshop, sign_in, group, number, database) -> None:
    thread_id, _ = begin(workshop, number, group.observers[0])
    data = {"body": "Lo que respondí", "resolve": "1"}
    answer = sign_in(group.members[4]).post(f"/comentarios/{thread_id}/respuestas", data=data)
    assert answer.status_code == 403
    assert "Lo que respondí" in answer.text
    with database.read() as session:
        assert session.get_one(Thread, thread_id).reply_count == 0


def test_an_empty_reply_is_refused_beside_its_field(workshop, sign_in, group, number) -> None:
    thread_id, _ = begin(workshop, number, group.observers[0])
    answer = sign_in(group.members[4]).post(f"/comentarios/{thread_id}/respuestas", data={"body": " "})
    assert answer.status_code == 400
    assert 'id="reply-1-error"' in answer.text


def test_an_edit_leaves_the_old_text_readable(workshop, sign_in, group, number) -> None:
    thread_id, comment_id = begin(workshop, number, group.observers[0], "Decía esto antes")
    client = sign_in(group.observers[0])
    address = f"/comentarios/mensajes/{comment_id}/editar"
    assert "Decía esto antes" in client.get(address).text
    answer = client.post(address, data={"seen": "Decía esto antes", "body": "Dice esto ahora"})
    assert answer.status_code == 303
    page = client.get(f"/propuestas/{number}").text
    assert "Dice esto ahora" in page
    assert "Decía esto antes" not in page
    assert f"/comentarios/{thread_id}#before-{comment_id}" in page
    assert "Decía esto antes" in sign_in(group.members[3]).get(f"/comentarios/{thread_id}").text


def test_an_edit_from_an_old_page_keeps_both_texts_in_sight(workshop, sign_in, group, number) -> None:
    _, comment_id = begin(workshop, number, group.observers[0], "El texto de ahora")
    answer = sign_in(group.observers[0]).post(
        f"/comentarios/mensajes/{comment_id}/editar", data={"seen": "Uno más viejo", "body": "Lo que escribí"}
    )
    assert answer.status_code == 409
    assert "Lo que escribí" in answer.text
    assert "El texto de ahora" in answer.text


def test_nobody_gets_the_form_to_edit_the_comment_of_another(workshop, sign_in, group, number) -> None:
    _, comment_id = begin(workshop, number, group.observers[0])
    assert sign_in(group.members[0]).get(f"/comentarios/mensajes/{comment_id}/editar").status_code == 403
    assert sign_in(group.members[0]).get("/comentarios/mensajes/4711/editar").status_code == 404


def test_a_thread_is_resolved_and_opened_again(workshop, sign_in, group, number) -> None:
    thread_id, _ = begin(workshop, number, group.observers[0])
    client = sign_in(group.observers[0])
    assert client.post(f"/comentarios/{thread_id}/resolver", data={}).status_code == 303
    assert "1 comentario resuelto" in client.get(f"/propuestas/{number}/comentarios?resueltos=1").text
    assert (
        client.post(f"/comentarios/{thread_id}/reabrir", data={"back": "thread"}).location
        == f"/comentarios/{thread_id}"
    )
    assert "1 comentario abierto" in client.get(f"/propuestas/{number}/comentarios").text


def test_a_formal_objection_is_shown_as_one_and_offers_no_resolving(workshop, sign_in, group, number) -> None:
    with workshop.database.write() as session:
        objections.raise_one(session, number, by=people.get(session, group.members[3].id), reason="No basta.")
    page = sign_in(group.members[3]).get(f"/propuestas/{number}").text
    assert 'class="thread objection"' in page
    assert "Objeción formal: impide incorporar" in page
    assert "Marcar como resuelto" not in page


def test_a_person_named_in_a_comment_is_shown_by_name(workshop, sign_in, group, number) -> None:
    named = group.members[8]
    begin(workshop, number, group.observers[0], f"¿Qué dice, @{named.name.lower()}?")
    page = sign_in(group.members[1]).get(f"/propuestas/{number}").text
    assert re.search(rf'<a href="[^"]*#person-{named.id}"[^>]*>@{named.name.lower()}</a>', page)


def test_a_suggestion_is_shown_as_a_change_and_goes_to_the_authors_draft(workshop, sign_in, group, number) -> None:
    _, comment_id = begin(workshop, number, group.observers[0], quote="datos objetivos", suggestion="hechos objetivos")
    author = sign_in(group.members[0])
    page = author.get(f"/propuestas/{number}").text
    shown = re.search(r'<p class="suggestion">(.*?)</p>', page)[1]
    assert re.sub(r"<[^>]+>", "", shown) == "[suprimido: datos][insertado: hechos] objetivos"
    answer = author.post(f"/comentarios/mensajes/{comment_id}/aplicar")
    assert answer.status_code == 303
    assert answer.location.startswith("/borradores/")
    page = author.get(f"/propuestas/{number}").text
    assert "Está en su borrador de la próxima versión" in page
    assert f"/comentarios/mensajes/{comment_id}/aplicar" not in page


def test_a_suggestion_in_an_answer_is_about_the_version_it_was_written_on(workshop, sign_in, group, number) -> None:
    thread_id, _ = begin(workshop, number, group.observers[0], quote="datos objetivos")
    journey.revise(workshop, group.members[0], number, ADJUSTMENTS, "datos objetivos", "hechos comprobados")
    with workshop.database.write() as session:
        message = Message("Mejor como estaba.", "datos objetivos")
        answer = threads.reply(session, thread_id, message, by=people.get(session, group.observers[0].id))
        comment_id = answer.id
    author = sign_in(group.members[0])
    location = author.post(f"/comentarios/mensajes/{comment_id}/aplicar").location
    draft = author.get(location, follow_redirects=True).text
    assert "base datos objetivos y cuantificables" in draft
    assert "base hechos comprobados" not in draft.partition("<textarea")[2].partition("</textarea>")[0]


def test_the_author_takes_up_the_ticked_suggestions_and_declines_others(workshop, sign_in, group, number) -> None:
    _, one = begin(workshop, number, group.observers[0], quote="datos objetivos", suggestion="hechos objetivos")
    _, two = begin(workshop, number, group.observers[1], quote="cuantificables", suggestion="comprobables")
    author, url = sign_in(group.members[0]), f"/propuestas/{number}/sugerencias"
    page = author.get(url).text
    assert page.count('name="chosen"') == 2
    assert 'name="chosen"' not in sign_in(group.members[1]).get(url).text
    assert "Marque al menos una sugerencia" in author.post(url).text
    refused = author.post(f"/comentarios/mensajes/{two}/no-aceptar", data={"body": " "})
    assert refused.status_code == 400
    assert "Escriba el motivo" in refused.text
    author.post(f"/comentarios/mensajes/{two}/no-aceptar", data={"body": "Es la palabra del Acuerdo."})
    assert author.post(url, data={"chosen": [str(one), str(two)]}).location.startswith("/borradores/")
    page = author.get(url).text
    assert "La sugerencia del comentario 2 no se aplicó" in page
    assert "Está en su borrador de la próxima versión" in page
    assert f"No aceptada por {group.members[0].name}" in page
    assert "Es la palabra del Acuerdo." in sign_in(group.observers[1]).get(f"/propuestas/{number}").text


def test_only_those_who_may_are_offered_to_apply_or_adopt(workshop, sign_in, group, number) -> None:
    _, comment_id = begin(workshop, number, group.observers[0], quote="datos objetivos", suggestion="hechos objetivos")
    apply, adopt = (f"/comentarios/mensajes/{comment_id}/{act}" for act in ("aplicar", "hacer-suya"))
    offered = {
        name: (apply in page, adopt in page)
        for name, person in (
            ("author", group.members[0]),
            ("member", group.members[1]),
            ("observer", group.observers[1]),
            ("coordination", group.coordinator),
        )
        for page in [sign_in(person).get(f"/propuestas/{number}").text]
    }
    assert offered == {
        "author": (True, False),
        "member": (False, True),
        "observer": (False, False),
        "coordination": (False, False),
    }
    sign_in(group.members[1]).post(adopt)
    assert "Martín Acosta hace suya la sugerencia" in sign_in(group.observers[1]).get(f"/propuestas/{number}").text


def test_nobody_comments_on_what_was_merged(workshop, sign_in, group, number) -> None:
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    client = sign_in(group.observers[0])
    assert 'id="composer"' not in client.get(f"/propuestas/{number}").text
    answer = client.post(f"/propuestas/{number}/comentarios", data=form(body="Llego tarde con esto"))
    assert answer.status_code == 409


@pytest.mark.parametrize("address", ["/comentarios/4711", "/propuestas/4711/comentarios"])
def test_what_does_not_exist_is_not_found(sign_in, group, address) -> None:
    assert sign_in(group.members[1]).get(address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("# Uno", "\\# Uno"),
        ("> ## Dos", "> \\## Dos"),
        ("- ### Tres", "- \\### Tres"),
        ("Título\n===", "Título\n\n==="),
        ("---\ntitle: x\n---", "\n---\ntitle: x\n\n---"),
        ("```\n# código\n```", "```\n# código\n```"),
        ("#etiqueta y artículo #8", "#etiqueta y artículo #8"),
    ],
)
def test_a_comment_has_no_headings(typed, kept) -> None:
    assert harmless(typed) == kept


def test_the_coordination_withdraws_a_comment_for_confidentiality_and_nobody_else(sign_in, workshop, group, number):
    thread_id, comment_id = begin(workshop, number, group.members[1], "La empresa Quetzal declaró 48.312,75")
    page = f"/retirar/comentario/{comment_id}"
    member, coordination = sign_in(group.members[1]), sign_in(group.coordinator)
    assert page not in member.get(f"/comentarios/{thread_id}").text
    assert member.get(page).status_code == member.post(page, data={"ground": "x"}).status_code == 403
    assert f'href="{page}"' in coordination.get(f"/comentarios/{thread_id}").text
    form_page = coordination.get(page).text
    assert "No se puede deshacer." in form_page
    assert "Quetzal" in form_page
    refused = coordination.post(page, data={"ground": " "})
    assert refused.status_code == 400
    assert "Escriba por qué se retira" in refused.text
    done = coordination.post(page, data={"ground": "Datos de un importador"})
    assert (done.status_code, done.location) == (303, f"/comentarios/{thread_id}")
    for path in (f"/comentarios/{thread_id}", f"/propuestas/{number}", f"/propuestas/{number}/comentarios"):
        shown = member.get(path).text
        assert "Retirado por confidencialidad." in shown
        assert "Quetzal" not in shown
        assert "editar" not in shown.replace("Editar", "")
    assert page not in coordination.get(f"/comentarios/{thread_id}").text
    log = unescape(coordination.get("/registro").text)
    assert "Retiró un texto por confidencialidad" in log
    assert "Quetzal" not in log
    assert coordination.post(page, data={"ground": "Otra vez"}).status_code == 409
