"""How sites print moments: renderers that turn a true instant into a text, to be read back.

The truth is known here and the reader does not see it; each renderer prints in a zone, for a page seen at an instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.catalog import load_site
from flows.catalog.wording import DateWords, TimeUnit

RU = load_site("ozon").dates


def _months(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(month.split("/")) for month in text.split())


EN = DateWords(
    months=_months(
        "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep october/oct"
        " november/nov december/dec"
    ),
    today=("today",),
    yesterday=("yesterday",),
    just_now=("just now",),
    edited=("edited",),
    at=("at",),
    ago=("ago",),
    units={
        "minute": ("minute", "minutes"),
        "hour": ("hour", "hours"),
        "day": ("day", "days"),
        "week": ("week", "weeks"),
        "month": ("month", "months"),
        "year": ("year", "years"),
    },
    one=("a", "an"),
    noise=("on",),
)
DE = DateWords(
    months=_months("januar februar märz april mai juni juli august september oktober november dezember"),
    today=("heute",),
    yesterday=("gestern",),
    before_yesterday=("vorgestern",),
    just_now=("gerade eben",),
    at=("um",),
    ago=("vor",),
    ago_is_prefix=True,
    units={
        "minute": ("minute", "minuten"),
        "hour": ("stunde", "stunden"),
        "day": ("tag", "tagen"),
        "week": ("woche", "wochen"),
        "month": ("monat", "monaten"),
        "year": ("jahr", "jahren"),
    },
    one=("einem", "einer"),
    noise=("uhr",),
)
TR = DateWords(
    months=_months("ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"),
    today=("bugün",),
    yesterday=("dün",),
    just_now=("az önce",),
    ago=("önce",),
    units={
        "minute": ("dakika",),
        "hour": ("saat",),
        "day": ("gün",),
        "week": ("hafta",),
        "month": ("ay",),
        "year": ("yıl",),
    },
    one=("bir",),
)
KK = DateWords(
    months=_months("қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"),
    today=("бүгін",),
    yesterday=("кеше",),
    just_now=("жаңа ғана",),
    ago=("бұрын",),
    units={
        "minute": ("минут",),
        "hour": ("сағат",),
        "day": ("күн",),
        "week": ("апта",),
        "month": ("ай",),
        "year": ("жыл",),
    },
    one=("бір",),
    noise=("ж", "жылғы"),
)

LANGUAGES: dict[str, DateWords] = {"ru": RU, "en": EN, "de": DE, "tr": TR, "kk": KK}
ZONES = (
    "Europe/Moscow",
    "Asia/Vladivostok",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
# Around midnight, New Year, and the hours of daylight saving time in those zones.
SEEN = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2026-12-31T20:59:30",
        "2026-12-31T21:00:30",
        "2027-01-01T00:00:05",
        "2027-01-02T12:00:00",
        "2026-03-29T01:00:30",
        "2026-10-25T00:59:59",
        "2026-11-01T06:30:00",
        "2028-02-29T23:30:00",
    )
)
AGES = tuple(
    timedelta(**age)
    for age in (
        {"seconds": 20}, {"minutes": 7}, {"hours": 1, "minutes": 5}, {"hours": 5}, {"hours": 23, "minutes": 59},
        {"days": 1, "hours": 3}, {"days": 3}, {"days": 12, "hours": 7}, {"days": 45}, {"days": 200}, {"days": 364},
    )
)  # fmt: skip


LENGTHS: dict[TimeUnit, timedelta] = {
    "year": timedelta(days=365),
    "month": timedelta(days=30),
    "week": timedelta(days=7),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}


@dataclass(frozen=True)
class Printed:
    """A text as a site printed it, and the instant that is meant."""

    language: str
    text: str
    truth: datetime
    zone: ZoneInfo
    seen_at: datetime


Renderer = Callable[[DateWords, datetime, datetime], str | None]


def _full(words: DateWords, local: datetime, now: datetime) -> str:
    del now
    return f"{local.day} {words.months[local.month - 1][0]} {local.year}"


def _abbreviated(words: DateWords, local: datetime, now: datetime) -> str:
    del now
    return f"{local.day}\u00a0{words.months[local.month - 1][-1]}. {local.year}"


def _month_first(words: DateWords, local: datetime, now: datetime) -> str:
    del now
    return f"{words.months[local.month - 1][0].title()} {local.day}, {local.year}"


def _year_first(words: DateWords, local: datetime, now: datetime) -> str:
    del now
    return f"{local.year} {local.day} {words.months[local.month - 1][0]}"


def _with_time(words: DateWords, local: datetime, now: datetime) -> str:
    return f"{_full(words, local, now)}, {local:%H:%M}"


def _edited(words: DateWords, local: datetime, now: datetime) -> str | None:
    return f"{words.edited[0]} {_full(words, local, now)}" if words.edited else None


def _without_year(words: DateWords, local: datetime, now: datetime) -> str | None:
    return f"{local.day} {words.months[local.month - 1][0]}" if now - local < timedelta(days=364) else None


def _dotted(words: DateWords, local: datetime, now: datetime) -> str:
    del words, now
    return f"{local:%d.%m.%Y}"


def _iso_day(words: DateWords, local: datetime, now: datetime) -> str:
    del words, now
    return f"{local:%Y-%m-%d}"


def _iso(words: DateWords, local: datetime, now: datetime) -> str:
    del words, now
    return local.isoformat(timespec="seconds")


def _named_day(words: DateWords, local: datetime, now: datetime) -> str | None:
    names = {0: words.today, 1: words.yesterday, 2: words.before_yesterday}.get((now.date() - local.date()).days, ())
    return names[0].capitalize() if names else None


def _named_day_with_time(words: DateWords, local: datetime, now: datetime) -> str | None:
    name = _named_day(words, local, now)
    at = f" {words.at[0]}" if words.at else ""
    return f"{name}{at} {local:%H:%M}" if name else None


def _just_now(words: DateWords, local: datetime, now: datetime) -> str | None:
    return words.just_now[0].capitalize() if now - local < timedelta(minutes=10) else None


def _ago(words: DateWords, local: datetime, now: datetime, *, rounding: float) -> str | None:
    age = now.astimezone(UTC) - local.astimezone(UTC)
    for unit, length in LENGTHS.items():
        if age >= length:
            number = int(age / length + rounding)
            forms = words.units[unit]
            shown = f"{number} {forms[min(number, len(forms)) - 1]}"
            return f"{words.ago[0]} {shown}" if words.ago_is_prefix else f"{shown} {words.ago[0]}"
    return None


RENDERERS: dict[str, Renderer] = {
    "full": _full,
    "abbreviated": _abbreviated,
    "month_first": _month_first,
    "year_first": _year_first,
    "with_time": _with_time,
    "edited": _edited,
    "without_year": _without_year,
    "dotted": _dotted,
    "iso_day": _iso_day,
    "iso": _iso,
    "named_day": _named_day,
    "named_day_with_time": _named_day_with_time,
    "just_now": _just_now,
    "ago_elapsed": lambda words, local, now: _ago(words, local, now, rounding=0.0),
    "ago_rounded": lambda words, local, now: _ago(words, local, now, rounding=0.5),
}


def printed() -> Iterator[Printed]:
    """Gives every text of the table, in every zone, at every instant."""
    for language, words in LANGUAGES.items():
        for zone in map(ZoneInfo, ZONES):
            for seen_at in SEEN:
                for age in AGES:
                    for renderer in RENDERERS.values():
                        truth = seen_at - age
                        text = renderer(words, truth.astimezone(zone), seen_at.astimezone(zone))
                        if text is not None:
                            yield Printed(language, text, truth, zone, seen_at)
