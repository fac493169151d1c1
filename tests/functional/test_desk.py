"""The coordination's desk: its groups, what each row says is missing, and who may see it."""

from __future__ import annotations

import html
import re

from reviewtool import clock
from reviewtool.services import passing, people, proposals, votes
from tests.support import agenda, journey


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def groups(page):
    """Return the words of each group of the desk by its heading."""
    found = re.findall(r'<section aria-labelledby="(\w+)">(.*?)</section>', page, re.DOTALL)
    return {key: words(content) for key, content in found}


def desk(sign_in, group):
    answer = sign_in(group.coordinator).get("/coordinacion")
    assert answer.status_code == 200
    return answer.text


def test_only_the_coordination_sees_it(sign_in, client, group):
    for person in (group.members[0], group.observers[0], group.reader):
        assert sign_in(person).get("/coordinacion").status_code == 403
    assert client.get("/coordinacion").status_code == 302
    assert sign_in(group.deputy).get("/coordinacion").status_code == 200


def test_an_empty_desk_says_so(sign_in, group):
    page = desk(sign_in, group)
    assert "<h1>Nada espera su decisión</h1>" in page
    assert "No hay propuestas abiertas" in page


def test_each_group_says_what_is_missing_and_offers_its_next_step(sign_in, workshop, group):
    ready = agenda.approved(workshop, group, group.members[0], "Lista")
    agenda.in_ballot(workshop, group, group.members[1], "En votación")
    waiting = agenda.propose(workshop, group.members[2], "Por someter")
    asked = agenda.propose(workshop, group.members[3], "Piden prórroga")
    with workshop.database.write() as session:
        votes.ask_extension(session, asked, by=people.get(session, group.members[8].id), reason="Vacaciones")
        proposals.lock(session, waiting).consultation_closes_at = clock.now()
        passing.close_due(session, clock.now())
    page = desk(sign_in, group)
    said = groups(page)
    assert "<h1>Una propuesta está lista para incorporar</h1>" in page
    assert set(said) == {"ready", "to_decide", "voting"}
    assert "A favor 8, en contra 0" in said["ready"]
    assert "Comparte documento con P-2, P-3 y P-4" in said["ready"]
    assert f'class="button primary" href="/propuestas/{ready}/incorporar"' in page
    assert "La consulta terminó: falta abrir la votación" in said["to_decide"]
    for address in (f"/propuestas/{waiting}/votacion/abrir", f"/propuestas/{asked}/consulta/prorrogar"):
        assert f'href="{address}"' in page
        assert sign_in(group.coordinator).get(address).status_code == 200
    assert "Piden prórroga: Perú" in said["to_decide"]
    assert "Faltan 4 votos para el quórum" in said["voting"]
    assert "objeción formal de Ecuador" in said["voting"]


def test_what_collides_with_the_published_text_waits_for_its_author(sign_in, workshop, group):
    first = agenda.approved(workshop, group, group.members[0], "Primera", "precio efectivamente")
    agenda.approved(workshop, group, group.members[1], "Segunda", "precio verdaderamente")
    journey.merge(workshop, first, group.coordinator)
    said = groups(desk(sign_in, group))
    assert set(said) == {"held"}
    assert "El texto vigente cambió en los mismos pasajes: falta una versión nueva" in said["held"]


def test_the_desk_costs_the_same_queries_for_six_proposals_and_for_thirty(sign_in, workshop, group, database):
    client = sign_in(group.coordinator)

    def cost():
        client.get("/coordinacion")
        with agenda.statements(database) as sent:
            assert client.get("/coordinacion").status_code == 200
        return len(sent)

    agenda.some_of_each(workshop, group, 1)
    before = cost()
    agenda.some_of_each(workshop, group, 4)
    assert cost() == before


def test_one_press_reminds_who_has_not_voted_and_a_second_one_says_so(sign_in, workshop, group):
    number = agenda.in_ballot(workshop, group, group.members[1], "En votación")
    coordination = sign_in(group.coordinator)
    assert f'action="/coordinacion/{number}/recordar"' in coordination.get("/coordinacion").text
    coordination.post(f"/coordinacion/{number}/recordar")
    assert "Se recordó a" in coordination.get("/coordinacion").text
    coordination.post(f"/coordinacion/{number}/recordar")
    assert "ya se les recordó" in coordination.get("/coordinacion").text
    told = [person for person in group.members if "le recuerda que falta su posición" in sign_in(person).get("/").text]
    assert told
    assert group.members[1] not in told
