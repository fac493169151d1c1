"""What every template may use: the person, the group's names, labels of places and roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Flask, g
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from reviewtool.models import Person
from reviewtool.rules.permissions import Role
from reviewtool.services import notices, people
from reviewtool.web import audience
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import gettext, language, mark

ROLES: dict[Role, str] = {
    Role.coordination: mark("Coordinación"),
    Role.member: mark("Miembro"),
    Role.observer: mark("Observador/a"),
    Role.reader: mark("Lector/a"),
}
MOST_UNREAD = 99
FIRST_MATERIALS = mark("Materiales iniciales")  # as `installing` says it in Git


@dataclass(frozen=True)
class GroupNames:
    """The group's names in the reader's language."""

    name: str
    product_name: str


@dataclass(frozen=True)
class Shown:
    """The signed-in person as the frame of a page shows them."""

    id: int
    name: str
    administration: str
    administration_label: str
    role_label: str


def place_name(code: str) -> str:
    """Return the name of an administration in the reader's language, or its code."""
    found = workshop().group.find_administration(code)
    return found.name(language()) if found else code


def role_names(held: Collection[Role]) -> str:
    """Return roles in words, the weightiest first."""
    return ", ".join(gettext(text) for role, text in ROLES.items() if role in held)


def role_label(person: Person) -> str:
    """Return a person's roles today, the weightiest first, in words."""
    held = people.roles(person)
    words = [gettext(text) for role, text in ROLES.items() if role in held]
    if Role.coordination in held and people.is_deputy(person):
        words[0] = gettext("Coordinación adjunta")
    return ", ".join(words)


def group_names() -> GroupNames:
    """Return the group's and the product's names in the reader's language."""
    group = workshop().group
    return GroupNames(group.name(language()), group.product_name(language()))


def recorded(text: str) -> str:
    """Say in the reader's language what the program itself wrote into the history of the materials.

    That is the group as who took the first materials in, and the title of that step; what people wrote stays.
    """
    if text == workshop().group.name("es"):
        return group_names().name
    return gettext(text) if text == FIRST_MATERIALS else text


def current_person() -> Shown | None:
    """Return the signed-in person for the frame, or None."""
    if not current_user or not current_user.is_authenticated:
        return None
    if "shown_person" not in g:
        g.shown_person = Shown(
            current_user.id,
            current_user.name,
            current_user.administration,
            place_name(current_user.administration),
            role_label(current_user),
        )
    return g.shown_person  # type: ignore[no-any-return]  # set just above


def unread_count() -> str:
    """Return how many notices the person has not read, for the navigation; empty for none."""
    try:
        found = notices.count_unread(reading(), current_user.id)
    except SQLAlchemyError:  # the page may be the one that says so
        return ""
    return f"{MOST_UNREAD}+" if found > MOST_UNREAD else str(found or "")


def init_app(app: Flask) -> None:
    """Give every template `group`, `current_person` and `language`, `place_name` and the filter `recorded`."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        visible_to, discussion_visible_to = audience.of_page()
        return {
            "group": group_names(),
            "current_person": current_person(),
            "language": language(),
            "unread_count": unread_count,
            "visible_to": visible_to,
            "discussion_visible_to": discussion_visible_to,
        }

    app.jinja_env.globals.update(place_name=place_name)
    app.jinja_env.filters.update(recorded=recorded)
