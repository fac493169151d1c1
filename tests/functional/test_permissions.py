"""Every route asked as every role, strangers included: nobody gets through whom the table of acts does not name."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from reviewtool.models import Draft, Edition, Event, Merge, Proposal, RuleSet, Thread, Vote, WorkingCalendar
from reviewtool.rules.permissions import Act, Role, may
from reviewtool.services import drafts, objections, people, threads
from tests.support import journey
from tests.support.materials import INTRODUCTION

OPEN = {"sessions.sign_in", "sessions.enter", "sessions.leave", "assets.file", "home.healthy"}
# What a person needs to get an answer from a route; None: any role. A route that is not here fails the test.
NEEDS: dict[str, Act | None] = {
    "home.index": None,
    "home.accessibility": None,
    "home.mark_read": None,
    "people.profile": None,
    "people.save_profile": None,
    "people.save_password": None,
    "people.index": None,
    "documents.overview": Act.read_documents,
    "documents.overview_with_slash": Act.read_documents,
    "documents.document": Act.read_documents,
    "documents.history": Act.read_documents,
    "documents.change": Act.read_documents,
    "documents.compare": Act.read_documents,
    "documents.state": Act.read_documents,
    "documents.raw": Act.read_documents,
    "documents.raw_at": Act.read_documents,
    "documents.why": Act.read_documents,
    "documents.search": Act.read_documents,
    "proposals.index": Act.read_documents,
    "proposals.page": Act.read_documents,
    "decisions.table": Act.read_decisions,
    "decisions.report": Act.read_decisions,
    "decisions.document": Act.read_decisions,
    "decisions.index": Act.read_decisions,
    "log.index": Act.read_discussion,
    "log.table": Act.read_discussion,
    "trust.index": Act.read_discussion,
    "trust.verify": Act.ask_inspection,
    "trust.back_up": Act.ask_inspection,
    "editions.index": Act.read_documents,
    "drafts.start": Act.propose,
    "drafts.start_revision": Act.revise_own,
    "drafts.undo": Act.propose_undoing,
    "drafts.edit": Act.propose,
    "drafts.document": Act.propose,
    "drafts.save_document": Act.propose,
    "drafts.autosave": Act.propose,
    "drafts.documents": Act.propose,
    "drafts.present": Act.propose,
    "splitting.choose": Act.propose,
    "settling.page": Act.propose,
    "drafts.add": Act.propose,
    "drafts.change": Act.propose,
    "drafts.discard": Act.propose,
    "threads.page": Act.read_discussion,
    "suggestions.page": Act.read_discussion,
    "threads.thread": Act.read_discussion,
    "threads.create": Act.comment,
    "threads.reply": Act.comment,
    "threads.edit": Act.edit_own_comment,
    "withdrawals.new": Act.withdraw_for_confidentiality,
    "threads.resolve": Act.resolve_thread,
    "threads.reopen": Act.reopen_thread,
    "threads.apply_suggestion": Act.apply_suggestion,
    "threads.adopt_suggestion": Act.adopt_suggestion,
    "suggestions.apply_chosen": Act.apply_suggestion,
    "suggestions.decline": Act.decline_suggestion,
    "ballots.open_one": Act.open_ballot,
    "ballots.several": Act.vote,
    "ballots.vote": Act.vote,
    "ballots.confirm": Act.confirm_vote,
    "ballots.interrupt": Act.interrupt_silence,
    "ballots.opinion": Act.give_opinion,
    "ballots.ask_extension": Act.request_extension,
    "ballots.decline_extension": Act.answer_extension,
    "ballots.extend": Act.extend_ballot,
    "ballots.extend_consultation": Act.extend_consultation,
    "ballots.suspend": Act.suspend_ballot,
    "ballots.ask_amendment": Act.ask_amendment,
    "ballots.close": Act.close_ballot,
    "ballots.call_again": Act.call_second_call,
    "ballots.submit_objection": Act.submit_objection,
    "ballots.object": Act.raise_objection,
    "ballots.lift": Act.lift_objection,
    "ballots.register": Act.register_for_others,
    "meetings.decide": Act.decide_in_meeting,
    "registering.comment": Act.register_for_others,
    "registering.draft": Act.register_for_others,
    "registering.start_version": Act.register_for_others,
    "registering.lifting": Act.register_for_others,
    "ballots.withdraw": Act.withdraw_own,
    "ballots.reopen": Act.reopen_proposal,
    "merging.confirm": Act.merge,
    "merging.merge": Act.merge,
    "merging.several": Act.merge,
    "follow_ups.new": Act.record_follow_up,
    "form_corrections.announce": Act.open_ballot,
    "form_corrections.separate": Act.separate_correction,
    "ordering.choose": Act.order_proposals,
    "private_notes.edit": Act.keep_private_note,
    "merging.conflict": Act.read_documents,
    "editions.compare": Act.read_documents,
    "editions.publish": Act.publish_edition,
    "desk.index": Act.see_desk,
    "rules.index": Act.read_rules,
    "rules.one": Act.read_rules,
    "rules.file": Act.read_rules,
    "rules.file_of": Act.read_rules,
    "rules.new": Act.change_rules,
    "rules.days": Act.change_rules,
    "rules.load": Act.change_rules,
}
COUNTED = (Proposal, Draft, Event, Thread, Vote, Merge, Edition, RuleSet, WorkingCalendar)


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
        draft = drafts.start(session, workshop, by=author)
        entry = drafts.add_document(workshop, draft, INTRODUCTION)
        session.flush()
        return {
            "number": number,
            "thread_id": said.id,
            "comment_id": 1,
            "rule_set_id": 1,
            "noun": "comentario",
            "target_id": 1,
            "objection_id": raised.id,
            "draft_id": draft.id,
            "file_id": entry.id,
            "path": INTRODUCTION,
            "commit": draft.base,
            "seat_key": "PE",
            "version": "x",
            "name": "app.css",
            "tag": "x",
            "notice_id": 1,
        }


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield rule, method


def address(app, rule, values):
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})


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
