"""What the server acknowledged, as the clients noted it: this and nothing else must be found after a kill."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from dataclasses import dataclass

SORTS = ("comment", "vote", "version", "merge")


@dataclass(frozen=True)
class Act:
    """One act: its sort, its proposal, the words that only it has, who did it and what else it said."""

    sort: str
    number: int
    words: str
    person: int
    said: str = ""  # a vote's position, a version's path


class Ledger:
    """Acts that were acknowledged, words that were sent, presses whose answer was lost; for many threads."""

    def __init__(self) -> None:
        self.acknowledged: list[Act] = []
        self.sent: set[str] = set()
        self.lost: Counter[str] = Counter()
        self.repeated: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.broken: list[str] = []
        self.commits: dict[int, str] = {}  # of merges, as they were seen first
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def words(self, what: str) -> str:
        """Return words that nobody else has and that are sent from now on."""
        with self._lock:
            made = f"{what}-{next(self._numbers):05d}"
            self.sent.add(made)
            return made

    def acknowledge(self, act: Act, *, repeated: bool = False) -> None:
        """Note an act that the server answered with the way to its page."""
        with self._lock:
            self.acknowledged.append(act)
            if repeated:
                self.repeated[act.sort] += 1

    def lose(self, sort: str) -> None:
        """Note a press whose answer did not come."""
        with self._lock:
            self.lost[sort] += 1

    def refuse(self, sort: str, status: int, html: str) -> None:
        """Note an answer that refused; a page of a fault of ours counts as broken."""
        with self._lock:
            self.refused[f"{sort} {status}"] += 1
            if status >= 500:
                self.broken.append(f"{sort} {status}: {_text(html)}")

    def counts(self) -> Counter[str]:
        """Return how many acts were acknowledged, by sort."""
        return Counter(act.sort for act in self.acknowledged)


def _text(html: str) -> str:
    body = html.partition("<main")[2] or html
    return " ".join(body.replace("<", " <").split())[:600]
