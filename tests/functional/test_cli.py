"""The command line as an administrator types it: what it makes, and when it cannot, one sentence in two languages."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from reviewtool import clock, demonstration, installing
from reviewtool.db import Database
from reviewtool.gitstore import reading, signing
from reviewtool.gitstore import store as stores
from reviewtool.models import Inspection, Installation, Person
from reviewtool.services import factor_changes, inspections, people, recovery_codes
from reviewtool.settings import Settings
from tests.support import journey, keys, server

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "una-clave-larga"
ROSA = ("person", "add", "Rosa Quispe", "rosa@aduana.example", "PE", "--role", "member", "--password", PASSWORD)


@dataclass(frozen=True)
class Said:
    """What a command printed and its exit status."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """Types commands for an installation in a folder of the test."""

    folder: Path

    def __call__(self, *command: str, **environment: str) -> Said:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("REVIEWTOOL_")}
        done = subprocess.run(
            [sys.executable, "-m", "reviewtool.cli", *command],
            cwd=ROOT,
            env=clean | {"VAR": str(self.folder)} | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def database(self) -> Database:
        return Database(f"sqlite:///{self.folder / 'reviewtool.db'}")


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path / "var")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Lend one installation to the tests that only read it, or add to it what no other looks at."""
    shell = Shell(tmp_path_factory.mktemp("made") / "var")
    assert shell("init").status == 0
    return shell


def assert_refused(said, english, spanish=""):
    """Expect a sentence in English and, under it, in Spanish, as the scripts print them; a name stands in both."""
    assert said.status == 1, said
    lines = said.err.strip().splitlines()
    assert len(lines) == 2, said.err
    assert lines[0].startswith("Error: ")
    assert english in lines[0]
    assert (spanish or english) in lines[1]
    assert "Traceback" not in said.out + said.err


def test_an_installation_begins_with_materials_and_without_people(made):
    assert (made.folder / "materials.git").is_dir()
    assert (made.folder / "secret_key").stat().st_mode & 0o777 == 0o600
    database = made.database()
    with database.read() as session:
        assert session.scalars(select(Person).where(Person.email.contains("demo.example"))).all() == []
        assert people.authenticate(session, "rosa.quispe@demo.example", demonstration.PASSWORD) is None
        assert not session.scalars(select(Installation)).one().demonstration
    database.dispose()


def test_a_second_init_is_refused_and_changes_nothing(made):
    key = (made.folder / "secret_key").read_text()
    assert_refused(made("init"), "There is an installation in", "Ya hay una instalación en")
    assert_refused(made("init", "--demo"), "There is an installation in", "Ya hay una instalación en")
    assert (made.folder / "secret_key").read_text() == key


def test_people_are_added_listed_and_given_a_new_password(made):
    added = made(*ROSA)
    assert (added.status, added.out) == (0, "Added p1 Rosa Quispe\n")
    assert_refused(made(*ROSA), "rosa@aduana.example")
    assert made("person", "list").out == "p1\tRosa Quispe\trosa@aduana.example\tmember\tPE\n"
    changed = made("person", "password", "ROSA@aduana.example", "--password", "otra-clave-larga")
    assert changed.status == 0, changed.err
    database = made.database()
    with database.read() as session:
        assert people.authenticate(session, "rosa@aduana.example", PASSWORD) is None
        assert people.authenticate(session, "rosa@aduana.example", "otra-clave-larga")
    database.dispose()


def test_the_second_factor_of_who_lost_theirs_is_taken_away(made):
    made(*ROSA)
    database = made.database()
    with database.write() as session:
        recovery_codes.make(session, by=people.get(session, 1))
    forgotten = made("person", "forget-factors", "ROSA@aduana.example")
    assert (forgotten.status, forgotten.out) == (0, "p1 Rosa Quispe signs in by password alone.\n")
    assert_refused(made("person", "forget-factors", "nadie@aduana.example"), "nadie@aduana.example")
    with database.read() as session:
        assert recovery_codes.left(session, 1) == 0
        assert [row.kind for row in factor_changes.of(session, 1)] == ["forgotten", "codes_made"]
    database.dispose()


