"""The demonstration group served by the real server, made once a test process: browser tests look at full pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviewtool import demonstration
from reviewtool.services import people
from reviewtool.settings import Settings
from tests.conftest import ROOT
from tests.support import server

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from reviewtool.services.workshop import Workshop


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


@pytest.fixture
def enter(demo: Served) -> Callable[[Page, str], None]:
    """Return a function that signs a person in on a page, by the beginning of their address."""

    def sign_in(page: Page, who: str) -> None:
        page.goto(f"{demo.url}/entrar")
        page.fill("#email", f"{who}@demo.example")
        page.fill("#password", demonstration.PASSWORD)
        page.click("main form button")
        page.wait_for_url(f"{demo.url}/")

    return sign_in


@pytest.fixture
def person_id(demo: Served) -> Callable[[str], int]:
    """Return a function from the beginning of an address to a person's id."""

    def find(who: str) -> int:
        with demo.workshop.database.read() as session:
            found = people.find_by_email(session, f"{who}@demo.example")
            assert found is not None
            return found.id

    return find
