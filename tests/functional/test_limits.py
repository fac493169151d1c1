"""How often one account and one address may do what costs much; what was typed comes back when it is refused."""

from __future__ import annotations

import re

import pytest

from reviewtool.web import limits
from tests.support import journey, signed_in
from tests.support.materials import INTRODUCTION

TEXT = "Un comentario que tomó su tiempo y no debe perderse"


@pytest.fixture
def rates(app):
    """Let tests choose small limits."""
    app.config["RATES"] = dict.fromkeys(app.config["RATES"], 2)
    return app.config["RATES"]


@pytest.fixture
def number(app, group):
    return journey.propose(app.extensions["workshop"], group.members[0], INTRODUCTION, "30 días", "45 días")


def comment(client, number, body=TEXT):
    return client.post(f"/propuestas/{number}/comentarios", data={"version": "1", "body": body})


def test_who_comments_too_often_waits_and_gets_the_text_back(app, group, sign_in, number, rates):
    rosa, other = sign_in(group.members[0]), sign_in(group.members[1])
    assert [comment(rosa, number, f"{TEXT} {turn}").status_code for turn in range(2)] == [303, 303]
    refused = comment(rosa, number)
    said = refused.get_data(as_text=True)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert re.search(r"Espere \d+ segundos? y vuelva a intentarlo", said)
    assert f"readonly>\n{TEXT}</textarea>" in said
    assert comment(other, number).status_code == 303, "another account at the same address goes on"


def test_looking_at_a_form_counts_nothing(group, sign_in, number, rates):
    client = sign_in(group.members[0])
    for _ in range(5):
        assert client.get(f"/propuestas/{number}/adjuntar").status_code in {200, 403}
        assert client.get("/word").status_code == 200


def test_an_address_has_room_for_an_administration_and_no_more(app, group, sign_in, rates):
    app.config["RATES"] |= {"searches_per_minute": 1}
    client = app.test_client()
    answers = []
    for _ in range(limits.BEHIND_ONE_ADDRESS + 1):
        for person in group.members:
            signed_in.enter(client, person)
            answers.append(client.get("/buscar?q=plazo").status_code)
    assert answers.count(200) == len(group.members)
    assert answers.count(429) == len(answers) - len(group.members)


def test_the_addresses_of_strangers_count_for_themselves(app, group, number, rates):
    """An account that moves from address to address stays within its own budget."""
    client = signed_in.client(app, group.members[0])
    answers = [
        client.get("/buscar?q=plazo", environ_base={"REMOTE_ADDR": f"198.51.100.{turn}"}).status_code
        for turn in range(4)
    ]
    assert answers == [200, 200, 429, 429]


def test_the_editor_is_told_in_plain_text_that_it_saves_too_often(app, group, sign_in, rates):
    rates["saves_per_minute"] = 1
    client = sign_in(group.members[0])
    editor = client.post("/borradores", data={"path": INTRODUCTION}).location
    answers = [client.post(f"{editor.partition('?')[0]}/guardar", data={"text": "x"}) for _ in range(2)]
    assert answers[-1].status_code == 429
    assert answers[-1].mimetype == "text/plain"
    assert "Espere" in answers[-1].get_data(as_text=True)
    assert "Retry-After" in answers[-1].headers


@pytest.mark.parametrize("name", ["reset", "comment", "upload", "search", "save"])
def test_every_limit_has_its_setting(app, name):
    assert getattr(limits, name).setting in app.config["RATES"]


def test_where_the_common_place_does_not_answer_each_process_counts_for_itself(settings, database, store, group, app):
    from reviewtool.app import create_app

    elsewhere = settings.model_copy(update={"limits_url": "redis://127.0.0.1:1/0", "searches_per_minute": 1})
    made = create_app(elsewhere, app.extensions["workshop"])
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = signed_in.client(made, group.members[0])
    assert [client.get("/buscar?q=plazo").status_code for _ in range(3)] == [200, 429, 429]
