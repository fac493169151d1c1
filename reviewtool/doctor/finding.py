"""A finding of the doctor: a matter, how bad it is, what was seen, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad a finding is; the worst one is the command's exit status."""

    ok = 0
    warning = 1
    wrong = 2


@dataclass(frozen=True)
class Finding:
    """What was seen of one matter; `todo` is empty where nothing is to be done."""

    matter: str
    level: Level
    seen: str
    todo: str = ""


def ok(matter: str, seen: str) -> Finding:
    """Say that a matter is as it should be."""
    return Finding(matter, Level.ok, seen)


def warning(matter: str, seen: str, todo: str) -> Finding:
    """Say that a matter is weak."""
    return Finding(matter, Level.warning, seen, todo)


def wrong(matter: str, seen: str, todo: str) -> Finding:
    """Say that a matter must be mended before a group works with it."""
    return Finding(matter, Level.wrong, seen, todo)
