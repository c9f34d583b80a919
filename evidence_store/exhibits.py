"""How exhibits are called: file names made of our own words and counters, and words for a Russian reader."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.canonical import format_utc
from evidence_store.manifest import CaptureMoment
from evidence_store.seal import SignedCheckpoint, TimeStamp

KIND_WORDS: dict[ArtifactKind, str] = {
    ArtifactKind.ELEMENT_PNG: "снимок крупным планом",
    ArtifactKind.FULL_PAGE_PNG: "снимок всей страницы",
    ArtifactKind.VIEWPORT_PNG: "снимок видимой части страницы",
    ArtifactKind.MHTML: "страница целиком (MHTML)",
    ArtifactKind.HTML: "исходный код страницы",
    ArtifactKind.WARC: "всё, что загрузил браузер (WARC)",
    ArtifactKind.VISIBLE_TEXT: "видимый текст страницы",
    ArtifactKind.RESPONSE_HEADERS: "заголовки ответа сервера",
    ArtifactKind.TLS_CERTIFICATE: "сертификат сервера",
    ArtifactKind.STATE_JSON: "данные страницы (JSON)",
    ArtifactKind.REVIEW_READING: "отзыв, как его прочла программа",
    ArtifactKind.FORM_DUMP: "содержание заполненной формы",
    ArtifactKind.SCREENSHOT_FAILURE: "снимок при сбое",
    ArtifactKind.CONSOLE_LOG: "сообщения браузера",
    ArtifactKind.OWN_EVIDENCE: "материал продавца",
    ArtifactKind.MANIFEST: "описание записи",
    ArtifactKind.SHEET_PNG: "лист со снимком, адресом, временем и хэшем (не подписан)",
    ArtifactKind.SHEET_PDF: "лист со снимком, адресом, временем и хэшем (PDF, не подписан)",
    ArtifactKind.MASKED_PNG: "снимок со скрытыми личными данными",
    ArtifactKind.WACZ: "архив для просмотра (WACZ)",
}

MOMENT_WORDS: dict[CaptureMoment, str] = {
    "public": "отзыв без входа в аккаунт",
    "account": "отзыв после входа в аккаунт",
    "filled_form": "заполненная форма перед отправкой",
    "confirmation": "ответ площадки после отправки",
    "status": "страница статуса обращения",
    "afterwards": "страница товара после решения",
    "product_card": "карточка товара в тот день",
    "probe": "проверка способа обжалования",
    "buyer_chat": "чат с покупателем об этом отзыве",
    "failure": "сбой",
    "own_evidence": "материалы продавца",
}

SHORTFALL_WORDS = {
    "images_not_all_decoded": "не доказано, что загрузились все изображения",
    "text_not_proven_in_shot": "не доказано, что текст отзыва попал в снимок",
    "page_not_proven_unchanged": "не доказано, что страница не менялась во время записи",
}

STEP_WORDS = {
    "open": "открыта страница",
    "pictures": "сделаны снимки",
    "source": "сохранена страница",
    "archive": "сохранено всё, что загрузил браузер",
}

_OUTCOME_WORDS = (
    (re.compile(r"\bfull_page(_cdp)?\b"), "вся страница"),
    (re.compile(r"\bviewport(_cdp)?\b"), "только видимая часть"),
    (re.compile(r"^none\b"), "снимка нет"),
    (re.compile(r"\bnot stable\b"), "страница менялась"),
    (re.compile(r"\bstable\b"), "страница не менялась"),
    (re.compile(r"\bmhtml\b"), "MHTML"),
    (re.compile(r"\bhtml\b"), "исходный код"),
    (re.compile(r"\bvisible_text\b"), "видимый текст"),
    (re.compile(r"\bresponse_headers\b"), "заголовки ответа"),
    (re.compile(r"(\d+) exchanges?\b"), r"запросов: \1"),
    (re.compile(r"\bno answer\b"), "ответа нет"),
)

_ALTERATION_WORDS = {
    "the cookie banner was closed by its own button": "сообщение о cookie закрыто его собственной кнопкой",
    "the shortened text was opened by its own button": "сокращённый текст раскрыт его собственной кнопкой",
}


def describe_outcome(outcome: str) -> str:
    """Says the outcome of a step for a Russian reader; words that are not known stay as they are."""
    for pattern, words in _OUTCOME_WORDS:
        outcome = pattern.sub(words, outcome)
    return outcome


def describe_alterations(alterations: Iterable[str]) -> str:
    """Says what was changed on a page, for a Russian reader."""
    told = "; ".join(_ALTERATION_WORDS.get(each, each) for each in alterations)
    return told or "программа ничего на странице не меняла"


FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}(\.[a-z0-9]{1,8}){1,2}")

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "application/gzip": ".gz",
    "application/warc": ".warc.gz",
    "application/wacz": ".wacz",
    "application/x-pem-file": ".pem",
    "multipart/related": ".mhtml",
    # Not .html: a double click must not run an archived page.
    "text/html": ".html.txt",
    "text/plain": ".txt",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/mp4": ".m4a",
    # Not .eml: a double click must not open a stranger's letter.
    "message/rfc822": ".eml.txt",
}


def describe_third_party_time(captures: Iterable[TimeStamp], checkpoint: SignedCheckpoint | None) -> str:
    """Says which third parties' times there are, or ``none``.

    Args:
        captures: Stamps over captures.
        checkpoint: The log's checkpoint with its stamps.
    """
    named = [("первая запись", stamp) for stamp in captures]
    named += [("контрольная точка журнала", stamp) for stamp in (checkpoint.time_stamps if checkpoint else ())]
    return "; ".join(f"{what} — {format_utc(stamp.at)}, {stamp.authority}" for what, stamp in named) or "none"


def exhibit_name(artifact: Artifact) -> str:
    """Returns a file name for an artifact: its kind and a harmless suffix for its type."""
    suffix = _SUFFIXES.get(artifact.media_type.partition(";")[0].strip().lower(), ".bin")
    return artifact.kind.value.replace("_", "-") + suffix
