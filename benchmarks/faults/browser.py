"""A person's browser without scripts: signs in, opens pages, fills in the forms it finds there and sends them."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

PATIENCE_SECONDS = 60
AGENT = "Mozilla/5.0 (reviewtool's fault tests)"


class Lost(Exception):
    """The answer did not come: nobody knows whether the act was done."""


@dataclass
class Form:
    """A form as a browser would send it when nothing is changed."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """An answer: its status, where it leads, its text."""

    status: int
    location: str
    html: str

    def form(self, action: str) -> Form | None:
        """Return the form that posts to this address, or None."""
        return next((form for form in forms(self.html) if form.action == action), None)


class Browser:
    """One person's cookies and connection; the address may change between two requests."""

    def __init__(self) -> None:
        self.address = ""
        self._cookie = ""
        self._kept: http.client.HTTPConnection | None = None

    def open(self, path: str) -> Page:
        """Ask for a page; follow where it leads."""
        page = self._ask("GET", path)
        for _ in range(4):
            if page.status not in (302, 303):
                break
            page = self._ask("GET", page.location)
        return page

    def send(self, action: str, fields: dict[str, str]) -> Page:
        """Send a form and return the answer, not followed. Raises Lost when none came."""
        return self._ask("POST", action, urlencode({name: _sent(value) for name, value in fields.items()}))

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the form."""
        self._cookie = ""
        form = self.open("/entrar").form("/entrar")
        assert form is not None, "there is no form to sign in"
        answer = self.send(form.action, form.fields | {"email": email, "password": password})
        assert answer.status == 303, f"{email} could not sign in: {answer.status}"

    def _ask(self, method: str, path: str, body: str | None = None) -> Page:
        headers = {"User-Agent": AGENT, "Cookie": self._cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer, data = self._exchange(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Lost(f"{method} {path}: {error!r}") from error
        for value in answer.headers.get_all("Set-Cookie") or []:
            self._cookie = value.partition(";")[0]
        parts = urlsplit(answer.headers.get("Location", ""))
        location = parts.path + (f"?{parts.query}" if parts.query else "")
        return Page(answer.status, location, data.decode("utf-8", "replace"))

    def _exchange(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        parts = urlsplit(self.address)
        if self._kept is None:
            self._kept = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
        self._kept.request(method, path, body, headers)
        answer = self._kept.getresponse()
        data = answer.read()
        if answer.will_close:
            self.close()
        return answer, data

    def close(self) -> None:
        """End the kept connection."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def _sent(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\n", "\r\n")  # as browsers send a text


def forms(html: str) -> list[Form]:
    """Return the forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.found


class _Reader(HTMLParser):
    """Reads forms with what they would send: texts, hidden values, what is chosen; never a button's value."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            self.found.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, given, {name for name, _ in attrs})

    def _control(self, form: Form, tag: str, given: dict[str, str], has: set[str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "textarea":
            self._area = name
            form.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in has or self._select not in form.fields):
            form.fields[self._select] = value
        elif tag == "input" and name and self._is_sent(given.get("type", "text"), has):
            form.fields[name] = value or ("on" if "checked" in has else "")

    @staticmethod
    def _is_sent(kind: str, has: set[str]) -> bool:
        return kind not in {"submit", "button", "file", "image"} and (
            kind not in {"radio", "checkbox"} or "checked" in has
        )

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            text = self._form.fields[self._area]
            self._form.fields[self._area] = text + (data if text else data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
