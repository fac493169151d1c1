"""Every route asked as every role, strangers included: nobody gets through whom the table of acts does not name."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from reviewtool.models import Attachment, Draft, Edition, Event, Merge, Proposal, RuleSet, Thread, Vote, WorkingCalendar
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
    "sessions.leave",
    "assets.file",
    "home.healthy",
    "notices.stop",
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


def test_a_stranger_is_sent_to_sign_in_from_everywhere_and_changes_nothing(app, database, client, values):
    before = count(database)
    for rule, method in routes(app):
        if rule.endpoint in OPEN:
            continue
        answer = client.open(address(app, rule, values), method=method)
        assert answer.status_code == 302, (rule.endpoint, method)
        assert answer.location.startswith("/entrar"), rule.endpoint
    assert count(database) == before


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
