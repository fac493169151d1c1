"""The list of proposals: its filters, its pages, and what each row says."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from reviewtool import clock
from reviewtool.models import Proposal, Revision, Touch
from tests.support import agenda, journey


def shown(client, **query):
    """Return the numbers of the rows, in order, and the page."""
    answer = client.get("/propuestas", query_string=query)
    assert answer.status_code == 200
    return [int(number) for number in re.findall(r'<h2><a href="/propuestas/(\d+)">', answer.text)], answer.text


def title(page):
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found
    return html.unescape(found[1]).strip()


def add_rows(database, author, count):
    """Add proposals as rows alone: the list reads no text."""
    with database.write() as session:
        for number in range(1, count + 1):
            at = clock.now()
            session.add(
                Proposal(
                    number=number,
                    title=f"Propuesta {number}",
                    reason="Falta",
                    kind="substance",
                    author_id=author.id,
                    state="consultation",
                    state_changed_at=at,
                    consultation_closes_at=at + timedelta(days=10),
                    created_at=at,
                )
            )
            session.flush()
            revision = Revision(
                proposal_number=number, number=1, base="0" * 40, commit="1" * 40, seal="2" * 64, author_id=author.id
            )
            revision.submitted_at = at
            session.add(revision)
            session.flush()
            session.add(Touch(revision_id=revision.id, path="glosario.md", status="M", module="glosario.md"))


def test_each_filter_finds_its_own(sign_in, workshop, group):
    voting = agenda.in_ballot(workshop, group, group.members[0], "Aclarar el canon")
    consulted = agenda.propose(workshop, group.members[1], "Precisar la maquila")
    approved = agenda.approved(workshop, group, group.members[1], "Citar la opinión 4.15")
    client = sign_in(group.members[2])
    rows, page = shown(client)
    assert rows == [approved, consulted, voting]
    assert title(page) == "3 propuestas, 1 en votación"
    assert shown(client, estado="voting")[0] == [voting]
    assert shown(client, estado="open")[0] == [approved, consulted, voting]
    assert shown(client, estado="merged")[0] == []
    assert shown(client, modulo="valor-de-transaccion")[0] == [approved, consulted, voting]
    assert shown(client, modulo="metodos-secundarios")[0] == []
    assert shown(client, persona=str(group.members[1].id))[0] == [approved, consulted]
    assert shown(client, mias="1")[0] == [consulted, voting]
    assert shown(client, texto="  CANON ")[0] == [voting]
    assert title(shown(client, texto="canon")[1]) == "1 propuesta cumple el filtro"
    assert shown(client, estado="consultation", persona=str(group.members[1].id))[0] == [consulted]


def test_nonsense_in_the_address_asks_nothing(sign_in, workshop, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    client = sign_in(group.members[2])
    assert shown(client, estado="nada", persona="x", pagina="-1", mias="9")[0] == [number]
    assert shown(client, pagina="99999999999", persona="9" * 40, texto="\0")[0] == [number]
    assert shown(client, texto="%")[0] == []
    assert "Ninguna propuesta cumple el filtro" in shown(client, texto="_")[1]


def test_a_row_says_state_seats_and_deadline(sign_in, workshop, group):
    agenda.in_ballot(workshop, group, group.members[0], "Aclarar el canon")
    page = shown(sign_in(group.members[2]))[1]
    assert "En votación" in page
    assert re.search(r"Cierra en \d+ días, \w+ \d+ de \w+( de \d+)? a las \d+:00 \(hora de", page)
    assert 'aria-label="Se han pronunciado 2 de 11. A favor 1, en contra 1"' in page
    assert '<i class="against objection">' in page
    assert page.count('<i class="pending') >= 9
    assert "P-1 · El valor de transacción" in html.unescape(page)
    assert "1 comentario por resolver" in page


def test_a_silence_is_not_shown_as_votes(sign_in, workshop, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    journey.open_ballot(workshop, number, group.coordinator, preset="silencio")
    page = shown(sign_in(group.members[2]))[1]
    assert "El silencio termina en" in page
    assert "0 respuestas expresas" in page


def test_fifty_stand_on_a_page_and_the_pages_keep_the_filter(sign_in, group, database):
    add_rows(database, group.members[0], 51)
    client = sign_in(group.members[2])
    rows, page = shown(client, estado="consultation")
    assert rows == list(range(51, 1, -1))
    assert "Página 1 de 2" in page
    assert 'href="/propuestas?estado=consultation&amp;pagina=2"' in page
    rows, page = shown(client, estado="consultation", pagina="2")
    assert rows == [1]
    assert shown(client, pagina="7")[0] == [1]


def test_only_who_may_propose_is_offered_to(sign_in, group):
    assert "Proponer un cambio" in shown(sign_in(group.members[0]))[1]
    for person in (group.observers[0], group.reader):
        assert "Proponer un cambio" not in shown(sign_in(person))[1]


def test_a_reader_sees_neither_positions_nor_how_many_comments_wait(sign_in, workshop, group):
    agenda.in_ballot(workshop, group, group.members[0], "Aclarar el canon")
    page = shown(sign_in(group.reader))[1]
    assert "Se han pronunciado" not in page
    assert "por resolver" not in page
    assert '<i class="' not in page
    assert "objeción" not in page
    assert "Cierra en" in page


def test_the_list_costs_the_same_queries_for_six_proposals_and_for_thirty(sign_in, workshop, group, database):
    client = sign_in(group.members[1])

    def cost():
        counted = []
        for query in ({}, {"mias": "1"}):
            shown(client, **query)
            with agenda.statements(database) as sent:
                shown(client, **query)
            counted.append(len(sent))
        return counted

    agenda.some_of_each(workshop, group, 1)
    before = cost()
    agenda.some_of_each(workshop, group, 4)
    assert cost() == before
