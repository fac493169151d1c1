"""Who may do what: one table of acts by role, and the conditions that depend on a relationship as named functions.

Services ask before they act, views and templates before they offer. The state of a proposal is asked in `lifecycle`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is in the group; one person may hold several, each with its dates."""

    reader = "reader"
    observer = "observer"
    member = "member"
    coordination = "coordination"


class Act(StrEnum):
    """Everything a person can do; the value is stored and never renamed."""

    read_documents = "read_documents"
    read_decisions = "read_decisions"
    read_rules = "read_rules"
    read_discussion = "read_discussion"

    comment = "comment"
    edit_own_comment = "edit_own_comment"
    attach = "attach"
    suggest = "suggest"
    resolve_thread = "resolve_thread"
    reopen_thread = "reopen_thread"

    propose = "propose"
    revise_own = "revise_own"
    invite_coauthor = "invite_coauthor"
    join_as_coauthor = "join_as_coauthor"
    apply_suggestion = "apply_suggestion"
    decline_suggestion = "decline_suggestion"
    adopt_suggestion = "adopt_suggestion"
    withdraw_own = "withdraw_own"
    propose_undoing = "propose_undoing"
    reopen_proposal = "reopen_proposal"
    ask_amendment = "ask_amendment"

    vote = "vote"
    confirm_vote = "confirm_vote"
    raise_objection = "raise_objection"
    lift_objection = "lift_objection"
    interrupt_silence = "interrupt_silence"
    separate_correction = "separate_correction"
    request_extension = "request_extension"
    give_opinion = "give_opinion"
    keep_private_note = "keep_private_note"

    extend_consultation = "extend_consultation"
    close_consultation = "close_consultation"
    open_ballot = "open_ballot"
    extend_ballot = "extend_ballot"
    send_reminder = "send_reminder"
    suspend_ballot = "suspend_ballot"
    close_ballot = "close_ballot"
    call_second_call = "call_second_call"
    submit_objection = "submit_objection"
    answer_extension = "answer_extension"
    merge = "merge"
    register_for_others = "register_for_others"
    decide_in_meeting = "decide_in_meeting"
    order_proposals = "order_proposals"
    record_follow_up = "record_follow_up"
    publish_edition = "publish_edition"
    change_rules = "change_rules"
    manage_people = "manage_people"
    withdraw_for_confidentiality = "withdraw_for_confidentiality"
    see_desk = "see_desk"
    ask_inspection = "ask_inspection"


_EVERYBODY = frozenset(Role)
_PARTICIPANTS = frozenset({Role.observer, Role.member, Role.coordination})
_AUTHORS = frozenset({Role.member, Role.coordination})
_MEMBERS = frozenset({Role.member})  # the coordination votes only if it is also a member: roles are sets
_OBSERVERS = frozenset({Role.observer})
_COORDINATION = frozenset({Role.coordination})

