"""Several ready proposals merged in one go: each its own change, up to the first that no longer merges."""

from __future__ import annotations

import pytest

from reviewtool.gitstore import reading
from reviewtool.services import merging, proposals, recording
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, GLOSSARY, INTRODUCTION
from tests.support.words import said


def approve(workshop, group, path: str, old: str, new: str) -> int:
    number = journey.propose(workshop, group.members[0], path, old, new)
    journey.approve(workshop, number, group)
    return number


def states(workshop, numbers) -> list[str]:
    with workshop.database.read() as session:
        return [proposals.get(session, number).state for number in numbers]


@pytest.fixture
def three(workshop, group):
    """Three approved proposals, of which the second changes the same words as the first."""
    return (
        approve(workshop, group, INTRODUCTION, "precio realmente", "precio efectivamente"),
        approve(workshop, group, INTRODUCTION, "precio realmente", "precio de verdad"),
        approve(workshop, group, GLOSSARY, "# ", "# El "),
    )


def test_each_is_a_change_of_its_own_by_its_proposer(sign_in, workshop, group):
    numbers = [
        approve(workshop, group, INTRODUCTION, "precio realmente", "precio efectivamente"),
        approve(workshop, group, ADJUSTMENTS, "# ", "# Los "),
    ]
    before = reading.head(workshop.store)
    client = sign_in(group.coordinator)
    assert 'href="/incorporar"' in client.get("/coordinacion").text
    page = client.get("/incorporar")
    assert all(f'value="{number}-1" checked' in page.text for number in numbers)
    answer = client.post("/incorporar", data={"proposal": [f"{number}-1" for number in numbers]})
    assert (answer.status_code, answer.location) == (303, "/coordinacion")
    assert "P-1 y P-2 están incorporadas al texto." in said(client.get("/coordinacion"))
    commits = reading.between(workshop.store, before, reading.head(workshop.store))
    assert [dict(commit.trailers)["Proposal"] for commit in commits] == [str(number) for number in numbers]
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()


def test_it_stops_at_the_first_that_no_longer_merges_and_says_what_stayed(sign_in, workshop, group, three):
    client = sign_in(group.coordinator)
    client.post("/incorporar", data={"proposal": [f"{number}-1" for number in three]})
    page = said(client.get("/coordinacion"))
    assert "P-1 está incorporada al texto." in page
    assert "P-2 no se incorporó:" in page
    assert "Lo demás quedó como estaba: P-3." in page
    assert states(workshop, three) == ["merged", "approved", "approved"]


def test_a_second_press_passes_over_what_the_first_one_did(sign_in, workshop, group, three):
    first, _second, third = three
    client = sign_in(group.coordinator)
    for _ in range(2):
        assert client.post("/incorporar", data={"proposal": [f"{first}-1", f"{third}-1"]}).status_code == 303
    page = said(client.get("/coordinacion"))
    assert "P-1 y P-3 están incorporadas al texto." in page
    assert "no se incorporó" not in page
    assert states(workshop, three) == ["merged", "approved", "merged"]


def test_a_version_that_the_page_did_not_show_is_not_merged(workshop, group, three):
    done = merging.merge_several(workshop, [(three[0], 2), (three[2], 1)], by_id=group.coordinator.id)
    assert (done.merged, done.stopped, done.error.code, done.left) == ((), three[0], "revision-unknown", (three[2],))
    assert states(workshop, three) == ["approved"] * 3


def test_nothing_chosen_is_said_and_only_the_coordination_may(sign_in, workshop, group, three):
    client = sign_in(group.coordinator)
    for sent in ({}, {"proposal": "1"}, {"proposal": "x-1"}, {"proposal": "1-²"}):
        refused = client.post("/incorporar", data=sent)
        assert refused.status_code == 400
        assert "Elija al menos una propuesta." in refused.text
    member = sign_in(group.members[0])
    assert member.get("/incorporar").status_code == 403
    assert member.post("/incorporar", data={"proposal": f"{three[0]}-1"}).status_code == 403
    assert states(workshop, three) == ["approved"] * 3


def test_without_anything_ready_the_page_says_so(sign_in, group):
    assert "No hay propuestas listas para incorporar" in said(sign_in(group.coordinator).get("/incorporar"))
