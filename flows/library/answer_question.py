"""Answers the moderator's question about one appeal: prepared, read back and sent with one gesture, as a filing is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flows.channels import Attachment, Observation, ObservedKind
from flows.contexts import submit_context
from flows.errors import CatalogError, FormMismatch
from flows.faults import named_faults
from flows.gate import NeededRequest, SubmitGate
from flows.library.answers import (
    explain_silence,
    is_last_word,
    observation,
    read_attachment,
    require_armed,
    require_signed_in,
    rules_of,
    take_picture,
    telling_limits,
    visible_text,
)
from flows.pages.appeal_reply import AppealReplyPage
from flows.pages.banner import close_banners
from flows.pages.pressing import SentRequests
from flows.pages.words import await_word
from flows.pinned import pinned_transport
from flows.workbench import Tab

if TYPE_CHECKING:
    from flows.catalog.channel_spec import ChannelSpec
    from flows.session import AccountWitness
    from flows.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered to which question."""

    number: str
    review_id: str
    text: str
    files: tuple[Attachment, ...] = ()


class OpenReply:
    """The form of one answer in a context of its own, gate closed."""

    def __init__(self, tab: Tab, gate: SubmitGate, *, expected: AccountWitness, answer_window: float) -> None:
        self.tab, self.gate, self._expected, self._window = tab, gate, expected, answer_window
        self._page: AppealReplyPage | None = None
        self._reply: Reply | None = None

    def prepare(self, reply: Reply) -> bytes:
        """Opens the appeal, fills the form, attaches the files, reads everything back; returns its picture.

        Raises:
            flows.errors.FormMismatch: the form is not as described, or does not hold what was approved.
            flows.errors.SelectorBroken: the site does not ask (any more), or the page changed.
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
        """
        contents = [read_attachment(attachment) for attachment in reply.files]
        page = AppealReplyPage(self.tab.page, self.tab.site, appeal_number=reply.number)
        with self.tab.turn(self.tab.site.url("appeals")):
            page.open()
        require_signed_in(self.tab, self.tab.site.identity_at("appeals") or "", self._expected)
        page.write_text(reply.text)
        page.attach(reply.files, contents, sent=SentRequests(self.tab.page))
        self._page, self._reply = page, reply
        self._require_as_approved()
        return take_picture(self.tab)

    def gesture(self) -> None:
        """Compares the form a last time and makes the one click."""
        require_armed(self.gate)
        page = self._require_as_approved()
        with named_faults("appeal_reply.send"):
            page.send()
        self.gate.raise_refusal()

    def observe(self) -> Observation:
        """Waits for the site's own word; never clicks."""
        page, _ = self._open()
        with named_faults("appeal_reply.observe"):
            words = {name: page.entry(name) for name in ("sent", "error")}
            word = await_word(words, self._window, partial(is_last_word, self.gate))
            self.gate.raise_refusal()
            if word is None:
                return explain_silence(self.tab, self.gate)
            kind = ObservedKind.SUCCESS_TEXT if word.name == "sent" else ObservedKind.FORM_ERROR
            return observation(self.tab, self.gate, kind, raw_text=visible_text(self.tab))

    def _require_as_approved(self) -> AppealReplyPage:
        page, reply = self._open()
        form = page.read()
        problems = list(_differences(reply, form.number, form.review_id))
        if form.text.replace("\r\n", "\n") != reply.text.replace("\r\n", "\n"):
            problems.append("the text differs from the approved one")
        if not _has_all(form.files, reply.files):
            problems.append(f"{len(form.files)} files have arrived instead of {len(reply.files)}")
        problems += [f"a required field is not known: {name}" for name in form.unknown_required]
        if problems:
            raise FormMismatch("; ".join(problems), where="appeal_reply", hint="look at the appeal; nothing was sent")
        return page

    def _open(self) -> tuple[AppealReplyPage, Reply]:
        if self._page is None or self._reply is None:
            raise FormMismatch("the form is not open", where="appeal_reply", hint="call prepare first")
        return self._page, self._reply


@contextmanager
def open_reply(
    bench: Workbench,
    spec: ChannelSpec,
    *,
    state: bytes,
    expected: AccountWitness,
    needed: Sequence[NeededRequest] = (),
) -> Iterator[OpenReply]:
    """Opens the way to answer a question. Leaving the block closes the context: no late request leaves after that.

    Args:
        bench: Browser, site and budget.
        spec: The appeal's channel; its ``reply_url`` is what the gate guards.
        state: The session of the identity the channel needs.
        expected: The account that must be signed in.
        needed: What the page needs to work besides what the catalog names.

    Raises:
        flows.errors.CatalogError: the catalog does not know how the channel's questions are answered.
    """
    if spec.reply_url is None:
        raise CatalogError("nobody knows how questions of this channel are answered", where=f"channels.{spec.title}")
    rules = rules_of(bench.site, spec, spec.reply_url, needed=needed)
    window = spec.answer_window_seconds
    gate = SubmitGate(rules, pinned=pinned_transport(bench.site, window))
    with submit_context(bench.browser, bench.terms, state=state, gate=gate) as guarded:
        tab = Tab(page=guarded.open_page(), guarded=guarded, bench=bench)
        close_banners(tab.page, bench.site)
        try:
            with telling_limits(gate):
                yield OpenReply(tab, gate, expected=expected, answer_window=window)
        finally:
            gate.disarm()


def _differences(reply: Reply, number: str, review_id: str) -> Iterator[str]:
    if number != reply.number:
        yield f"the form belongs to the appeal {number or '(not shown)'}, not {reply.number}"
    if review_id != reply.review_id:
        yield f"the appeal is about the review {review_id or '(not shown)'}, not {reply.review_id}"


def _has_all(shown: Sequence[str], files: Sequence[Attachment]) -> bool:
    return len(shown) == len(files) and all(any(file.name in row for row in shown) for file in files)
