"""The demonstration: every state, a real history in Git, nothing in the future; and that it stays out of real use."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reviewtool import clock, demonstration, installing
from reviewtool.demonstration import edits, play
from reviewtool.demonstration.people import EVERYBODY
from reviewtool.demonstration.timeline import Timeline
from reviewtool.errors import Conflict
from reviewtool.gitstore import history, maintenance, reading, record
from reviewtool.group import Group
from reviewtool.models import (
    Ballot,
    Comment,
    CommentEdit,
    Draft,
    Edition,
    Event,
    ExtensionRequest,
    Mention,
    Merge,
    Notice,
    Objection,
    Person,
    Proposal,
    RefMove,
    Revision,
    Suggestion,
    Thread,
    Touch,
    Vote,
)
from reviewtool.prose import merge3
from reviewtool.rules import calendar, presets
from reviewtool.rules.lifecycle import State, state_of
from reviewtool.rules.permissions import Role
from reviewtool.services import (
    drafts,
    form_corrections,
    installations,
    lifecycle,
    merging,
    minutes,
    ordering,
    people,
    placing,
    proposals,
    record_files,
    revisions,
    votes,
)
from reviewtool.settings import Settings

GROUP_FILE = Path(__file__).resolve().parents[2] / "config" / "group.toml"
ADMINISTRATIONS = {"AR", "BO", "CL", "CR", "DO", "EC", "NI", "PY", "PE", "UY", "VE"}
FUTURE_IS_RIGHT = {"closes_at", "consultation_closes_at"}


def settings_in(folder: Path) -> Settings:
    return Settings(var=folder, group_file=GROUP_FILE, secret_key="only-for-tests" * 4)


@pytest.fixture(scope="module")
def said():
    return []


@pytest.fixture(scope="module")
def workshop(tmp_path_factory, said):
    """Load it once, over what a load that was killed left behind."""
    settings = settings_in(tmp_path_factory.mktemp("demonstration") / "var")
    killed = installing.create(settings, demonstration=True)
    with killed.database.write() as session:
        people.add(session, killed.group, name="Nadie", email="n@x.example", administration="PE", roles=[Role.member])
    killed.database.dispose()
    killed.store.close()
    made = demonstration.ensure(settings, said.append)
    yield made
    made.database.dispose()
    made.store.close()


@pytest.fixture
def session(workshop):
    with workshop.database.read() as opened:
        yield opened


def in_state(session, state):
    return session.scalars(select(Proposal).where(Proposal.state == state).order_by(Proposal.number)).all()


def titled(session, words):
    return session.scalars(select(Proposal).where(Proposal.title.contains(words))).one()


def test_it_says_once_that_it_is_made_and_afterwards_only_opens_it(workshop, said):
    assert len(said) == 1
    settings = settings_in(workshop.store.path.parent)
    again = demonstration.ensure(settings, said.append)
    assert len(said) == 1
    with again.database.read() as session:
        found = installations.find(session)
        assert (found.demonstration, found.ready) == (True, True)
        assert people.find_by_email(session, "n@x.example") is None
    again.database.dispose()
    again.store.close()


def test_the_group_has_its_members_observers_coordination_and_reader(session):
    everybody = people.everybody(session)
    held = {role: [person for person in everybody if role in people.roles(person)] for role in Role}
    assert {role.value: len(found) for role, found in held.items()} == {
        "reader": 1,
        "observer": 4,
        "member": 12,
        "coordination": 2,
    }
    assert len(people.seats(session)) == 12
    assert {seat.administration for seat in people.seats(session)} == ADMINISTRATIONS
    assert len([person for person in everybody if person.certified_on]) == 4
    assert [person.name for person in held[Role.coordination] if people.is_deputy(person)] == ["Tomás Irigoyen"]
    assert {person.administration for person in held[Role.observer]} == {"GT"}


def test_every_account_opens_with_the_printed_password(session):
    hashes = {person.password_hash for person in people.everybody(session)}
    assert len(hashes) == 1
    for key in ("rosa.quispe", "ixchel.cumes", "elena.marroquin", "tomas.irigoyen", "marisol.vega"):
        found = people.authenticate(session, f"{key}@demo.example", demonstration.PASSWORD)
        assert found is not None
        assert any(found.email in line for line in demonstration.account_lines())
    assert people.authenticate(session, "rosa.quispe@demo.example", "otra-clave-2026") is None
    assert any(demonstration.PASSWORD in line for line in demonstration.account_lines())


def test_every_state_occurs(session):
    states = dict(session.execute(select(Proposal.state, func.count()).group_by(Proposal.state)).all())
    assert set(states) == set(State)
    assert sum(states.values()) == 20
    assert states[State.merged] == 5
    assert session.scalar(select(func.count()).select_from(Draft).where(Draft.proposal_number.is_(None))) == 2


def test_every_state_follows_from_the_history(session):
    for proposal in session.scalars(select(Proposal)):
        assert proposal.state == state_of(lifecycle.facts_of(session, proposal, clock.now())), proposal.number


def test_the_published_text_has_one_commit_for_each_merge_with_its_trailers(session, workshop):
    merges = session.scalars(select(Merge).order_by(Merge.merged_at)).all()
    log = [entry.commit for entry in history.log(workshop.store, reading.head(workshop.store), limit=50)]
    assert [commit.id for commit in reversed(log)][1:] == [merge.commit for merge in merges]
    for merge in merges:
        made = reading.commit(workshop.store, merge.commit)
        trailers = dict(made.trailers)
        proposal = proposals.get(session, merge.proposal_number)
        assert made.subject == proposal.title
        assert made.author.name == proposal.author.name
        assert made.committer.name in {"Elena Marroquín", "Tomás Irigoyen"}
        assert made.committer.at == merge.merged_at.replace(microsecond=0)
        assert trailers["Proposal"] == str(merge.proposal_number)
        assert trailers["Decision"].startswith("approved; ")
        assert {"Revision", "Merge-kind", "Review-record"} <= set(trailers)
    dates = [commit.committer.at for commit in reversed(log)]
    assert dates == sorted(dates)
    assert 200 < (clock.now() - dates[0]).days < 280


def test_who_suggested_the_merged_words_is_a_co_author(session, workshop):
    merge = proposals.merge_of(session, titled(session, "exclusividad").number)
    trailers = reading.commit(workshop.store, merge.commit).trailers
    assert [value.split(" <")[0] for name, value in trailers if name == "Co-authored-by"] == ["Ixchel Cumes"]
    assert len([name for name, _ in trailers if name == "Advised-by"]) == 2
    assert len([name for name, _ in trailers if name.startswith(("Approved", "Abstained"))]) == 11


def test_silence_approved_one_without_a_vote_in_favour(session, workshop):
    merge = proposals.merge_of(session, titled(session, "nivel comercial").number)
    names = {name for name, _ in reading.commit(workshop.store, merge.commit).trailers}
    assert "Approved-by" not in names


def test_a_merged_proposal_gave_a_document_another_name(session, workshop):
    touch = session.scalars(select(Touch).where(Touch.status == "R")).one()
    files = reading.files(workshop.store, reading.head(workshop.store))
    assert touch.path in files
    assert touch.old_path not in files


def test_every_record_stands_at_the_newest_act(session, workshop):
    for proposal in session.scalars(select(Proposal)):
        stored = record.read(workshop.store, record_files.ref_of(proposal.number), "proposal.json")
        assert json.loads(stored)["version"] == proposal.version == proposal.recorded_version
        acts = set(session.scalars(select(Event.kind).where(Event.proposal_number == proposal.number)))
        written = record.read(workshop.store, record_files.ref_of(proposal.number), "record.md")
        assert bool(written) == bool(acts & minutes.WRITTEN_AT)


def test_the_minutes_count_one_abstention_as_one(session, workshop):
    number = titled(session, "exclusividad").number
    written = record.read(workshop.store, record_files.ref_of(number), "record.md").decode()
    assert "**aprobada** (10 a favor, 0 en contra, 1 abstención)" in written


def test_nothing_lies_in_the_future_but_what_is_to_close(session):
    now = clock.now()
    for table in (
        *(Person, Proposal, Revision, Ballot, Vote, Event, Thread, Comment, CommentEdit, Objection, ExtensionRequest),
        *(Merge, Edition, Notice, RefMove, Draft),
    ):
        names = [column.key for column in table.__table__.columns if column.key.endswith("_at") or column.key == "at"]
        for row in session.execute(select(*(getattr(table, name) for name in names))).mappings():
            late = {name: row[name] for name in names if row[name] and row[name] > now}
            assert not set(late) - FUTURE_IS_RIGHT, (table.__name__, late)
    assert session.scalars(select(RefMove).where(RefMove.state != "done")).all() == []


def test_what_is_open_closes_some_days_ahead(session):
    now = clock.now()
    closes = session.scalars(select(Ballot.closes_at).where(Ballot.closed_at.is_(None))).all()
    closes += [proposal.consultation_closes_at for proposal in in_state(session, State.consultation)]
    assert len(closes) == 8
    assert all(1 <= (instant - now).days <= 20 for instant in closes)


def test_the_acts_stand_in_the_order_of_time(session):
    for number in session.scalars(select(Proposal.number)):
        found = session.scalars(select(Event.at).where(Event.proposal_number == number).order_by(Event.seq)).all()
        assert found == sorted(found), number
    created = session.scalars(select(Proposal.created_at).order_by(Proposal.number)).all()
    assert created == sorted(created)


def test_one_approved_proposal_waits_and_the_other_is_in_conflict(session, workshop):
    kinds = {}
    for proposal in in_state(session, State.approved):
        revision = proposals.latest_revision(session, proposal)
        kinds[proposal.title] = merging.readiness(session, workshop, proposal, revision)
    (waits,) = [found for title, found in kinds.items() if "2.1" in title]
    (collides,) = [found for title, found in kinds.items() if "financia" in title]
    assert waits.ready
    assert collides.combination.kind == "conflict"


def test_two_proposals_compete_for_one_passage(session, workshop):
    first, second = titled(session, "cuarta cualidad"), titled(session, "en el expediente")
    assert first.state == second.state == State.consultation
    sides = []
    for proposal in (first, second):
        revision = proposals.latest_revision(session, proposal)
        (touch,) = revision.touches
        sides.append(revisions.text_at(workshop, revision.commit, touch.path).decode())
        base = revisions.text_at(workshop, revision.base, touch.path).decode()
    assert merge3.merge(base, *sides).kind in {"woven", "conflict"}


def test_of_the_two_the_coordination_chose_which_is_decided_first(session):
    assert ordering.waits_for(session, titled(session, "en el expediente").number) == titled(session, "cuarta").number


def test_a_correction_of_form_runs_in_its_list_and_another_may_be_announced(session, workshop):
    running = proposals.open_ballot(session, titled(session, "con coma").number)
    assert running.rules["preset"] == presets.FORM
    (candidate,) = form_corrections.candidates(session, workshop)
    assert (candidate.number, candidate.why_not) == (titled(session, "punto y coma").number, "")


def test_ballots_show_every_way_to_vote(session):
    cast = session.scalars(select(Vote)).all()
    assert {vote.position for vote in cast} >= {"for", "for_with_remarks", "against", "abstain", "no_objection"}
    registered = [vote for vote in cast if vote.registered_by_id]
    assert [(vote.channel, vote.confirmed) for vote in registered] == [("note", True)]
    running = proposals.open_ballot(session, titled(session, "molde").number)
    waiting = [vote for vote in votes.of_ballot(session, running.id) if vote.ad_referendum]
    assert [vote.confirmed for vote in waiting] == [False]
    held = session.scalars(select(Objection).where(Objection.lifted_at.is_(None))).all()
    assert {proposals.get(session, objection.proposal_number).state for objection in held} == {
        State.voting,
        State.awaiting_decision,
    }
    assert session.scalars(select(Ballot).where(Ballot.broken_by.is_not(None))).one().outcome == "suspended"
    assert session.scalars(select(Objection).where(Objection.lifted_at.is_not(None))).one()
    assert session.scalars(select(ExtensionRequest)).one().granted is None


def test_conversations_are_of_every_kind(session, workshop):
    number = titled(session, "casa matriz").number
    found = session.scalars(select(Thread).where(Thread.proposal_number == number).order_by(Thread.number)).all()
    history_of = placing.with_touches(session, number)
    placed = [placing.place(workshop, history_of, thread, 2).state for thread in found]
    assert {"same", "whole"} < set(placed)
    assert set(placed) & {"edited", "lost"}
    assert any(thread.resolved_at for thread in found)
    assert max(thread.reply_count for thread in found) >= 2
    assert session.scalar(select(func.count()).select_from(CommentEdit)) == 1
    assert session.scalar(select(func.count()).select_from(Mention)) >= 4
    applied = session.scalars(select(Suggestion).where(Suggestion.applied_in.is_not(None))).all()
    assert len(applied) == 2


def test_new_documents_and_an_image_are_proposed(session):
    added = session.scalars(select(Touch.path).where(Touch.status == "A")).all()
    assert {Path(path).suffix for path in added} == {".md", ".svg"}
    several = session.execute(select(Touch.revision_id).group_by(Touch.revision_id).having(func.count() > 1)).all()
    assert len(several) >= 3


def test_the_edition_names_a_state_between_the_merges(session):
    edition = session.scalars(select(Edition)).one()
    assert edition.name == "Edición 2026-1"
    merged = session.scalars(select(Merge).order_by(Merge.merged_at)).all()
    assert merged[0].merged_at < edition.published_at < merged[-1].merged_at


def test_the_store_is_sound(workshop):
    assert maintenance.check(workshop.store) == []


def test_the_draft_is_its_authors_alone(session):
    author = people.find_by_email(session, "rosa.quispe@demo.example")
    (draft,) = drafts.mine(session, author)
    assert draft.files
    other = people.find_by_email(session, "byron.cevallos@demo.example")
    assert drafts.mine(session, other) == []


@pytest.mark.parametrize(
    "reference",
    [
        datetime(2026, 11, 23, 6, 10, tzinfo=UTC),  # Monday, ten past midnight in Guatemala
        datetime(2026, 11, 29, 23, 0, tzinfo=UTC),  # Sunday
        datetime(2027, 1, 1, 15, 0, tzinfo=UTC),  # the group's own holiday
        datetime(2028, 2, 29, 12, 0, tzinfo=UTC),  # beyond the holidays that are known
    ],
)
def test_the_scripts_have_an_order_on_whatever_day_they_are_played(reference):
    timeline = Timeline(reference, calendar.of_group(Group.load(GROUP_FILE)))
    acts = play.acts(timeline)
    assert len(acts) > 150
    assert all(act.at < reference for act in acts)
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    keys = {key.split(".")[0] for key in (invented.key for invented in EVERYBODY)}
    assert {act.fields["by"] for act in acts} <= keys


def test_a_change_whose_words_are_not_in_the_document_names_both():
    with pytest.raises(edits.TextMoved, match=r"glosario\.md.*no está aquí"):
        edits.changed("glosario.md", "Texto\n", {"old": "no está aquí", "new": "x"})
    with pytest.raises(edits.TextMoved, match="2 times"):
        edits.changed("glosario.md", "uno uno\n", {"below": "uno", "new": "x"})


def test_a_block_moves_whole_and_figures_keep_their_spaces():
    text = "Uno\n\n::: nota A\nDentro\n:::\n\nDos\n\nTres\n"
    moved = edits.changed("a.md", text, {"move": "::: nota A", "above": "Tres"})
    assert moved == "Uno\n\nDos\n\n::: nota A\nDentro\n:::\n\nTres\n"
    assert edits.glued("USD 12 000, el 5 % de 240 000") == "USD\xa012\xa0000, el 5\xa0% de 240\xa0000"


def test_a_real_installation_is_only_opened_and_gets_no_people(tmp_path):
    settings = settings_in(tmp_path / "var")
    real = installing.create(settings)
    said: list[str] = []
    opened = demonstration.ensure(settings, said.append)
    with opened.database.read() as session:
        assert people.everybody(session) == []
        assert not installations.is_demonstration(session)
    assert said == []
    with pytest.raises(Conflict, match="not-a-fresh-demonstration"):
        demonstration.load(real)
    for workshop in (real, opened):
        workshop.database.dispose()
        workshop.store.close()
