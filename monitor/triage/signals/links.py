"""Links to other sites, also spelled out, and what makes a mention of one innocent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from monitor.triage.models import Span
from monitor.triage.normalise import Prepared
from monitor.triage.rules import Rules

_TOP_DOMAINS = (
    "example|ru|com|net|org|su|by|kz|uz|shop|store|online|site|xyz|me|info|biz|pro|cc|ly|io|club|link|gg|app|top|"
    "market|space|moscow|tv|ua|eu|de|cn|to|vip|fun|life|live|tech|website"
)
_LABEL = r"[a-zа-я0-9](?:[a-zа-я0-9-]{0,40}[a-zа-я0-9])?"
_SHORT_LABEL = r"[a-zа-я0-9][a-zа-я0-9-]{0,15}"
_LINK = re.compile(
    r"(?:https?://|hxxps?://|www\.)[^\s<>\"»)]{3,200}"
    rf"|(?<![\w@.-]){_LABEL}\.(?:{_SHORT_LABEL}\.){{0,3}}(?:{_TOP_DOMAINS})(?:/[^\s<>\"»)]{{0,200}})?(?![\w-])"
    rf"|(?<![\w@.-])[a-zа-я][a-zа-я0-9-]{{3,40}}\.(?:ру|ком)(?![\w-])"
    rf"|(?<![\w@.-]){_LABEL}\.(?:{_SHORT_LABEL}\.){{0,2}}рф(?:/[^\s<>\"»)]{{0,200}})?(?!\w)"
)
_SPELLED = re.compile(
    rf"(?<!\w)(?:{_LABEL}) ?[(\[ ]?(?:точка|dot|тчк)[)\] ]? ?(?:ру|ком|рф|орг|онлайн|шоп|стор|маркет|ru|com|net|"
    rf"shop|me|su|online|store)(?!\w)"
    rf"|(?<![\w@.-])[a-z0-9-]{{3,40}} ?[.,] (?:ru|com|рф|su|org|net|shop|store|online)(?!\w)"
    rf"|(?<![\w@.-])[a-z0-9-]{{3,40}} \. ?(?:ru|com|рф|su|org|net|shop|store|online)(?!\w)"
)
_MENTIONED = re.compile(
    r"проверк|провер(?:ил|ит|ять)|официальн|производител|указан|написан|инструкц|не (?:проходит|открыва|"
    r"работа|груз)|по qr|qr-?код|регистрац|прошивк|драйвер|сертификат|подлинност|честн[а-я]{2} знак|"
    r"этикетк|приложени|роспотреб|жалоб|прокурат|скача|на коробке|на упаковке|в паспорте|ведет на|ссыла"
)
_CALLED = re.compile(
    r"купи|покупай|заказ(?:ыв|ать|ы|у)|зах(?:оди|одите)|перех(?:оди|одите)|бери|скидк|дешевле|промокод|"
    r"подпис|ищите|смотрите|жми|пиши|акци|выгодн|оптом|опта"
)
_SCHEME = re.compile(r"^hxxp")


def find_links(prepared: Prepared, rules: Rules) -> Iterator[tuple[Span, float]]:
    """Links that lead away from the site, with confidence.

    A maker's page where something was looked up is no advertising.
    """
    text = prepared.folded
    if "." in text:
        for match in _LINK.finditer(text):
            if not is_own(match.group(), rules.own_domains):
                yield prepared.span(*_whole(match, text)), _confidence(text, match)
    if "точка" in text or "dot" in text or "тчк" in text or " ." in text or ". " in text or "," in text:
        for match in _SPELLED.finditer(text):
            yield prepared.span(*match.span()), _confidence(text, match)


def is_own(link: str, own_domains: tuple[str, ...]) -> bool:
    """Whether a link's host is one of the domains or below it; «super-ozon.ru» is not."""
    host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
    return any(host == domain or host.endswith(f".{domain}") for domain in own_domains)


def _whole(match: re.Match[str], text: str) -> tuple[int, int]:
    """Without the dot or comma that ends the sentence."""
    end = match.end()
    while end > match.start() and text[end - 1] in ".,;:!?":
        end -= 1
    return match.start(), end


def _confidence(text: str, match: re.Match[str]) -> float:
    around = text[max(0, match.start() - 90) : match.end() + 90]
    if _MENTIONED.search(around) and not _CALLED.search(around):
        return 0.4
    return 0.85
