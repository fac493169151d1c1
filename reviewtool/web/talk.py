"""Conversations as a page shows them: who said what, what one may do with it, and why a passage is no longer there.

Built from what `services.conversations` loaded; no query of its own beyond a fixed few for names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.models import Comment, CommentEdit, Person, Proposal, Suggestion
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.prose import ALGORITHM_VERSION, markdown
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.permissions import Act, may, may_edit_comment
from reviewtool.services import attaching, coauthors, comparing, conversations, people, suggestions, threads
from reviewtool.services.conversations import Shown
from reviewtool.services.placing import Placed
from reviewtool.web import attached
from reviewtool.web.attached import AttachedFile
from reviewtool.web.context import place_name
from reviewtool.web.database import workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined
from reviewtool.web.places import Places
from reviewtool.web.positions import according_to
from reviewtool.web.security import may_now

_HEADING = re.compile(r"^((?:[ ]{0,3}>[ ]?)*[ ]{0,3}(?:(?:[-*+]|\d{1,9}[.)])[ ]+)*)(#{1,6})(?=\s|$)")
_UNDERLINE = re.compile(r"^[ >]*(=+|-+)[ \t]*$")
_FENCE = re.compile(r"^[ ]{0,3}(```|~~~)")


@dataclass(frozen=True)
class SuggestionView:
    """A suggested text as runs of (op, text), what became of it, and what the reader may do with it."""

    comment_id: int
    runs: tuple[tuple[str, str], ...]
    applied_in: int | None
    adopted_by: str
    declined_by: str
    in_draft: bool
    may_apply: bool
    may_adopt: bool


@dataclass(frozen=True)
class Said:
    """One message of a thread."""

    id: int
    author: str
    place: str
    at: datetime
    html: Markup
    edited_at: datetime | None
    registered: str
    by_mail: bool
    suggestion: SuggestionView | None
    may_edit: bool
    may_withdraw: bool
    before: tuple[CommentEdit, ...] = ()
    attached: tuple[AttachedFile, ...] = ()
    may_attach: bool = False


@dataclass(frozen=True)
class ThreadView:
    """A thread; `target` is the id in the page that it stands beside, "" for none."""

    id: int
    number: int
    revision: int
    path: str | None
    quote: str
    title: str
    said: tuple[Said, ...]
    hidden: int
    is_objection: bool
    was_objection: bool
    resolved_at: datetime | None
    resolved_by: str
    may_reply: bool
    may_suggest: bool
    may_resolve: bool
    may_reopen: bool
    state: str = "whole"  # as services.placing tells it
    notice: str = ""
    difference: tuple[tuple[str, str], ...] = ()  # of its passage since it was commented, as runs of (op, text)
    target: str = ""
    language: str = ""  # of its document, "" where the page speaks it

    @property
    def passage(self) -> str:
        """Return the id of the mark on its passage."""
        return f"passage-{self.number}"

    @property
    def fallback(self) -> str:
        """Return the id that the block beside it gets when there is no mark."""
        return f"beside-{self.number}"

    @property
    def suggests(self) -> bool:
        """Say whether a suggestion in it waits: neither applied, nor declined, nor in the reader's draft."""
        found = (each.suggestion for each in self.said if each.suggestion is not None)
        return any(each.applied_in is None and not each.declined_by and not each.in_draft for each in found)

    @property
    def css(self) -> str:
        """Return the classes that say how it stands."""
        if self.is_objection:
            return "objection"
        if self.resolved_at is not None:
            return "resolved"
        return "outdated" if self.state in {"lost", "edited"} else ""

    @property
    def label(self) -> str:
        """Name the thread for those who do not see it."""
        if self.is_objection:
            return _("Objeción formal %(number)s, abierta", number=self.number)
        if self.resolved_at is not None:
            return _("Comentario %(number)s, resuelto", number=self.number)
        if self.state == "lost":
            return _("Comentario %(number)s, el fragmento se eliminó", number=self.number)
        if self.state == "edited":
            return _("Comentario %(number)s, el fragmento cambió", number=self.number)
        return _("Comentario %(number)s, abierto", number=self.number)

    def beside(self, target: str) -> ThreadView:
        """Return the thread as it stands beside a block of the page."""
        return replace(self, target=target)


