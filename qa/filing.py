"""Files one appeal on a mock, with the gate open for one request, and says what every step left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flows.channels import FilingOrder
from flows.library.filing import open_channel
from qa.orders import Done

if TYPE_CHECKING:
    from flows.channels import Observation
    from flows.gate import SubmitRequest
    from flows.workbench import Workbench
    from qa.places import Stand
    from qa.subjects import Topic

_SENDER = ("Проверка сценария", "qa@example.com")
_TEXT = "Отзыв нарушает правила: проверка сценария на учебном сайте."


def file_appeal(bench: Workbench, stand: Stand, topic: Topic, channel: str, tell: Callable[[str], None]) -> Done:
    """Prepares, inspects, sends once and observes.

    Raises:
        OrderRefused: there is no session here.
        flows.errors.FlowError: as the channel says; nothing was sent unless the last step told so.
    """
    spec = bench.site.channels[channel]
    state, expected = stand.session(spec.identity)
    order = _order(bench, topic, channel)

    def note_release(request: SubmitRequest) -> None:
        tell(f"gate: lets one request go, {request.method} of {request.body_bytes} bytes")

    with open_channel(bench, channel, state=state, expected=expected) as opened:
        opened.channel.prepare(order)
        tell("prepare: the form is filled")
        form = opened.channel.inspect()
        tell(f"inspect: reason «{form.reason_label}», {len(form.problems)} problems")
        if form.problems:
            return Done(data={"problems": list(form.problems), "sent": 0}, has_findings=True)
        opened.gate.arm(note_release)
        opened.channel.gesture()
        seen = opened.channel.observe()
        tell(f"observe: {seen.kind}, HTTP {seen.status_code}")
        tell(f"gate: let {seen.released} go, stopped {seen.blocked}")
    return _result(stand, seen)


def _order(bench: Workbench, topic: Topic, channel: str) -> FilingOrder:
    review, product = topic.review(), topic.product()
    spec = bench.site.channels[channel]
    return FilingOrder(
        appeal_id="qa",
        generation=1,
        site=bench.site.name,
        identity=spec.identity,
        channel=channel,
        review_id=review.review_id,
        review_text=review.text,
        product_url=product.url,
        order_number=topic.order_number(),
        ground="qa",
        reason_label=spec.reasons[0] if spec.reasons else "",
        text=f"{_TEXT} {review.review_id}" if spec.facts.names_review_in == "text" else _TEXT,
        sender_name=_SENDER[0] if spec.asks_sender else "",
        sender_email=_SENDER[1] if spec.asks_sender else "",
    )


def _result(stand: Stand, seen: Observation) -> Done:
    at_socket = len(stand.mock.ledger.submits) if stand.mock is not None else None
    return Done(
        data={
            "answer": seen.kind.value,
            "number": seen.number,
            "released": seen.released,
            "submits_at_the_socket": at_socket,
        },
        has_findings=seen.kind.value not in {"number", "success_text"},
    )
