"""Co-authors: invited, asked for an answer, writing versions under their own name, with a seat that votes."""

from __future__ import annotations

import re

import pytest

from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed
from reviewtool.gitstore import reading
from reviewtool.models import Vote
from reviewtool.services import (
    coauthors,
    drafts,
    notices,
    people,
    proposals,
    revisions,
    signatures,
    threads,
)
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.rebuilt import rebuilt
from tests.support.together import at_once, codes
from tests.support.words import said

META = {"title": "Aclarar el canon", "reason": "El texto actual es incompleto.", "kind": "substance", "act": "submit"}


@pytest.fixture
def number(workshop, group) -> int:
    """Return a proposal of the first member."""
    return journey.propose(workshop, group.members[0], INTRODUCTION, "país de importación", "país importador")


def join(workshop, group, number, who) -> None:
    with workshop.database.write() as session:
        coauthors.invite(session, number, who.id, by=people.get(session, group.members[0].id))
        coauthors.answer(session, number, accepts=True, by=people.get(session, who.id))


def begin(workshop, number, by, old, new) -> int:
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, by.id))
        journey.edit(workshop, draft, INTRODUCTION, old, new)
        return draft.id


def test_an_invitation_is_answered_on_its_page_and_told_to_both(group, number, sign_in):
    author, page = sign_in(group.members[0]), f"/propuestas/{number}/coautores"
    other = group.members[1]
    assert page in author.get(f"/propuestas/{number}").text
    assert author.post(page, data={"act": "invite", "person": other.id}).status_code == 303
    assert "Invitación a la coautoría sin respuesta" in said(author.get(page))
    invited = sign_in(other)
    assert "le invita a escribir en coautoría" in said(invited.get("/"))
    assert "nueva-version" not in invited.get(f"/propuestas/{number}").text
    assert "Aceptar" in said(invited.get(page))
    assert invited.post(page, data={"act": "accept"}).status_code == 303
    shown = invited.get(f"/propuestas/{number}")
    assert f"con {other.name}" in said(shown)
    assert f"/propuestas/{number}/nueva-version" in shown.text
    assert "aceptó escribir en coautoría" in said(sign_in(group.members[0]).get("/"))
    told = said(sign_in(group.coordinator).get(f"/registro?propuesta={number}"))
    assert f"Invitó a {other.name} a la coautoría" in told
    assert "Aceptó la coautoría" in told


def test_a_co_author_takes_suggestions_up_and_declines_them(workshop, group, number, sign_in):
    other = group.members[1]
    with workshop.database.write() as session:
        place = threads.Place(1, INTRODUCTION, "país importador")
        by = people.get(session, group.observers[0].id)
        for words in ("territorio de importación", "otro país"):
            threads.comment(session, workshop, number, place, threads.Message("Mejor así", words), by=by)
    page = f"/propuestas/{number}/sugerencias"
    assert 'name="chosen"' not in sign_in(other).get(page).text
    join(workshop, group, number, other)
    one, two = re.findall(r'name="chosen" value="(\d+)"', sign_in(other).get(page).text)
    assert sign_in(other).post(page, data={"chosen": one}).location.startswith("/borradores/")
    sign_in(other).post(f"/comentarios/mensajes/{two}/no-aceptar", data={"body": "No es lo que dice el Acuerdo."})
    assert f"No aceptada por {other.name}" in said(sign_in(group.members[0]).get(page))


def test_who_declines_leaves_or_is_removed_writes_no_version(workshop, group, number, sign_in):
    page, other = f"/propuestas/{number}/coautores", group.members[1]
    for by, ends in ((other, {"act": "decline"}), (other, {"act": "leave"}), (group.members[0], {"act": "remove"})):
        sign_in(group.members[0]).post(page, data={"act": "invite", "person": other.id})
        if ends["act"] != "decline":
            sign_in(other).post(page, data={"act": "accept"})
        assert sign_in(by).post(page, data=ends | {"person": other.id}).status_code == 303
        assert sign_in(other).post(f"/propuestas/{number}/nueva-version").status_code == 403
    with workshop.database.read() as session:
        assert coauthors.of_proposal(session, number) == ()


