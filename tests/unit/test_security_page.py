"""`docs/security.md`: every requirement answered, what is met shown by a test that exists, the totals true."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+) \|$", re.M)
TOTALS = re.compile(r"^\| \*\*(.+?)\*\* \| (\d+) \| (\d+) \| (\d+) \|", re.M)
STATUSES = ("met", "not applicable", "declined", "open")
PROOF = re.compile(r"`((?:tests|docs)/[\w/.-]+?)(?:::(\w+))?`")
SECTION = re.compile(r"«([A-Z][\w ,]+)»")


class Row(NamedTuple):
    """A requirement: its number, level, subject, and how it is answered."""

    number: str
    level: str
    what: str
    status: str
    answer: str


ROWS = [Row(*found) for found in ROW.findall(PAGE)]


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_requirement_of_levels_one_and_two_has_one_row() -> None:
    assert len(ROWS) == 253
    assert Counter(row.level for row in ROWS) == {"1": 70, "2": 183}
    assert len({row.number for row in ROWS}) == len(ROWS)
    assert [row.number for row in ROWS] == sorted((row.number for row in ROWS), key=lambda n: [*map(int, n.split("."))])


def test_every_answer_is_one_of_four() -> None:
    assert {row.status for row in ROWS} <= set(STATUSES)
    assert not [row.number for row in ROWS if len(row.answer) < 5]


def test_what_is_met_is_shown_by_something_that_exists() -> None:
    offenders = []
    for row in ROWS:
        proofs = PROOF.findall(row.answer)
        here = [name for name in SECTION.findall(row.answer) if f"\n## {name}\n" in PAGE]
        if row.status == "met" and not proofs and not here:
            offenders.append(f"{row.number}: shown by nothing")
        for path, function in proofs:
            if not (ROOT / path).is_file() or (function and function not in functions(path)):
                offenders.append(f"{row.number}: {path} {function}")
    assert not offenders, "\n".join(offenders)


def test_what_is_declined_or_does_not_apply_has_a_reason_of_its_own() -> None:
    assert not [row.number for row in ROWS if row.status == "declined" and len(row.answer) < 60]


def test_the_totals_at_the_top_are_those_of_the_table() -> None:
    said = {name: tuple(map(int, counts)) for name, *counts in TOTALS.findall(PAGE)}
    for status in STATUSES:
        by_level = Counter(row.level for row in ROWS if row.status == status)
        assert said[status] == (by_level["1"], by_level["2"], by_level.total()), status
    assert said["all"] == (70, 183, 253)


@pytest.mark.parametrize("folder", ["reviewtool"])
def test_no_code_is_made_of_text(folder: str) -> None:
    """Nothing of the program evaluates text, makes templates of it, or reads objects that could run."""
    names = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
    modules = {"pickle", "marshal", "shelve", "yaml", "dill"}
    offenders = []
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "id", "") or (getattr(called, "attr", "") if called else "")
            owner = getattr(getattr(called, "value", None), "id", "")
            imported = {alias.name.split(".")[0] for alias in node.names} if isinstance(node, ast.Import) else set()
            if (name in names and owner != "re") or imported & modules:
                offenders.append(f"{path.relative_to(ROOT)}:{node.lineno} {name or imported}")
            if isinstance(node, ast.keyword) and node.arg == "shell" and getattr(node.value, "value", False):
                offenders.append(f"{path.relative_to(ROOT)}:{node.lineno} shell=True")
    assert not offenders, "\n".join(offenders)