def test_people_that_cannot_be_added_are_refused_in_one_sentence(made):
    unknown = ("person", "add", "Ana", "ana@aduana.example", "XX", "--role", "member", "--password", PASSWORD)
    assert_refused(made(*unknown), "XX")
    short = ("person", "add", "Ana", "ana@aduana.example", "PE", "--role", "member", "--password", "corta")
    assert_refused(made(*short), "password", "La contraseña debe tener entre 10 y 200")
    assert_refused(made("person", "password", "nadie@aduana.example", "--password", PASSWORD), "nadie@aduana.example")
    database = made.database()
    with database.read() as session:
        assert people.find_by_email(session, "ana@aduana.example") is None
    database.dispose()


def test_a_real_installation_is_not_thrown_away_as_a_demonstration(made):
    assert_refused(made("demo", "reset"), "holds a real installation", "contiene una instalación real")
    assert (made.folder / "materials.git").is_dir()
    assert (made.folder / "reviewtool.db").is_file()


def test_resetting_where_there_is_nothing_says_so_without_a_traceback(shell):
    said = shell("demo", "reset")
    assert said.status == 0
    assert "Traceback" not in said.err


def test_a_demonstration_is_thrown_away(shell):
    made = installing.create(Settings.load({"VAR": str(shell.folder)}), demonstration=True)
    made.database.dispose()
    made.store.close()
    assert shell("demo", "reset").status == 0
    assert not (shell.folder / "materials.git").exists()
    assert not (shell.folder / "reviewtool.db").exists()


def test_a_demonstration_keeps_to_its_own_materials(shell, tmp_path):
    (tmp_path / "otros").mkdir()
    (tmp_path / "otros" / "uno.md").write_text("# Uno\n")
    assert_refused(shell("init", "--demo", "--import", str(tmp_path / "otros")), "--import")
    assert not (shell.folder / "materials.git").exists()


def test_a_demonstration_made_by_init_has_an_old_history(shell):
    said = shell("init", "--demo")
    assert said.status == 0, said.err
    database = shell.database()
    with database.read() as session:
        found = session.scalars(select(Installation)).one()
        assert (found.demonstration, found.ready) == (True, True)
        first = session.scalars(select(Person.created_at).order_by(Person.id)).first()
        assert found.created_at < first
    database.dispose()


def test_a_folder_of_materials_is_imported(shell, tmp_path):
    (tmp_path / "otros").mkdir()
    (tmp_path / "otros" / "uno.md").write_text("# Uno\n")
    said = shell("init", "--import", str(tmp_path / "otros"))
    assert said.status == 0, said.err


def test_materials_that_are_not_there_are_refused(shell, tmp_path):
    (tmp_path / "vacia").mkdir()
    for name, english, spanish in (
        ("no-hay", "is neither a folder nor", "no es una carpeta ni"),
        ("vacia", "holds no file", "no contiene ningún archivo"),
    ):
        assert_refused(shell("init", "--import", str(tmp_path / name)), english, spanish)
        assert not (shell.folder / "materials.git").exists()


def test_a_repository_without_history_is_refused_after_what_git_said_of_it(shell, tmp_path):
    stores.create(tmp_path / "sin-nada.git").close()
    said = shell("init", "--import", str(tmp_path / "sin-nada.git"))
    log, english, spanish = said.err.splitlines()
    assert (said.status, "git fetch failed" in log) == (1, True)
    assert english.endswith("sin-nada.git has nothing to take in.")
    assert spanish.endswith("sin-nada.git no tiene nada que tomar.")


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    shell = Shell(tmp_path / "file" / "var")
    for command in ("init", "run-demo"):
        assert_refused(shell(command, PORT=str(server.free_port())), "cannot be written", "No se puede escribir en")


def test_commands_without_an_installation_say_how_to_make_one(shell):
    for command in (("serve",), ("person", "list")):
        assert_refused(shell(*command, PORT=str(server.free_port())), "reviewtool init")


