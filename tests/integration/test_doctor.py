"""The doctor: what is weak in an installation, each by making it so; and a sound one, in which nothing is."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from reviewtool import clock, doctor
from reviewtool.cli import main
from reviewtool.doctor import around, files, setup
from reviewtool.doctor.finding import Level
from reviewtool.models import Inspection, Installation, Person
from reviewtool.services import inspections
from reviewtool.services.findings import Report
from tests import factories
from tests.support import journey, keys
from tests.support.materials import INTRODUCTION

SOUND = {
    "public_url": "https://revision.example.org",
    "proxy_count": 1,
    "mail_server": "smtp.example.org",
    "mail_from": "avisos@example.org",
}


@pytest.fixture
def sound(settings, database, store, workshop, tmp_path):
    """Return the settings of an installation in which nothing is weak."""
    tmp_path.chmod(0o700)
    with database.write() as session:
        for kind in (inspections.BACKUP, inspections.VERIFICATION):
            inspections.end(session, kind, Report(clock.now(), 0.1, {}))
    key = keys.make(tmp_path.parent / f"{tmp_path.name}-key")
    settings.allowed_signers_path.write_text("reviewtool@example.org ssh-ed25519 AAAA\n")
    return settings.model_copy(update=SOUND | {"signing_key_file": key})


def levels(settings, days=2):
    return {each.matter: each.level for each in doctor.examine(settings, backup_days=days)}


def found(settings, matter, days=2):
    return next(each for each in doctor.examine(settings, backup_days=days) if each.matter == matter)


def test_in_a_sound_installation_nothing_is_weak(sound):
    assert {matter for matter, level in levels(sound).items() if level is not Level.ok} == set()


@pytest.mark.parametrize(
    ("changed", "matter", "level"),
    [
        ({"public_url": ""}, "address", Level.wrong),
        ({"public_url": "http://revision.example.org"}, "address", Level.wrong),
        ({"public_url": "http://localhost:8000"}, "address", Level.warning),
        ({"proxy_count": 0}, "proxies", Level.wrong),
        ({"host": "0.0.0.0"}, "proxies", Level.wrong),
        ({"host": "0.0.0.0", "public_url": "", "proxy_count": 0}, "proxies", Level.wrong),
        ({"mail_server": ""}, "mail", Level.warning),
        ({"mail_from": "avisos@localhost"}, "mail", Level.wrong),
        ({"mail_security": "none"}, "mail-encryption", Level.wrong),
        ({"limits_url": "redis://127.0.0.1:1/0"}, "limits", Level.warning),
        ({"limits_url": "redis://otra.example/0"}, "limits", Level.warning),
        ({"session_idle_hours": 72}, "sessions", Level.warning),
        ({"log_level": "DEBUG"}, "debugging", Level.warning),
        ({"secret_key": "a" * 40}, "secret-key", Level.wrong),
        ({"signing_key_file": None}, "signing-key", Level.warning),
    ],
)
def test_a_weak_setting_is_told_with_what_to_do(settings, changed, matter, level):
    weak = settings.model_copy(update=SOUND | changed)
    told = next(each for part in (setup, files) for each in part.examine(weak) if each.matter == matter)
    assert told.level is level
    assert told.todo


def test_debugging_in_the_environment_is_wrong(settings):
    told = {each.matter: each.level for each in setup.examine(settings, {"FLASK_DEBUG": "1"})}
    assert told["debugging"] is Level.wrong


def test_files_that_others_may_read_are_told(sound, tmp_path):
    kept = sound.model_copy(update={"secret_key": ""})
    kept.ensure_secret_key()
    assert found(kept, "secret-key").level is Level.ok
    kept.secret_key_path.chmod(0o644)
    assert found(kept, "secret-key").level is Level.wrong
    tmp_path.chmod(0o755)
    assert found(kept, "folder").level is Level.warning
    kept.repository_path.chmod(0o755)
    assert found(kept, "files").level is Level.wrong
    assert "materials.git" in found(kept, "files").seen
    tmp_path.chmod(0o777)
    assert found(kept, "folder").level is Level.wrong


def test_a_key_beside_what_it_signs_and_keys_that_count_nowhere_are_told(sound, tmp_path):
    beside = keys.make(tmp_path / "key")
    assert found(sound.model_copy(update={"signing_key_file": beside}), "signing-key").level is Level.warning
    sound.allowed_signers_path.unlink()
    assert found(sound, "signing-key").level is Level.wrong


def test_secrets_in_a_file_of_settings_that_others_may_read_are_told(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "project_root", lambda: tmp_path)
    path = tmp_path / "config" / "app.toml"
    path.parent.mkdir()
    path.write_text('mail_password = "x"\ndatabase_url = "postgresql://a:b@c/d"\n')
    path.chmod(0o644)
    told = next(each for each in files.examine(settings) if each.matter == "settings-file")
    assert told.level is Level.wrong
    assert "mail_password, database_url" in told.seen
    path.chmod(0o600)
    assert next(each for each in files.examine(settings) if each.matter == "settings-file").level is Level.ok
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("path", "kind"), [("/srv/app/var", "nfs4"), ("/srv/other", "ext4"), ("/srv/con espacio/x", "cifs")]
)
def test_the_file_system_of_a_folder_is_that_of_the_nearest_mount(path, kind):
    mounts = "/dev/sda / ext4 rw 0 0\nhost:/x /srv/app nfs4 rw 0 0\n//host/y /srv/con\\040espacio cifs rw 0 0\n"
    assert around.kind_of(Path(path), mounts) == kind


def test_sqlite_over_the_network_is_wrong(settings, monkeypatch, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"host:/x {tmp_path.resolve()} nfs rw 0 0\n")
    monkeypatch.setattr(around, "MOUNTS", mounts)
    told = next(each for each in around.examine(settings) if each.matter == "file-system")
    assert told.level is (Level.wrong if settings.sqlite_path else Level.warning)


def test_little_room_on_the_disk_is_told(settings, monkeypatch):
    monkeypatch.setattr(around, "LITTLE", 10**18)
    assert next(each for each in around.examine(settings) if each.matter == "disk").level is Level.warning
    monkeypatch.setattr(around, "TOO_LITTLE", 10**18)
    assert next(each for each in around.examine(settings) if each.matter == "disk").level is Level.wrong


def test_backups_that_were_never_made_or_long_ago_or_found_something_are_told(sound, database):
    with clock.at(clock.now() + timedelta(days=3)):
        assert found(sound, "backup").level is Level.warning
        assert found(sound, "backup", days=7).level is Level.ok
    with database.write() as session:
        session.execute(update(Inspection).where(Inspection.kind == "verification").values(clean=False))
        session.execute(update(Inspection).where(Inspection.kind == "backup").values(clean=None))
    assert found(sound, "verification").level is Level.wrong
    assert found(sound, "backup").seen == "none was ever made"


def test_accounts_that_everybody_knows_are_told(sound, database):
    with database.write() as session:
        known = factories.make_person(session, "Elena Marroquín", "coordination")
        known.email = "elena@demo.example"
    assert found(sound, "accounts").level is Level.wrong
    with database.write() as session:
        session.get_one(Person, known.id).active = False
    assert found(sound, "accounts").level is Level.ok
    with database.write() as session:
        session.execute(update(Installation).values(demonstration=True))
    assert found(sound, "accounts").level is Level.wrong
    assert found(sound.model_copy(update={"public_url": ""}), "accounts").level is Level.warning


def test_a_worker_that_does_not_run_and_a_clock_that_stands_behind_are_told(sound, workshop, database):
    with database.write() as session:
        author = factories.make_person(session, "Rosa Quispe", "member")
    later = clock.now() + timedelta(days=60)
    with clock.at(later):
        journey.propose(workshop, author, INTRODUCTION, "30 días", "45 días")
    assert found(sound, "clock").level is Level.wrong
    with clock.at(later + timedelta(days=60)):
        assert found(sound, "clock").level is Level.ok
        assert found(sound, "worker").level is Level.wrong, "its consultation should have been closed"


def test_tables_at_another_step_are_told_and_left_alone(sound, monkeypatch):
    monkeypatch.setattr("reviewtool.migrate.head", lambda: "9999")
    assert found(sound, "database").level is Level.wrong


def run(*arguments, **environment):
    clean = {"REVIEWTOOL_SECRET_KEY": "only-for-tests" * 4}
    return CliRunner().invoke(main, ["doctor", *arguments], env=clean | environment)


def test_the_command_says_a_line_a_matter_and_ends_with_the_worst(tmp_path):
    said = run(VAR=str(tmp_path / "var"))
    lines = said.output.splitlines()
    assert said.exit_code == 2
    assert all(line.split()[0] in {"ok", "warning", "wrong"} for line in lines)
    assert [line for line in lines if line.startswith("wrong    database: ") and " -> " in line]
    listed = json.loads(run("--json", VAR=str(tmp_path / "var")).output)
    assert [each["matter"] for each in listed] == [line.split()[1].rstrip(":") for line in lines]
    assert set(listed[0]) == {"matter", "level", "seen", "todo"}


def test_a_setting_that_cannot_be_used_is_the_only_finding(tmp_path):
    said = run(VAR=str(tmp_path), PORT="none")
    assert said.exit_code == 2
    assert said.output.startswith("wrong    settings: environment, PORT")
