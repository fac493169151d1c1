"""The home page of each role, the sign of life, the statement, and what opening a page lets happen."""

from __future__ import annotations

import html
import re
import sqlite3
from datetime import timedelta

from sqlalchemy import event

from reviewtool import clock
from reviewtool.services import notices, passing, people, proposals
from tests.support import agenda, journey

SECOND = timedelta(seconds=1)


def words(page):
    """Return what a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def title(page):
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found
    return html.unescape(found[1]).strip()


def home(sign_in, person):
    answer = sign_in(person).get("/")
    assert answer.status_code == 200
    return answer.text


def test_with_nothing_to_do_the_page_says_so(sign_in, group):
    page = home(sign_in, group.members[0])
    assert title(page) == "No hay nada que espere de usted"
    assert "No hay plazos pendientes." in words(page)
    assert title(home(sign_in, group.reader)) == "Sin novedades desde su última visita"


def test_a_members_title_counts_the_ballots_and_names_the_next_deadline(sign_in, workshop, group):
    for name in ("Primera", "Segunda", "Tercera"):
        agenda.in_ballot(workshop, group, group.members[0], name)
    page = home(sign_in, group.members[1])
    assert title(page) == "Tres propuestas esperan su voto"
    assert re.search(r"El plazo más próximo vence el \w+ \d+ de \w+( de \d+)? a las \d+:00 \(hora de", words(page))
    assert "Se han pronunciado 2 de 11" in page
    assert "1 objeción formal" in page
    assert 'href="/propuestas/1#vote"' in page
    assert "minuto de lectura" in page
    assert title(home(sign_in, group.members[5])) == "No hay nada que espere de usted"


def test_an_author_sees_own_proposals_and_what_others_said(sign_in, workshop, group):
    author, other = group.members[0], group.members[1]
    number = agenda.propose(workshop, author, "Aclarar el canon")
    agenda.comment(workshop, number, other, "Mejor así", quote="precio efectivamente", suggestion="el <b>precio</b>")
    agenda.comment(workshop, number, other, f"@{author.name} ¿y el plazo?")
    page = home(sign_in, author)
    said = words(page)
    assert title(page) == "Dos mensajes están dirigidos a usted"
    assert f"{other.name} se dirige a usted en «Aclarar el canon»" in said
    assert f"{other.name} sugiere otro texto para su propuesta «Aclarar el canon»" in said
    assert "<ins>el &lt;b&gt;precio&lt;/b&gt;</ins>" in page
    assert "P-1 · Aclarar el canon" in said
    assert "1 sugerencia por aplicar" in said


def test_messages_go_when_they_are_marked_or_their_proposal_is_opened(sign_in, workshop, group, database):
    author, other = group.members[0], group.members[1]
    first, second = (agenda.propose(workshop, author, name) for name in ("Primera", "Segunda"))
    for number in (first, second):
        agenda.comment(workshop, number, other, f"@{author.name} mire esto")
    client = sign_in(author)
    with database.read() as session:
        ids = [notice.id for notice in notices.unread(session, author.id) if notice.proposal == first]
    assert client.post("/avisos/leidos", data={"notice": [*ids, "x", "9" * 30]}).status_code == 303
    assert title(client.get("/").text) == "Un mensaje está dirigido a usted"
    assert client.get(f"/propuestas/{second}").status_code == 200
    assert title(client.get("/").text) == "No hay nada que espere de usted"


def test_opening_one_conversation_marks_only_what_was_said_there(sign_in, workshop, group, database):
    author, other = group.members[0], group.members[1]
    number = agenda.propose(workshop, author, "Primera")
    opened, left = (agenda.comment(workshop, number, other, f"@{author.name} {turn}") for turn in (1, 2))
    assert sign_in(author).get(f"/comentarios/{opened}").status_code == 200
    with database.read() as session:
        assert [notice.thread_id for notice in notices.unread(session, author.id)] == [left]


def test_an_observer_is_asked_for_an_opinion_and_offered_no_vote(sign_in, workshop, group):
    agenda.in_ballot(workshop, group, group.members[0], "Primera")
    page = home(sign_in, group.observers[0])
    assert title(page) == "Una propuesta espera su parecer"
    assert "Revisar y votar" not in page
    assert "Leer y dar su parecer" in page


def test_a_reader_sees_what_was_decided_and_merged_but_no_live_positions(sign_in, workshop, group):
    merged = agenda.approved(workshop, group, group.members[0], "Ya incorporada")
    agenda.approved(workshop, group, group.members[1], "Ya aprobada")
    agenda.in_ballot(workshop, group, group.members[2], "En votación")
    journey.merge(workshop, merged, group.coordinator)
    page = home(sign_in, group.reader)
    said = words(page)
    assert title(page) == "Dos novedades desde su última visita"
    assert "Ya incorporada P-1 · Argentina · 8 a favor, 0 en contra" in said
    assert "Ya aprobada Aprobada P-2" in said
    assert "Se han pronunciado" not in said
    assert "Se han pronunciado" not in words(sign_in(group.reader).get("/propuestas").text)


def test_the_coordination_sees_what_it_can_merge_and_decide(sign_in, workshop, group):
    agenda.approved(workshop, group, group.members[0], "Lista")
    page = home(sign_in, group.coordinator)
    assert title(page) == "Una propuesta está lista para incorporar"
    assert 'href="/propuestas/1/incorporar"' in page
    assert "Abrir el panel de la coordinación" in page


def test_who_holds_two_roles_sees_the_sections_of_both(sign_in, workshop, group, database):
    from tests import factories

    agenda.approved(workshop, group, group.members[0], "Lista")
    agenda.in_ballot(workshop, group, group.members[0], "En votación")
    with database.write() as session:
        factories.make_term(session, people.get(session, group.members[1].id), "coordination")
    page = home(sign_in, group.members[1])
    assert title(page) == "Una propuesta espera su voto"
    assert "Una propuesta está lista para incorporar." in words(page)


# -- what opening a page lets happen ----------------------------------------------------------------------------------


def test_what_is_due_closes_when_a_page_is_opened_and_at_its_own_instant(sign_in, workshop, group, database):
    number = agenda.propose(workshop, group.members[0], "En votación")
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:9]:
        journey.vote(workshop, number, member)
    with database.read() as session:
        closes_at = proposals.open_ballot(session, number).closes_at

    with clock.at(closes_at - SECOND):
        assert "Cierra hoy" in home(sign_in, group.members[9])
    with database.read() as session:
        assert proposals.get(session, number).state == "voting"
    with clock.at(closes_at + timedelta(days=3)):
        page = home(sign_in, group.reader)
    assert "Aprobada" in words(page)
    with database.read() as session:
        assert proposals.get(session, number).state == "approved"
        assert proposals.get(session, number).state_changed_at == closes_at
        assert proposals.newest_ballot(session, number).closed_at == closes_at


def test_at_the_closing_instant_itself_it_is_over(sign_in, workshop, group, database):
    number = agenda.propose(workshop, group.members[0], "En consulta")
    with database.read() as session:
        closes_at = proposals.get(session, number).consultation_closes_at
    with clock.at(closes_at):
        sign_in(group.reader).get("/materiales")
    with database.read() as session:
        assert proposals.get(session, number).state == "awaiting_decision"


def test_strangers_static_files_and_the_sign_of_life_close_nothing(client, workshop, group, database):
    number = agenda.propose(workshop, group.members[0], "En consulta")
    with clock.at(clock.now() + timedelta(days=60)):
        assert client.get("/").status_code == 302
        assert client.get("/salud").status_code == 200
        client.get("/entrar")
    with database.read() as session:
        assert proposals.get(session, number).state == "consultation"


def _hurry(connection, _record):
    """Let a new connection give up waiting for locks at once."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA busy_timeout=20")
    else:
        connection.autocommit = True
        connection.execute("SET lock_timeout = 20")
        connection.autocommit = False


