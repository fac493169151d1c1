"""Every role by every act, and the conditions that depend on a relationship."""

from __future__ import annotations

import itertools

import pytest

from reviewtool.rules import permissions
from reviewtool.rules.permissions import TABLE, Act, Role, may

# r o m c: reader, observer, member, coordination. One line an act: a new act must be entered here by hand.
EXPECTED = """
read_documents               r o m c
read_decisions               r o m c
read_rules                   r o m c
read_discussion              - o m c
comment                      - o m c
edit_own_comment             - o m c
attach                       - o m c
suggest                      - o m c
resolve_thread               - o m c
reopen_thread                - o m c
propose                      - - m c
revise_own                   - - m c
invite_coauthor              - - m c
join_as_coauthor             - - m c
apply_suggestion             - - m c
decline_suggestion           - - m c
adopt_suggestion             - - m -
withdraw_own                 - - m c
propose_undoing              - - m c
reopen_proposal              - - m c
ask_amendment                - - m c
vote                         - - m -
confirm_vote                 - - m -
raise_objection              - - m -
lift_objection               - - m -
interrupt_silence            - - m -
request_extension            - - m -
separate_correction          - o m c
give_opinion                 - o - -
keep_private_note            - - m -
extend_consultation          - - - c
close_consultation           - - - c
open_ballot                  - - - c
extend_ballot                - - - c
send_reminder                - - - c
suspend_ballot               - - - c
close_ballot                 - - - c
call_second_call             - - - c
submit_objection             - - - c
answer_extension             - - - c
merge                        - - - c
register_for_others          - - - c
decide_in_meeting            - - - c
order_proposals              - - - c
record_follow_up             - - - c
publish_edition              - - - c
change_rules                 - - - c
manage_people                - - - c
withdraw_for_confidentiality - - - c
see_desk                     - - - c
ask_inspection             - - - c
"""
LETTERS = {"r": Role.reader, "o": Role.observer, "m": Role.member, "c": Role.coordination}
ROWS = {line.split()[0]: {LETTERS[x] for x in line.split()[1:] if x != "-"} for line in EXPECTED.split("\n") if line}


def test_the_list_names_every_act_once() -> None:
    assert set(ROWS) == {act.value for act in Act}
    assert set(TABLE) == set(Act)
    assert len(EXPECTED.strip().splitlines()) == len(Act)


@pytest.mark.parametrize(("role", "act"), list(itertools.product(Role, Act)), ids=str)
def test_every_role_may_do_exactly_what_the_list_says(role: Role, act: Act) -> None:
    assert may([role], act) is (role in ROWS[act.value])


@pytest.mark.parametrize("act", Act)
def test_a_person_without_a_role_may_do_nothing(act: Act) -> None:
    assert not may([], act)
    assert not may([], act, readers_see_discussion=True)


@pytest.mark.parametrize("act", Act)
def test_several_roles_allow_what_any_of_them_allows(act: Act) -> None:
    for pair in itertools.combinations(Role, 2):
        assert may(pair, act) is any(may([role], act) for role in pair)


@pytest.mark.parametrize("act", Act)
def test_the_setting_for_readers_opens_live_discussion_to_readers_and_nothing_else(act: Act) -> None:
    for role in Role:
        opened = role is Role.reader and act is Act.read_discussion
        assert may([role], act, readers_see_discussion=True) is (opened or may([role], act))


def test_stored_roles_may_be_asked_as_plain_text() -> None:
    assert may({"member"}, Act.vote)
    assert not may({"observer"}, Act.vote)


def test_only_author_and_coauthors_revise() -> None:
    assert permissions.may_revise(is_author=True, is_coauthor=False)
    assert permissions.may_revise(is_author=False, is_coauthor=True)
    assert not permissions.may_revise(is_author=False, is_coauthor=False)


def test_only_the_author_withdraws() -> None:
    assert permissions.may_withdraw(is_author=True)
    assert not permissions.may_withdraw(is_author=False)


def test_a_closed_proposal_is_reopened_by_its_author_or_the_coordination() -> None:
    assert permissions.may_reopen([Role.member], is_author=True)
    assert permissions.may_reopen([Role.coordination], is_author=False)
    assert not permissions.may_reopen([Role.member], is_author=False)


def test_a_thread_is_resolved_by_who_began_it_the_author_or_the_coordination() -> None:
    assert permissions.may_settle_thread([Role.observer], began_it=True, is_author=False)
    assert permissions.may_settle_thread([Role.member], began_it=False, is_author=True)
    assert permissions.may_settle_thread([Role.coordination], began_it=False, is_author=False)
    assert not permissions.may_settle_thread([Role.member], began_it=False, is_author=False)


def test_a_comment_withdrawn_for_confidentiality_is_edited_by_nobody() -> None:
    assert permissions.may_edit_comment(wrote_it=True, withdrawn=False)
    assert not permissions.may_edit_comment(wrote_it=True, withdrawn=True)
    assert not permissions.may_edit_comment(wrote_it=False, withdrawn=False)


def test_a_file_is_attached_by_who_wrote_what_it_stands_beside_and_by_the_coordination() -> None:
    assert permissions.may_attach([Role.observer], wrote_it=True)
    assert permissions.may_attach([Role.coordination], wrote_it=False)
    assert not permissions.may_attach([Role.member], wrote_it=False)


def test_only_the_holder_of_a_seat_that_votes_casts() -> None:
    assert permissions.may_cast(holds_seat=True, seat_votes=True)
    assert not permissions.may_cast(holds_seat=True, seat_votes=False)
    assert not permissions.may_cast(holds_seat=False, seat_votes=True)


def test_the_alternate_votes_while_the_titular_has_not_or_is_absent() -> None:
    assert permissions.may_alternate_cast(titular_has_voted=False, titular_declared_absent=False)
    assert permissions.may_alternate_cast(titular_has_voted=True, titular_declared_absent=True)
    assert not permissions.may_alternate_cast(titular_has_voted=True, titular_declared_absent=False)


def test_an_objection_is_lifted_by_whoever_holds_the_seat() -> None:
    assert permissions.may_lift(holds_objecting_seat=True)
    assert not permissions.may_lift(holds_objecting_seat=False)


def test_who_is_part_of_the_proposal_leaves_the_merge_to_a_deputy_where_there_is_one() -> None:
    assert permissions.is_party(is_author=False, is_coauthor=True)
    assert permissions.is_party(is_author=False, is_coauthor=False, recused=True)
    assert not permissions.is_party(is_author=False, is_coauthor=False)
    assert permissions.should_leave_merge(party=True, others_in_coordination=1)
    assert not permissions.should_leave_merge(party=True, others_in_coordination=0)
    assert not permissions.should_leave_merge(party=False, others_in_coordination=1)
