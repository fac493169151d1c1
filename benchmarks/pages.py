"""What pages cost, measured inside this process: home, list, proposals of several sizes, as ratios to bare pages."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select, update

from benchmarks import bare, visitor
from benchmarks.installation import COMMENTS, Installation
from benchmarks.table import Table
from benchmarks.visitor import Cost, Visitor
from reviewtool.app import create_app
from reviewtool.models import Proposal
from reviewtool.services.workshop import Workshop

Page = tuple[Callable[[], bytes], Workshop]
SIZES = {"20 KB": "20 KB, 12 changes", "200 KB": "200 KB, 150 changes"}
NO_GROWTH = 1.25


def measure(table: Table, few: Installation, many: Installation) -> None:
    """Measure the pages of both installations in turns with the bare ones, and fill the table."""
    table.section(f"Pages, in process (CPU per request; {few.count} and {many.count:,} proposals)")
    pages = _pages(few, "few") | _pages(many, "many")
    pages |= _bare_pages(many, pages)
    costs = visitor.warm(pages)
    for name in ("home", "list"):
        _tell(table, name.capitalize(), costs[f"many {name}"])
    table.most("List: CPU as a multiple of the bare list", _ratio(costs, "many list", "bare list"), 2.5, "x")
    for key, words in SIZES.items():
        _tell(table, f"Proposal, {words}, warm", costs[f"many {key}"])
        ratio = _ratio(costs, f"many {key}", f"bare {key}")
        table.most("  CPU as a multiple of the bare page", ratio, 4, "x", f" (bare {costs[f'bare {key}'].cpu:.1f} ms)")
        table.most("  git processes", costs[f"many {key}"].processes, 2)
        fresh = visitor.cold(*pages[f"many {key}"])
        table.say(f"Proposal, {words}, cold", f"{fresh.cpu:.0f} ms CPU, {fresh.wall:.0f} ms, {fresh.processes} git")
    _firsts(table, many)
    table.most("HTML of the 200 KB page", costs["many 200 KB"].size / 1024, 200, " KB")
    for name in ("home", "list", "20 KB"):
        ratio = _ratio(costs, f"many {name}", f"few {name}")
        what = "proposal" if name == "20 KB" else name
        table.most(f"Growth of the {what} page, {few.count} to {many.count:,} proposals", ratio, NO_GROWTH, "x")
    _comments(table, costs)


def _firsts(table: Table, made: Installation) -> None:
    """Tell what a page costs that nobody has remembered for its reader: the first one after an act."""
    app = create_app(made.settings, made.workshop)
    path = f"/propuestas/{made.pages['20 KB']}"
    readers = [Visitor(app, member).page(path) for member in made.people.members[2:]]
    costs = [visitor.once(ask)[0] for ask in readers]
    table.say("Proposal, 20 KB, the first time for another reader", f"{statistics.median(costs):.1f} ms")
    listed = Visitor(app, made.people.members[1]).page("/propuestas")
    costs = []
    for _ in range(10):
        with made.workshop.database.write() as session:
            newest = session.scalar(select(func.max(Proposal.number)))
            session.execute(update(Proposal).where(Proposal.number == newest).values(version=Proposal.version + 1))
        costs.append(visitor.once(listed)[0])
    table.say("List, the first time after an act", f"{statistics.median(costs[1:]):.1f} ms")


def _comments(table: Table, costs: dict[str, Cost]) -> None:
    for count in COMMENTS:
        _tell(table, f"Proposal, 20 KB, with {count:,} comments", costs[f"many {count} comments"])
    ratio = _ratio(costs, "many 1000 comments", "many 10 comments")
    table.most("CPU with 1,000 comments as a multiple of 10", ratio, 2, "x")
    table.most("First page with 10,000 comments", costs["many 10000 comments"].wall, 1000, " ms")


def _tell(table: Table, what: str, cost: Cost) -> None:
    said = f"{cost.cpu:.1f} ms, {cost.statements} SQL, {cost.size / 1024:.0f} KB"
    table.say(what, said)


def _ratio(costs: dict[str, Cost], one: str, other: str) -> float:
    return costs[one].cpu / costs[other].cpu


def _visitor(made: Installation, app: Flask) -> Visitor:
    return Visitor(app, made.people.members[1])


def _pages(made: Installation, name: str) -> dict[str, Page]:
    browser = _visitor(made, create_app(made.settings, made.workshop))
    addresses = {"home": "/", "list": "/propuestas"}
    addresses |= {page: f"/propuestas/{number}" for page, number in made.pages.items()}
    return {f"{name} {page}": (browser.page(path), made.workshop) for page, path in addresses.items()}


def _bare_pages(made: Installation, pages: dict[str, Page]) -> dict[str, Page]:
    ready = {made.pages[key]: bare.parts(pages[f"many {key}"][0]()) for key in SIZES}
    browser = _visitor(made, bare.make(made.workshop, made.settings.secret_key, ready))
    found = {f"bare {key}": (browser.page(f"/one/{made.pages[key]}"), made.workshop) for key in SIZES}
    return found | {"bare list": (browser.page("/rows"), made.workshop)}
