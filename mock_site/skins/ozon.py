"""The small Ozon: three hosts with pages, and the Seller API."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Router

from mock_site import texts
from mock_site.host import Receive, Scope, Send
from mock_site.pages.appeals import AppealPages
from mock_site.pages.cabinet import CabinetPages
from mock_site.pages.chat_api import ChatApi
from mock_site.pages.listing import ENTRYPOINTS, ReadingPages
from mock_site.pages.media import MediaPages
from mock_site.pages.messenger import MessengerPages
from mock_site.pages.orders import OrderPages
from mock_site.pages.profiles import ProfilePages
from mock_site.pages.report import ReportPages
from mock_site.pages.seller import SellerPages
from mock_site.pages.seller_api import SellerApi
from mock_site.pages.sign_in import CallbackPages, SsoPages
from mock_site.pages.stage import Stage
from mock_site.pages.stops import OZON_STOPS
from mock_site.pages.support import SupportPages
from mock_site.skins.skin import Identity, SiteSkin


def _routers(stage: Stage) -> Mapping[str, Router]:
    reading, media = ReadingPages(stage), MediaPages(stage)
    callback, support = CallbackPages(stage), SupportPages(stage)
    www = [
        *reading.routes(),
        *ReportPages(stage).routes(),
        *OrderPages(stage).routes(),
        *AppealPages(stage).routes(),
        *ProfilePages(stage).routes(),
        *support.routes(),
        *callback.routes(),
        *media.routes(),
    ]
    seller = [
        *SellerPages(stage).routes(),
        *CabinetPages(stage).routes(),
        *MessengerPages(stage).routes(),
        *support.routes(),
        *callback.routes(),
        *media.routes(),
    ]
    return {
        "www": Router(www, redirect_slashes=False, default=_NotFound(reading)),
        "seller": Router(seller, redirect_slashes=False),
        "sso": Router([*SsoPages(stage).routes(), *media.routes()], redirect_slashes=False),
        "api": Router([*SellerApi(stage).routes(), *ChatApi(stage).routes()], redirect_slashes=False),
    }


class _NotFound:
    """The site's own page for an unknown path of www."""

    def __init__(self, reading: ReadingPages) -> None:
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        is_api = request.url.path.startswith("/api/") and request.url.path not in ENTRYPOINTS
        answer = PlainTextResponse("Not Found", 404) if is_api else self._reading.gone(request)
        await answer(scope, receive, send)


SKIN = SiteSkin(
    name="ozon",
    hosts=("www", "seller", "sso"),
    identities={
        "site_profile": Identity("www", shows_guid=True),
        "seller_cabinet": Identity("seller", shows="company"),
    },
    routers=_routers,
    product_path=lambda product: product.path,
    stops=OZON_STOPS,
    submits=(
        "/api/composer-api.bx/_action/v2/rpReportAbuseV2",
        "/my/appeals/create",
        "/my/appeals/*/reply",
        "/api/review/complaint",
        "/api/support/ticket",
        "/api/messenger/open",
        "/api/messenger/message",
    ),
    uploads=("/my/appeals/upload", "/app/reviews/upload", "/api/messenger/upload"),
    detours={"sign_in": "/auth/ozonid?redirect=%2F", "success": "/app/support"},
    has_api=True,
    english=texts.english,
)
