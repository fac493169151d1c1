"""`reviewtool diff` as a person, git and other programs call it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "reviewtool.cli", "diff")
AS_GIT_CALLS = " ".join(f"'{part}'" for part in COMMAND)
ROOT = Path(__file__).resolve().parent.parent.parent
OLD = """# Cánones

El canon de 200 dólares se añade al precio realmente pagado o por pagar.

La carga de la prueba recae en el importador, que debe aportar la documentación.

Fin.
"""
NEW = """# Cánones

La carga de la prueba recae en el importador, que debe aportar la documentación.

El canon de 100 dólares se añade al precio realmente pagado o por pagar.

Fin.
"""


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") and key != "NO_COLOR"}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=cwd, env=kept | alone | environment, capture_output=True, timeout=60, check=False
    )


@pytest.fixture
def files(tmp_path):
    """Write the two texts, and let a test compare whatever it names."""
    (tmp_path / "old.md").write_bytes(OLD.encode())
    (tmp_path / "new.md").write_bytes(NEW.encode())

    def compare(*arguments, **environment):
        return run(*COMMAND, *arguments, cwd=tmp_path, **environment)

    compare.folder = tmp_path
    return compare


@pytest.fixture
def repository(tmp_path):
    """Make a repository with one changed, one new and one removed document that are not committed."""
    run("git", "init", "-q", cwd=tmp_path)
    (tmp_path / "a.md").write_text(OLD, encoding="utf-8")
    (tmp_path / "gone.md").write_text("Texto que se suprime.\n", encoding="utf-8")
    run("git", "add", ".", cwd=tmp_path)
    identity = ("-c", "user.name=Rosa", "-c", "user.email=rosa@example.org")
    run("git", *identity, "commit", "-qm", "Texto", cwd=tmp_path)
    (tmp_path / "a.md").write_text(NEW, encoding="utf-8")
    (tmp_path / "gone.md").unlink()
    (tmp_path / "new.md").write_text("Texto nuevo.\n", encoding="utf-8")
    run("git", "add", "-A", cwd=tmp_path)
    return tmp_path


def test_the_status_says_whether_two_files_differ(files):
    assert files("old.md", "new.md").returncode == 1
    same = files("old.md", "old.md")
    assert (same.returncode, same.stdout) == (0, b"")


def test_paragraphs_are_printed_with_where_they_moved(files):
    said = files("old.md", "new.md").stdout.decode()
    assert said.startswith("--- old.md\n+++ new.md\n@@ -1 +1 @@\n # Cánones\n")
    assert "\n<1 El canon de 200 dólares" in said
    assert "\n>1 El canon de 100 dólares" in said
    assert "\x1b" not in said


def test_words_are_marked_inside_their_paragraph(files):
    (files.folder / "new.md").write_bytes(OLD.replace("200", "100").encode())
    assert "El canon de [-200-]{+100+} dólares" in files("--words", "old.md", "new.md").stdout.decode()


def test_json_gives_both_texts_back_exactly(files):
    odd = "\ufeffa\u00a0b\r\n\r\n\u202ec \u2028d\te\u0301 👩‍👩‍👧\r\n\r\nSin final"
    (files.folder / "new.md").write_bytes(odd.encode())
    found = files("--json", "old.md", "new.md")
    changes = json.loads(found.stdout)["changes"]
    assert found.returncode == 1
    assert all(set(change) == {"op", "text", "move"} for change in changes)
    assert "".join(change["text"] for change in changes if change["op"] != "insert") == OLD
    assert "".join(change["text"] for change in changes if change["op"] != "delete") == odd


def test_json_names_both_ends_of_a_move(files):
    changes = json.loads(files("--json", "old.md", "new.md").stdout)["changes"]
    assert {(change["op"], change["move"]) for change in changes if change["move"]} == {("delete", 1), ("insert", 1)}


def test_json_of_equal_files_is_one_equal_change(files):
    found = files("--json", "old.md", "old.md")
    assert json.loads(found.stdout) == {"changes": [{"op": "equal", "text": OLD, "move": None}]}
    assert found.returncode == 0


def test_html_is_a_page_with_the_changes_in_it(files):
    found = files("--html", "old.md", "new.md")
    assert found.returncode == 1
    assert found.stdout.startswith(b"<!doctype html>")
    assert "<del" in found.stdout.decode()
    assert "200" in found.stdout.decode()


@pytest.mark.parametrize(
    ("data", "english", "spanish"),
    [
        (None, "There is no file", "No existe el fichero"),
        (b"a\0b", "The files differ; new.md is binary", "Los ficheros difieren; new.md es binario"),
        (b"a\xffb", "new.md is no UTF-8 text (byte 2)", "new.md no es un texto UTF-8 (byte 2)"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence_and_status_2(files, data, english, spanish):
    (files.folder / "new.md").unlink()
    if data is not None:
        (files.folder / "new.md").write_bytes(data)
    found = files("old.md", "new.md")
    assert found.returncode == 2
    assert found.stdout == b""
    first, second = found.stderr.decode().strip().split("\n")
    assert english in first
    assert spanish in second


def test_a_folder_and_a_lone_name_are_refused_with_status_2(files):
    assert b"is a folder" in files("old.md", ".").stderr
    assert files("old.md", ".").returncode == 2
    assert files("old.md", "a", "b").returncode == 2
    assert files().returncode == 2


def test_equal_binary_files_are_equal(files):
    (files.folder / "a").write_bytes(b"\0\xff")
    assert files("a", "a").returncode == 0


def test_a_text_appears_and_disappears_against_the_null_device(files):
    assert files("/dev/null", "new.md").stdout.decode().count("\n+") == NEW.count("\n") + 1
    changes = json.loads(files("--json", "old.md", "/dev/null").stdout)["changes"]
    assert changes == [{"op": "delete", "text": OLD, "move": None}]


def test_characters_that_would_act_on_a_terminal_are_shown(files):
    (files.folder / "new.md").write_bytes(b"\x1b]0;t\x07rojo\r\n")
    said = files("old.md", "new.md").stdout.decode()
    assert "\x1b" not in said
    assert "+␛]0;t␇rojo␍\n" in said


def test_a_missing_last_line_end_is_shown(files):
    (files.folder / "new.md").write_bytes(OLD[:-1].encode())
    assert "+Fin.\n\\ No newline at end of file\n" in files("old.md", "new.md").stdout.decode()


def coloured(folder: Path, **environment: str) -> bytes:
    """Compare with a terminal as the standard output."""
    leader, follower = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    wanted = kept | {"TERM": "xterm", "PYTHONPATH": str(ROOT)} | environment
    subprocess.run([*COMMAND, "old.md", "new.md"], cwd=folder, env=wanted, stdout=follower, timeout=60, check=False)
    os.close(follower)
    said = os.read(leader, 100_000)
    os.close(leader)
    return said


def test_colours_are_for_terminals_that_want_them(files):
    assert b"\x1b[36m" in coloured(files.folder)
    assert b"\x1b" not in coloured(files.folder, NO_COLOR="1")
    assert b"\x1b" not in coloured(files.folder, TERM="dumb")


def test_comparing_loads_neither_flask_nor_the_database():
    code = (
        "import sys\nfrom reviewtool.cli import main\n"
        "main(['diff', '--json', 'README.md', 'CHANGELOG.md'], standalone_mode=False)\n"
    )
    watched = f"import atexit, sys\natexit.register(lambda: print(sorted(sys.modules), file=sys.stderr))\n{code}"
    loaded = run(sys.executable, "-c", watched, cwd=ROOT).stderr.decode()
    assert "'reviewtool.prose.changes'" in loaded
    for heavy in ("flask", "sqlalchemy", "git", "babel", "reviewtool.models"):
        assert f"'{heavy}'" not in loaded


def test_git_shows_its_differences_with_it(repository):
    shown = run("git", "diff", "--cached", cwd=repository, GIT_EXTERNAL_DIFF=f"{AS_GIT_CALLS} --words")
    said = shown.stdout.decode()
    assert shown.returncode == 0, shown.stderr
    assert "--- a.md\n+++ a.md\n" in said
    assert "[<1 El canon de<] [-200-] [<1 dólares" in said
    assert "{>1 El canon de>} {+100+} {>1 dólares" in said
    assert "{+Texto nuevo.+}" in said
    assert "[-Texto que se suprime.-]" in said


def test_git_goes_on_after_a_file_that_cannot_be_compared(repository):
    (repository / "a.md").write_bytes(b"\0")
    shown = run("git", "diff", "HEAD", cwd=repository, GIT_EXTERNAL_DIFF=AS_GIT_CALLS)
    assert shown.returncode == 0, shown.stderr
    assert "The files differ; a.md is binary" in shown.stdout.decode()
    assert "+Texto nuevo." in shown.stdout.decode()


def test_git_shows_a_renamed_document(repository):
    (repository / "a.md").rename(repository / "b.md")
    run("git", "add", "-A", cwd=repository)
    shown = run("git", "diff", "--cached", "-M30%", cwd=repository, GIT_EXTERNAL_DIFF=AS_GIT_CALLS)
    assert shown.returncode == 0, shown.stderr
    assert "--- a.md\n+++ b.md\n" in shown.stdout.decode()


def test_git_difftool_calls_it(repository):
    shown = run("git", "difftool", "--cached", "--no-prompt", "-x", f"{AS_GIT_CALLS} --words", "a.md", cwd=repository)
    assert shown.returncode == 0, shown.stderr
    assert "[-200-] [<1 dólares" in shown.stdout.decode()
