"""What `make install` and `make run` say on a machine that lacks something: one sentence in two languages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("bash", "awk", "cat", "cut", "dirname", "env", "id", "mkdir", "mktemp", "rm", "sha256sum", "sort", "true")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what the scripts read, so that they make no `.venv` here."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make a folder of programs for PATH: neither Git, nor Python, nor apt."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    return folder


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/usr/bin/env bash\n{script}\n")
    path.chmod(0o755)
    return path


def call(checkout: Path, machine: Path, script: str, *arguments: str, **environment: str) -> tuple[int, list[str]]:
    kept = {key: value for key, value in os.environ.items() if key in {"LANG", "TMPDIR"}}
    done = subprocess.run(
        ["bash", str(checkout / "scripts" / script), *arguments],
        env=kept | {"PATH": str(machine), "HOME": str(checkout)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


def test_without_git_both_sentences_name_the_command_to_type(checkout: Path, machine: Path) -> None:
    status, said = call(checkout, machine, "run.sh", "run-demo")
    assert status == 1
    assert said == [
        "Git is missing. Install it with: sudo apt-get install -y git",
        "Falta Git. Instálelo con: sudo apt-get install -y git",
    ]


def test_a_git_that_is_too_old_is_refused_with_its_version(checkout: Path, machine: Path) -> None:
    program(machine, "git", "echo git version 2.30.2")
    status, said = call(checkout, machine, "run.sh", "run-demo")
    assert status == 1
    assert said[0] == "Git 2.38 or newer is needed; this is 2.30.2."
    assert len(said) == 2


@pytest.mark.parametrize("version", ["2.38.0", "2.39.5", "2.100.1", "3.0.0"])
def test_a_git_that_is_new_enough_passes_to_the_next_question(checkout: Path, machine: Path, version: str) -> None:
    program(machine, "git", f"echo git version {version}")
    _, said = call(checkout, machine, "run.sh", "run-demo")
    assert said[0].startswith("Python 3.11 or newer is missing.")


def test_a_python_that_is_too_old_counts_as_missing(checkout: Path, machine: Path) -> None:
    program(machine, "python3", "exit 1")  # what it answers when asked whether it is 3.11
    status, said = call(checkout, machine, "install.sh", "runtime")
    assert status == 1
    assert said[0] == "Python 3.11 or newer is missing. Install it with: sudo apt-get install -y python3 python3-venv"
    assert len(said) == 2


def test_without_the_venv_module_and_without_apt_the_command_is_printed(checkout: Path, machine: Path) -> None:
    program(machine, "python3", 'case "$*" in *ensurepip*) exit 1;; esac')
    status, said = call(checkout, machine, "install.sh", "runtime")
    assert status == 1
    assert said[0] == "Python's venv module is missing. Install it with: sudo apt-get install -y python3-venv"
    assert len(said) == 2


def test_a_folder_that_cannot_be_written_is_named(checkout: Path, machine: Path) -> None:
    (checkout / ".venv").write_text("a file stands in the way")
    status, said = call(checkout, machine, "install.sh", "runtime")
    assert status == 1
    assert said == ["The folder .venv cannot be written.", "No se puede escribir en la carpeta .venv."]


def test_the_second_installation_asks_no_index_until_the_requirements_change(checkout: Path, machine: Path) -> None:
    calls = checkout / "calls"
    program(checkout / ".venv" / "bin", "reviewtool", "true")
    program(checkout / ".venv" / "bin", "python", f'[[ "$*" == *" install "* ]] && echo "$*" >>{calls}; true')

    def installs() -> int:
        calls.write_text("")
        status, _ = call(checkout, machine, "install.sh", "runtime")
        assert status == 0
        return len(calls.read_text().splitlines())

    assert installs() == 2  # the requirements, and the package itself
    assert installs() == 0
    with (checkout / "requirements.txt").open("a") as requirements:
        requirements.write("another==1\n")
    assert installs() == 2
    assert installs() == 0


def test_what_the_tests_need_includes_what_the_program_needs(checkout: Path, machine: Path) -> None:
    calls = checkout / "calls"
    program(checkout / ".venv" / "bin", "reviewtool", "true")
    program(checkout / ".venv" / "bin", "python", f'[[ "$*" == *" install "* ]] && echo "$*" >>{calls}; true')
    assert call(checkout, machine, "install.sh", "dev")[0] == 0
    calls.write_text("")
    assert call(checkout, machine, "install.sh", "runtime")[0] == 0
    assert calls.read_text() == ""


def test_a_failing_installation_says_so_and_leaves_no_stamp(checkout: Path, machine: Path) -> None:
    program(checkout / ".venv" / "bin", "reviewtool", "true")
    program(checkout / ".venv" / "bin", "python", '[[ "$*" != *" install "* ]]')
    status, said = call(checkout, machine, "install.sh", "runtime")
    assert status == 1
    assert said[-2].startswith("The Python packages could not be installed;")
    assert not list((checkout / ".venv").glob("installed-*"))
