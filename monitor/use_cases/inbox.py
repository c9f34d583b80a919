"""The inbox: which reviews wait for a decision, a page of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.language.plain_text import show
from monitor.state import State, Transaction
from monitor.state.waiting import WaitingReview
from monitor.triage.titles import verdict_words
from monitor.use_cases.inbox_models import Listed, Piece, Row
from monitor.use_cases.marking import cut, mark
from monitor.use_cases.waiting_list import GROUPS, WaitingList, heads_of, stamp_of

GroundTitle = Callable[[str, str], str]
"""What a ground is called, by account and id."""

PAGE = 50
_LONGEST = 180  # characters of a review in the list
_OLD = "old"
VIEWS = ("", *GROUPS, _OLD)
"""All, one for each verdict, and those that were there before watching began."""


@dataclass(frozen=True)
class Wanted:
    """What a list shows.

    Attributes:
        accounts: Whose.
        account: The one that was asked for; empty: all.
        view: One of ``VIEWS``.
        words: Only reviews that say this.
        after: Key of the row before the first one.
    """

    accounts: tuple[str, ...]
    account: str = ""
    view: str = ""
    words: str = ""
    after: str = ""


class Inbox:
    """Lists what waits.

    Args:
        state: The store.
        zone: In which zone moments are told (IANA name).
    """

    def __init__(self, state: State, *, zone: str) -> None:
        self._state, self._zone = state, zone
        self._list = WaitingList()

    def as_of(self) -> str:
        """Returns a word that changes whenever anything was written down."""
        with self._state.read() as tx:
            return as_of(tx)

    def page(self, wanted: Wanted, *, ground_title: GroundTitle) -> Listed:
        """Returns a page of what waits."""
        with self._state.read() as tx:
            known = self._list.look(tx, wanted.accounts)
            rows = self._view(tx, known.rows, wanted)
            begin = next((at + 1 for at, one in enumerate(rows) if key_of(one) == wanted.after), 0)
            page = rows[begin : begin + PAGE]
            shown = tuple(self._rows(tx, page, ground_title))
        more = begin + PAGE < len(rows)
        return Listed(
            rows=shown,
            counts=_count(known.rows),
            unseen=known.unseen,
            as_of=known.stamp,
            after=key_of(page[-1]) if more else "",
        )

    def count(self, accounts: tuple[str, ...]) -> int:
        """Returns how many wait in all."""
        with self._state.read() as tx:
            return _count(self._list.look(tx, accounts).rows)[""]

    def beside(self, wanted: Wanted, account: str, review_id: str) -> tuple[str, str]:
        """Returns the keys of the rows before and behind a review, in the list's order; empty where there is none."""
        with self._state.read() as tx:
            rows = self._view(tx, self._list.look(tx, wanted.accounts).rows, wanted)
        keys = [key_of(one) for one in rows]
        here = f"{account}/{review_id}"
        if here not in keys:
            return "", keys[0] if keys else ""
        at = keys.index(here)
        return keys[at - 1] if at else "", keys[at + 1] if at + 1 < len(keys) else ""

    def of_view(self, wanted: Wanted) -> list[WaitingReview]:
        """Returns everything that waits in a view."""
        with self._state.read() as tx:
            return self._view(tx, self._list.look(tx, wanted.accounts).rows, wanted)

    def _view(self, tx: Transaction, waiting: Sequence[WaitingReview], wanted: Wanted) -> list[WaitingReview]:
        rows = [one for one in waiting if _is_in(one, wanted.view)]
        if wanted.words.strip():
            saying = tx.waiting.saying(wanted.words.strip(), [one.review_id for one in rows])
            rows = [one for one in rows if one.review_id in saying]
        return rows

    def _rows(self, tx: Transaction, page: Sequence[WaitingReview], ground_title: GroundTitle) -> list[Row]:
        found = []
        for account in {one.account_id for one in page}:
            ids = [one.review_id for one in page if one.account_id == account]
            found.append((account, tx.reviews.get_many(account, ids), tx.reviews.texts_of(account, ids)))
        reviews = {account: (heads, texts) for account, heads, texts in found}
        products: dict[tuple[str, str], str] = {}
        verdicts = tx.waiting.verdicts([one.case_id for one in page])
        made = []
        for one in page:
            heads, texts = reviews[one.account_id]
            head, text = heads[one.review_id], texts.get(one.review_id, "")
            if (one.account_id, head.sku) not in products:
                product = tx.products.get(one.account_id, head.sku)
                products[one.account_id, head.sku] = (product.title if product else "") or head.sku
            verdict = verdicts.get(one.case_id)
            told = verdict.told if verdict and verdict.review_version == one.version else {}
            made.append(
                Row(
                    account=one.account_id,
                    review_id=one.review_id,
                    version=one.version,
                    key=key_of(one),
                    kind=one.kind,
                    verdict=verdict_words(one.kind).word,
                    ground=ground_title(one.account_id, one.ground) if one.ground else "",
                    product=show(head.item_name or products[one.account_id, head.sku], one_line=True, limit=80),
                    stars=head.rating,
                    seen_at=head.first_seen_at.astimezone(ZoneInfo(self._zone)),
                    pieces=cut(mark(text, told), _LONGEST) or (Piece(text="Без текста"),),
                    has_draft=bool(one.draft),
                )
            )
        return made


def as_of(tx: Transaction) -> str:
    """Returns how far all chains of the log have grown, as one word."""
    return stamp_of(heads_of(tx))


def key_of(one: WaitingReview) -> str:
    """Returns what names a row of the list."""
    return f"{one.account_id}/{one.review_id}"


def _is_in(one: WaitingReview, view: str) -> bool:
    is_old = one.is_baseline and not one.draft
    if view == _OLD or is_old:
        return is_old and view == _OLD
    return view in {"", one.kind}


def _count(waiting: Sequence[WaitingReview]) -> dict[str, int]:
    counts: Mapping[str, int] = {view: sum(_is_in(one, view) for one in waiting) for view in VIEWS}
    return dict(counts)
