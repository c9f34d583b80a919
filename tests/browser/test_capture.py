from __future__ import annotations

import dataclasses
import gzip
import io
import itertools
import json
import quopri
from typing import TYPE_CHECKING, Literal

import pytest
from PIL import Image

from evidence_store.artifacts import ArtifactKind
from evidence_store.masking import mask_boxes
from flows.capture import taking
from flows.capture.values import Capture, CaptureOrder
from flows.library import capture_review as library
from flows.library.capture_review import capture_review, capture_tab
from flows.library.filing import open_channel
from flows.pages.banner import dismiss_banner
from mock_site.switches import Wall
from mock_site.wire import WireFault
from mock_site.world import NewReview
from monitor.triage.private_words import find_private
from tests.browser.orders import negative_review, report_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite
    from mock_site.world.models import Review

WHOLE = {
    ArtifactKind.ELEMENT_PNG,
    ArtifactKind.FULL_PAGE_PNG,
    ArtifactKind.MHTML,
    ArtifactKind.HTML,
    ArtifactKind.VISIBLE_TEXT,
    ArtifactKind.RESPONSE_HEADERS,
    ArtifactKind.WARC,
    ArtifactKind.SHEET_PNG,
}


def order_of(mock: MockSite, bench: Workbench, review: Review, **more: object) -> CaptureOrder:
    product = mock.world.product(review.sku)
    assert product is not None
    url = bench.site.url("review", sku=product.sku, slug=product.slug, review_id=review.uuid)
    return CaptureOrder(
        moment="public",
        url=url,
        review_id=review.uuid,
        review_text=review.text,
        author_name=review.author.name,
        made_by="Проверка",
        **more,  # type: ignore[arg-type]
    )


def picture(capture: Capture, kind: ArtifactKind) -> Image.Image:
    artifact = capture.artifact(kind)
    assert artifact is not None
    return Image.open(io.BytesIO(artifact.data))


@pytest.mark.parametrize("layout", ["A", "B"])
def test_capture_of_a_review_is_whole(
    mock: MockSite, bench: Workbench, layout: str, round_number: int, unsteady: Callable[..., None]
) -> None:
    unsteady(round_number, layout)
    review = negative_review(mock, number=round_number)

    capture = capture_review(bench, order_of(mock, bench, review))

    assert capture.completeness.shortfalls() == (), capture
    assert {artifact.kind for artifact in capture.artifacts} == WHOLE
    assert (capture.missing, capture.http_status, capture.rung) == ((), 200, "full_page")
    text = capture.artifact(ArtifactKind.VISIBLE_TEXT)
    assert text is not None
    assert review.text.split("\n")[0] in text.data.decode()


def test_sheet_is_derived_and_leaves_the_original_alone(mock: MockSite, bench: Workbench) -> None:
    capture = capture_review(bench, order_of(mock, bench, negative_review(mock)))

    element, sheet = capture.artifact(ArtifactKind.ELEMENT_PNG), capture.artifact(ArtifactKind.SHEET_PNG)
    assert element is not None
    assert sheet is not None
    assert sheet.derived_from == element.described().digest
    assert picture(capture, ArtifactKind.SHEET_PNG).height > picture(capture, ArtifactKind.ELEMENT_PNG).height


def test_places_of_personal_data_lie_inside_the_pictures(mock: MockSite, bench: Workbench) -> None:
    capture = capture_review(bench, order_of(mock, bench, negative_review(mock)))

    element = picture(capture, ArtifactKind.ELEMENT_PNG)
    digest = next(a.described().digest for a in capture.artifacts if a.kind is ArtifactKind.ELEMENT_PNG)
    inside = [box for box in capture.boxes if box.picture == digest]
    assert "author_name" in {box.what for box in inside}
    assert all(box.x >= 0 and box.x + box.width <= element.width for box in inside)
    assert all(box.y >= 0 and box.y + box.height <= element.height for box in inside)


def test_what_tells_who_somebody_is_in_the_text_is_black_in_the_masked_copy(mock: MockSite, bench: Workbench) -> None:
    text = "Ужасно, верните деньги: +7 900 123-45-67 или anna.primer@example.com, жду."
    review = mock.world.add_review(0, NewReview(kind="personal_data", rating=1, text=text))

    capture = capture_review(bench, order_of(mock, bench, review, private=find_private(text)))

    shot = capture.artifact(ArtifactKind.ELEMENT_PNG)
    assert shot is not None
    boxes = [box for box in capture.boxes if box.picture == shot.described().digest]
    private = [box for box in boxes if box.what == "other"]
    assert len(private) >= 2
    clear, masked = picture(capture, ArtifactKind.ELEMENT_PNG), Image.open(io.BytesIO(mask_boxes(shot.data, boxes)))
    for box in private:
        places = (box.x, box.y, box.x + box.width, box.y + box.height)
        assert len(clear.convert("L").crop(places).getcolors() or ()) > 2, "letters stand there"
        assert [shade for _, shade in masked.convert("L").crop(places).getcolors() or ()] == [0]


def test_words_that_are_not_all_found_in_the_picture_name_no_place(mock: MockSite, bench: Workbench) -> None:
    review = negative_review(mock)
    private = (review.text.split()[0], "+7 900 123-45-67")

    capture = capture_review(bench, order_of(mock, bench, review, private=private))

    assert "other" not in {box.what for box in capture.boxes}