class Talk:
    """Makes the views of some threads of one proposal for one reader."""

    def __init__(self, session: Session, proposal: Proposal, shown: Sequence[Shown], reader: Person) -> None:
        self._proposal, self._reader = proposal, reader
        self._state = State(proposal.state)
        self._answers: dict[Act, bool] = {}
        self._places: dict[str, str] = {}
        self._materials = Places()
        said = [comment for each in shown for comment in (each.first, *each.replies)]
        suggested = [comment for comment in said if comment.suggestion is not None]
        self._attached = attaching.of_comments(session, [comment.id for comment in said])
        self._mentions = conversations.mentions(session, [comment.id for comment in said]) if said else {}
        self._by_mail = conversations.by_mail(session, proposal.number) if said else set()
        self._names = conversations.names(
            session, [s.adopted_by_id for s in _suggestions(suggested) if s.adopted_by_id]
        )
        self._said_no = suggestions.declined(session, proposal.number) if suggested else {}
        adopting = self._may(Act.adopt_suggestion)
        self._observers = conversations.observers(session, [c.author_id for c in suggested]) if adopting else set()
        taking = bool(suggested) and self._may(Act.apply_suggestion)
        self._applying = taking and coauthors.writes(session, proposal, reader)
        self._in_draft = conversations.in_draft(session, proposal, reader) if self._applying else frozenset()

    def _may(self, act: Act) -> bool:
        if act not in self._answers:
            self._answers[act] = may_now(act) and allowed(act, self._state)
        return self._answers[act]

    def _place(self, person: Person) -> str:
        if person.administration not in self._places:
            self._places[person.administration] = place_of(person)
        return self._places[person.administration]

    def view(self, shown: Shown, *, edits: bool = False) -> ThreadView:
        """Return one thread; with `edits` what its messages said before."""
        thread, objection = shown.thread, shown.objection
        open_objection = objection is not None and objection.lifted_at is None
        settles = threads.may_resolve(self._proposal, thread, self._reader) and not open_objection
        resolved = thread.resolved_at is not None
        return ThreadView(
            id=thread.id,
            number=thread.number,
            revision=thread.revision,
            path=thread.path,
            quote=thread.quote or "",
            title=_title(shown.first.body),
            said=tuple(self._said(comment, edits=edits) for comment in (shown.first, *shown.replies)),
            hidden=shown.hidden,
            is_objection=open_objection,
            was_objection=objection is not None and not open_objection,
            resolved_at=thread.resolved_at,
            resolved_by=thread.resolved_by.name if resolved and thread.resolved_by else "",
            may_reply=self._may(Act.comment),
            may_suggest=thread.quote is not None and self._may(Act.suggest),
            may_resolve=settles and not resolved and self._may(Act.resolve_thread),
            may_reopen=settles and resolved and self._may(Act.reopen_thread),
            language=self._materials.foreign(thread.path) if thread.path else "",
        )

    def _said(self, comment: Comment, *, edits: bool) -> Said:
        return Said(
            id=comment.id,
            author=comment.author.name,
            place=self._place(comment.author),
            at=comment.created_at,
            html=body(comment.body, self._mentions.get(comment.id, ())),
            edited_at=comment.edited_at,
            registered=_registered(comment),
            by_mail=comment.id in self._by_mail,
            suggestion=self._suggestion(comment) if comment.suggestion else None,
            may_edit=may_edit_comment(wrote_it=comment.author_id == self._reader.id, withdrawn=comment.body == INSTEAD)
            and self._may(Act.edit_own_comment),
            may_withdraw=comment.body != INSTEAD and may(people.roles(self._reader), Act.withdraw_for_confidentiality),
            before=tuple(comment.edits) if edits else (),
            attached=attached.files(self._attached.get(comment.id, [])),
            may_attach=self._may(Act.attach) and attaching.may(self._proposal, comment, self._reader),
        )

    def _suggestion(self, comment: Comment) -> SuggestionView:
        suggestion = next(_suggestions([comment]))
        in_draft = comment.id in self._in_draft
        declined = self._said_no.get(comment.id)
        fresh = suggestion.applied_in is None and not in_draft and declined is None
        return SuggestionView(
            comment_id=comment.id,
            runs=_runs(suggestion.original, suggestion.replacement),
            applied_in=suggestion.applied_in,
            adopted_by=self._names.get(suggestion.adopted_by_id or 0, ""),
            declined_by=declined.by if declined else "",
            in_draft=in_draft,
            may_apply=self._applying and fresh,
            may_adopt=fresh
            and not self._applying
            and suggestion.adopted_by_id is None
            and comment.author_id in self._observers,
        )


