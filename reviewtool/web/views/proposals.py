"""The page of one proposal. The list of proposals is in `proposal_list`, on the same blueprint."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from flask import Blueprint, redirect, render_template, request

from reviewtool.services import proposals
from reviewtool.web import proposal_page
from reviewtool.web.database import reading

blueprint = Blueprint("proposals", __name__)


@blueprint.get("/propuestas/<int:number>")
def page(number: int) -> Any:
    """Show a proposal: what changes, where it stands, the text with its conversations, the versions."""
    if "recordar" in request.args:
        return redirect(proposal_page.remember_view(number), 303)
    return proposal_page.render(number)


@blueprint.get("/propuestas/<int:number>/junto-a/<int:other>")
def beside(number: int, other: int) -> str:
    """Show two open proposals beside each other where they change the same places."""
    return render_template(
        "proposals/beside.html",
        proposal=proposals.get(reading(), number),
        other=proposals.get(reading(), other),
        shared=proposal_page.shared(reading(), number, other),
    )


import_module("reviewtool.web.views.proposal_list")  # adds the list to this blueprint