def test_a_busy_port_is_said_before_anything_is_made(made, shell):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_refused(made("serve", PORT=port), f"Port {port} is in use", f"El puerto {port} está ocupado")
        assert_refused(shell("run-demo", PORT=port), f"Port {port} is in use", f"El puerto {port} está ocupado")
    assert not shell.folder.exists()


def test_bad_settings_are_said_with_their_place(shell):
    assert_refused(shell("init", PORT="ochenta"), 'the key "port" is wrong', 'la clave "port" no sirve')
    assert_refused(
        shell("init", REVIEWTOOL_GROUP_FILE="no-hay.toml"), "no-hay.toml: there is", "no-hay.toml: no existe"
    )


def test_a_key_that_cannot_sign_is_said_before_materials_are_taken_in(shell, tmp_path):
    locked = keys.make(tmp_path / "locked", passphrase="secreto")
    said = shell("init", REVIEWTOOL_SIGNING_KEY_FILE=str(locked))
    assert_refused(said, f"{locked}: this cannot sign (Load key", f"{locked}: con esto no se puede firmar (Load key")
    assert not (shell.folder / "materials.git").exists()


def test_with_a_key_the_first_materials_are_signed(shell, tmp_path):
    key = keys.make(tmp_path / "key")
    assert shell("init", REVIEWTOOL_SIGNING_KEY_FILE=str(key)).status == 0
    store = stores.Store(shell.folder / "materials.git")
    tip = reading.head(store)
    assert signing.check(store, [tip], shell.folder / "allowed_signers") == {tip: "good"}
    store.close()


def test_a_machine_without_git_is_said(shell, tmp_path):
    assert_refused(shell("init", PATH=str(tmp_path)), "git")


def test_reconcile_tells_what_it_finished(made):
    said = made("reconcile")
    assert (said.status, said.out) == (0, "0 moves finished, 0 records brought up.\n")


def test_verify_backup_restore_and_rebuild_as_an_administrator_types_them(made, tmp_path):
    made(*ROSA)
    made("reconcile")
    clean = made("verify")
    assert (clean.status, clean.out.startswith("clean: looked at 0 proposals")) == (0, True), clean
    report = json.loads(made("verify", "--json").out)
    assert (report["clean"], report["findings"]) == (True, [])
    saved = made("backup", str(tmp_path / "backups"))
    assert "proved: restored, verify clean" in saved.out
    (folder,) = (tmp_path / "backups").iterdir()
    refused = made("restore", str(folder))
    assert (refused.status, "There is a database in place" in refused.err) == (1, True)
    elsewhere = Shell(tmp_path / "elsewhere")
    assert elsewhere("restore", str(folder)).status == 0
    assert "rosa@aduana.example" in elsewhere("person", "list").out
    lost = Shell(tmp_path / "lost")
    lost.folder.mkdir()
    shutil.copytree(made.folder / "materials.git", lost.folder / "materials.git")
    assert "1 person" in lost("rebuild").out
    assert "p1 Rosa Quispe" in lost("person", "address", "p1", "rosa@otra.example").out
    assert "rosa@otra.example" in lost("person", "list").out
    assert lost("person", "address", "px", "rosa@otra.example").status == 1


def test_a_finding_is_a_line_and_status_1(made):
    made("reconcile")
    store = stores.Store(made.folder / "materials.git")
    store.run("update-ref", "refs/proposals/7/1", reading.head(store))
    store.close()
    found = made("verify")
    assert found.status == 1
    assert "version-unknown: " in found.out
    assert "refs/proposals/7/1" in found.out


def test_maintain_packs_and_withdraw_needs_somebody_of_the_coordination(made):
    made(*ROSA)
    assert "packed" in made("maintain").out
    assert "gone" in made("maintain", "--drop-withdrawn").out
    refused = made("withdraw", "comment", "1", "--by", "p1", "--ground", "Datos")
    assert refused.status == 1
    assert "Su función en el grupo no permite este acto." in refused.err


