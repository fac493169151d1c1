"""Every text field of every form of the demonstration filled with a megabyte: refused with a sentence, never taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import html5lib
import pytest

from reviewtool import demonstration
from reviewtool.app import create_app
from reviewtool.services import people
from reviewtool.settings import Settings
from tests.conftest import ROOT
from tests.support import signed_in
from tests.support.pages import PAGES

LONG = "Texto largo. " * 90_000  # above a megabyte, which is the most that a document may have
TYPED = {"", "text", "search", "email", "password", "url"}
# What takes any length without keeping it: it is compared, searched for, or cut before it is looked at.
COMPARED = {"seen", "current", "proof"}


@dataclass(frozen=True)
class Field:
    """A text field of a form, with what else the form would send."""

    who: str
    action: str
    name: str
    others: tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fields") / "var"
    settings = Settings(var=folder, group_file=ROOT / "config" / "group.toml", secret_key="only-for-tests" * 4)
    workshop = demonstration.ensure(settings, lambda _line: None)
    made = create_app(settings, workshop)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    made.config["RATES"] = dict.fromkeys(made.config["RATES"], 10_000)
    yield made
    workshop.database.dispose()
    workshop.store.close()


@pytest.fixture(scope="module")
def enter(app):
    """Return a function that gives a browser to somebody of the demonstration; the same one again and again."""
    browsers: dict[str, Any] = {}

    def browser(who: str) -> Any:
        if who not in browsers:
            browsers[who] = app.test_client()
            if who:
                with app.extensions["workshop"].database.read() as session:
                    person = people.find_by_email(session, f"{who}@demo.example")
                signed_in.enter(browsers[who], person)
        return browsers[who]

    return browser


def fields_of(who: str, path: str, content: str) -> Iterator[Field]:
    """Yield the text fields of a page's forms that are sent by POST."""
    tree = html5lib.parse(content, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        if form.get("method", "").lower() != "post":
            continue
        elements = [each for each in form.iter() if each.get("name") and each.tag in {"input", "textarea", "select"}]
        buttons = [each for each in form.iter("button") if each.get("name")]
        elements += sorted(buttons, key=lambda each: "primary" not in each.get("class", ""))[:1]
        action = form.get("action") or path
        for element in elements:
            if element.tag == "textarea" or (element.tag == "input" and element.get("type", "") in TYPED):
                rest = tuple((each.get("name"), value_of(each)) for each in elements if is_sent(each, element))
                yield Field(who, action, element.get("name"), rest)


def is_sent(each: Any, chosen: Any) -> bool:
    ticked = each.get("type") not in {"checkbox", "radio"} or each.get("checked") is not None
    return each is not chosen and ticked and each.get("type") != "file"


def value_of(element: Any) -> str:
    if element.tag == "textarea":
        return element.text or ""
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [each for each in options if each.get("selected") is not None] or options[:1]
        return chosen[0].get("value", chosen[0].text or "") if chosen else ""
    return element.get("value", "")


@pytest.fixture(scope="module")
def fields(enter) -> list[Field]:
    """Return every text field once, by the beginning of its form's address and its name."""
    found: dict[tuple[str, str], Field] = {}
    for page in PAGES.values():
        if page.sent is not None or page.follow:
            continue
        content = enter(page.who).get(page.path).get_data(as_text=True)
        for field in fields_of(page.who, page.path, content):
            kind = "".join("#" if letter.isdigit() else letter for letter in field.action.partition("?")[0])
            found.setdefault((kind, field.name), field)
    return list(found.values())


def test_no_field_takes_a_megabyte_and_none_breaks_the_server(enter, fields):
    offenders = []
    for field in fields:
        sent = [*field.others, (field.name, LONG)]
        data: dict[str, list[str]] = {}
        for name, value in sent:
            data.setdefault(name, []).append(value)
        answer = enter(field.who).post(field.action, data=data)
        taken = answer.status_code < 400 and field.name not in COMPARED
        if taken or answer.status_code >= 500:
            offenders.append(f"{field.action} {field.name}: {answer.status_code}")
    assert len(fields) > 60
    assert not offenders, "\n".join(offenders)
