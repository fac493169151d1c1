"""The list of proposals with its filters and pages. On the blueprint of `proposals`; the rows are in `list_rows`."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from reviewtool.rules.lifecycle import State
from reviewtool.services import desk, proposals, standings, worklist
from reviewtool.services.proposals import Filter
from reviewtool.web import forms, list_rows
from reviewtool.web.database import me, reading
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
    listing = proposals.listing(session, wanted, page=forms.asked("pagina", 1))
    ballots = standings.of_open(session, [listed.number for listed in listing.rows if listed.ballot_id])
    return render_template(
        "proposals/list.html",
        title=list_rows.title(listing, wanted, desk.counts(session)),
        rows=[list_rows.row(listed, ballots.get(listed.number), places) for listed in listing.rows],
        quorum=next((each.standing.quorum_needed for each in ballots.values()), None),
        listing=listing,
        wanted=wanted,
        is_filtered=wanted != Filter(),
        states=[(OPEN, _("Abiertas")), *((state.value, state_tag(state).text) for state in State)],
        modules=places.choices(),
        authors=proposals.authors(session),
        url_for_page=_url_for_page,
    )


def _wanted() -> Filter:
    """Return what the address asks; what makes no sense asks nothing."""
    asked = request.args
    state = asked.get("estado", "")
    mine = worklist.numbers(reading(), me()) if asked.get("mias") == "1" else None
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
