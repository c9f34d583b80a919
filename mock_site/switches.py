"""Everything about the mock that can be switched while it runs. Defaults are a healthy, fast site."""

from __future__ import annotations

import random
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from mock_site.world.chat_script import ChatSwitches
from mock_site.world.models import ChannelName
from mock_site.world.moderation import Moderation

WallKind = Literal["challenge", "challenge_200", "captcha", "blocked", "rate_limited", "forbidden_json", "adult_gate"]
Layout = Literal["A", "B", "C"]
FormKind = Literal["navigation", "fetch", "xhr", "iframe", "shadow", "service_worker", "worker_only"]
Quirk = Literal["double", "alert", "confirm", "window", "download"]
ApiMode = Literal[
    "ok",
    "no_premium_plus",
    "no_subscription",
    "missing_role",
    "deactivated",
    "wrong_address",
    "rate_limited",
    "internal",
]
OWN_KINDS: dict[ChannelName, FormKind] = {
    "public_report": "fetch",
    "order_appeal": "navigation",
    "cabinet_complaint": "fetch",
    "support_chat": "fetch",
    "support_ticket": "xhr",
}
_LONGEST_MS = 3_600_000
_SUBMIT_MODE = re.compile(
    r"ok|fin|rst|hang|late_\d+(\.\d+)?|partial|chunk_cut|gzip_cut|408|500_before|(307|4\d\d|50[0234])_after_store"
    r"|30[12378]_to_(sign_in|success)|twice|foreign_number|lie|inline_error|stale_csrf|captcha|download"
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True, allow_inf_nan=False)


class Wall(_Part):
    """A stop page in front of a part of the site.

    Attributes:
        kind: Which page; texts after the site's own.
        path: Glob over the path (``*`` crosses slashes).
        after: How many matching requests go through first.
        times: How many requests are stopped then; None is all.
        retry_after_s: Value of ``Retry-After``; None sends no header.
    """

    kind: WallKind
    path: str = "*"
    after: int = Field(default=0, ge=0)
    times: int | None = Field(default=None, ge=1)
    retry_after_s: int | None = Field(default=None, ge=0)


class Latency(_Part):
    """How long the site takes to answer, drawn anew per request from the seed.

    Attributes:
        kind: ``fixed`` is ``mean_ms``; ``uniform`` lies within ``spread_ms`` of it; ``heavy_tail`` is lognormal.
        path: Glob over the path.
    """

    kind: Literal["fixed", "uniform", "heavy_tail"] = "fixed"
    mean_ms: float = Field(default=0.0, ge=0, le=_LONGEST_MS)
    spread_ms: float = Field(default=0.0, ge=0, le=_LONGEST_MS)
    path: str = "*"

    def draw(self, rng: random.Random) -> float:
        """Seconds to wait before an answer."""
        if self.kind == "fixed":
            return self.mean_ms / 1000
        if self.kind == "uniform":
            return max(0.0, rng.uniform(self.mean_ms - self.spread_ms, self.mean_ms + self.spread_ms)) / 1000
        return self.mean_ms * min(rng.lognormvariate(-0.5, 1.0), 20.0) / 1000


class PageVariant(_Part):
    """Serve a page in one of the odd shapes of ``mock_site.variants``.

    Attributes:
        name: The variant's name.
        path: Glob over the path.
    """

    name: str
    path: str = "*/reviews/*"


