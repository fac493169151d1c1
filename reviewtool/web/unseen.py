"""Letters that nobody sees are told by their names on every page, wherever they came from: texts, comments, names."""

from __future__ import annotations

import re
from typing import Final

from flask import Flask, Response
from markupsafe import escape

from reviewtool.prose import unseen
from reviewtool.web.i18n import gettext as _

# their bytes, so that a page without any, as nearly all are, is not taken apart
_HELD: Final = re.compile(
    rb"\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xd8\x9c|\xe1\xa0\x8e|\xf3\xa0[\x80\x81]"
)


def _told(letter: str) -> str:
    """Return a letter's name with what it does, set like code: no page has styles of its own for it."""
    does = _("cambia el orden en que se lee lo que sigue") if unseen.turns(letter) else _("no se ve")
    said = _("Carácter invisible: %(does)s", does=does)
    return f'<code title="{escape(said)}">{unseen.name(letter)}</code>'


def init_app(app: Flask) -> None:
    """Tell them on the pages that go out; files stay as they are."""

    @app.after_request
    def tell(response: Response) -> Response:
        if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
            return response
        if _HELD.search(response.get_data()):
            response.set_data(unseen.shown(response.get_data(as_text=True), _told))
        return response
