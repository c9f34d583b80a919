"""Accounts, their products and what is known of their sessions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.closed_lists.states import SessionState
from monitor.state.repository import Repository, member
from monitor.state.tables import accounts, installation, products, reviews, sessions

_CHUNK = 400


@dataclass(frozen=True)
class AccountRecord:
    """A seller's login on a site.

    Attributes:
        stopped_at: Set while a wall or another odd sign keeps the account stopped; a person releases it.
        must_reconcile_since: Set after a restored backup: nothing is sent before the site was asked.
    """

    id: str
    site: str
    title: str
    created_at: datetime
    disabled_at: datetime | None
    stopped_at: datetime | None
    stopped_why: str
    stopped_until: datetime | None
    must_reconcile_since: datetime | None


@dataclass(frozen=True)
class ProductRecord:
    """A product whose reviews are watched.

    Attributes:
        poll_memory: What the last complete poll left behind, so that an unchanged listing is recognised.
        pulse: How often it gets reviews, as ``monitor.watching.planner`` packs it.
        baseline_at: When watching began, by the site's clock: what came later is news.
        is_baseline_whole: The first reading showed all there was, not only a part.
        listing: The list of reviews the site shows for it; products of one card share it.
        listing_checked_at: When its own page last proved that it shows that listing.
        cut: Why the last reading could not show all reviews (``flows.readings.models.Cut``); empty: it did.
        reviews_shown: How many reviews the site showed at the last reading, of ``reviews_total``.
        swept_at: When the further orders of a cut listing were last read to their end.
    """

    account_id: str
    sku: str
    url: str
    title: str
    rating_raw: str
    reviews_total: int | None
    poll_memory: str
    pulse: str
    added_at: datetime
    baseline_at: datetime | None
    is_baseline_whole: bool
    listing: str
    listing_checked_at: datetime | None
    cut: str
    reviews_shown: int | None
    swept_at: datetime | None
    last_polled_at: datetime | None
    last_complete_at: datetime | None
    gone_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True)
class SessionRecord:
    """What is known of one identity's session; the session itself lies encrypted at ``storage_ref``.

    Attributes:
        identity_key: The identity's name that is the same in every installation (the ledger's key uses it).
    """

    account_id: str
    identity: str
    identity_key: str
    state: SessionState
    storage_ref: str
    witness: str
    proven_at: datetime | None
    changed_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", member(SessionState, self.state))


class Accounts(Repository):
    """Accounts and their stops."""

    def add(self, account_id: str, *, site: str, title: str = "") -> AccountRecord:
        """Adds an account, or returns the one of that name (its title is brought up to date)."""
        # A database that was made anew beside an old watermark knows nothing of what was sent before.
        restored_at = select(installation.c.restored_at).scalar_subquery()
        statement = self._insert(accounts).values(
            id=account_id, site=site, title=title, created_at=self._now(), must_reconcile_since=restored_at
        )
        statement = statement.on_conflict_do_update(index_elements=["id"], set_={"title": title})
        self._connection.execute(statement)
        found = self.get(account_id)
        assert found is not None  # noqa: S101 - inserted two lines above
        return found

    def get(self, account_id: str) -> AccountRecord | None:
        """Returns one account."""
        return self._first(AccountRecord, select(accounts).where(accounts.c.id == account_id))

    def all(self) -> list[AccountRecord]:
        """Returns all accounts by name."""
        return self._all(AccountRecord, select(accounts).order_by(accounts.c.id))

    def stop(self, account_id: str, why: str, *, until: datetime | None = None) -> None:
        """Stops all work for the account until a person releases it, or until the moment the site named."""
        self._set(account_id, stopped_at=self._now(), stopped_why=why, stopped_until=until)

    def resume(self, account_id: str) -> None:
        """Takes the stop away."""
        self._set(account_id, stopped_at=None, stopped_why="", stopped_until=None)

    def require_reconciliation(self) -> int:
        """Marks every account: nothing is sent until its open appeals were reconciled. Returns how many."""
        return self._changed(update(accounts).values(must_reconcile_since=self._now()))

    def mark_reconciled(self, account_id: str) -> None:
        """Takes that mark away from one account."""
        self._set(account_id, must_reconcile_since=None)

    def _set(self, account_id: str, **values: datetime | str | None) -> None:
        self._connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values))


class Products(Repository):
    """Watched products."""

    def add(self, account_id: str, sku: str, *, url: str, title: str = "") -> ProductRecord:
        """Adds a product, or brings its URL up to date and watches it again."""
        statement = self._insert(products).values(
            account_id=account_id, sku=sku, url=url, title=title, added_at=self._now(), listing=sku
        )
        statement = statement.on_conflict_do_update(
            index_elements=["account_id", "sku"], set_={"url": url, "retired_at": None}
        )
        self._connection.execute(statement)
        found = self.get(account_id, sku)
        assert found is not None  # noqa: S101 - inserted above
        return found

    def get(self, account_id: str, sku: str) -> ProductRecord | None:
        """Returns one product."""
        statement = select(products).where(products.c.account_id == account_id, products.c.sku == sku)
        return self._first(ProductRecord, statement)

    def all(self, account_id: str) -> list[ProductRecord]:
        """Returns every product that was ever watched, by number."""
        statement = select(products).where(products.c.account_id == account_id)
        return self._all(ProductRecord, statement.order_by(products.c.sku))

    def watched(self, account_id: str) -> list[ProductRecord]:
        """Returns the account's watched products, the longest unpolled first."""
        statement = select(products).where(products.c.account_id == account_id, products.c.retired_at.is_(None))
        return self._all(
            ProductRecord, statement.order_by(products.c.last_polled_at.asc().nulls_first(), products.c.sku)
        )

    def watched_among(self, account_id: str, skus: Collection[str]) -> frozenset[str]:
        """Returns which of these numbers are watched products': an account may have thousands, and each poll asks."""
        mine = (products.c.account_id == account_id) & products.c.retired_at.is_(None)
        ids, found = sorted(skus), set[str]()
        for start in range(0, len(ids), _CHUNK):
            named = products.c.sku.in_(ids[start : start + _CHUNK])
            found.update(self._connection.execute(select(products.c.sku).where(mine & named)).scalars())
        return frozenset(found)

    def own_names(self, account_id: str) -> frozenset[str]:
        """Returns how the site calls the account's watched products: on their cards, and beside their reviews."""
        mine = (products.c.account_id == account_id) & products.c.retired_at.is_(None)
        titles = select(products.c.title).where(mine)
        is_same = (reviews.c.account_id == products.c.account_id) & (reviews.c.item_id == products.c.sku)
        named = select(reviews.c.item_name).join(products, is_same).where(mine).distinct()
        found = [*self._connection.execute(titles).scalars(), *self._connection.execute(named).scalars()]
        return frozenset(str(name) for name in found if name)

    def retire(self, account_id: str, sku: str) -> None:
        """Stops watching a product; what is known of it stays."""
        self.change(account_id, sku, retired_at=self._now())

    def change(self, account_id: str, sku: str, **values: datetime | str | int | None) -> None:
        """Sets columns of one product."""
        statement = update(products).where(products.c.account_id == account_id, products.c.sku == sku)
        self._connection.execute(statement.values(**values))


class Sessions(Repository):
    """Facts about sessions."""

    def record(
        self,
        account_id: str,
        identity: str,
        *,
        identity_key: str,
        state: SessionState,
        storage_ref: str = "",
        witness: str = "",
    ) -> None:
        """Stores what was just seen of a session; ``live`` also counts as proof of the account."""
        now = self._now()
        values = {
            "identity_key": identity_key,
            "state": state,
            "storage_ref": storage_ref,
            "witness": witness,
            "changed_at": now,
        }
        if state is SessionState.LIVE:
            values["proven_at"] = now
        statement = self._insert(sessions).values(account_id=account_id, identity=identity, **values)
        statement = statement.on_conflict_do_update(index_elements=["account_id", "identity"], set_=values)
        self._connection.execute(statement)

    def get(self, account_id: str, identity: str) -> SessionRecord | None:
        """Returns what is known of one identity's session."""
        statement = select(sessions).where(sessions.c.account_id == account_id, sessions.c.identity == identity)
        return self._first(SessionRecord, statement)

    def of(self, account_id: str) -> list[SessionRecord]:
        """Returns the account's sessions."""
        statement = select(sessions).where(sessions.c.account_id == account_id)
        return self._all(SessionRecord, statement.order_by(sessions.c.identity))
