"""The table that is printed: what, measured, limit, verdict."""

from __future__ import annotations

import os
import platform
import sqlite3
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import sqlalchemy


@dataclass(frozen=True)
class Row:
    """A line of the table; without a limit it only informs."""

    what: str
    measured: str
    limit: str = ""
    verdict: str = ""


@dataclass
class Table:
    """The lines so far, each printed as soon as it is known."""

    rows: list[Row] = field(default_factory=list)
    title: str = ""

    def section(self, title: str) -> None:
        """Begin a part of the table."""
        print(f"\n{title}; load of the machine before it {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(f"{'':2}{'what':<58}{'measured':>34}{'limit':>20}  verdict", flush=True)

    def say(self, what: str, measured: str) -> None:
        """Add a line that only informs."""
        self._add(Row(what, measured))

    def most(self, what: str, value: float, limit: float, unit: str = "", note: str = "") -> None:
        """Add a line whose value must not be greater than its limit."""
        verdict = "ok" if value <= limit else "over"
        self._add(Row(what, f"{_number(value)}{unit}{note}", f"<= {_number(limit)}{unit}", verdict))

    def least(self, what: str, value: float, limit: float, unit: str = "", note: str = "") -> None:
        """Add a line whose value must not be less than its limit."""
        verdict = "ok" if value >= limit else "under"
        self._add(Row(what, f"{_number(value)}{unit}{note}", f">= {_number(limit)}{unit}", verdict))

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        print(f"{'':2}{row.what:<58}{row.measured:>34}{row.limit:>20}  {row.verdict}".rstrip(), flush=True)

    def close(self) -> None:
        """Say how many limits were kept."""
        judged = [row for row in self.rows if row.verdict]
        missed = [row for row in judged if row.verdict != "ok"]
        print(f"\n{len(judged) - len(missed)} of {len(judged)} limits kept.")
        for row in missed:
            print(f"{'':2}{row.verdict}: {row.what}: {row.measured} ({row.limit})")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def machine() -> str:
    """Say on what was measured, in one line."""
    names = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    versions = f"Python {platform.python_version()}, Flask {version('flask')}"
    return (
        f"{os.cpu_count()} x {names[0] if names else platform.machine()}, {memory} MB, {platform.system()} "
        f"{platform.release()}, {versions}, SQLAlchemy {sqlalchemy.__version__}, SQLite {sqlite3.sqlite_version}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
