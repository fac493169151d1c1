"""Every route asked as every role, strangers included: nobody gets through whom the table of acts does not name."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.models import (
    Attachment,
    Draft,
    Edition,
    Event,
    Merge,
    Passkey,
    Proposal,
    RuleSet,
    Thread,
    Vote,
    WorkingCalendar,
)
from reviewtool.rules.permissions import Role, may
from reviewtool.services import attaching, drafts, objections, people, threads
from reviewtool.web.audience import NEEDS
from tests.support import journey, sent
from tests.support.materials import INTRODUCTION

OPEN = {
    "invitations.accept",
    "sessions.sign_in",
    "sessions.enter",
    "sessions.forgot",
    "sessions.show_factor",
    "sessions.enter_with_passkey",
    "sessions.leave",
    "identities.start",
    "identities.keep",
    "identities.go",
    "identities.back",
    "assets.file",
    "home.healthy",
    "notices.stop",
    "feeds.own",
    "feeds.group",
    "feeds.calendar",
    "vote_links.vote",
}
NAMED = {
    Role.reader: "lectores",
    Role.observer: "observadores",
    Role.member: "miembros",
    Role.coordination: "coordinación",
}
SELF_OR_ALL = {"todo el grupo", "solo usted", "quienes ocupan su puesto"}
COUNTED = (Attachment, Proposal, Draft, Event, Thread, Vote, Merge, Edition, RuleSet, WorkingCalendar)


@pytest.fixture
def values(app, database, group):
    """Make one of everything an address may name, by the first member."""
    workshop = app.extensions["workshop"]
    with database.read() as session:
        author = people.get(session, group.members[0].id)
        other = people.get(session, group.members[1].id)
    number = journey.propose(workshop, author, INTRODUCTION, "30 días", "45 días")
    with database.write() as session:
        said = threads.comment(session, workshop, number, threads.Place(1), threads.Message("Un comentario"), by=author)
        raised = objections.raise_one(session, number, by=other, reason="Un motivo")
        attached = attaching.to_proposal(session, workshop, number, ("Nota.pdf", sent.PDF), by=author)
        draft = drafts.start(session, workshop, by=author)
        entry = drafts.add_document(workshop, draft, INTRODUCTION)
        session.flush()
        return {
            "number": number,
            "other": number,
            "thread_id": said.id,
            "comment_id": 1,
            "rule_set_id": 1,
            "term_id": 1,
            "holding_id": 1,
            "absence_id": 1,
            "sign_in_id": 1,
            "person_id": 1,
            "invitation_id": 1,
            "passkey_id": 1,
            "batch": "0" * 32,
            "noun": "comentario",
            "target_id": 1,
            "objection_id": raised.id,
            "attachment_id": attached.id,
            "draft_id": draft.id,
            "file_id": entry.id,
            "path": INTRODUCTION,
            "commit": draft.base,
            "seat_key": "PE",
            "version": "x",
            "name": "app.css",
            "tag": "x",
            "notice_id": 1,
            "position": 1,
            "upload_id": 1,
            "token": "x",
        }


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield rule, method


def address(app, rule, values):
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})


def stated(answer):
    """Return to whom a page says that it is visible; what is said of its discussion stands apart."""
    said = re.search(r"Visible para: ([^<]*)</span></span>", answer.text)
    assert said, "the page says who sees it"
    return said[1].partition(". ")[0]


def count(database):
    with database.read() as session:
        return [session.scalar(select(func.count()).select_from(model)) for model in COUNTED]


def test_every_route_has_a_row_in_the_table(app):
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known - OPEN - NEEDS.keys() == set()
    assert NEEDS.keys() - known == set()


def ensure_stranger(app, database, client, values):
    before = count(database)
    for rule, method in routes(app):
        if rule.endpoint in OPEN:
            continue
        answer = client.open(address(app, rule, values), method=method)
        assert answer.status_code == 302, (rule.endpoint, method)
        assert answer.location.startswith("/entrar"), rule.endpoint
    assert count(database) == before


def test_a_stranger_is_sent_to_sign_in_from_everywhere_and_changes_nothing(app, database, client, values):
    ensure_stranger(app, database, client, values)


def test_who_has_given_the_password_and_no_second_step_is_a_stranger(app, database, client, group, values):
    with database.write() as session:
        people.set_password(people.get(session, group.coordinator.id), "una frase bastante larga")
        passkey = Passkey(
            person_id=group.coordinator.id, credential_id="eHh4eHh4eHg", public_key=b"", sign_count=0, name="x"
        )
        passkey.made_at = clock.now()
        session.add(passkey)
    form = {"email": group.coordinator.email, "password": "una frase bastante larga"}
    assert "Segundo paso" in client.post("/entrar", data=form).text
    ensure_stranger(app, database, client, values)
    with client.session_transaction() as cookie:
        assert not {"_user_id", "token"} & cookie.keys()


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_through_only_where_the_table_says(app, database, group, values, sign_in, role):
    person = {
        Role.reader: group.reader,
        Role.observer: group.observers[0],
        Role.member: group.members[5],
        Role.coordination: group.coordinator,
    }[role]
    for rule, method in routes(app):
        if rule.endpoint in OPEN:
            continue
        client = sign_in(person)
        before = count(database)
        answer = client.open(address(app, rule, values), method=method)
        needed = NEEDS[rule.endpoint]
        assert answer.status_code < 500, (rule.endpoint, method, answer.status_code)
        if needed is not None and not may([role], needed):
            assert answer.status_code in {403, 404}, (rule.endpoint, method, answer.status_code)
            assert count(database) == before, rule.endpoint
        elif answer.status_code == 200 and answer.mimetype == "text/html":
            assert NAMED[role] in stated(answer) or stated(answer) in SELF_OR_ALL, (rule.endpoint, stated(answer))


def test_asking_only_for_the_head_of_a_page_is_asking_for_the_page_and_changes_nothing(
    app, database, group, values, sign_in
):
    """Programs that look through mails ask so; nobody looks for a form's token in such a request."""
    client = sign_in(group.coordinator)
    before = count(database)
    for rule, method in routes(app):
        if method == "GET" and rule.endpoint not in OPEN:
            where = address(app, rule, values)
            assert client.head(where).status_code == client.get(where).status_code, rule.endpoint
    assert count(database) == before
