"""The other engines: what each finds in two texts, in one form, and what that costs. One not installed is None."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.prose import cpu
from benchmarks.prose.corpus import Pair
from benchmarks.prose.readings import Piece
from reviewtool.prose.changes import Change

PATIENCE_SECONDS = 120
GIT = ("git", "diff", "--no-index", "--no-ext-diff", "--no-color", "--word-diff=porcelain")
ALONE = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git_cpu(files: tuple[str, str], times: int = 5) -> float:
    """Return the CPU seconds of one git process that compares the words of two files."""
    return cpu.of_process([*GIT, *files], times, ALONE)


def git_pieces(pair: Pair) -> list[Piece]:
    """Return what git finds with the whole text as context; a line end that is not marked is an equal one."""
    said = subprocess.run([*GIT, "-U1000000", *pair.files], capture_output=True, check=False, env=ALONE).stdout.decode()
    lines = said.partition("\n@@")[2].split("\n")[1:]
    signs = {" ": "equal", "-": "delete", "+": "insert"}
    pieces = []
    for line in lines:
        if line[:1] == "~":
            pieces.append(Piece("equal", "\n"))
        elif line[:1] in signs and line[1:]:
            pieces.append(Piece(signs[line[0]], line[1:]))
    return pieces


@cache
def has_wikidiff2() -> bool:
    """Whether PHP and the extension are there (Debian: php-cli php-wikidiff2)."""
    php = shutil.which("php")
    if php is None:
        return False
    return "wikidiff2" in subprocess.run([php, "-m"], capture_output=True, check=False).stdout.decode().split()


def wikidiff2(pairs: Sequence[tuple[str, str]], *, times: int = 5, found: bool = False) -> list[dict[str, Any]] | None:
    """Ask one PHP process for all pairs; None where it is not installed or takes longer than anybody would wait."""
    if not has_wikidiff2():
        return None
    env = {**os.environ, "TIMES": str(times), "WITH_DIFF": "1" if found else ""}
    script = str(Path(__file__).with_name("wikidiff2.php"))
    try:
        said = subprocess.run(
            ["php", script],
            input=json.dumps(pairs).encode(),
            capture_output=True,
            check=True,
            env=env,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None
    answers: list[dict[str, Any]] = json.loads(said.stdout)
    return answers


def wikidiff2_pieces(said: str) -> list[Piece]:
    """Read wikidiff2's JSON: 0 equal, 1 added, 2 removed, 3 changed inside, 4 and 5 old and new end of a move."""
    lines = json.loads(said)["diff"]
    ends = {line["moveInfo"]["linkId"]: line for line in lines if line["type"] == 5}
    pieces: list[Piece] = []
    for line in lines:
        kind = line["type"]
        if kind == 3:
            pieces.extend(_inside(line))
        elif kind == 4:
            number = line["moveInfo"]["id"]
            pieces.extend(_end(_inside(ends[number]), "delete", number))
        elif kind == 5:
            pieces.extend(_end(_inside(line), "insert", line["moveInfo"]["linkId"]))
        else:
            pieces.append(Piece(("equal", "insert", "delete")[kind], line["text"]))
        pieces.append(Piece("equal", "\n"))
    return pieces


def _inside(line: dict[str, Any]) -> Iterator[Piece]:
    """Cut a line that holds both sides at its marks, which are counted in bytes."""
    text, at = line["text"].encode(), 0
    for mark in line.get("highlightRanges", []):
        start, end = mark["start"], mark["start"] + mark["length"]
        yield Piece("equal", text[at:start].decode(errors="replace"))
        yield Piece("insert" if mark["type"] == 0 else "delete", text[start:end].decode(errors="replace"))
        at = end
    yield Piece("equal", text[at:].decode(errors="replace"))


def _end(inside: Iterator[Piece], op: str, number: str) -> Iterator[Piece]:
    """Give one end of a move: what stands at both carries its number, what stands only here does not."""
    for piece in inside:
        if piece.op == "equal":
            yield Piece(op, piece.text, number)
        elif piece.op == op:
            yield piece


def our_pieces(changes: Sequence[Change]) -> list[Piece]:
    """Return our changes in the same form."""
    return [Piece(op, text, None if move is None else str(move)) for op, text, move in changes]
