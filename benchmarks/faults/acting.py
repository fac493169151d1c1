"""What the four people do, over HTTP alone: propose, revise, comment, open ballots, vote, merge.

A press whose answer is lost is kept and pressed again, the same form with the same tokens, once the server is back.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.faults.browser import Browser, Form, Lost, Page, forms
from benchmarks.faults.ledger import Act, Ledger

MARK = re.compile(r"Marca: [\w-]+\.")
MOST_OPEN = 6
LOOKS = 4  # proposals that a person opens in search of one that admits an act
FAULTS_OF_OURS = 500


@dataclass
class Case:
    """An open proposal as the people know it."""

    number: int
    author: int
    path: str


@dataclass
class Board:
    """What everybody sees: documents nobody works on, and open proposals."""

    free: list[str]
    open: dict[int, Case] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, chance: random.Random) -> str | None:
        """Return a document to work on, or None where there is enough to do."""
        with self.lock:
            if not self.free or len(self.open) >= MOST_OPEN:
                return None
            return self.free.pop(chance.randrange(len(self.free)))

    def close(self, number: int) -> None:
        """Take a proposal off, its document free again."""
        with self.lock:
            case = self.open.pop(number, None)
            if case is not None:
                self.free.append(case.path)

    def some(self, chance: random.Random, most: int = LOOKS) -> list[Case]:
        """Return some of the open proposals, in any order."""
        with self.lock:
            return [self.open[number] for number in chance.sample(sorted(self.open), min(most, len(self.open)))]


@dataclass(frozen=True)
class Press:
    """A button that was pressed: the form as it was sent, what the act is, and what follows when it is done."""

    sort: str
    form: Form
    done: Callable[[Page], Act | None]


class Client:
    """One person at work."""

    def __init__(self, person: tuple[int, str, str], board: Board, ledger: Ledger, chance: random.Random) -> None:
        self.person, self._email, self._password = person
        self.board, self.ledger, self._chance = board, ledger, chance
        self.browser = Browser()
        self.unanswered: Press | None = None
        self._begun: str | None = None  # the document of a draft that a kill interrupted
        self.coordinates = False

    def enter(self) -> None:
        """Sign in."""
        self.browser.sign_in(self._email, self._password)

    def work(self, stop: threading.Event) -> None:
        """Act until told to stop, or until an answer is lost."""
        try:
            while not stop.is_set():
                self._something()
        except Lost:
            return

    def press_again(self) -> None:
        """Press the button whose answer was lost."""
        press, self.unanswered = self.unanswered, None
        if press is not None:
            self._press(press, repeated=True)

    def _something(self) -> None:
        acts = [(self._comment, 6), (self._propose, 3), (self._vote, 5), (self._revise, 1)]
        if self.coordinates:
            acts = [(self._merge, 5), (self._open_ballot, 4), (self._comment, 2)]
        self._chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def _press(self, press: Press, *, repeated: bool = False) -> Page | None:
        try:
            answer = self.browser.send(press.form.action, press.form.fields)
        except Lost:
            self.unanswered = press
            self.ledger.lose(press.sort)
            raise
        if answer.status != 303:
            self.ledger.refuse(press.sort, answer.status, answer.html)
            return None
        act = press.done(answer)
        if act is not None:
            self.ledger.acknowledge(act, repeated=repeated)
        return answer

    def _find(self, sort: str, page: str, action: str, *, mine: bool | None = None) -> tuple[Case, Form] | None:
        """Look among the open proposals for one whose page offers this form."""
        for case in self.board.some(self._chance):
            if mine is not None and (case.author == self.person) != mine:
                continue
            shown = self.browser.open(page.format(case.number))
            if shown.status >= FAULTS_OF_OURS:
                self.ledger.refuse(f"page of {sort}", shown.status, shown.html)
            form = shown.form(action.format(case.number))
            if form is not None:
                return case, form
            if "ya está incorporada" in shown.html and sort == "merge":  # by a press whose answer was lost
                self.board.close(case.number)
        return None

    # -- acts ------------------------------------------------------------------------------------------------------

    def _comment(self) -> None:
        found = self._find("comment", "/propuestas/{}", "/propuestas/{}/comentarios")
        if found is None:
            return
        case, form = found
        words = self.ledger.words("comentario")
        form.fields["body"] = f"Convendría citar la nota interpretativa ({words})."
        self._press(_press(form, Act("comment", case.number, words, self.person)))

    def _vote(self) -> None:
        found = self._find("vote", "/propuestas/{}/voto", "/propuestas/{}/voto", mine=False)
        if found is None:
            return
        case, form = found
        words, position = self.ledger.words("motivo"), self._chance.choice(["for", "for_with_remarks"])
        form.fields |= {"position": position, "reason": f"Se ajusta al artículo 8 ({words})."}
        self._press(_press(form, Act("vote", case.number, words, self.person, position)))

    def _open_ballot(self) -> None:
        found = self._find("ballot", "/propuestas/{}/votacion/abrir", "/propuestas/{}/votacion/abrir")
        if found is not None:
            form = found[1]
            form.fields |= {"reason": "Urge para la próxima edición", "keep": "on"}
            self._press(Press("ballot", form, lambda _page: None))

    def _merge(self) -> None:
        found = self._find("merge", "/propuestas/{}/incorporar", "/propuestas/{}/incorporar")
        if found is None:
            return
        case, form = found
        act = Act("merge", case.number, "", self.person)

        def done(answer: Page) -> Act | None:
            self.board.close(case.number)
            return act if _leads_to(answer, case.number) else None

        self._press(Press("merge", form, done))

    def _propose(self) -> None:
        path = self._begun or self.board.take(self._chance)
        if path is None:
            return
        self._begun = path
        form = next(
            (
                each
                for each in _forms(self.browser.open(f"/materiales/{path}"), "/borradores")
                if each.fields.get("path") == path
            ),
            None,
        )
        assert form is not None, f"{path} cannot be proposed to"
        begun = self.browser.send(form.action, form.fields)
        if begun.status == 303:
            self._submit(begun.location, path)
        else:
            self.ledger.refuse("draft", begun.status, begun.html)

    def _revise(self) -> None:
        found = self._find("version", "/propuestas/{}", "/propuestas/{}/nueva-version", mine=True)
        if found is None:
            return
        case, form = found
        begun = self.browser.send(form.action, form.fields)
        if begun.status == 303:
            self._submit(begun.location, case.path)

    def _submit(self, editor: str, path: str) -> None:
        """Write in the editor and submit."""
        page = self.browser.open(editor)
        form = next((each for each in _forms(page, "/borradores/") if "text" in each.fields), None)
        if form is None:
            self.ledger.refuse("editor", page.status, page.html)
            return
        words = self.ledger.words("marca")
        form.fields["text"] = MARK.sub(f"Marca: {words}.", form.fields["text"])
        form.fields |= {"title": f"Aclarar {words}", "reason": "El texto es incompleto.", "instrument": "Opinión"}
        form.fields |= {"note": "Según los comentarios", "act": "submit"}

        def done(answer: Page) -> Act | None:
            number = re.fullmatch(r"/propuestas/(\d+)", answer.location)
            if number is None:
                return None
            self._begun = None
            with self.board.lock:
                self.board.open.setdefault(int(number[1]), Case(int(number[1]), self.person, path))
            return Act("version", int(number[1]), words, self.person, path)

        self._press(Press("version", form, done))


def _forms(page: Page, action: str) -> list[Form]:
    return [form for form in forms(page.html) if form.action.startswith(action)]


def _press(form: Form, act: Act) -> Press:
    return Press(act.sort, form, lambda page: act if _leads_to(page, act.number) else None)


def _leads_to(page: Page, number: int) -> bool:
    return page.location.partition("?")[0] == f"/propuestas/{number}"
