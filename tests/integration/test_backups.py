"""Backups of a running installation, proved by restoring them; and a restore that loses nothing said after them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from reviewtool import backups, installing
from reviewtool.app import make_workshop
from reviewtool.db import Base
from reviewtool.errors import InstallationError
from reviewtool.gitstore import reading
from reviewtool.models import Comment, Draft, Installation, Merge, Person, Proposal
from reviewtool.services import drafts, people, record_files, threads, verifying
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, INTRODUCTION

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def number(workshop, group):
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


@pytest.fixture
def kept(settings):
    """The settings with the secret key in the folder, as they are outside of tests."""
    settings.secret_key_path.write_text("a" * 64 + "\n", encoding="ascii")
    return settings.model_copy(update={"secret_key": ""})


def elsewhere(settings, folder, request):
    """The settings of another machine: an empty folder and an empty database of the same kind."""
    if settings.sqlite_path is not None:
        return settings.model_copy(update={"var": folder, "database": ""})
    url = request.getfixturevalue("another_database")
    return settings.model_copy(update={"var": folder, "database": url})


@pytest.fixture
def another_database(postgres_cluster):
    with postgres_cluster.fresh("template0") as url:
        yield url


def comment(workshop, group, number, body):
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        threads.comment(session, workshop, number, threads.Place(1), threads.Message(body), by=by)


def rows(database, table):
    with database.read() as session:
        return [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]


def test_a_backup_restored_elsewhere_holds_every_row_and_every_ref(workshop, group, number, kept, tmp_path, request):
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    with workshop.database.write() as session:  # what no record has comes back from the database
        drafts.start(session, workshop, by=people.get(session, group.members[0].id))
    made = backups.backup(kept, tmp_path / "backups")
    assert made.proof == "restored"
    assert made.report.clean
    there = elsewhere(kept, tmp_path / "there", request)
    assert backups.restore(there, made.path).findings == ()
    restored = make_workshop(there)
    for table in Base.metadata.sorted_tables:
        if table.name != "installation":
            assert rows(restored.database, table) == rows(workshop.database, table), table.name
    assert reading.refs(restored.store, "refs/") == reading.refs(workshop.store, "refs/")
    with restored.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 1
        assert session.get_one(Person, 1).email
    assert there.secret_key_path.read_text() == kept.secret_key_path.read_text()
    restored.database.dispose()
    restored.store.close()


def test_secrets_are_for_their_owner_only_and_configuration_is_in_it(workshop, number, kept, tmp_path):
    made = backups.backup(kept, tmp_path / "backups").path
    assert stat.S_IMODE((made / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert (made / "config" / "group.toml").read_bytes() == kept.group_file.read_bytes()
    assert "secret_key" not in (made / "config" / "settings.json").read_text(encoding="utf-8")


def test_what_people_write_during_a_backup_is_in_it_or_in_the_repository(
    workshop, group, number, kept, tmp_path, request
):
    going, written = threading.Event(), []

    def write() -> None:
        while not going.is_set():
            comment(workshop, group, number, f"Comentario {len(written)}")
            written.append(len(written))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = backups.backup(kept, tmp_path / "backups")
    finally:
        going.set()
        writer.join()
    there = elsewhere(kept, tmp_path / "there", request)
    assert backups.restore(there, made.path).findings == ()
    restored = make_workshop(there)
    with restored.database.read() as session:
        bodies = session.scalars(select(Comment.body).order_by(Comment.id)).all()
    assert bodies == [f"Comentario {n}" for n in range(len(bodies))]
    assert 0 < len(bodies) <= len(written)
    restored.database.dispose()
    restored.store.close()


def test_a_lost_database_is_restored_with_all_that_was_recorded_since(workshop, group, number, kept, tmp_path, request):
    made = backups.backup(kept, tmp_path / "backups").path
    comment(workshop, group, number, "Dicho después de la copia")
    journey.approve(workshop, number, group)
    commit = journey.merge(workshop, number, group.coordinator)
    other = journey.propose(workshop, group.members[1], ADJUSTMENTS, "625,00", "600,00")
    backups.recording.catch_up(workshop)
    there = elsewhere(kept, tmp_path, request)  # the same repository, another database
    assert backups.restore(there, made).findings == ()
    restored = make_workshop(there)
    with restored.database.read() as session:
        assert session.get_one(Merge, number).commit == commit
        assert session.get_one(Proposal, other).state == "consultation"
        assert "Dicho después de la copia" in session.scalars(select(Comment.body)).all()
        assert session.get_one(Person, 1).email != f"p1@{restored.group.record_domain}"  # kept by the backup
    restored.database.dispose()
    restored.store.close()


@pytest.mark.parametrize("name", ["materials.bundle", "config/group.toml", "manifest.json"])
def test_a_damaged_backup_is_named_and_nothing_is_done(workshop, number, kept, tmp_path, request, name):
    made = backups.backup(kept, tmp_path / "backups").path
    (made / name).write_bytes((made / name).read_bytes()[:-20] + b"x")
    there = elsewhere(kept, tmp_path / "there", request)
    with pytest.raises(InstallationError, match=name.rpartition("/")[2] if name != "manifest.json" else "not whole"):
        backups.restore(there, made)
    assert not there.repository_path.exists()


def test_a_restore_does_not_touch_a_database_that_is_in_place(workshop, number, kept, tmp_path):
    made = backups.backup(kept, tmp_path / "backups").path
    with pytest.raises(InstallationError, match="There is a database in place"):
        backups.restore(kept, made)
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_a_backup_that_does_not_prove_itself_gets_no_name(workshop, number, kept, tmp_path):
    backups.backup(kept, tmp_path / "backups")
    with workshop.database.write() as session:
        session.execute(update(Proposal).values(title="Nadie lo escribió"))
    with pytest.raises(InstallationError, match="not clean"):
        backups.backup(kept, tmp_path / "others")
    assert list((tmp_path / "others").iterdir()) == []


DYING = """
import os, signal, sys
from pathlib import Path
from reviewtool import backups
from reviewtool.settings import Settings
step = sys.argv[2]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if step != "_before_naming":
    setattr(backups, step, die)
    backups.backup(Settings.load(), Path(sys.argv[1]))