TABLE: Mapping[Act, frozenset[Role]] = MappingProxyType(
    {
        Act.read_documents: _EVERYBODY,
        Act.read_decisions: _EVERYBODY,
        Act.read_rules: _EVERYBODY,
        Act.read_discussion: _PARTICIPANTS,
        Act.comment: _PARTICIPANTS,
        Act.edit_own_comment: _PARTICIPANTS,
        Act.attach: _PARTICIPANTS,
        Act.suggest: _PARTICIPANTS,
        Act.resolve_thread: _PARTICIPANTS,
        Act.reopen_thread: _PARTICIPANTS,
        Act.propose: _AUTHORS,
        Act.revise_own: _AUTHORS,
        Act.invite_coauthor: _AUTHORS,
        Act.join_as_coauthor: _AUTHORS,
        Act.apply_suggestion: _AUTHORS,
        Act.decline_suggestion: _AUTHORS,
        Act.adopt_suggestion: _MEMBERS,
        Act.withdraw_own: _AUTHORS,
        Act.propose_undoing: _AUTHORS,
        Act.reopen_proposal: _AUTHORS,
        Act.ask_amendment: _AUTHORS,
        Act.vote: _MEMBERS,
        Act.confirm_vote: _MEMBERS,
        Act.raise_objection: _MEMBERS,
        Act.lift_objection: _MEMBERS,
        Act.interrupt_silence: _MEMBERS,
        Act.separate_correction: _PARTICIPANTS,
        Act.request_extension: _MEMBERS,
        Act.give_opinion: _OBSERVERS,
        Act.keep_private_note: _MEMBERS,
        Act.extend_consultation: _COORDINATION,
        Act.close_consultation: _COORDINATION,
        Act.open_ballot: _COORDINATION,
        Act.extend_ballot: _COORDINATION,
        Act.send_reminder: _COORDINATION,
        Act.suspend_ballot: _COORDINATION,
        Act.close_ballot: _COORDINATION,
        Act.call_second_call: _COORDINATION,
        Act.submit_objection: _COORDINATION,
        Act.answer_extension: _COORDINATION,
        Act.merge: _COORDINATION,
        Act.register_for_others: _COORDINATION,
        Act.decide_in_meeting: _COORDINATION,
        Act.order_proposals: _COORDINATION,
        Act.record_follow_up: _COORDINATION,
        Act.publish_edition: _COORDINATION,
        Act.change_rules: _COORDINATION,
        Act.manage_people: _COORDINATION,
        Act.withdraw_for_confidentiality: _COORDINATION,
        Act.see_desk: _COORDINATION,
        Act.ask_inspection: _COORDINATION,
    }
)


def may(roles: Collection[Role], act: Act, *, readers_see_discussion: bool = False) -> bool:
    """Allow what the table allows to any of the person's roles; readers see live discussion only by the setting."""
    if act is Act.read_discussion and readers_see_discussion and Role.reader in roles:
        return True
    return not TABLE[act].isdisjoint(roles)


def may_revise(*, is_author: bool, is_coauthor: bool) -> bool:
    """Let only the author and the co-authors submit a new version of a proposal or see its draft."""
    return is_author or is_coauthor


def may_withdraw(*, is_author: bool) -> bool:
    """Let only the author withdraw a proposal."""
    return is_author


def may_reopen(roles: Collection[Role], *, is_author: bool) -> bool:
    """Let the author or the coordination take a closed proposal up again."""
    return is_author or Role.coordination in roles


def may_settle_thread(roles: Collection[Role], *, began_it: bool, is_author: bool) -> bool:
    """Let who began a thread, who proposed the text, and the coordination resolve it or open it again."""
    return began_it or is_author or Role.coordination in roles


def may_edit_comment(*, wrote_it: bool, withdrawn: bool) -> bool:
    """Let only its writer edit a comment, and nobody one that was withdrawn for confidentiality."""
    return wrote_it and not withdrawn


def may_attach(roles: Collection[Role], *, wrote_it: bool) -> bool:
    """Let who wrote a comment or a proposal attach files to it, and the coordination to any."""
    return wrote_it or Role.coordination in roles


def may_cast(*, holds_seat: bool, seat_votes: bool) -> bool:
    """Let only the holder of a seat on the frozen roll vote, and not a seat that the rules keep out of this ballot."""
    return holds_seat and seat_votes


def may_alternate_cast(*, titular_has_voted: bool, titular_declared_absent: bool) -> bool:
    """Let the alternate vote while the titular has not, or during the titular's declared absence."""
    return titular_declared_absent or not titular_has_voted


def may_lift(*, holds_objecting_seat: bool) -> bool:
    """Let whoever holds the seat today lift its objection: it belongs to the seat, not to the person."""
    return holds_objecting_seat


def is_party(*, is_author: bool, is_coauthor: bool, recused: bool = False) -> bool:
    """Say whether a person of the coordination is part of the proposal and is to be told so."""
    return is_author or is_coauthor or recused


def should_leave_merge(*, party: bool, others_in_coordination: int) -> bool:
    """Ask who is part of the proposal to leave the merge to another person of the coordination where there is one."""
    return party and others_in_coordination > 0
