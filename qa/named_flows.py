"""The flows of ``flows.library`` by name, each with what it needs picked and its result as plain data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from flows.capture.values import CaptureOrder
from flows.catalog.origins import origin_of
from flows.library.capture_review import capture_review
from flows.library.check_public import check_public
from flows.library.follow_appeals import AppealListReader
from flows.library.probe_channels import ProbeTarget, probe_channel
from flows.library.read_author import read_author
from flows.library.read_cabinet_reviews import read_cabinet_list
from flows.library.read_order import find_order, read_order
from flows.library.read_product_card import read_product_card
from flows.library.read_reviews import PollOptions, ProductPoll, read_reviews
from flows.library.sign_in import CodeRequest, Credentials, sign_in
from flows.pages.storefront import StorefrontPage
from flows.readings.models import OrderAbsence
from flows.workbench import account_tab, reading_tab
from qa.errors import OrderRefused
from qa.filing import file_appeal
from qa.flow_cards import flow_cards
from qa.orders import Done
from qa.subjects import Topic

if TYPE_CHECKING:
    from flows.workbench import Workbench
    from qa.places import Stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a flow.

    Attributes:
        bench: Browser, site and budget.
        stand: Where it runs.
        topic: What it is about.
        tell: Takes each step as one line.
    """

    bench: Workbench
    stand: Stand
    topic: Topic
    tell: Callable[[str], None]


def run_flow(name: str, run: Run) -> Done:
    """Runs one flow by its name.

    Raises:
        OrderRefused: it sends something and this is somebody's live site, or something it needs is not given.
        flows.errors.FlowError: as the flow says.
    """
    require_harmless(name, run.stand)
    run.tell(f"flow: {name}")
    if name in FLOWS:
        return FLOWS[name](run)
    return file_appeal(run.bench, run.stand, run.topic, name, run.tell)


def require_harmless(name: str, stand: Stand) -> None:
    """Refuses a flow that sends something anywhere but on this machine.

    Raises:
        OrderRefused: it is one, and this is somebody's live site.
    """
    if flow_cards(stand.site)[name].is_writing and stand.is_live:
        raise OrderRefused(
            f"{name} sends something, and this is a live site",
            where="--against",
            hint="Run it on a mock; on a live site only `fairreview appeal` files, once and with a person's approval.",
        )


def _read_reviews(run: Run) -> Done:
    product = run.topic.product()
    (result,) = read_reviews(run.bench, [ProductPoll(sku=product.sku, url=product.url)], options=PollOptions())
    for review in result.read.reviews[:5]:
        run.tell(f"review: {review.review_id} {review.rating} stars")
    coverage = result.read.coverage
    return _done(
        {
            "health": result.read.health.value,
            "reviews": len(result.read.reviews),
            "is_complete": coverage.is_complete,
            "pages_read": coverage.pages_read,
            "counter": coverage.site_total,
            "way": coverage.way,
            "problems": list(coverage.problems),
        },
        has_findings=not coverage.is_complete,
    )


def _read_product_card(run: Run) -> Done:
    with reading_tab(run.bench) as tab:
        card = read_product_card(tab, run.topic.product().url)
    return _done(card.model_dump(mode="json"), has_findings=bool(card.problems))


def _read_author(run: Run) -> Done:
    with reading_tab(run.bench) as tab:
        author = read_author(tab, run.topic.author_id())
    return _done(author.model_dump(mode="json"), has_findings=bool(author.problems))


def _read_storefront(run: Run) -> Done:
    shop = run.topic.shop()
    with reading_tab(run.bench) as tab:
        with tab.turn(tab.site.url("storefront", shop=shop, page=1)):
            page = StorefrontPage(tab.page, tab.site, shop=shop).open_page(1)
        read = page.read()
    return _done(
        {"health": read.health.value, "products": len(read.products), "problems": list(read.problems)},
        has_findings=bool(read.problems),
    )


def _read_cabinet_list(run: Run) -> Done:
    state, expected = run.stand.session(run.stand.site.identity_at("cabinet_reviews") or "")
    read = read_cabinet_list(run.bench, state=state, expected=expected, page_limit=2)
    for row in read.rows[:5]:
        run.tell(f"review: {row.review.review_id} {row.review.rating} stars, order {row.order_status}")
    return _done(
        {
            "health": read.health.value,
            "reviews": len(read.rows),
            "pages_read": read.pages_read,
            "problems": list(read.problems),
        },
        has_findings=bool(read.problems),
    )


