"""Who may open each page, said at its foot as «Visible para: …»: made of the act that its route needs.

`tests/functional/test_permissions.py` asks every route as every role, so that no page says what is not so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import request
from flask_login import current_user

from reviewtool.rules.permissions import Act, Role, may
from reviewtool.web.database import workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined, mark

# What a person needs to get an answer from a route; None: any role. A route that is not here fails the test.
NEEDS: Final[Mapping[str, Act | None]] = MappingProxyType(
    {
        "home.index": None,
        "sessions.token": None,
        "home.accessibility": None,
        "home.mark_read": None,
        "notices.index": None,
        "notices.mark_all": None,
        "notices.mails": Act.see_desk,
        "notices.mail": Act.see_desk,
        "people.profile": None,
        "feeds.give": None,
        "feeds.take_back": None,
        "people.save_mail": None,
        "people.save_profile": None,
        "people.save_password": None,
        "sign_ins.index": None,
        "sign_ins.end": None,
        "sign_ins.end_all": None,
        "factors.index": None,
        "factors.start_app": None,
        "factors.app": None,
        "factors.confirm_app": None,
        "factors.remove_app": None,
        "factors.make_codes": None,
        "factors.add_passkey": None,
        "factors.remove_passkey": None,
        "identities.link": None,
        "identities.unlink": None,
        "people.index": None,
        "people.terms": Act.manage_people,
        "people.end_term": Act.manage_people,
        "seats.index": Act.manage_people,
        "seats.end": Act.manage_people,
        "persons.page": None,
        "persons.certify": Act.manage_people,
        "persons.declare": Act.manage_people,
        "persons.take_back": Act.manage_people,
        "persons.declare_own": None,
        "persons.take_back_own": None,
        "persons.own_data": None,
        "persons.data": Act.manage_people,
        "persons.erase": Act.manage_people,
        "accounts.index": Act.manage_people,
        "accounts.change": Act.manage_people,
        "accounts.password_link": Act.manage_people,
        "accounts.need_factor": Act.manage_people,
        "accounts.forget_factors": Act.manage_people,
        "invitations.invite": Act.manage_people,
        "invitations.invite_list": Act.manage_people,
        "invitations.show": Act.manage_people,
        "invitations.withdraw": Act.manage_people,
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
        "word_files.document": Act.read_documents,
        "word_files.document_at": Act.read_documents,
        "word_files.proposal": Act.read_documents,
        "word_files.consultation": Act.read_documents,
        "word_files.consultation_word": Act.read_documents,
        "word_uploads.send": Act.comment,
        "word_uploads.review": Act.comment,
        "word_uploads.progress": Act.comment,
        "proposals.index": Act.read_documents,
        "proposals.page": Act.read_documents,
        "proposals.beside": Act.read_documents,
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
        "coauthors.page": Act.join_as_coauthor,
        "drafts.undo": Act.propose_undoing,
        "drafts.edit": Act.propose,
        "drafts.document": Act.propose,
        "drafts.save_document": Act.propose,
        "drafts.recover": Act.propose,
        "drafts.autosave": Act.propose,
        "drafts.documents": Act.propose,
        "drafts.present": Act.propose,
        "pictures.add": Act.propose,
        "pictures.show": Act.propose,
        "pictures.seen": Act.propose,
        "splitting.choose": Act.propose,
        "settling.page": Act.propose,
        "drafts.add": Act.propose,
        "drafts.change": Act.propose,
        "drafts.discard": Act.propose,
        "draft_blocks.block": Act.propose,
        "draft_blocks.change": Act.propose,
        "threads.page": Act.read_discussion,
        "suggestions.page": Act.read_discussion,
        "attachments.to_proposal": Act.attach,
        "attachments.to_comment": Act.attach,
        "attachments.download": Act.read_discussion,
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
        "desk.remind": Act.send_reminder,
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
)
# Pages that show everybody only what is their own, whatever act opens them: drafts are their author's alone.
OWN: Final = frozenset(
    {"home", "drafts", "draft_blocks", "splitting", "word_uploads", "sign_ins", "factors", "identities"}
)
OWN_PAGES: Final = frozenset(
    {
        "notices.index",
        "people.profile",
        "feeds.give",
        "feeds.take_back",
        "people.save_mail",
        "people.save_profile",
        "people.save_password",
        "persons.declare_own",
        "persons.take_back_own",
        "persons.own_data",
        "registering.draft",
    }
)
# Pages of a proposal: its comments and open ballots are seen by those who read the discussion, whoever opens the page.
DISCUSSED: Final = frozenset({"proposals", "threads", "suggestions", "ballots", "registering", "word_files"})
EVERY_ROLE: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.member: mark("miembros"),
        Role.observer: mark("observadores"),
        Role.coordination: mark("coordinación"),
        Role.reader: mark("lectores"),
    }
)


def visible_to(act: Act | None) -> str:
    """Say who may do what opens a page."""
    setting = workshop().group.readers_see_discussion
    held = [role for role in EVERY_ROLE if act is None or may({role}, act, readers_see_discussion=setting)]
    return _("todo el grupo") if len(held) == len(EVERY_ROLE) else joined([_(EVERY_ROLE[role]) for role in held])


def of_page() -> tuple[str, str]:
    """Say who sees the page that is asked for, and where they are others, who sees what is discussed on it."""
    endpoint = request.endpoint or ""
    if not current_user.is_authenticated:
        return "", ""
    blueprint = endpoint.partition(".")[0]
    if endpoint == "private_notes.edit":
        return _("quienes ocupan su puesto"), ""
    if endpoint not in NEEDS or endpoint in OWN_PAGES or (blueprint in OWN and endpoint != "home.accessibility"):
        return _("solo usted"), ""
    page = visible_to(NEEDS[endpoint])
    discussion = visible_to(Act.read_discussion)
    return page, discussion if blueprint in DISCUSSED and discussion != page else ""
