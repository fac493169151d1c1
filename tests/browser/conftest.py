"""The demonstration group served by the real server, made once a test process: browser tests look at full pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cachetools import TTLCache, cached

from reviewtool import demonstration
from reviewtool.services import people
from reviewtool.settings import Settings
from tests.conftest import ROOT
from tests.support import chromium, server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

    from reviewtool.services.workshop import Workshop
    from tests.support.pages import Page as Wanted

# Sends a form as a button of a page would, with the token of a form that stands there.
SEND = """([path, fields]) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = path;
    const token = document.querySelector('input[name=csrf_token]').value;
    for (const [name, value] of Object.entries({csrf_token: token, ...fields})) {
        const field = document.createElement('input');
        field.type = 'hidden';
        field.name = name;
        field.value = value;
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}"""


@dataclass(frozen=True)
class Served:
    """A served demonstration: its address, and its installation for looking."""

    url: str
    folder: Path
    workshop: Workshop


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a demonstration of this test process. Tests must not depend on what another one changed in it."""
    folder = tmp_path_factory.mktemp("demo") / "var"
    settings = Settings(var=folder, group_file=ROOT / "config" / "group.toml", secret_key="only-for-tests" * 4)
    workshop = demonstration.ensure(settings, lambda _line: None)
    with server.running(folder, {"REVIEWTOOL_SECRET_KEY": "only-for-tests" * 4}) as url:
        yield Served(url, folder, workshop)
    workshop.database.dispose()
    workshop.store.close()


@pytest.fixture(scope="session")
def enter(demo: Served) -> Callable[[Page, str], None]:
    """Return a function that signs a person in on a page, by the beginning of their address."""

    def sign_in(page: Page, who: str) -> None:
        page.goto(f"{demo.url}/entrar")
        page.fill("#email", f"{who}@demo.example")
        page.fill("#password", demonstration.PASSWORD)
        page.click("main form button")
        page.wait_for_url(f"{demo.url}/")

    return sign_in


@pytest.fixture(scope="session")
def signed_in(browser: Browser, enter: Callable[[Page, str], None]) -> Callable[[str], StorageState | None]:
    """Return a function that gives what a browser keeps of somebody who has signed in not long ago."""

    @cached(TTLCache(maxsize=100, ttl=600))  # after a quarter of an hour binding acts ask again
    def kept(who: str) -> StorageState | None:
        if not who:
            return None
        with chromium.page(browser) as page:
            enter(page, who)
            return page.context.storage_state()

    return kept


@pytest.fixture(scope="session")
def visit(demo: Served) -> Callable[[Page, Wanted], None]:
    """Return a function that opens a page of the demonstration, or sends the form that it answers."""

    def open_or_send(page: Page, wanted: Wanted) -> None:
        if wanted.sent is None:
            answer = page.goto(demo.url + wanted.path)
        else:
            page.goto(f"{demo.url}/perfil")  # a stranger comes to the sign-in; both have a form with its token
            with page.expect_navigation() as under_way:
                page.evaluate(SEND, [wanted.path, dict(wanted.sent)])
            answer = under_way.value
        if wanted.follow:
            link = page.locator(f"main a[href^='{wanted.follow}']").first.get_attribute("href")
            answer = page.goto(f"{demo.url}{link}")
        assert answer is not None
        assert answer.status == wanted.status, wanted.path

    return open_or_send


@pytest.fixture
def person(browser: Browser, enter: Callable[[Page, str], None]) -> Callable[[str, Callable[[Page], None]], None]:
    """Return a function that lets a person do something in a browser of their own."""

    def act(who: str, do: Callable[[Page], None]) -> None:
        with chromium.page(browser) as page:
            page.set_viewport_size({"width": 1280, "height": 900})
            enter(page, who)
            do(page)

    return act


@pytest.fixture
def person_id(demo: Served) -> Callable[[str], int]:
    """Return a function from the beginning of an address to a person's id."""

    def find(who: str) -> int:
        with demo.workshop.database.read() as session:
            found = people.find_by_email(session, f"{who}@demo.example")
            assert found is not None
            return found.id

    return find
