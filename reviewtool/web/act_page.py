"""The page of one act on a proposal: its form alone, with why it was refused, or why it cannot be done now."""

from __future__ import annotations

from typing import Final

from flask import render_template

from reviewtool.errors import ReviewError
from reviewtool.web.ballot_forms import Form
from reviewtool.web.case import Case
from reviewtool.web.errors import say, status_of

FIELD_OF: Final = {"closes_at": "closes_on"}  # what the service calls an instant is a day in the form


def render(found: Case, form: Form, error: ReviewError | None = None, why_not: str = "") -> tuple[str, int]:
    """Return page and status; an error stands at its field, or above the form where that has no such field."""
    field = getattr(error, "field", "")
    field = FIELD_OF.get(field, field)
    known = {each.name for each in form.fields}
    page = render_template(
        "ballots/act.html",
        proposal=found.proposal,
        form=form,
        why_not=why_not,
        errors={field if field in known else "": say(error)} if error else {},
    )
    return page, status_of(error) if error else 200