def test_withdraw_names_a_version_by_its_proposal_and_says_what_is_left_to_do(shell):
    shell("init")
    shell(*ROSA)
    elena = ("person", "add", "Elena", "elena@aduana.example", "PE", "--role", "coordination", "--password", PASSWORD)
    shell(*elena)
    workshop = installing.open_existing(Settings(var=shell.folder, secret_key="k" * 40))
    path = next(path for path in reading.files(workshop.store, reading.head(workshop.store)) if path.endswith(".md"))
    with workshop.database.read() as session:
        rosa = people.find_by_email(session, "rosa@aduana.example")
    number = journey.propose(workshop, rosa, path, "## ", "Importadora Quetzal: 48.312,75\n\n## ")
    for wrong in ("1", "1/2/3", "x/1"):
        assert shell("withdraw", "version", wrong, "--by", "p2", "--ground", "Datos").status == 2
    assert shell("withdraw", "version", "1/7", "--by", "p2", "--ground", "Datos").status == 1
    done = shell("withdraw", "version", f"P-{number}/1", "--by", "p2", "--ground", "Datos")
    assert done.out.startswith(f"Withdrawn: version P-{number}/1 of P-{number}; ")
    assert "maintain --drop-withdrawn" in done.out
    assert "the published text" not in done.out
    assert shell("verify").status == 0
    again = shell("withdraw", "version", "1/1", "--by", "p2", "--ground", "Datos")
    assert_refused(
        again,
        "That text has already been withdrawn for confidentiality.",
        "Ese texto ya se retiró por confidencialidad.",
    )


def test_a_backup_asked_for_on_a_page_goes_to_the_folder_set_and_one_that_fails_says_why(shell, tmp_path):
    shell("init")
    shell(*ROSA)
    workshop = installing.open_existing(Settings(var=shell.folder, secret_key="k" * 40))
    with workshop.database.write() as session:
        session.add_all(Inspection(kind="backup", asked_by_id=1, asked_at=clock.now()) for _ in range(2))
    done = shell("backup", "--asked=1", REVIEWTOOL_BACKUP_FOLDER=str(tmp_path / "kept"))
    assert done.status == 0, done.err
    assert [path.is_dir() for path in (tmp_path / "kept").iterdir()] == [True]
    (tmp_path / "file").write_text("not a folder")
    assert shell("backup", "--asked=2", REVIEWTOOL_BACKUP_FOLDER=str(tmp_path / "file" / "x")).status == 1
    with workshop.database.read() as session:
        assert inspections.last(session, "backup").id == 1
        failed = inspections.failure(session, "backup")
    assert failed.id == 2
    assert failed.report["failed"].splitlines()[1].startswith("No se puede escribir la copia en ")
    assert shell("backup").status == 0
    assert len(list((shell.folder / "backups").iterdir())) == 1


def test_the_groups_file_is_checked_by_key_and_for_rules_that_could_never_pass(tmp_path):
    shell = Shell(tmp_path / "var")
    said = shell("group", "check")
    assert (said.status, said.err) == (0, "")
    assert said.out.endswith("config/group.toml: 13 administrations, 12 seats, the rules make sense.\n")
    text = (ROOT / "config/group.toml").read_text(encoding="utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_text(text.replace('quorum = "1/2"', "quorum = 13"), encoding="utf-8")
    refused = shell("group", "check", str(bad))
    assert refused.status == 1
    assert "The quorum asks 13 seats and there are 12: it could never be reached." in refused.err
    assert "El quórum pide 13 puestos y hay 12: nunca se alcanzaría." in refused.err
    bad.write_text(text.replace('majority = "two_thirds"', 'majority = "unanimity"'), encoding="utf-8")
    refused = shell("group", "check", str(bad))
    assert refused.status == 1
    assert 'the key "rules.majority" is wrong' in refused.err


def test_the_rules_in_force_are_shown_as_a_file_that_can_be_checked(tmp_path):
    shell = Shell(tmp_path / "var")
    assert shell("init").status == 0
    said = shell("group", "show")
    assert said.status == 0
    assert said.out.startswith("# rules 1, in force, from ")
    shown = tomllib.loads(said.out)
    assert shown["rules"]["majority"] == "two_thirds"
    assert shown["calendar"]["zone"] == "America/Guatemala"
