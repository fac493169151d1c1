"""Which rules hold on a day and for which documents, and when a period of working days closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.group import Group
from reviewtool.models import RuleSet
from reviewtool.rules import calendar, presets
from reviewtool.rules.voting import BallotRules


def in_force(session: Session, group: Group) -> presets.RuleSet:
    """Return the rule set in force today: the newest the group entered, else the first one of config/group.toml."""
    stored = session.scalar(
        select(RuleSet)
        .where(RuleSet.effective_on <= now().date())
        .order_by(RuleSet.effective_on.desc(), RuleSet.id.desc())
        .limit(1)
    )
    return presets.RuleSet.from_json(stored.rules) if stored else presets.from_group(group)


def rules_for(session: Session, group: Group, paths: Sequence[str], *, preset: str = "") -> BallotRules:
    """Return the rules for a proposal that touches these paths; `preset` names another shipped preset by choice.

    A stricter preset that the group bound to a document holds whatever is asked.
    """
    rule_set = in_force(session, group)
    rules = presets.rules_for(paths, rule_set)
    return presets.with_preset(rules, preset) if preset and rules == rule_set.rules else rules


def closing(group: Group, start: datetime, working_days: int) -> datetime:
    """Return the closing instant of a period that starts now, by the group's calendar."""
    return calendar.closing_instant(start, working_days, calendar_of(group))


@lru_cache(maxsize=8)
def calendar_of(group: Group) -> calendar.Calendar:
    """Return the calendar that the group's file describes."""
    return calendar.of_group(group)
