"""The two presets with their four numbers, the group's rule set, and which preset holds for which documents.

Services read the rule set in force from the database; the first one comes from `config/group.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from reviewtool.errors import InvalidInput
from reviewtool.group import Advanced, DocumentPreset, FirstRules, Group, Numbers
from reviewtool.rules.positions import BallotRules, Majority
from reviewtool.rules.sanity import problems

PRESETS: Mapping[str, BallotRules] = MappingProxyType(
    {
        "votacion": BallotRules(preset="votacion"),
        "silencio": BallotRules(preset="silencio", majority=Majority.silence, quorum_kind="none"),
    }
)


@dataclass(frozen=True, slots=True)
class PathPreset:
    """Rules for the documents whose path matches one of the patterns: `*` stays within a folder, `**` does not."""

    paths: tuple[str, ...]
    rules: BallotRules


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The group's rules from a day on: the usual ones, and before them an ordered list for some documents."""

    rules: BallotRules = PRESETS["votacion"]
    documents: tuple[PathPreset, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column or the record."""
        return {
            "rules": self.rules.to_json(),
            "documents": [{"paths": list(each.paths), "rules": each.rules.to_json()} for each in self.documents],
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> RuleSet:
        """Return the rule set that `to_json` wrote. Raises InvalidInput("bad-rules", field=…)."""
        return cls(
            rules=BallotRules.from_json(plain["rules"]),
            documents=tuple(
                PathPreset(tuple(each["paths"]), BallotRules.from_json(each["rules"]))
                for each in plain.get("documents", ())
            ),
        )


def rules_for(paths: Iterable[str], rule_set: RuleSet, *, preset: str | None = None) -> BallotRules:
    """Return the rules for a proposal: the first preset that matches any touched document holds as a whole.

    Where none matches, the preset chosen for this proposal holds, else the group's usual rules.
    """
    touched = tuple(paths)
    for each in rule_set.documents:
        if any(matches(path, pattern) for path in touched for pattern in each.paths):
            return each.rules
    if preset is None or preset == rule_set.rules.preset:
        return rule_set.rules
    return with_preset(rule_set.rules, preset)


def matches(path: str, pattern: str) -> bool:
    """Say whether a path matches a pattern: `*` and `?` stay within a folder, `**` crosses folders."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(signs.get(part) or re.escape(part) for part in parts), re.DOTALL)


def with_preset(rules: BallotRules, preset: str) -> BallotRules:
    """Return the rules with the four numbers of another preset; what stands under *Avanzado* stays.

    Raises InvalidInput("preset-unknown").
    """
    wanted = PRESETS.get(preset)
    if wanted is None:
        raise InvalidInput("preset-unknown", field="preset", preset=preset)
    changed = replace(
        rules,
        preset=preset,
        consultation_days=wanted.consultation_days,
        decision_days=wanted.decision_days,
        majority=wanted.majority,
        quorum_kind=wanted.quorum_kind,
        quorum_number=wanted.quorum_number,
        quorum_share=wanted.quorum_share,
    )
    if wanted.majority is Majority.silence:  # nobody is *for* in a silence: certified trainers cannot be asked there
        return replace(changed, certified_in_favour=0)
    return changed


FORM: Final = "forma"
FORM_DAYS: Final = 3  # working days in which anybody may separate a correction from its list


def form_list(rules: BallotRules) -> BallotRules:
    """Return the rules of corrections of form that are announced in a list: a short silence on a text that stays."""
    return replace(with_preset(rules, "silencio"), preset=FORM, decision_days=FORM_DAYS, revisions_during_vote=False)


def from_group(group: Group) -> RuleSet:
    """Return the first rule set, as the group's file says it."""
    return from_file(group.rules)


def from_file(said: FirstRules) -> RuleSet:
    """Return the rule set that the section `rules` of a file says."""
    return RuleSet(
        rules=_build(said, said.advanced),
        documents=tuple(_for_documents(each, said.advanced) for each in said.documents),
    )


def to_file(rule_set: RuleSet) -> dict[str, Any]:
    """Return the section `rules` of a file that says this rule set, every number with it: `from_file` reads it again.

    A file has one *Avanzado* for all documents: the most trainers that any of the rules asks.
    """
    rules, everything = rule_set.rules, (rule_set.rules, *(each.rules for each in rule_set.documents))
    advanced: dict[str, Any] = {
        "author_votes": rules.author_votes,
        "results_hidden_until_closed": rules.results_hidden_until_closed,
        "certified_in_favour": max(each.certified_in_favour for each in everything),
        "early_close": rules.early_close,
        "override": rules.override,
        "revisions_during_vote": rules.revisions_during_vote,
    }
    if rules.second_call_days is not None:
        advanced["second_call_days"] = rules.second_call_days
    if rules.second_call_share is not None:
        advanced["second_call_share"] = "/".join(map(str, rules.second_call_share))
    documents = [{"paths": list(each.paths)} | _numbers(each.rules) for each in rule_set.documents]
    return _numbers(rules) | {"advanced": advanced} | ({"documents": documents} if documents else {})


def _numbers(rules: BallotRules) -> dict[str, Any]:
    return {
        "preset": rules.preset,
        "consultation_days": rules.consultation_days,
        "decision_days": rules.decision_days,
        "quorum": quorum_as_text(rules),
        "majority": rules.majority.value,
    }


def quorum_as_text(rules: BallotRules) -> str:
    """Return the quorum as a file says it: «none», a number of seats, or a share."""
    if rules.quorum_kind == "none":
        return "none"
    if rules.quorum_kind == "number":
        return str(rules.quorum_number)
    return "/".join(map(str, rules.quorum_share))


def check_group(group: Group) -> tuple[InvalidInput, ...]:
    """Return every reason why a rule set of the group's file could never pass with the seats it names."""
    return check(from_group(group), group.seats)


def check(rule_set: RuleSet, seats: int, certified: int | None = None) -> tuple[InvalidInput, ...]:
    """Return every reason why one of the rules of a set could never pass with so many seats and certified trainers."""
    everything = (rule_set.rules, *(each.rules for each in rule_set.documents))
    return tuple(problem for rules in everything for problem in problems(rules, seats, certified))


def _for_documents(each: DocumentPreset, advanced: Advanced) -> PathPreset:
    return PathPreset(each.paths, _build(each, advanced))


def _build(numbers: Numbers, advanced: Advanced) -> BallotRules:
    base = PRESETS[numbers.preset]
    rules = replace(
        base,
        author_votes=advanced.author_votes,
        results_hidden_until_closed=advanced.results_hidden_until_closed,
        certified_in_favour=0 if base.majority is Majority.silence else advanced.certified_in_favour,
        early_close=advanced.early_close,
        override=advanced.override,
        revisions_during_vote=advanced.revisions_during_vote,
        second_call_days=advanced.second_call_days,
        second_call_share=_share(advanced.second_call_share) if advanced.second_call_share else None,
    )
    if numbers.consultation_days is not None:
        rules = replace(rules, consultation_days=numbers.consultation_days)
    if numbers.decision_days is not None:
        rules = replace(rules, decision_days=numbers.decision_days)
    if numbers.majority is not None:
        rules = replace(rules, majority=Majority(numbers.majority))
    return rules if numbers.quorum is None else _with_quorum(rules, numbers.quorum)


def _with_quorum(rules: BallotRules, quorum: str) -> BallotRules:
    if quorum == "none":
        return replace(rules, quorum_kind="none")
    if "/" in quorum:
        return replace(rules, quorum_kind="share", quorum_share=_share(quorum))
    return replace(rules, quorum_kind="number", quorum_number=int(quorum))


def _share(text: str) -> tuple[int, int]:
    numerator, _, denominator = text.partition("/")
    return int(numerator), int(denominator)