backups.backup(Settings.load(), Path(sys.argv[1]), before_naming=die)
"""


@pytest.mark.parametrize("step", ["_dump", "_settle", "_copy_files", "_manifest", "_prove", "_before_naming"])
def test_a_backup_killed_at_any_step_leaves_nothing_under_a_final_name(workshop, number, kept, tmp_path, step):
    environment = os.environ | {
        "VAR": str(kept.var),
        "REVIEWTOOL_DATABASE_URL": kept.database_url,
        "REVIEWTOOL_GROUP_FILE": str(kept.group_file),
    }
    command = [sys.executable, "-c", DYING, str(tmp_path / "backups"), step]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert all(path.name.endswith(".making") for path in (tmp_path / "backups").iterdir())
    made = backups.backup(kept, tmp_path / "backups").path
    assert list((tmp_path / "backups").iterdir()) == [made]


def test_a_folder_that_cannot_be_written_is_one_sentence(workshop, number, kept, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InstallationError, match="cannot be written in"):
        backups.backup(kept, tmp_path / "file" / "backups")


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_without_the_right_to_make_a_database_the_proof_says_what_it_is(workshop, number, kept, tmp_path):
    with workshop.database.write() as session:
        name = session.scalar(text("SELECT current_database()"))
        session.execute(text("DROP ROLE IF EXISTS modest"))
        session.execute(text("CREATE ROLE modest LOGIN PASSWORD 'modest'"))
        session.execute(text(f'GRANT ALL ON DATABASE "{name}" TO modest'))
        session.execute(text("GRANT pg_read_all_data, pg_write_all_data TO modest"))
    url = (
        backups.make_url(kept.database_url)
        .set(username="modest", password="modest")
        .render_as_string(hide_password=False)
    )
    made = backups.backup(kept.model_copy(update={"database": url}), tmp_path / "backups")
    assert "only listed" in made.proof
    assert made.report.clean


def test_the_installation_can_be_opened_after_a_restore(workshop, number, kept, tmp_path, request):
    made = backups.backup(kept, tmp_path / "backups").path
    there = elsewhere(kept, tmp_path / "there", request)
    backups.restore(there, made)
    opened = installing.open_existing(there)
    with opened.database.read() as session:
        assert session.scalar(select(Installation.start)) == reading.head(workshop.store)
    assert verifying.verify(opened).clean
    assert reading.head(opened.store, record_files.ref_of(number))
    opened.database.dispose()
    opened.store.close()
