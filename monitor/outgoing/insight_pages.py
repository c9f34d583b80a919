"""Renders what is learnt from reviews as pages and as messages: no script, no outside file, hostile text inert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.insight.digesting import Digest, Said, tell_mix, tell_share
from monitor.insight.owner import OwnerReport
from monitor.insight.periods import Period
from monitor.insight.plotting import NARROW, WIDE, draw_shares
from monitor.insight.shares import Count
from monitor.insight.showing import Showing
from monitor.language.plain_text import show

_QUOTE_IN_MESSAGE = 140


def render_digest(digest: Digest, *, shop: str, zone: str) -> str:
    """Returns a team's digest as HTML text."""
    return _environment(zone).get_template("digest.html").render(digest=digest, shop=shop)


def render_sheet(
    said: Said, *, steps: Sequence[str], shown: Sequence[Showing], period: Period, shop: str, zone: str
) -> str:
    """Returns a training sheet of one complaint as HTML text."""
    page = _environment(zone).get_template("sheet.html")
    return page.render(said=said, steps=steps, shown=shown, period=period, shop=shop)


def render_report(report: OwnerReport, *, grounds: Mapping[str, str], shop: str, zone: str) -> str:
    """Returns the owner's report as HTML text; printed on A4 it takes two pages."""
    chart, narrow = (
        Markup(draw_shares(report.weeks, title="Доля плохих отзывов по неделям", width=width))  # noqa: S704 - our own
        for width in (WIDE, NARROW)  # drawing; what it says is escaped where it is drawn
    )
    return (
        _environment(zone)
        .get_template("owner.html")
        .render(
            report=report,
            grounds=grounds,
            shop=shop,
            chart=chart,
            narrow_chart=narrow,
            has_marks=any(point.is_marked for point in report.weeks),
            has_holes=any(point.is_hole for point in report.weeks),
        )
    )


def tell_digest(digest: Digest) -> tuple[str, str]:
    """Returns title and text of a digest as a message, short enough for the start of a shift."""
    lines = [f"{digest.period}, отзывов: {digest.reviews}"]
    lines += [f"Отмечено: {show(one.name, one_line=True)}" for one in digest.marked]
    lines += digest.watched.lines()
    nothing = "Жалоб по вашей части нет." if digest.reviews else "Отзывов за эти дни нет: судить не по чему."
    lines += ["", "Сделать:"] if digest.to_do else ["", nothing]
    lines += [f"{number}. {show(step, one_line=True)}" for number, step in enumerate(digest.to_do, start=1)]
    for said in digest.said:
        lines += ["", f"{said.title}: {tell_share(said)}; до этого {said.before.hits} из {said.before.total}"]
        lines += [f"{show(move, one_line=True)}." for move in said.moves]
        lines += [f"«{show(one.text, limit=_QUOTE_IN_MESSAGE)}»" for one in said.quotes[:1]]
    for done in digest.done[:2]:
        lines += [
            "",
            f"Изменили: {show(done.what, one_line=True, limit=80)}. {show(done.told, one_line=True, limit=480)}",
        ]
    if hidden := len(digest.done[2:]) + digest.more_done:
        lines += ["", f"И ещё изменений: {hidden}."]
    return f"Что говорят покупатели: {digest.title}", "\n".join(lines)


def _environment(zone: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.outgoing"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "show": show,
        "share": tell_share,
        "mix": tell_mix,
        "day": _day,
        "moment": lambda value: _moment(value, zone),
        "stars": _stars,
        "mean": lambda value: "–" if value is None else f"{value:.2f}".replace(".", ","),
        "percent": _percent,
        "roubles": lambda value: f"{value:,} ₽".replace(",", " ").replace(" ", "\u00a0"),
    }
    return environment


def _day(value: date) -> str:
    return f"{value:%d.%m.%Y}"


def _moment(value: datetime, zone: str) -> str:
    return f"{value.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"


def _stars(value: int | None) -> str:
    return "★" * value + "☆" * (5 - value) if value is not None and 0 <= value <= 5 else "без оценки"


def _percent(count: Count) -> str:
    return "мало данных" if count.is_little else f"{count.share:.0%}"
