"""The states of the site's widgets, key order as captured in September 2026 (no text of a real person)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from mock_site.world.models import REPORT_REASONS, Account, Product, Review
from mock_site.world.shelf import PER_PAGE, SORTINGS, Counters

LIST_ID = "webListReviews-5603940-default-1"
WALL_ID = "buttonWidget-4290141-default-1"
# Words and widget from code written from a live page of August 2026; that the page JSON stops too is a guess.
GUEST_WALL = "Войдите или зарегистрируйтесь, чтобы посмотреть больше отзывов"
SHELF_ID = "webListReviews-3201466-reviewshelfpaginator-3"
TABS_ID = "webProductTabs-10056736-default-1"
SCORE_ID = "webReviewProductScore-14003865-default-1"
SINGLE_SCORE_ID = "webSingleProductScore-3132001-default-1"
HEADING_ID = "webProductHeading-3385933-default-1"
PRICE_ID = "webPrice-10438624-default-1"
DESCRIPTION_ID = "webDescription-2983286-pdpPage2column-2"
CHARACTERISTICS_ID = "webCharacteristics-903456-default-1"
SELLER_ID = "webCurrentSeller-10138520-default-1"
PROFILE_ID = "profileMenu-7278492-default-1"
ANONYMOUS_ID = "profileMenuAnonymous-7278492-default-1"
SEARCH_ID = "searchResultsV2-193750-default-1"
_NARROW = "\u2009"
_NO_USER = {
    "clientOfficial": None,
    "avatarUrl": None,
    "guid": None,
    "firstName": None,
    "lastName": None,
    "fio": None,
    "officialUser": None,
    "isLegal": None,
    "topAuthorUser": None,
}
CONSTANTS: dict[str, Any] = {
    "loadMoreText": "Показать больше отзывов",
    "review": {
        "badgePurchased": "Товар куплен на OZON",
        "productVariants": "Вариант товара: ",
        "showAllReview": "Показать весь отзыв",
        "answer": "Ответить",
        "report": "Пожаловаться",
        "copyUrl": "Скопировать ссылку",
        "copySuccessText": "Ссылка успешно скопирована",
        "yes": "Да",
        "no": "Нет",
        "reviewsUsefulness": "Вам помог этот отзыв?",
        "errorByEntityReview": "Расскажите, почему этот отзыв должен быть удален",
        "editedText": "изменен",
    },
    "abuseReport": {
        "reportReason": "Укажите причину",
        "reasonPlaceholder": "Опишите причину подробнее",
        "reasonSend": "Отправить жалобу",
        "misleading": "Введение в заблуждение",
        "inappropriatePhotoOrVideo": "Неприемлемое фото или видео",
        "inappropriateContent": "Неприемлемое содержание",
        "abuseOther": "Укажите другую причину",
        "complaintSent": "Жалоба успешно отправлена",
    },
    "commentsList": {"defaultAuthorName": "Пользователь OZON"},
    "sortFilter": {"sortTitle": "Показать сначала: "},
    "contentText": {
        "readMore": "Читать полностью",
        "advantages": "Достоинства",
        "received": "Недостатки",
        "comment": "Комментарий",
    },
}


@dataclass(frozen=True, slots=True)
class ListingView:
    """One page of one listing, with all that its state shows.

    Attributes:
        rows: The reviews of this page.
        reported: Uuids among them that this account reported.
        total: All published reviews of the product.
        page_key: The cursor of the listing.
        anchor: Uuid asked for by ``ruuid``.
        leads_on: The last page leads on to one that is empty.
        has_guest_wall: The site asks to sign in for more.
    """

    product: Product
    rows: tuple[Review, ...]
    reported: frozenset[str]
    counters: Counters
    page: int
    pages: int
    sort: str
    page_key: str
    account: Account | None
    origin: str
    anchor: str = ""
    leads_on: bool = False
    has_guest_wall: bool = False

    @property
    def total(self) -> int:
        """All published reviews of the product."""
        return self.counters.total

    @property
    def next_query(self) -> str:
        """Query of the next page; empty on the last one."""
        return self.page_query(self.page + 1) if self.page < self.pages or self.leads_on else ""

    def page_query(self, page: int) -> str:
        """Query of a page of this listing."""
        return "" if page == 1 else f"?page={page}&page_key={self.page_key}&sort={self.sort}"


def page_key(product: Product, sort: str) -> str:
    """The cursor of a listing: one for all its pages, opaque to the reader."""
    return base64.urlsafe_b64encode(f"\x08{product.sku}\x12{sort}".encode()).decode().rstrip("=")


def price(amount: int) -> str:
    """«2 358 ₽» with the site's narrow spaces."""
    return f"{amount:,}".replace(",", _NARROW) + _NARROW + "₽"


def list_reviews(view: ListingView) -> dict[str, Any]:
    """State of ``webListReviews``."""
    product = view.product
    path = f"{product.path}reviews/"
    return {
        "products": {
            item.item_id: _product_entry(product, item.item_id, view.origin)
            for item in (*product.items, *product.strangers)
        },
        "user": _user(view.account),
        "filters": {"withPhotos": None, "withMedia": None},
        "author": None,
        "uri": "",
        "requestedPath": path,
        "reviews": [review_state(review, view) for review in view.rows],
        "sortings": [{"name": n, "value": v, "active": v == view.sort} for v, n in SORTINGS.items()],
        "itemId": product.sku,
        "paging": _paging(view),
        "pageType": 1,
        "productScore": view.counters.score,
        "hideFirstCommentView": True,
        "isShowFullText": False,
        "reviewAbuseReasons": {"reasons": [_reason(value, label) for value, label in REPORT_REASONS.items()]},
        "commentAbuseReasons": {"reasons": [_reason(v, label) for v, label in REPORT_REASONS.items() if v != "4"]},
        "fullRequestUrl": f"{path}?reviewsVariantMode=2&sort={view.sort}",
        "actions": {
            "reportComment": "v2/rpReportAbuseV2",
            "reportReview": "v2/rpReportAbuseV2",
            "voteReview": "rpSetOpinionUsefulnessV2",
        },
        "shelfMode": False,
        "constants": CONSTANTS,
        "lmtParams": {"paginationType": "custom", "shelfEnabled": False},
        "cellTrackingInfo": {},
    }