def _check_public(run: Run) -> Done:
    product, review = run.topic.product(), run.topic.review()
    check = check_public(
        run.bench,
        sku=product.sku,
        product_url=product.url,
        review_id=review.review_id,
        known_text=review.text,
        known_version=review.version,
    )
    return _done(
        {"verdict": check.verdict, "witnesses": list(check.witnesses), "problems": list(check.problems)},
        has_findings=check.verdict == "cannot_say",
    )


def _capture_review(run: Run) -> Done:
    product, review = run.topic.product(), run.topic.review()
    site = run.bench.site
    url = site.url("review", sku=product.sku, slug=product.slug, review_id=review.review_id)
    order = CaptureOrder(
        moment="public", url=url, review_id=review.review_id, review_text=review.text or None, made_by="QA"
    )
    capture = capture_review(run.bench, order)
    made: list[JsonValue] = [f"{artifact.kind} {len(artifact.data)} bytes" for artifact in capture.artifacts]
    for line in made:
        run.tell(f"artifact: {line}")
    return _done(
        {"artifacts": made, "missing": list(capture.missing), "problems": list(capture.problems)},
        has_findings=capture.is_partial,
    )


def _read_order(run: Run) -> Done:
    state, _ = run.stand.session(run.stand.site.identity_at("orders") or "")
    number = run.topic.asked.order_number
    with account_tab(run.bench, state) as tab:
        order = read_order(tab, number) if number else find_order(tab, review_id=run.topic.review().review_id)
    if isinstance(order, OrderAbsence):
        return _done({"order": None, "is_whole": order.is_whole}, has_findings=True)
    return _done(order.model_dump(mode="json"), has_findings=bool(order.problems))


def _follow_appeals(run: Run) -> Done:
    identity = run.stand.site.identity_at("appeals") or ""
    state, expected = run.stand.session(identity)
    read = AppealListReader(run.bench, state=state, expected=expected, identity=identity).read_list()
    return _done(
        {
            "health": read.health.value,
            "appeals": len(read.rows),
            "is_complete": read.is_complete,
            "problems": list(read.problems),
        },
        has_findings=not read.is_complete,
    )


def _probe_channels(run: Run) -> Done:
    target = ProbeTarget(
        review_id=run.topic.review().review_id,
        product_url=run.topic.product().url,
        order_number=run.topic.order_number(),
    )
    probes = []
    for channel, spec in run.stand.site.channels.items():
        state, expected = run.stand.session(spec.identity)
        probes.append(probe_channel(run.bench, channel, target, state=state, expected=expected))
    return _done(
        [
            {
                "channel": probe.channel,
                "control": probe.control,
                "reasons": list(probe.form.reasons),
                "detail": probe.detail,
            }
            for probe in probes
        ]
    )


def _sign_in(run: Run) -> Done:
    identity = run.topic.asked.identity or next(iter(run.stand.site.identities))
    mock = run.stand.own_mock
    _, expected = run.stand.session(identity)
    login = mock.world.accounts[0].email

    def answer(request: CodeRequest) -> str:
        run.tell(f"code: asked for by {origin_of(run.stand.site.url('home'))}, attempt {request.attempt}")
        return mock.code_for(login)

    done = sign_in(
        run.bench, Credentials(login=login, kind="email"), identity=identity, ask_code=answer, expected=expected
    )
    return _done({"signed_in_as": done.witness.name, "way": done.way, "identity": done.identity})


def _done(data: JsonValue, *, has_findings: bool = False) -> Done:
    return Done(data=data, has_findings=has_findings)


FLOWS: dict[str, Callable[[Run], Done]] = {
    "read_reviews": _read_reviews,
    "read_product_card": _read_product_card,
    "read_author": _read_author,
    "read_storefront": _read_storefront,
    "read_cabinet_list": _read_cabinet_list,
    "check_public": _check_public,
    "capture_review": _capture_review,
    "read_order": _read_order,
    "follow_appeals": _follow_appeals,
    "probe_channels": _probe_channels,
    "sign_in": _sign_in,
}
