"""What reached the coordination otherwise: by note, e-mail, in a meeting or by telephone, when, and its reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from reviewtool.clock import now
from reviewtool.errors import InvalidInput

REFERENCE_LIMIT: Final = 200
TELEPHONE: Final = "telephone"  # by which nothing counts before its owner has confirmed it
CHANNELS: Final = ("note", "e-mail", "meeting", TELEPHONE)


@dataclass(frozen=True)
class Received:
    """How something reached the coordination that registers it."""

    channel: str
    on: date
    reference: str

    def facts(self) -> dict[str, Any]:
        """Return it as the facts of an act say it."""
        return {"channel": self.channel, "reference": self.reference.strip(), "on": self.on.isoformat()}

    def line(self) -> str:
        """Return it on one line, as a trailer says it."""
        return f"{self.channel} {self.on.isoformat()} {' '.join(self.reference.split())}"


def of_facts(facts: Mapping[str, Any]) -> Received:
    """Return how something was received as the facts of its act say it."""
    return Received(facts["channel"], date.fromisoformat(facts["on"]), facts["reference"])


def of_line(said: str) -> Received:
    """Return how something was received as a trailer says it; raises ValueError."""
    channel, on, reference = said.split(" ", 2)
    return Received(channel, date.fromisoformat(on), reference)


def ensure(received: Received) -> None:
    """Refuse a channel that nobody knows, a reference that is missing or too long, and a day ahead."""
    if received.channel not in CHANNELS:
        raise InvalidInput("channel-unknown", field="channel")
    if not received.reference.strip():
        raise InvalidInput("reference-missing", field="reference")
    if len(received.reference) > REFERENCE_LIMIT:
        raise InvalidInput("text-too-long", field="reference", most=REFERENCE_LIMIT)
    if received.on > now().date() + timedelta(days=1):  # the reader's day may be ahead of ours
        raise InvalidInput("date-ahead", field="received_on")
