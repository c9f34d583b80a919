"""A home with mixed bad reviews for the desk: judged by the program's own triage, with its own drafts.

Nothing is simulated but the reading of the site and the browser that takes the pictures.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from evidence_store.journal import Actor
from flows.readings.models import ReviewReading, TimeReading
from monitor.bootstrap import Installation, open_installation
from monitor.cases.casework import Wishes, compose_payload, open_case_file
from monitor.cases.channel_terms import terms_of
from monitor.cases.judging import judge_review
from monitor.closed_lists.states import Decision, Track
from monitor.config.home import Home
from monitor.config.template import write_config
from monitor.state import Action, subject
from monitor.state.appeals import Step
from monitor.state.cases import ArtifactRecord
from monitor.state.repository import new_id
from monitor.use_cases.appeals import Rewording, prepare_draft
from monitor.watching.recording import record_poll
from tests.appeal_world import listing

ACCOUNT = "shop"
PRODUCTS = {"1001": "Термокружка «Глина» 450 мл", "1002": "Ночник «Луна» на подставке"}
TEXTS = (
    ("Продавец — дебил и хам, таких лечить надо. Больше сюда ни ногой.", 1),
    ("Пишите мне в личку, продам такую же вдвое дешевле, телефон 8 900 123-45-67.", 1),
    ("Верните 500 рублей на карту, и отзыв станет пятёркой. Иначе напишу такое на все ваши товары.", 2),
    ("Пришла с трещиной, крышка подтекает, коробка мятая. Деньги на ветер.", 1),
    ("Всё отлично, светит ярко, дочка в восторге!", 1),
    ("Курьер бросил коробку у двери и ушёл, доставка ужасная.", 2),
    ("Долго ехало, упаковка порвана, но товар целый.", 3),
)
PROGRAM = Actor(kind="system", id="fairreview")


@dataclass(frozen=True)
class DeskHome:
    """The home, opened."""

    home: Path
    installation: Installation

    def reopen(self) -> Installation:
        """Opens it once more, as another process does."""
        return open_installation(self.home, data_key="unused")


def make_desk_home(
    home: Path,
    texts: Sequence[tuple[str, int]] = TEXTS,
    *,
    operators: dict[str, str] | None = None,
    names: Sequence[str] = (),
    **more: Any,
) -> DeskHome:
    """Makes a home whose reviews wait for a decision; ``names`` are those of buyers and products, in turn."""
    Home(home).create()
    values: dict[str, Any] = {
        "operator": {"name": "Анна Петрова", "role": "владелец", "email": "anna@example.test"},
        "operators": operators or {},
        "sites": {"ozon": {"origins": dict.fromkeys(("www", "seller", "api"), "http://127.0.0.1:9")}},
        "account": [account_section(ACCOUNT, list(PRODUCTS))],
        **more,
    }
    write_config(home / "config.toml", values)
    installation = open_installation(home, data_key="unused")
    found = [_review(number, *one) for number, one in enumerate(texts)]
    if names:
        found = [
            one.model_copy(update={"author_name": names[at % len(names)], "item_name": names[-1 - at % len(names)]})
            for at, one in enumerate(found)
        ]
    _meet_reviews(installation, found)
    return DeskHome(home, installation)


def account_section(name: str, products: Sequence[str] = ()) -> dict[str, Any]:
    """An account as the settings have it."""
    person = {"login": f"{name}@example.test", "sign_in": "code", "witness": "Анна"}
    return {"name": name, "products": list(products), "identities": {"site_profile": person}}


def _meet_reviews(installation: Installation, found: Sequence[ReviewReading]) -> None:
    state, now = installation.state, installation.clock.now()
    with state.transaction() as tx:
        tx.accounts.add(ACCOUNT, site="ozon")
        for sku, title in PRODUCTS.items():
            tx.products.add(ACCOUNT, sku, url=f"http://127.0.0.1:9/product/item-{sku}/", title=title)
    lease = state.acquire(ACCOUNT, "poll", timedelta(minutes=5))
    for sku in PRODUCTS:  # the first reading is what was there before watching began
        record_poll(state, lease, listing([], now, sku=sku))
        record_poll(state, lease, listing([one for one in found if one.item_id == sku], now, sku=sku))
    state.release(lease)
    section = installation.settings.find_account(ACCOUNT)
    for one in found:
        _photograph(installation, one)
        judged = judge_review(installation, section, one.review_id, actor=PROGRAM)
        if judged.verdict.decision is not Decision.FILE:
            continue
        file = open_case_file(state, installation.artifacts, ACCOUNT, one.review_id)
        payload = compose_payload(installation, section, file, Wishes(channel="public_report"))
        terms = terms_of(
            installation.site_of(section), payload.channel, settings=installation.settings, account=section
        )
        prepare_draft(state, judged.case.id, payload, actor=PROGRAM, terms=terms, rewording=Rewording.WAITING_DRAFT)


def edit_review(installation: Installation, review_id: str, text: str) -> None:
    """Lets the buyer edit a review, and the next reading see it."""
    state = installation.state
    lease = state.acquire(ACCOUNT, "poll", timedelta(minutes=5))
    for sku in PRODUCTS:
        with state.read() as tx:
            known = tx.reviews.find(ACCOUNT, sku=sku)
            readings = tx.reviews.newest_readings(ACCOUNT, [one.review_id for one in known])
        shown = [
            one.model_copy(update={"text": text, "version": one.version + 1}) if one.review_id == review_id else one
            for one in readings.values()
        ]
        record_poll(state, lease, listing(shown, state.clock.now(), sku=sku))
    state.release(lease)


def _review(number: int, text: str, stars: int) -> ReviewReading:
    sku = list(PRODUCTS)[number % len(PRODUCTS)]
    written = datetime(2026, 11, 20, 9, number % 60, tzinfo=UTC)
    review_id = f"01a277{number:02d}-0448-7aa4-9fa8-{number:012d}"
    return ReviewReading(
        site="ozon",
        review_id=review_id,
        item_id=sku,
        rating=stars,
        text=text,
        version=1,
        author_name=("Светлана", "Глеб Н.", "Ирина")[number % 3],
        published=TimeReading(raw="20 ноября 2026", earliest=written, latest=written),
        url=f"http://127.0.0.1:9/product/item-{sku}/reviews?ruuid={review_id}",
    )


def _photograph(installation: Installation, review: ReviewReading) -> None:
    """Stores a picture of the review, as a capture does."""
    image = Image.new("RGB", (1200, 700), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1200, 60), fill="#005bff")
    for line in range(8):
        draw.rectangle((60, 120 + line * 50, 700 + (line * 137) % 400, 140 + line * 50), fill="#c9ced8")
    draw.text((60, 90), review.review_id, fill="black")
    out = io.BytesIO()
    image.save(out, format="PNG")
    digest = installation.artifacts.put(out.getvalue())
    with installation.state.transaction() as tx:
        record = ArtifactRecord(
            id=new_id("artifact"),
            account_id=ACCOUNT,
            moment="public",
            sha256=digest.hex,
            manifest_sha256="",
            path=str(digest),
            media_type="image/png",
            size=len(out.getvalue()),
            review_id=review.review_id,
            case_id=None,
            appeal_id=None,
            visit_id=None,
            captured_at=tx.now(),
            is_complete=review.item_id == "1001",
            notes={"kind": "element_png", "is_derived": False},
        )
        tx.artifacts.add(record)
        action = Action(
            "evidence.capture",
            subjects=[subject("review", review.review_id)],
            inputs={"moment": "public"},
            artifacts=[digest.hex],
        )
        tx.journal.record(ACCOUNT, action)


def leave_unknown(installation: Installation, appeal_id: str) -> None:
    """Puts an appeal where nobody knows what became of it, without the visit that would have brought it there."""
    with installation.state.transaction() as tx:
        appeal = tx.appeals.get(appeal_id)
        assert appeal is not None
        tx.appeals.change(appeal, state="unknown", gesture_at=tx.now())
        tx.appeals.append(
            appeal_id, Step(track=Track.FILING, from_state="released", to_state="unknown", actor="visit:test")
        )
        tx.looks.add(appeal_id, "absence", read_at=tx.now(), is_healthy=True, result="", facts={})


def ask_question(installation: Installation, appeal_id: str, asked: str) -> None:
    """Puts an appeal where the moderator asks about it, without the visits that would have brought it there."""
    with installation.state.transaction() as tx:
        appeal = tx.appeals.get(appeal_id)
        assert appeal is not None
        now = tx.now()
        tx.appeals.change(
            appeal,
            channel="order_appeal",
            state="confirmed",
            gesture_at=now,
            number="A-000777",
            moderation="needs_information",
        )
        for track, one in ((Track.FILING, "confirmed"), (Track.MODERATION, "needs_information")):
            tx.appeals.append(appeal_id, Step(track=track, from_state="", to_state=one, actor="visit:test"))
        tx.questions.open(appeal_id, asked, answer_by=now + timedelta(days=1))
