"""«Decidir primero P-44, después P-47»: the one that waits is neither put to the vote nor merged, and says so."""

from __future__ import annotations

import pytest

from reviewtool.errors import AlreadyDecided
from reviewtool.services import consultations, ordering, people
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said


@pytest.fixture
def two(workshop, group) -> tuple[int, int]:
    """Return two proposals on one document."""
    changes = (("precio realmente", "precio efectivamente"), ("30 días", "45 días"))
    first, second = (journey.propose(workshop, group.members[0], INTRODUCTION, *change) for change in changes)
    return first, second


def order(workshop, group, number, first):
    with workshop.database.write() as session:
        ordering.choose_first(session, number, first, by=people.get(session, group.coordinator.id))


def test_the_one_that_waits_says_so_to_everybody_and_is_not_put_to_the_vote(sign_in, workshop, group, two):
    first, second = two
    client = sign_in(group.coordinator)
    page, form = f"/propuestas/{second}", f"/propuestas/{second}/orden"
    assert f'href="{form}"' in client.get(page).text
    assert f"P-{first}. " in said(client.get(form))
    done = client.post(form, data={"first": str(first), "reason": "Cambian el mismo plazo"})
    assert (done.status_code, done.location) == (303, page)
    sentence = f"P-{second} espera: se decide primero P-{first}."
    for reader in (group.coordinator, group.members[3], group.reader):
        assert sentence in said(sign_in(reader).get(page))
    opening = client.get(f"{page}/votacion/abrir")
    assert sentence in said(opening)
    with pytest.raises(AlreadyDecided, match="decide-first"):
        journey.open_ballot(workshop, second, group.coordinator)
    assert f"Decidió que se decide primero P-{first}" in said(client.get("/registro"))
    with workshop.database.write() as session:
        consultations.withdraw(session, first, by=group.members[0], reason="Se une a la otra")
    assert sentence not in said(client.get(page)), "the end of the first frees it at once"
    journey.open_ballot(workshop, second, group.coordinator)


def test_an_approved_one_is_merged_only_after_the_first(sign_in, workshop, group, two):
    first, second = two
    journey.approve(workshop, second, group)
    order(workshop, group, second, first)
    with pytest.raises(AlreadyDecided, match="decide-first"):
        journey.merge(workshop, second, group.coordinator)
    assert "espera: se decide primero" in said(sign_in(group.coordinator).get(f"/propuestas/{second}/incorporar"))
    order(workshop, group, second, None)
    journey.merge(workshop, second, group.coordinator)


def test_two_never_wait_for_each_other_and_none_for_itself(sign_in, workshop, group, two):
    first, second = two
    client = sign_in(group.coordinator)
    order(workshop, group, second, first)
    circle = client.post(f"/propuestas/{first}/orden", data={"first": str(second)})
    assert circle.status_code == 400
    assert f"P-{second} ya espera por P-{first}: las dos no pueden esperarse." in said(circle)
    itself = client.post(f"/propuestas/{first}/orden", data={"first": str(first)})
    assert "Una propuesta no puede esperar por sí misma." in said(itself)
    assert client.post(f"/propuestas/{first}/orden", data={"first": "99"}).status_code == 404


def test_one_that_is_over_holds_nobody_and_gets_no_order(sign_in, workshop, group, two):
    first, second = two
    with workshop.database.write() as session:
        consultations.withdraw(session, first, by=group.members[0], reason="Presento otra")
    client = sign_in(group.coordinator)
    assert client.post(f"/propuestas/{second}/orden", data={"first": str(first)}).status_code == 409
    assert client.get(f"/propuestas/{first}/orden").status_code == 409
    assert "Ninguna otra propuesta abierta toca estos documentos" in said(client.get(f"/propuestas/{second}/orden"))
