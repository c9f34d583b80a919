"""Numbers and addresses of support as the seller's cabinet shows them, each with its picture; and what ways worked."""

from __future__ import annotations

import base64
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from evidence_store.digests import Digest
from evidence_store.intake import inspect_file
from evidence_store.journal import Actor
from evidence_store.store import ArtifactStore
from monitor.closed_lists.contact_kinds import Way
from monitor.custody.kept_words import Kept, index_words
from monitor.errors import UsageError
from monitor.language import gettext as _
from monitor.state import Action, State
from monitor.support.law.marks import Mark
from monitor.support.routing import Routing, WayCount, count_ways
from monitor.support.sayings import fold
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.support_models import RouteOfClass, SupportNumber, WayOfRoute

_LONGEST_NUMBER = 200  # characters
_LONGEST_QUESTION = 300
_FEWEST_DIGITS = 3
_LARGEST_PICTURE = 5 * 1024 * 1024  # bytes


class KeptNumber(BaseModel):
    """A number or address as somebody saw it in the cabinet, sealed with the picture that shows it.

    Attributes:
        question: For which question it is shown.
        picture: The picture's bytes, base64.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    way: Way
    question: str
    number: str
    picture: str
    media_type: str
    by: str
    at: datetime

    @property
    def picture_bytes(self) -> bytes:
        """The picture."""
        return base64.b64decode(self.picture)


@acknowledged
def keep_number(
    state: State,
    artifacts: ArtifactStore,
    account_id: str,
    *,
    way: Way,
    question: str,
    number: str,
    picture: tuple[str, bytes],
    actor: Actor,
) -> Digest:
    """Keeps a number with the picture that shows it; a later one for the same way and question takes its place.

    Args:
        state: The store.
        artifacts: The evidence store.
        account_id: The account in whose cabinet it stands.
        way: How one reaches support by it.
        question: For which question the cabinet shows it.
        number: The number or address, as it is shown.
        picture: Name and bytes of a picture of the cabinet.
        actor: Who saw it.

    Returns:
        The digest of what was kept.

    Raises:
        UsageError: a part is empty or too long, a telephone number has no digits, or the file is no picture.
        evidence_store.errors.IntakeRefused: the picture is broken or a bomb.
    """
    if way is Way.CALL and sum(sign.isdecimal() for sign in number) < _FEWEST_DIGITS:
        raise UsageError(
            _("this is no telephone number"), field="number", hint=_("As the cabinet shows it: 8 800 000-00-00.")
        )
    at = state.clock.now()
    name, data = picture
    found = inspect_file(data, name)
    if not found.media_type.startswith("image/") or len(data) > _LARGEST_PICTURE:
        raise UsageError(
            _("this is no picture of at most 5 MB"), field="picture", hint=_("Take a picture of the page.")
        )
    kept = KeptNumber(
        way=way,
        question=_checked(question, "question", _LONGEST_QUESTION),
        number=_checked(number, "number", _LONGEST_NUMBER),
        picture=base64.b64encode(data).decode(),
        media_type=found.media_type,
        by=actor.name or actor.id,
        at=at,
    )
    body = kept.model_dump_json().encode()
    digest = artifacts.put(body)
    with state.transaction() as tx:
        index_words(tx, Kept.NUMBER, digest, len(body), account_id=account_id, at=at)
        noted = {"way": way.value, "question": kept.question, "number": kept.number}
        tx.journal.record(
            account_id, Action("support.number", actor=actor, inputs=dict(noted), artifacts=[str(digest)])
        )
    return digest


def kept_numbers(state: State, artifacts: ArtifactStore, account_id: str) -> list[KeptNumber]:
    """Reads the newest number of each way and question.

    Raises:
        evidence_store.errors.ArtifactDamaged: one is not what was stored.
    """
    with state.read() as tx:
        rows = tx.artifacts.of_moment(account_id, Kept.NUMBER)
    kept = [KeptNumber.model_validate_json(artifacts.read(Digest("sha256", row.sha256))) for row in rows]
    return list({(one.way, fold(one.question)): one for one in kept}.values())


def list_numbers(
    state: State, artifacts: ArtifactStore, account_id: str, routing: Routing, *, zone: str
) -> list[SupportNumber]:
    """Returns what the seller keeps, then what circulates and is never printed as a number."""
    own = [
        SupportNumber(
            account=account_id,
            way=one.way,
            question=one.question,
            number=one.number,
            mark=Mark.PASTED.value,
            seen_at=one.at.astimezone(ZoneInfo(zone)),
            by=one.by,
            picture_sha256=Digest.of(one.picture_bytes).hex,
        )
        for one in kept_numbers(state, artifacts, account_id)
    ]
    shipped = [
        SupportNumber(
            account=None,
            way=one.way,
            question=one.what,
            number=None,
            mark=one.mark.value,
            seen_at=None,
            by=None,
            picture_sha256=None,
        )
        for one in routing.circulating
    ]
    return [*own, *shipped]


def list_routes(state: State, account_id: str, routing: Routing) -> list[RouteOfClass]:
    """Returns every class of complaint with its ways, and beside each what this seller's own cases say of it."""
    with state.read() as tx:
        grounds = {one.case_id: one.ground for one in tx.verdicts.newest_of(account_id)}
        contacts = tx.contacts.of_account(account_id)
    classes = {case: route.id for case, ground in grounds.items() if (route := routing.of_ground(ground))}
    counts = count_ways(contacts, classes)
    return [
        RouteOfClass(
            account=account_id,
            id=route.id,
            title=route.title,
            handler=route.handler or None,
            branch=route.branch or None,
            mark=route.mark.value,
            source=route.source,
            ways=tuple(_way(way, counts.get((route.id, way))) for way in route.ways),
        )
        for route in routing.route
    ]


def _way(way: Way, count: WayCount | None) -> WayOfRoute:
    if count is None:
        return WayOfRoute(way=way, tried=0, answered=0, upheld=0, refused=0, upheld_share=None)
    share = round(count.upheld / count.tried, 3) if count.tells_a_rate else None
    return WayOfRoute(
        way=way,
        tried=count.tried,
        answered=count.answered,
        upheld=count.upheld,
        refused=count.refused,
        upheld_share=share,
    )


def _checked(text: str, field: str, most: int) -> str:
    plain = " ".join(text.split())
    if not plain or len(plain) > most:
        raise UsageError(
            _("write one to {most} characters").format(most=most), field=field, hint=_("As the cabinet shows it.")
        )
    return plain
