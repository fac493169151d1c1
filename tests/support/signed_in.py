"""A person who has signed in just now, without the page that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewtool import clock
from reviewtool.services import people, sign_ins

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from reviewtool.models import Person


def client(app: Flask, person: Person) -> FlaskClient:
    """Return a browser of a person's own."""
    opened = app.test_client()
    enter(opened, person)
    return opened


def enter(opened: FlaskClient, person: Person) -> None:
    """Sign a person in with a browser."""
    with opened.application.extensions["workshop"].database.write() as session:
        present = people.get(session, person.id)
        token = sign_ins.begin(session, present, "Prueba", clock.now())
    with opened.session_transaction() as cookie:
        cookie.update(_user_id=present.get_id(), _fresh=True, token=token)