class Switches(_Part):
    """All switches of one running mock. Assign to a field to turn it; ``model_copy`` to keep a set.

    Attributes:
        submit: What happens to a POST that files something: ``ok``, ``fin``, ``rst``, ``hang``, ``late_<seconds>``
            (holds, then closes), ``partial`` (cut body; ``chunk_cut`` and ``gzip_cut`` in other codings), ``408``,
            ``500_before``, ``500_after_store`` (also 502, 503, 504 and each 4xx), ``307_after_store`` (stored; the
            answer asks to send it again), ``302_to_sign_in`` and ``302_to_success`` (stored; each 30x), ``twice``
            (somebody on the way passed it on twice), ``foreign_number`` (stored; the answer is another filing's),
            ``lie`` (success, nothing stored), ``inline_error``, ``stale_csrf``, ``captcha``, ``download`` (stored; the
            answer is a file).
        submit_times: How many such POSTs are hit before the site is well again; 0 is all of them.
        store_lost_submits: Whether a POST whose answer is lost had been stored.
        latency: Answer time; the last matching entry counts.
        upload_delay_ms: Extra time of an upload.
        hydration_delay_ms: How late the page's script binds its handlers; clicks before that are swallowed.
        form_kinds: How the form of a channel is sent, where it is not the channel's own way: ``navigation``,
            ``fetch``, ``xhr``; ``iframe`` puts the form into a frame, ``shadow`` into a shadow root;
            ``service_worker`` has a worker pass the request on, ``worker_only`` has it make the request.
        quirks: What forms do beside sending: ``double`` handlers, ``alert`` and ``confirm`` dialogs, a new ``window``
            on the first click, a ``download`` after success.
        cabinet_answers: Where the cabinet's list comes from: ``none`` the page alone, ``beside`` the page and a JSON
            answer that it loads, ``only`` the answer: the page is drawn from it and shows no ids.
        layout: Which markup; ``alternate`` changes between A and B with each page served.
        deploy: Another number gives other hashed class names.
        state_div: Whether pages carry their hydration state.
        session_life_s: Age at which a session ends; None never.
        walls: Stop pages; the first that matches is shown.
        list_mode: The account's own appeals list: ``none`` (no such page), ``instant``, ``delay`` (``list_delay_s``),
            ``paged`` (5 a page), ``drops_rows`` (every second one is missing).
        list_delay_s: How late a stored appeal shows up in the list, seconds.
        banner: The cookie banner; ``random`` comes after 0–2 s.
        popup: The ``alertPopup`` widget over the page.
        conditional: Whether ETag and 304 are used.
        moderator: How filings are decided.
        renames: Replaces texts, attributes or keys in everything the site sends: to rename one control.
        photo_hold: Pictures of reviews are never answered until released.
        font_hold: Pages ask for a font that is never answered until released.
        script_hold: Pages ask for a further script that is never answered until released.
        tall_page_px: Pages are at least so tall.
        reappeals: How many further appeals of one review an order offers after a rejection.
        locale: Language of the site's own texts.
        serve_as: Login of the account to show as signed in, whoever really is.
        variants: Pages served in an odd shape.
        page_key_life: After so many listing requests a ``page_key`` is void and gives zero reviews; None never.
        listing_max_pages: The site shows no further page of one listing.
        capped_leads_on: The last page of a listing that is longer than that leads on, to an empty one.
        guest_rows: Who is not signed in is shown so many reviews of a listing and then asked to sign in.
        max_file_mb: Largest attachment.
        seller_api: How the Seller API answers a key that is right.
        chat: How bot, operator and page of the support chat behave.
        seller_api_retry_after_s: Its ``Retry-After`` where it is ``rate_limited``; None sends no header.
    """

    submit: str = "ok"
    submit_times: int = Field(default=1, ge=0)
    store_lost_submits: bool = True
    latency: list[Latency] = Field(default_factory=list)
    upload_delay_ms: float = Field(default=0.0, ge=0, le=_LONGEST_MS)
    hydration_delay_ms: int = Field(default=0, ge=0, le=_LONGEST_MS)
    form_kinds: dict[ChannelName, FormKind] = Field(default_factory=dict)
    quirks: list[Quirk] = Field(default_factory=list)
    cabinet_answers: Literal["none", "beside", "only"] = "none"
    layout: Literal["A", "B", "C", "alternate"] = "A"
    deploy: int = Field(default=0, ge=0, le=1_000_000)
    state_div: bool = True
    session_life_s: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    walls: list[Wall] = Field(default_factory=list)
    list_mode: Literal["none", "instant", "delay", "paged", "drops_rows"] = "instant"
    list_delay_s: float = Field(default=0.0, ge=0)
    banner: Literal["never", "always", "random"] = "never"
    popup: bool = False
    conditional: bool = True
    moderator: Moderation = Field(default_factory=Moderation)
    renames: dict[Annotated[str, Field(min_length=1)], str] = Field(default_factory=dict)
    photo_hold: bool = False
    font_hold: bool = False
    script_hold: bool = False
    tall_page_px: int = Field(default=0, ge=0, le=200_000)
    reappeals: int = Field(default=0, ge=0)
    locale: Literal["ru", "en"] = "ru"
    serve_as: str | None = None
    variants: list[PageVariant] = Field(default_factory=list)
    page_key_life: int | None = Field(default=None, ge=0)
    listing_max_pages: int = Field(default=33, ge=1)
    capped_leads_on: bool = False
    guest_rows: int | None = Field(default=None, ge=1)
    max_file_mb: float = Field(default=10.0, gt=0)
    seller_api: ApiMode = "ok"
    seller_api_retry_after_s: int | None = Field(default=None, ge=0)
    chat: ChatSwitches = Field(default_factory=ChatSwitches)

    @field_validator("submit")
    @classmethod
    def _known_mode(cls, value: str) -> str:
        if not _SUBMIT_MODE.fullmatch(value):
            raise ValueError(f"no submit mode {value!r}; there are: {_SUBMIT_MODE.pattern}")
        return value

    @property
    def kinds(self) -> dict[ChannelName, FormKind]:
        """How the form of each channel is sent now."""
        return {**OWN_KINDS, **self.form_kinds}

    def fingerprint(self) -> str:
        """Changes whenever a page could look different: part of every cache key."""
        return self.model_dump_json()
