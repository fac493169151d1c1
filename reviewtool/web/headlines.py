"""One line for what was merged or decided, with how the group voted."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from reviewtool.rules.voting import Outcome, Position
from reviewtool.services.news import News
from reviewtool.web.closings import short_day
from reviewtool.web.context import place_name
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark

_OUTCOMES: dict[str, tuple[str, str, str]] = {  # text, tone and symbol of the tag
    Outcome.approved: (mark("Aprobada"), "good", "yes"),
    Outcome.not_approved: (mark("No aprobada"), "bad", "no"),
    Outcome.no_quorum: (mark("Sin decisión"), "neutral", "minus"),
}


@dataclass(frozen=True)
class Headline:
    """What a line of news shows; `tag` is empty for a merge."""

    title: str
    url: str
    detail: str
    tag: tuple[str, str, str] | None


def headline(news: News) -> Headline:
    """Say a merge or a decision in one line."""
    parts = [f"P-{news.number}", place_name(news.administration), _voted(news), short_day(news.at)]
    tag = None
    if news.outcome:
        text, tone, symbol = _OUTCOMES[news.outcome]
        tag = (_(text), tone, symbol)
    url = url_for("proposals.page", number=news.number)
    return Headline(news.title, url, " · ".join(part for part in parts if part), tag)


def _voted(news: News) -> str:
    in_favour = news.counts.get(Position.for_, 0) + news.counts.get(Position.for_with_remarks, 0)
    against = news.counts.get(Position.against, 0)
    if in_favour or against:
        return _("%(in_favour)s a favor, %(against)s en contra", in_favour=in_favour, against=against)
    return _("sin objeciones") if news.outcome in {"", Outcome.approved} else ""
