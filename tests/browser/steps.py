"""Steps of a proposal's way in a browser that several tests take: the ballot opened, a vote, the merge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

MEMBERS = (
    "lucia.fernandez", "gonzalo.silveira", "martin.acosta", "wilma.choque", "ignacio.riquelme", "adriana.solano",
    "yokasta.peralta", "byron.cevallos", "xiomara.tellez", "rosa.quispe", "nohely.rondon",
)  # fmt: skip


def open_ballot(page: Page, address: str) -> None:
    """Open the ballot on a proposal."""
    page.goto(f"{address}/votacion/abrir")
    page.fill("#reason", "El texto está listo y la edición cierra pronto.")
    for keep in page.locator("input[name=keep]").all():  # the day it would close is a holiday of some member
        keep.check()
    _act(page, address)


def vote(page: Page, address: str) -> None:
    """Vote in favour."""
    page.goto(address)
    page.locator("#vote input[value=for]").check()
    page.locator("#vote .button.primary").click()
    page.wait_for_load_state()
    assert "A favor" in page.inner_text("#vote")


def close_and_merge(page: Page, address: str) -> None:
    """Close the ballot in which everybody voted, and merge."""
    page.goto(f"{address}/votacion/cerrar")
    page.fill("#reason", "Todos los puestos se pronunciaron.")
    _act(page, address)
    assert "Aprobada" in page.inner_text("main")
    page.goto(f"{address}/incorporar")
    _act(page, address)
    assert "Incorporada" in page.inner_text("main")


def _act(page: Page, address: str) -> None:
    """Press the button of the page, and again where it asks."""
    page.click("main form .button.primary")
    page.wait_for_load_state()
    confirm = page.locator("dialog[open] .primary")
    if confirm.count():
        confirm.click()
    path = address.partition("://")[2].partition("/")[2]
    page.wait_for_url(re.compile(rf"/{path}(\?|#|$)"))