def test_picture_that_never_loads_makes_the_capture_partial(mock: MockSite, bench: Workbench) -> None:
    mock.switches.photo_hold = True
    review = next(r for r in mock.world.reviews(mock.world.product_at(0)) if r.photos)

    capture = capture_review(bench, order_of(mock, bench, review, limit_seconds=12.0))

    assert capture.is_partial
    assert capture.completeness.images_decoded == 0


def test_font_that_never_loads_does_not_lose_the_evidence(mock: MockSite, bench: Workbench) -> None:
    mock.switches.font_hold = True

    capture = capture_review(bench, order_of(mock, bench, negative_review(mock), limit_seconds=45.0))

    assert (capture.missing, capture.completeness.is_text_in_shot) == ((), True)


def test_tall_page_is_cut_and_said_to_be(mock: MockSite, bench: Workbench) -> None:
    capture = capture_review(bench, order_of(mock, bench, negative_review(mock), tallest_pixels=1_500))

    assert picture(capture, ArtifactKind.FULL_PAGE_PNG).height == 1_500
    assert any("picture ends at 1500" in problem for problem in capture.problems)


def test_other_text_than_stored_is_not_said_to_be_in_the_picture(mock: MockSite, bench: Workbench) -> None:
    order = dataclasses.replace(order_of(mock, bench, negative_review(mock)), review_text="Иной")

    capture = capture_review(bench, order)

    assert (capture.completeness.is_text_in_shot, capture.is_partial) == (False, True)


@pytest.mark.parametrize(
    ("blind_looks", "told"), [(2, []), (99, ["the cookie banner lies over the page in the picture"])]
)
def test_banner_that_comes_late_is_closed_or_told(
    mock: MockSite, bench: Workbench, monkeypatch: pytest.MonkeyPatch, blind_looks: int, told: list[str]
) -> None:
    mock.switches.banner = "always"
    looks = itertools.count(1)
    monkeypatch.setattr(
        "flows.capture.taking.dismiss_banner",
        lambda page, site: next(looks) > blind_looks and dismiss_banner(page, site),
    )

    capture = capture_review(bench, order_of(mock, bench, negative_review(mock)))

    assert [problem for problem in capture.problems if "banner" in problem] == told
    assert ("the cookie banner was closed by its own button" in capture.alterations) == (not told)


def test_wall_is_captured_as_what_it_is(mock: MockSite, bench: Workbench) -> None:
    mock.switches.walls = [Wall(kind="challenge", path="/product/*")]

    capture = capture_review(bench, order_of(mock, bench, negative_review(mock)))

    assert capture.is_partial
    assert any(problem.startswith("WallMet") for problem in capture.problems)
    assert capture.artifact(ArtifactKind.FULL_PAGE_PNG) is not None


def test_pending_navigation_does_not_hold_a_failure_snapshot(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.walls = []
    with open_channel(bench, "public_report", state=state, expected=owner) as form:
        form.channel.prepare(report_order(mock, negative_review(mock)))
        mock.set_route("/my/never", hold)
        form.tab.page.evaluate("setTimeout(() => location.assign('/my/never'), 0)")

        capture = capture_tab(form.tab, CaptureOrder(moment="failure", url=form.tab.page.url, limit_seconds=5.0))

    assert capture.is_partial


async def hold(_: Request) -> Response:
    raise WireFault("hang")


def test_nothing_of_the_session_stands_in_any_artifact(mock: MockSite, bench: Workbench, state: bytes) -> None:
    secrets = session_canaries(mock)
    assert json.loads(state)["cookies"][0]["value"] in secrets

    capture = capture_review(bench, order_of(mock, bench, negative_review(mock)), state=state)

    assert holders(capture, secrets) == set()
    masked = {artifact.kind for artifact in capture.artifacts if "overwritten with *" in artifact.note}
    assert masked == {ArtifactKind.MHTML, ArtifactKind.HTML, ArtifactKind.WARC}
    assert [problem for problem in capture.problems if "overwritten" in problem] == []


def test_the_canary_is_found_where_nothing_is_masked(
    mock: MockSite, bench: Workbench, state: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (taking, library):
        monkeypatch.setattr(module, "form_tokens", lambda _: frozenset())

    capture = capture_review(bench, order_of(mock, bench, negative_review(mock)), state=state)

    assert holders(capture, session_canaries(mock)) == {ArtifactKind.MHTML, ArtifactKind.HTML, ArtifactKind.WARC}


@pytest.mark.parametrize("layout", ["A", "C"])
def test_nothing_of_the_session_stands_in_a_filled_form(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, layout: Literal["A", "C"]
) -> None:
    mock.switches.layout = layout
    with open_channel(bench, "public_report", state=state, expected=owner) as form:
        form.channel.prepare(report_order(mock, negative_review(mock)))
        capture = capture_tab(form.tab, CaptureOrder(moment="filled_form", url=form.tab.page.url))

    assert holders(capture, session_canaries(mock)) == set()
    assert capture.artifact(ArtifactKind.HTML) is not None


def session_canaries(mock: MockSite) -> set[str]:
    sessions = mock.world.sign_ins.open_sessions()
    return {value for session in sessions for value in (session.sid, session.csrf)}


def holders(capture: Capture, secrets: set[str]) -> set[ArtifactKind]:
    """Names the artifacts that hold a secret, also in an archive's records and across MHTML's line breaks."""
    found = set()
    for artifact in capture.artifacts:
        data = gzip.decompress(artifact.data) if artifact.kind is ArtifactKind.WARC else artifact.data
        texts = (data, quopri.decodestring(data)) if artifact.kind is ArtifactKind.MHTML else (data,)
        if any(secret.encode() in text for secret in secrets for text in texts):
            found.add(artifact.kind)
    return found