def test_a_busy_database_leaves_the_closing_to_the_next_page(sign_in, workshop, group, database):
    number = agenda.propose(workshop, group.members[0], "En consulta")
    later = clock.now() + timedelta(days=60)
    with clock.at(later):
        client = sign_in(group.members[1])
    event.listen(database.engine, "connect", _hurry)
    database.engine.dispose()
    with database.writing() as other:
        proposals.lock(other, number)
        with clock.at(later):
            assert client.get("/").status_code == 200
    with database.read() as session:
        assert proposals.get(session, number).state == "consultation"
    with clock.at(later):
        home(sign_in, group.members[1])
    with database.read() as session:
        assert proposals.get(session, number).state == "awaiting_decision"
        assert not passing.something_due(session, later)


def test_a_visit_begins_after_a_longer_silence_and_decides_what_is_new(sign_in, workshop, group, database):
    start = clock.now()
    with clock.at(start):
        home(sign_in, group.reader)
    number = agenda.approved(workshop, group, group.members[0], "Incorporada")
    journey.merge(workshop, number, group.coordinator)
    with clock.at(start + timedelta(days=1)):
        assert title(home(sign_in, group.reader)) == "Una novedad desde su última visita"
    with clock.at(start + timedelta(days=1, hours=1)):
        assert title(home(sign_in, group.reader)) == "Una novedad desde su última visita"
    with clock.at(start + timedelta(days=2)):
        page = home(sign_in, group.reader)
        assert title(page) == "Sin novedades desde su última visita"
        assert "Últimos cambios incorporados" in page
    with database.read() as session:
        assert people.get(session, group.reader.id).seen_at == start + timedelta(days=2)


# -- sign of life and statement ----------------------------------------------------------------------------------------


def test_the_sign_of_life_needs_no_account_and_fails_without_the_published_text(client, store):
    answer = client.get("/salud")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    (store.path / "refs" / "heads" / "main").unlink(missing_ok=True)
    (store.path / "packed-refs").unlink(missing_ok=True)
    assert client.get("/salud").status_code == 503


def test_the_statement_names_the_coordination_as_contact(sign_in, group):
    page = sign_in(group.reader).get("/accesibilidad").text
    assert title(page) == "Declaración de accesibilidad"
    assert f'href="mailto:{group.coordinator.email}"' in page
    assert group.members[0].email not in page


def test_the_home_page_costs_the_same_queries_for_six_proposals_and_for_thirty(sign_in, workshop, group, database):
    clients = [
        sign_in(person)
        for person in (group.members[0], group.members[1], group.observers[0], group.reader, group.coordinator)
    ]

    def cost():
        counted = []
        for client in clients:
            client.get("/")  # begins the visit and fills the cache
            with agenda.statements(database) as sent:
                assert client.get("/").status_code == 200
            counted.append(len(sent))
        return counted

    agenda.some_of_each(workshop, group, 1)
    before = cost()
    agenda.some_of_each(workshop, group, 4)
    assert cost() == before