def _reason(value: str, label: str) -> dict[str, Any]:
    return {"value": value, "label": label, "isCommentRequired": False, "isMedia": value == "4"}


def _paging(view: ListingView) -> dict[str, Any]:
    return {
        "total": view.total,
        "commonTotal": view.total,
        "page": view.page,
        "perPage": PER_PAGE,
        "links": [{"text": str(n), "urlParams": view.page_query(n)} for n in range(1, min(view.pages, 5) + 1)],
        "nextButton": view.next_query,
        "prevButton": view.page_query(view.page - 1) if view.page > 1 else "",
    }


def _user(account: Account | None) -> dict[str, Any]:
    return dict(_NO_USER) if account is None else {**_NO_USER, "guid": account.guid, "firstName": account.name}


def _product_entry(product: Product, item_id: str, origin: str) -> dict[str, Any]:
    item = product.item(item_id)
    return {
        "itemId": item_id,
        "variants": [{"name": item.variant_name, "value": item.variant_value}],
        "name": item.title or product.title,
        "coverImage": f"{origin}/photos/cover-{product.sku}.jpeg",
        "uri": product.path,
        "Score": 0,
        "IsAvailableForSocial": True,
    }


def review_state(review: Review, view: ListingView) -> dict[str, Any]:
    """One element of ``reviews``."""
    is_reported = review.uuid in view.reported
    share = f"{view.origin}{view.product.path}reviews?ruuid={review.uuid}"
    return {
        "sharing": {"url": f"{share}&utm_campaign=reviews_link&utm_medium=share_button&utm_source=smm", "items": []},
        "editUrl": "",
        "updatedAt": review.updated_at,
        "publishedAt": review.published_at,
        "author": _author(review),
        "status": {"name": "Опубликован", "id": 5},
        "usefulness": {"useful": review.useful, "unuseful": review.not_useful, "userSelection": "UNKNOWN"},
        "itemId": review.item_id,
        "createdAt": review.created_at,
        "version": review.version,
        "statusId": 5,
        "uuid": review.uuid,
        "isDeletable": False,
        "isEdited": review.is_edited,
        "isEditable": False,
        "isVotable": view.account is not None,
        "isReportable": view.account is not None and not is_reported,
        "isDeleted": False,
        "isRejected": False,
        "isAbuseReported": is_reported,
        "isAnchor": review.uuid == view.anchor,
        "content": _content(review, view.origin),
        "comments": {"list": [], "totalCount": 0},
        "isCommentable": False,
        "isAnonymous": review.author.is_anonymous,
        "showVariantImage": False,
        "isUserReview": False,
        "isItemPurchased": False,
        "translateButton": None,
        "badgeDelivery": None,
        "badge": None,
        "OrderType": 1,
        "HasContextQuestionsByProduct": True,
        "Lang": "ru",
        "reviewLabel": None,
    }


def _author(review: Review) -> dict[str, Any]:
    return {
        "clientOfficial": {"id": "0", "caption": "", "partnerType": 0, "name": "", "brandLogoUri": "", "brandUri": ""},
        "avatarUrl": "",
        "guid": review.author.guid,
        "firstName": "" if review.author.is_anonymous else review.author.name,
        "lastName": "",
        "fio": "",
        "officialUser": None,
        "isLegal": None,
        "topAuthorUser": None,
    }


def _content(review: Review, origin: str) -> dict[str, Any]:
    gallery = f"hideable_rating=true&itemId={review.sku}&reviewUuid={review.uuid}&reviewsVariantMode=2"
    return {
        "comment": review.text,
        "positive": review.positive,
        "negative": review.negative,
        "videos": [],
        "photos": [
            {
                "galleryParams": f"{gallery}&reviewPuuid={photo.photo_id}",
                "name": "",
                "url": f"{origin}/photos/{photo.photo_id}.jpeg",
                "width": photo.width,
                "height": photo.height,
                "UUID": photo.photo_id,
                "published": True,
                "iconBlur": None,
            }
            for photo in review.photos
        ],
        "contextQuestions": [{"question": question, "answer": answer} for question, answer in review.answers],
        "score": review.rating,
    }


def product_tabs(product: Product, counters: Counters) -> dict[str, Any]:
    """State of ``webProductTabs``."""
    base = product.path.rstrip("/")
    return {
        "activeTab": "reviews",
        "tabs": [
            {"title": "Характеристики", "link": f"{base}/features"},
            {"title": "Отзывы", "link": f"{base}/reviews", "counter": str(counters.total)},
            {"title": "Вопросы", "link": f"{base}/questions", "counter": "0"},
        ],
    }


def product_score(counters: Counters) -> dict[str, Any]:
    """State of ``webReviewProductScore``. Its keys are a guess; the texts are not."""
    names = ("1 звезда", "2 звезды", "3 звезды", "4 звезды", "5 звёзд")
    rows = [{"title": name, "count": count} for name, count in zip(names, counters.stars, strict=True)]
    return {"title": "Общий рейтинг", "score": counters.score, "total": counters.total, "rows": rows[::-1]}
