"""The list of proposals with its filters and pages. On the blueprint of `proposals`; the rows are in `list_rows`."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.rules.lifecycle import State
from reviewtool.services import desk, proposals, worklist
from reviewtool.services.proposals import Filter
from reviewtool.web import forms, list_rows, remembering
from reviewtool.web.database import me, reading, workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.places import Places
from reviewtool.web.views.proposals import blueprint
from reviewtool.web.words import state_tag

OPEN = "open"
LONGEST_TEXT = 200  # characters looked for


@blueprint.get("/propuestas")
def index() -> str:
    """Show a page of the proposals that fit the filters, newest first."""
    session, places, wanted = reading(), Places(), _wanted()
    counts = desk.counts(session)
    total = sum(counts.values()) if wanted == Filter() else None
    listing = proposals.listing(session, wanted, page=forms.asked("pagina", 1), total=total)
    rows = list_rows.rows(session, listing, places)
    return render_template(
        "proposals/list.html",
        title=list_rows.title(listing, wanted, counts),
        rows=rows,
        has_seats=any('class="seats"' in row for row in rows),
        listing=listing,
        is_filtered=wanted != Filter(),
        filters=_filters(session, wanted, places),
        url_for_page=_url_for_page,
    )


def _filters(session: Session, wanted: Filter, places: Places) -> Markup:
    authors = tuple(proposals.authors(session))
    return remembering.part(
        ("filters", wanted, authors, places.key, remembering.reader()),
        lambda: render_template(
            "proposals/_filters.html",
            wanted=wanted,
            is_filtered=wanted != Filter(),
            states=[(OPEN, _("Abiertas")), *((state.value, state_tag(state).text) for state in State)],
            modules=places.choices(),
            authors=list(authors),
        ),
    )


def _wanted() -> Filter:
    """Return what the address asks; what makes no sense asks nothing."""
    asked = request.args
    state = asked.get("estado", "")
    mine = worklist.numbers(reading(), workshop(), me()) if asked.get("mias") == "1" else None
    return Filter(
        state=state if state == OPEN or state in set(State) else "",
        module=asked.get("modulo", "")[:255],
        author_id=forms.asked("persona", 0) or None,
        text=" ".join(asked.get("texto", "").replace("\0", "").split())[:LONGEST_TEXT],
        numbers=mine,
    )


def _url_for_page(page: int) -> str:
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    return url_for("proposals.index", **{**kept, "pagina": page})
