"""The world: products, reviews, orders, accounts and filings, in one place that may be changed while it runs."""

from __future__ import annotations

import random
import threading
from collections import OrderedDict
from collections.abc import Iterator

from mock_site import ids, texts
from mock_site.clock import WorldClock
from mock_site.world import generation
from mock_site.world.changes import Change, EventName, Schedule
from mock_site.world.chats import Chats
from mock_site.world.filings import Filing, Filings
from mock_site.world.models import (
    Account,
    Appeal,
    Order,
    Product,
    Review,
    ReviewKind,
    ReviewState,
    SourceName,
)
from mock_site.world.moderation import Decision
from mock_site.world.new_review import NewReview, author_of, wanted_by
from mock_site.world.options import AccountOptions, WorldOptions
from mock_site.world.orders import OrderBook
from mock_site.world.shelf import Counters, Shelf
from mock_site.world.sign_ins import SignIns

_MOST_LISTED = 200  # products whose reviews the cabinet and the API list; large worlds must not be written out for them
_PRISTINE_SHELVES = 300  # unchanged shelves kept in memory; the rest is generated again when asked for
_RATING_OF_KIND: dict[ReviewKind, int] = {"positive": 5, "mixed": 3, "fair_negative": 2}


class World:
    """A seeded, programmable shop. Safe to change from another thread than the one that serves it.

    Args:
        options: Size and seed; None takes the defaults.
    """

    def __init__(self, options: WorldOptions | None = None) -> None:
        self.options = options or WorldOptions()
        self.clock = WorldClock(self.options.epoch, frozen=self.options.frozen_clock)
        # Whole days, so that ids differ between two days only, and never between two runs of one day.
        anchor = self.clock.epoch.replace(hour=0, minute=0, second=0, microsecond=0)
        self.generator = generation.Generator(self.options, anchor)
        self.lock = threading.RLock()
        self.accounts = tuple(_account(one) for one in self.options.accounts)
        self.sign_ins = SignIns(self.accounts, self.options.seed, self.clock.elapsed)
        self.filings = Filings()
        self.chats = Chats(self.options.seed)
        self.orders = OrderBook(self)
        self.labels: dict[str, str] = {}
        self._schedule = Schedule()
        self._shelves: OrderedDict[int, Shelf] = OrderedDict()
        self._generated: dict[int, Product] = {}
        self._counters: dict[int, Counters] = {}
        self._added = 0
        self.clock.advance(self.options.clock_offset_s)
        for place in range(self.options.hostile):
            self.add_review(0, NewReview(text=texts.hostile(place), with_order=False))

    # Products -------------------------------------------------------------------------------------------------

    def products(self, start: int = 0, stop: int | None = None) -> list[Product]:
        """The shop's products, in their fixed order."""
        return [self.product_at(i) for i in range(*slice(start, stop).indices(self.options.products))]

    def product_at(self, index: int) -> Product:
        """The n-th product."""
        if index not in self._generated:
            self._generated[index] = self.generator.product(index)
        return self._generated[index]

    def product(self, sku: str) -> Product | None:
        """The product of an article number (any of its variants); None when there is none."""
        index = self.generator.index_of(sku)
        return None if index is None else self.product_at(index)

    def counters(self, product: Product) -> Counters:
        """The score block's figures; does not write a product's texts unless somebody asked for them before."""
        with self.lock:
            shelf = self._shelves.get(product.index)
            if shelf is not None and shelf.revision:
                return shelf.counters()
            if product.index not in self._counters:
                self._counters[product.index] = Counters.of(self.generator.ratings(product.index))
            return self._counters[product.index]

    def revision(self, product: Product) -> int:
        """Grows with every change of the product's reviews; 0 as generated."""
        shelf = self._shelves.get(product.index)
        return shelf.revision if shelf is not None else 0

    # Reviews --------------------------------------------------------------------------------------------------

    def listing(self, product: Product, sort: str = "usefulness_desc") -> list[Review]:
        """The published reviews of a product in one order."""
        with self.lock:
            return list(self._shelf(product).published(sort))

    def listed(self, source: SourceName) -> list[tuple[Product, Review]]:
        """What the cabinet or the API lists of the whole shop, the newest first."""
        with self.lock:
            pairs = [
                (one, review) for one in self.products(0, _MOST_LISTED) for review in self._shelf(one).listed(source)
            ]
        return sorted(pairs, key=lambda pair: (-pair[1].published_at, pair[1].uuid))

    def reviews(self, product: Product) -> list[Review]:
        """All reviews of a product, removed ones included: the truth to compare with."""
        with self.lock:
            return self._shelf(product).everything()

    def review(self, uuid: str) -> Review | None:
        """The review of an id, whatever its state."""
        with self.lock:
            found = (shelf.find(uuid) for shelf in self._likely_shelves(uuid))
            return next((review for review in found if review is not None), None)

    def item_path(self, uuid: str) -> str:
        """Where the page of the item is that a review was written about; the shop's page where there is no review."""
        review = self.review(uuid)
        product = self.product(review.sku) if review is not None else None
        return f"/product/{product.slug}-{review.item_id}/" if review is not None and product is not None else "/"

    def reviews_by(self, author_guid: str) -> list[Review]:
        """What an author wrote in this shop and is still published."""
        with self.lock:
            candidates = {shelf.product.index: shelf for shelf in self._likely_shelves(author_guid)}
            published = (review for shelf in candidates.values() for review in shelf.published())
            return [review for review in published if author_guid and review.author.guid == author_guid]

    def _likely_shelves(self, any_id: str) -> Iterator[Shelf]:
        # The id's locator names the product, except for ids that a test chose itself: those lie on changed shelves.
        index = ids.locator_of(any_id)
        if index is not None and 0 <= index < self.options.products:
            yield self._shelf(self.product_at(index))
        yield from [shelf for shelf in self._shelves.values() if shelf.revision]

    def add_review(self, product: Product | int, new: NewReview | None = None) -> Review:
        """Publishes a review now.

        Args:
            product: The product or its index.
            new: What is special about it; None is a fair negative one.
        """
        wanted = new or NewReview()
        card = self.product_at(product) if isinstance(product, int) else product
        with self.lock:
            self._added += 1
            rng = random.Random(repr((self.options.seed, "added", self._added)))
            review = self._compose(card, wanted, rng)
            self._shelf(card).put(review)
            if wanted.with_order:
                self.orders.add_for(review)
            return review

    def edit_review(self, uuid: str, *, text: str | None = None, rating: int | None = None) -> Review:
        """Lets the author change a review: the id stays, the version grows, the dates move to now.

        Raises:
            LookupError: there is no such review.
        """
        with self.lock:
            review = self._existing(uuid)
            review.text = review.text if text is None else text
            review.rating = review.rating if rating is None else rating
            review.version += 1
            review.published_at = review.created_at = self.clock.unix()
            review.updated_at = review.published_at - 4
            self._shelf_of(review).touch()
            return review

    def delete_review(self, uuid: str) -> None:
        """Lets the author take a review back.

        Raises:
            LookupError: there is no such review.
        """
        self._set_state(uuid, "deleted")

    def hide_review(self, uuid: str, *sources: SourceName) -> None:
        """Lists a review everywhere but in these sources; without any, everywhere.

        Raises:
            LookupError: there is no such review.
        """
        with self.lock:
            review = self._existing(uuid)
            review.hidden_from = sources
            self._shelf_of(review).touch()

    def restore_review(self, uuid: str) -> None:
        """Puts a deleted or removed review back.

        Raises:
            LookupError: there is no such review.
        """
        self._set_state(uuid, "published")

    def remove_review(self, uuid: str) -> None:
        """Lets the moderator take a review down.

        Raises:
            LookupError: there is no such review.
        """
        self._set_state(uuid, "removed")

    # What happens by itself -----------------------------------------------------------------------------------

    def schedule(self, *changes: Change) -> None:
        """Takes changes in that happen at their time or after their event."""
        with self.lock:
            for change in changes:
                self._schedule.add(change)

    def pending_changes(self) -> int:
        """How many scheduled changes have not happened yet."""
        return self._schedule.pending()

    def emit(self, name: EventName, product: Product | None = None) -> None:
        """Notes something the site saw; what waited for it happens before the next request at the earliest."""
        with self.lock:
            self._schedule.emit(name, self.clock.elapsed(), None if product is None else product.index)

    def tick(self) -> None:
        """Lets everything happen that is due. The host calls it before each request."""
        with self.lock:
            for change in self._schedule.take_due(self.clock.elapsed()):
                if change.review in self._schedule.labels and change.review not in self.labels:
                    self._schedule.add_due(change, self.clock.elapsed())  # its review is not written yet
                else:
                    self._apply(change)
            self.chats.work(self.clock.now())
            for appeal in self.filings.work(self.clock.now(), self.review):
                if self.review(appeal.review_uuid) is not None:
                    self.remove_review(appeal.review_uuid)

    # Filings --------------------------------------------------------------------------------------------------

    @property
    def stored_appeals(self) -> list[Appeal]:
        """Everything the site stored, reports included, in the order it came: the truth about duplicates."""
        with self.lock:
            return list(self.filings.stored)

    def file(self, account: Account, filing: Filing) -> Appeal:
        """Stores one report or appeal."""
        with self.lock:
            appeal = self.filings.file(account, filing, self.clock.now())
        self.emit("filed")
        return appeal

    def decide(self, number: str, decision: Decision, answer: str | None = None) -> Appeal:
        """Plays the moderator by hand.

        Raises:
            LookupError: there is no such appeal.
        """
        with self.lock:
            appeal = self.filings.find(number)
            if appeal is None:
                raise LookupError(f"no appeal has the number {number!r}")
            self.filings.decide(appeal, decision, self.clock.now(), answer)
            if decision == "accepted":
                self.remove_review(appeal.review_uuid)
            return appeal

    def is_reported(self, account: Account | None, review: Review) -> bool:
        """Whether this account reported the review before."""
        return account is not None and (account.guid, review.uuid) in self.filings.reported

    def order_of(self, review_uuid: str) -> Order | None:
        """The listed order a review belongs to."""
        return self.orders.of_review(review_uuid)

    # Inside ---------------------------------------------------------------------------------------------------

    def _apply(self, change: Change) -> None:
        target = self.labels.get(change.review, change.review)
        if change.action == "add_review":
            added = self.add_review(change.product, wanted_by(change))
            if change.label:
                self.labels[change.label] = added.uuid
        elif change.action == "edit_review":
            self.edit_review(target, text=change.text, rating=change.rating)
        elif change.action == "delete_review":
            self.delete_review(target)
        elif change.action == "restore_review":
            self.restore_review(target)
        else:
            self.sign_ins.kill_all()

    def _compose(self, card: Product, wanted: NewReview, rng: random.Random) -> Review:
        published = self.clock.unix() if wanted.published_at is None else wanted.published_at
        uuid = wanted.uuid or ids.uuid7((published - 4) * 1000 + rng.randrange(1000), rng, locator=card.index)
        text = wanted.text
        if text is None:
            text = texts.compose(wanted.kind, texts.categories()[card.category], rng)
        item_id = wanted.item_id or rng.choice(card.items).item_id
        return Review(
            uuid=uuid,
            sku=card.sku,
            item_id=item_id,
            author=wanted.author or author_of(uuid, wanted.profile, rng),
            kind=wanted.kind,
            rating=wanted.rating or _RATING_OF_KIND.get(wanted.kind, 1),
            text=text,
            positive=wanted.positive,
            negative=wanted.negative,
            created_at=published,
            published_at=published,
            useful=wanted.useful,
            photos=generation.photos(uuid, wanted.photos),
            hidden_from=tuple(wanted.hidden_from) or card.sources_hiding(item_id),
            is_order_cancelled=wanted.is_order_cancelled,
            is_counted=wanted.is_counted,
            cabinet_marks=tuple(wanted.cabinet_marks),
        )

    def _shelf(self, product: Product) -> Shelf:
        shelf = self._shelves.get(product.index)
        if shelf is None:
            shelf = Shelf(product, self.generator.reviews(product))
            self._shelves[product.index] = shelf
            self._forget_pristine()
        self._shelves.move_to_end(product.index)
        return shelf

    def _forget_pristine(self) -> None:
        surplus = len(self._shelves) - _PRISTINE_SHELVES
        if surplus > 0:
            for index in [i for i, shelf in self._shelves.items() if not shelf.revision][:surplus]:
                del self._shelves[index]

    def _shelf_of(self, review: Review) -> Shelf:
        product = self.product(review.sku)
        if product is None:
            raise LookupError(f"no product has the number {review.sku!r}")
        return self._shelf(product)

    def _existing(self, uuid: str) -> Review:
        review = self.review(uuid)
        if review is None:
            raise LookupError(f"no review has the id {uuid!r}")
        return review

    def _set_state(self, uuid: str, state: ReviewState) -> None:
        with self.lock:
            review = self._existing(uuid)
            review.state = state
            self._shelf_of(review).touch()


def _account(options: AccountOptions) -> Account:
    return Account(
        name=options.name,
        guid=ids.guid("account", options.email),
        phone=options.phone,
        email=options.email,
        company=options.company,
        totp_secret=options.totp_secret,
        client_id=options.client_id,
        api_key=options.api_key,
    )
