"""The rules and the calendar as TOML, in the form of config/group.toml: written and read back."""

from __future__ import annotations

from typing import Any

import tomli_w

from reviewtool.errors import InvalidInput
from reviewtool.group import GroupCalendar, RulesFile, read
from reviewtool.rules import presets
from reviewtool.rules.presets import RuleSet


def written(rule_set: RuleSet, section: GroupCalendar | None = None) -> str:
    """Write a rule set, and with it the calendar where one is given."""
    content: dict[str, Any] = {"rules": presets.to_file(rule_set)}
    if section is not None:
        content["calendar"] = {
            "closing_time": section.closing_time,
            "zone": section.zone,
            "holidays": [
                {"date": each.on, "name": each.name}
                | ({"administrations": list(each.administrations)} if each.administrations else {})
                for each in section.holidays
            ],
        }
    return tomli_w.dumps(content)


def rules_of(text: str, name: str) -> RuleSet:
    """Return the rule set of a file. Raises GroupFileError, InvalidInput("rules-file-empty")."""
    found = read(RulesFile, text, name).rules
    if found is None:
        raise InvalidInput("rules-file-empty", section="rules")
    return presets.from_file(found)


def calendar_of(text: str, name: str) -> GroupCalendar:
    """Return the calendar of a file. Raises GroupFileError, InvalidInput("rules-file-empty")."""
    found = read(RulesFile, text, name).calendar
    if found is None:
        raise InvalidInput("rules-file-empty", section="calendar")
    return found
