"""What the page «Confianza» shows of a verification or backup, in the reader's language. Does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reviewtool.clock import now
from reviewtool.models import Inspection
from reviewtool.services.findings import COUNTED, SENTENCES
from reviewtool.web.i18n import gettext, language, ngettext, number

MOST = 50  # lines of findings on the page; the command shows all
OLD = timedelta(days=7)


@dataclass(frozen=True)
class Seen:
    """A verification or backup that came to its end."""

    at: datetime
    by: str
    clean: bool
    old: bool
    seconds: str
    counts: tuple[str, ...]
    findings: tuple[str, ...]
    more: int
    notes: tuple[str, ...]
    megabytes: str
    restored: bool


def seen(inspection: Inspection | None) -> Seen | None:
    """Return what is shown of it; None where there was none yet."""
    if inspection is None or inspection.ended_at is None:
        return None
    report: Mapping[str, Any] = inspection.report
    findings, notes = report.get("findings", []), report.get("notes", [])
    return Seen(
        at=inspection.ended_at,
        by=inspection.asked_by.name if inspection.asked_by else "",
        clean=bool(inspection.clean),
        old=now() - inspection.ended_at > OLD,
        seconds=number(round(report.get("seconds", 0), 1)),
        counts=tuple(ngettext(*COUNTED[name], count) for name, count in report.get("looked_at", {}).items()),
        findings=tuple(map(_said, findings[:MOST])),
        more=max(0, len(findings) - MOST),
        notes=tuple(map(_said, notes[:MOST])),
        megabytes=number(round(report.get("size", 0) / 1e6, 1)),
        restored=report.get("proof") == "restored",
    )


@dataclass(frozen=True)
class Failed:
    """A verification or backup that could not be made; `why` is empty where only the program's log says it."""

    at: datetime
    why: str


def failed(inspection: Inspection | None) -> Failed | None:
    """Return what is shown of the newest one when it could not be made."""
    if inspection is None or inspection.ended_at is None:
        return None
    english, _newline, spanish = str(inspection.report.get("failed", "")).partition("\n")
    return Failed(inspection.ended_at, english if language() == "en" else spanish or english)


def _said(found: Mapping[str, Any]) -> str:
    """Say a finding in the reader's language; one of another version of the program as it was written."""
    sentence = SENTENCES.get(found["code"])
    if sentence is None:
        return str(found.get("said", found["code"]))
    return gettext(sentence, **{key: value for key, value in found.items() if key not in {"code", "said"}})
