from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewtool.cli import main
from tests.unit.word.samples import edited, replace

TEXT = "# Título\n\nEl plazo es de diez días.\n\n![Esquema](../fuera.png)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.md").write_text(TEXT, encoding="utf-8")
    (tmp_path.parent / "fuera.png").write_bytes(b"secret")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["word", *map(str, arguments)])


def test_a_document_goes_out_and_its_edit_comes_back(folder: Path) -> None:
    made = run("export", "--json", "--document", "m/base.md", "--state", "a1", folder / "base.md", folder / "a.docx")
    assert made.exit_code == 0
    assert json.loads(made.output)["absent"] == ["../fuera.png"]
    (folder / "a.docx").write_bytes(edited((folder / "a.docx").read_bytes(), replace("diez", "veinte")))
    found = run("import", "--json", "--output", folder / "new.md", folder / "base.md", folder / "a.docx")
    facts = json.loads(found.output)
    assert found.exit_code == 0
    assert [(edit["before"], edit["after"], edit["authors"]) for edit in facts["edits"]] == [("diez", "veinte", [None])]
    assert (facts["origin"]["document"], facts["origin"]["commit"], facts["tracked"]) == ("m/base.md", "a1", False)
    assert (folder / "new.md").read_text(encoding="utf-8") == TEXT.replace("diez", "veinte")


def test_a_proposal_goes_out_with_tracked_changes(folder: Path) -> None:
    (folder / "new.md").write_text(TEXT.replace("diez", "veinte"), encoding="utf-8")
    assert (
        run("export", "--base", folder / "base.md", "--author", "Ana", folder / "new.md", folder / "a.docx").exit_code
        == 0
    )
    found = json.loads(run("import", "--json", folder / "base.md", folder / "a.docx").output)
    assert found["tracked"]
    assert found["edits"][0]["authors"] == [{"author": "Ana", "date": None}]


def test_what_cannot_be_read_is_said_in_two_languages(folder: Path) -> None:
    (folder / "a.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    found = run("import", folder / "base.md", folder / "a.docx")
    assert found.exit_code == 1
    assert "old version of Word" in found.output
    assert "versión antigua de Word" in found.output
    assert run("export", folder / "none.md", folder / "a.docx").exit_code == 1


def test_word_loads_neither_flask_nor_the_database(folder: Path) -> None:
    import subprocess

    code = (
        "import sys; from reviewtool.cli import main\n"
        f"main(['word', 'export', {str(folder / 'base.md')!r}, {str(folder / 'a.docx')!r}], standalone_mode=False)\n"
        "print({'flask', 'sqlalchemy', 'git'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith("set()")