def _suggestions(comments: Iterable[Comment]) -> Iterator[Suggestion]:
    return (comment.suggestion for comment in comments if comment.suggestion is not None)


def stood(view: ThreadView, placed: Placed, shown: int) -> ThreadView:
    """Say on a thread what became of its passage up to the revision shown."""
    notice = ""
    difference: tuple[tuple[str, str], ...] = ()
    if placed.state == "lost":
        notice = _("El fragmento se eliminó en la versión %(version)s.", version=placed.changed_in[-1])
    elif placed.state == "edited" and placed.passage is not None:
        notice = _changed(placed.changed_in)
        difference = _runs(view.quote, placed.passage.quote)
    elif view.revision > shown:
        notice = _("Se comentó en la versión %(version)s.", version=view.revision)
    return replace(view, state=placed.state, notice=notice, difference=difference)


def _changed(versions: Sequence[int]) -> str:
    if len(versions) == 1:
        return _("El fragmento cambió en la versión %(version)s.", version=versions[0])
    return _("El fragmento cambió en las versiones %(versions)s.", versions=joined([str(each) for each in versions]))


def place_of(person: Person) -> str:
    """Return where a person writes from; an observer is named as such."""
    found = workshop().group.find_administration(person.administration)
    name = place_name(person.administration)
    return _("Observador/a, %(place)s", place=name) if found is not None and found.observer else name


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else line[:70].rsplit(" ", 1)[0] + "…"


def _registered(comment: Comment) -> str:
    if comment.registered_by_id is None or comment.channel is None:
        return ""
    return according_to(comment.channel, comment.channel_reference, comment.channel_on)


def body(text: str, mentioned: Iterable[tuple[int, str]] = ()) -> Markup:
    """Render what somebody wrote in a comment: Markdown, without headings, and people named with @ as links."""
    named = tuple(mentioned)
    key = ("comment", ALGORITHM_VERSION, hashlib.sha256(text.encode()).digest(), named, request.script_root)
    return workshop().cache.get(key, lambda: markdown.render(linked(harmless(text), named)))


def harmless(text: str) -> str:
    """Take from a comment what would make it a document: headings and front matter; its words stay as they are."""
    out: list[str] = []
    fenced = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        fence = _FENCE.match(line)
        if fence and fenced in {"", fence[1]}:
            fenced = "" if fenced else fence[1]
        elif not fenced:
            line = _HEADING.sub(r"\1\\\2", line)  # noqa: PLW2901  (the line as it is kept)
            if _UNDERLINE.match(line) and (not out or out[-1].strip()):
                out.append("")
        out.append(line)
    return "\n".join(out)


def linked(text: str, mentioned: Iterable[tuple[int, str]]) -> str:
    """Make links of the names after an @; a comment with code is left as it is, a link would not be one there."""
    if "`" in text:
        return text
    for person_id, name in mentioned:
        known = re.compile(rf"(?<![\[\w])@({re.escape(name)})(?!\w)", re.IGNORECASE)
        target = url_for("people.index", _anchor=f"person-{person_id}")
        text = known.sub(lambda found, target=target: f"**[@{found[1]}]({target})**", text)  # type: ignore[misc]  # bound now
    return text


def _runs(original: str, replacement: str) -> tuple[tuple[str, str], ...]:
    key = (
        "suggestion",
        ALGORITHM_VERSION,
        hashlib.sha256(f"{len(original)} {original}{replacement}".encode()).digest(),
    )
    return workshop().cache.get(key, lambda: comparing.words_changed(original, replacement))
