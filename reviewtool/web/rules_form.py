"""The form of a rule set: what it shows of one, and the rule set that was typed, with an error for each bad field.

Rules for some documents stand in rows of their own, `doc-0-…`; a row without paths is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reviewtool.errors import InvalidInput
from reviewtool.group import FirstRules
from reviewtool.rules import presets
from reviewtool.rules.presets import RuleSet
from reviewtool.rules.sanity import MAX_DAYS, problems
from reviewtool.rules.voting import BallotRules, Majority
from reviewtool.web.errors import say

Typed = Mapping[str, str]
VOTED: Final = (Majority.two_thirds, Majority.simple, Majority.absolute, Majority.consensus)
SWITCHES: Final = ("author_votes", "results_hidden_until_closed", "early_close", "revisions_during_vote")
MAX_PATHS: Final = 5_000  # characters of the paths of one row
_PATH: Final = re.compile(r"[^\x00-\x1f\\]{1,300}")
_SILENCE: Final = "silencio"


@dataclass
class Read:
    """What a form says: the rule set, and by field what is wrong with it."""

    rules: RuleSet
    errors: dict[str, str]


def shown(rule_set: RuleSet) -> dict[str, str]:
    """Return the fields of the form as they stand for a rule set."""
    rules = rule_set.rules
    fields = _numbers_shown(rules, "")
    fields |= {name: "1" for name in SWITCHES if getattr(rules, name)}
    fields["override"] = rules.override
    fields["certified_in_favour"] = str(
        max(each.certified_in_favour for each in (rules, *(document.rules for document in rule_set.documents)))
    )
    fields["second_call_days"] = "" if rules.second_call_days is None else str(rules.second_call_days)
    fields["second_call_share"] = "/".join(map(str, rules.second_call_share)) if rules.second_call_share else ""
    for at, each in enumerate(rule_set.documents):
        fields[f"doc-{at}-paths"] = "\n".join(each.paths)
        fields |= _numbers_shown(each.rules, f"doc-{at}-")
    return fields


def _numbers_shown(rules: BallotRules, prefix: str) -> dict[str, str]:
    quorum = presets.quorum_as_text(rules)
    return {
        f"{prefix}preset": rules.preset,
        f"{prefix}consultation_days": str(rules.consultation_days),
        f"{prefix}decision_days": str(rules.decision_days),
        f"{prefix}quorum": "number" if rules.quorum_kind == "number" else quorum,
        f"{prefix}quorum_number": quorum if rules.quorum_kind == "number" else "",
        f"{prefix}majority": VOTED[0].value if rules.majority is Majority.silence else rules.majority.value,
    }


def rows(typed: Typed) -> list[int]:
    """Return the numbers of the rows of rules for some documents that are filled in, in order."""
    found = (re.fullmatch(r"doc-([0-9]{1,6})-paths", name) for name, value in typed.items() if value.strip())
    return sorted(int(each[1]) for each in found if each)


def compacted(typed: Typed) -> dict[str, str]:
    """Return the fields with the rows of rules for some documents counted from 0, without those that are empty."""
    kept = {name: value for name, value in typed.items() if not name.startswith("doc-")}
    for at, row in enumerate(rows(typed)):
        start = f"doc-{row}-"
        kept |= {f"doc-{at}-{name[len(start) :]}": value for name, value in typed.items() if name.startswith(start)}
    return kept


def read(typed: Typed, base: RuleSet) -> Read:
    """Return the rule set that was typed; what no field shows stays as in `base`."""
    reader = _Reader(typed)
    advanced = {
        **{name: name in typed for name in SWITCHES},
        "certified_in_favour": reader.whole("certified_in_favour", 0, 100, empty=0),
        "override": "two_thirds" if typed.get("override") == "two_thirds" else "never",
        "second_call_days": reader.whole("second_call_days", 1, MAX_DAYS, empty=None),
        "second_call_share": reader.share("second_call_share"),
    }
    documents = [{"paths": reader.paths(f"doc-{at}-paths")} | reader.numbers(f"doc-{at}-") for at in rows(typed)]
    plain = reader.numbers("") | {"advanced": advanced, "documents": documents}
    if reader.errors:
        return Read(base, reader.errors)
    return Read(presets.from_file(FirstRules.model_validate(plain)), {})


class _Reader:
    """Reads fields one by one and keeps a sentence for each that is wrong."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.errors: dict[str, str] = {}

    def numbers(self, prefix: str) -> dict[str, object]:
        """Read a preset and its four numbers; a silence has neither quorum nor another majority, whatever is chosen."""
        preset = self.typed.get(f"{prefix}preset", "")
        if preset not in presets.PRESETS:
            self.refuse(f"{prefix}preset", InvalidInput("preset-unknown"))
        silence = preset == _SILENCE
        return {
            "preset": preset,
            "consultation_days": self.whole(f"{prefix}consultation_days", 0, MAX_DAYS),
            "decision_days": self.whole(f"{prefix}decision_days", 1, MAX_DAYS),
            "quorum": "none" if silence else self.quorum(prefix),
            "majority": Majority.silence.value if silence else self.majority(f"{prefix}majority"),
        }

    def whole(self, name: str, least: int, most: int, *, empty: int | None = -1) -> int | None:
        """Read a whole number between two; `empty` stands for an empty field, -1 where it may not be."""
        raw = self.typed.get(name, "").strip()
        if not raw and empty != -1:
            return empty
        if raw.isascii() and raw.isdigit() and least <= int(raw[:6]) <= most:
            return int(raw)
        self.refuse(name, InvalidInput("whole-range", least=least, most=most))
        return least

    def quorum(self, prefix: str) -> str:
        """Read a quorum as a file says it."""
        chosen = self.typed.get(f"{prefix}quorum", "")
        if chosen == "number":
            return str(self.whole(f"{prefix}quorum_number", 1, 100))
        return chosen if chosen == "none" else self.share(f"{prefix}quorum", required=True) or "none"

    def share(self, name: str, *, required: bool = False) -> str | None:
        """Read a share such as 1/2; None for an empty field that may be so."""
        raw = self.typed.get(name, "").replace(" ", "")
        if not raw and not required:
            return None
        if re.fullmatch(r"[1-9][0-9]{0,2}/[1-9][0-9]{0,2}", raw):
            return raw
        self.refuse(name, InvalidInput("choice-missing"))
        return None

    def majority(self, name: str) -> str:
        """Read one of the majorities that are voted."""
        chosen = self.typed.get(name, "")
        if chosen not in VOTED:
            self.refuse(name, InvalidInput("choice-missing"))
        return chosen

    def paths(self, name: str) -> list[str]:
        """Read paths and patterns, one a line; a folder alone means all below it."""
        if len(self.typed[name]) > MAX_PATHS:
            self.refuse(name, InvalidInput("text-too-long", most=MAX_PATHS))
            return []
        lines = [line.strip().strip("/") for line in self.typed[name].splitlines() if line.strip()]
        if not lines or not all(_PATH.fullmatch(line) for line in lines):
            self.refuse(name, InvalidInput("bad-path"))
        return [line if "*" in line or line.endswith(".md") else f"{line}/**" for line in lines]

    def refuse(self, name: str, error: InvalidInput) -> None:
        """Keep why a field cannot be accepted."""
        self.errors.setdefault(name, say(error))


def refused(rule_set: RuleSet, seats: int, certified: int) -> dict[str, str]:
    """Say by field why a rule set could never pass with so many seats and certified trainers."""
    found: dict[str, str] = {}
    sets = [("", rule_set.rules), *((f"doc-{at}-", each.rules) for at, each in enumerate(rule_set.documents))]
    for prefix, rules in sets:
        for problem in problems(rules, seats, certified):
            name = _FIELDS.get(problem.field, problem.field)
            found.setdefault(prefix + name if name in _OF_EACH else name, say(problem))
    return found


_FIELDS: Final = {"quorum_kind": "quorum", "quorum_share": "quorum", "seats": ""}
_OF_EACH: Final = frozenset({"consultation_days", "decision_days", "quorum", "quorum_number"})
