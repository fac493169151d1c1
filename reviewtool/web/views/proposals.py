"""The page of one proposal. The list of proposals is in `proposal_list`, on the same blueprint."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from flask import Blueprint, redirect, request

from reviewtool.web import proposal_page

blueprint = Blueprint("proposals", __name__)


@blueprint.get("/propuestas/<int:number>")
def page(number: int) -> Any:
    """Show a proposal: what changes, where it stands, the text with its conversations, the versions."""
    if "recordar" in request.args:
        return redirect(proposal_page.remember_view(number), 303)
    return proposal_page.render(number)


import_module("reviewtool.web.views.proposal_list")  # adds the list to this blueprint