def test_only_the_proposer_invites_only_members_and_nobody_twice(workshop, group, number):
    with workshop.database.write() as session:
        author, other = (people.get(session, each.id) for each in group.members[:2])
        with pytest.raises(NotAllowed):
            coauthors.invite(session, number, group.members[2].id, by=other)
        for nobody in (author.id, group.observers[0].id, group.reader.id):
            with pytest.raises(InvalidInput):
                coauthors.invite(session, number, nobody, by=author)
        with pytest.raises(AlreadyDecided):
            coauthors.answer(session, number, accepts=True, by=other)
        coauthors.invite(session, number, other.id, by=author)
        with pytest.raises(InvalidInput):
            coauthors.invite(session, number, other.id, by=author)
        with pytest.raises(AlreadyDecided):
            coauthors.leave(session, number, by=other)


def test_a_version_of_a_co_author_is_theirs_in_git_and_comes_back(workshop, group, number, sqlite_template, tmp_path):
    join(workshop, group, number, group.members[1])
    revisions.submit(
        workshop, begin(workshop, number, group.members[1], "30 días", "45 días"), by_id=group.members[1].id
    )
    made = reading.commit(workshop.store, reading.head(workshop.store, f"refs/proposals/{number}/2"))
    assert signatures.person_id(made.author.email) == group.members[1].id
    assert [signatures.person_id(v) for k, v in made.trailers if k == "Co-authored-by"] == [group.members[0].id]
    with workshop.database.read() as session:
        unread = notices.unread(session, group.members[0].id)
        assert [each.act for each in unread] == ["revised", "coauthor_accepted"]
        assert proposals.get(session, number).author_id == group.members[0].id
    journey.approve(workshop, number, group)
    merged = reading.commit(workshop.store, journey.merge(workshop, number, group.coordinator))
    assert signatures.person_id(merged.author.email) == group.members[0].id
    assert [signatures.person_id(v) for k, v in merged.trailers if k == "Co-authored-by"] == [group.members[1].id]
    with rebuilt(workshop, sqlite_template, tmp_path).database.read() as session:
        assert coauthors.is_one(session, number, group.members[1].id)
        assert proposals.revision(session, number, 2).author_id == group.members[1].id


def test_the_seat_of_a_co_author_votes_and_the_proposers_does_not(workshop, group, number):
    join(workshop, group, number, group.members[1])
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    with pytest.raises(NotAllowed):
        journey.vote(workshop, number, group.members[0])
    with workshop.database.read() as session:
        assert session.query(Vote).filter_by(current=True).count() == 1


def test_while_a_ballot_is_open_one_may_invite_and_nobody_changes_the_text(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    join(workshop, group, number, group.members[1])
    with pytest.raises(AlreadyDecided, match="text-frozen"):
        begin(workshop, number, group.members[1], "30 días", "45 días")


def test_two_authors_who_submit_at_the_same_moment_lose_nothing(workshop, group, number, sign_in):
    join(workshop, group, number, group.members[1])
    writing = [
        (group.members[0], begin(workshop, number, group.members[0], "30 días", "45 días")),
        (group.members[1], begin(workshop, number, group.members[1], "precio realmente", "precio efectivamente")),
    ]
    results = codes(
        at_once(*[lambda w=who, d=draft: revisions.submit(workshop, d, by_id=w.id) for who, draft in writing])
    )
    assert sorted(map(str, results)) == [str(number), "version-meanwhile"]
    who, draft = writing[results.index("version-meanwhile")]
    answer = sign_in(who).post(f"/borradores/{draft}/presentar", data=META)
    assert answer.location == f"/propuestas/{number}"
    with workshop.database.read() as session:
        newest = proposals.latest_revision(session, proposals.get(session, number))
        assert newest.author_id == who.id
    text = (revisions.text_at(workshop, newest.commit, INTRODUCTION) or b"").decode()
    assert all(words in text for words in ("45 días", "precio efectivamente", "país importador"))


def test_who_is_removed_while_writing_keeps_the_text_and_is_told(workshop, group, number, sign_in):
    join(workshop, group, number, group.members[1])
    draft = begin(workshop, number, group.members[1], "30 días", "45 días")
    with workshop.database.write() as session:
        coauthors.remove(session, number, group.members[1].id, by=people.get(session, group.members[0].id))
    answer = sign_in(group.members[1]).post(f"/borradores/{draft}/presentar", data=META)
    assert answer.status_code == 403
    with workshop.database.read() as session:
        kept = drafts.get(session, draft, by=people.get(session, group.members[1].id))
        assert "45 días" in (drafts.text_of(workshop, kept.files[0]) or "")
