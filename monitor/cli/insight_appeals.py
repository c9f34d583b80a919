"""``insight appeals``: what appeals were worth, and which kinds to stop filing."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.insight import LITTLE, insight_app, tell_span_of_shares
from monitor.cli.options import AccountOption, JsonOption, chosen_accounts, installation_of
from monitor.insight.worth import Advice, Part
from monitor.language import gettext as _
from monitor.use_cases.learning import weigh_appeals
from monitor.use_cases.learning_models import AppealKind, AppealsWorth

_ADVICE = {Advice.LITTLE: LITTLE, Advice.STOP: "не подавать", Advice.GO_ON: ""}


@insight_app.command("appeals")
def appeals(
    context: typer.Context,
    *,
    by: Annotated[
        list[Part] | None, typer.Option("--by", help="What makes a kind; repeatable. Else ground and channel.")
    ] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what appeals were worth: accepted, rejected, unknown by kind, and which kinds to stop filing.

    The interval is exact (95 %). A kind is advised against where surely fewer than one in four are accepted, corrected
    for how many kinds are looked at; below 8 answers nothing is said. No verdict is decided by it.

    Example: fairreview insight appeals --by ground --by wording
    """
    installation = installation_of(context)
    names = [section.name for section in chosen_accounts(installation.settings, account)]
    parts = tuple(dict.fromkeys(by or (Part.GROUND, Part.CHANNEL)))
    found = weigh_appeals(installation.state, names, by=parts, costs=installation.settings.insight)
    if as_json:
        output.print_lines(found)
        return
    for worth in found:
        _print(worth)


def _print(worth: AppealsWorth) -> None:
    columns = (*worth.by, "sent", "accepted", "rejected", "unknown", "waiting", "accepted share", "days", "advice")
    output.print_table(columns, (_line(one) for one in worth.kinds))
    if not worth.filed:
        output.say(_("{account}: no appeal was sent yet.").format(account=worth.account))
        return
    for product in worth.products:
        if product.stars is not None and product.stars_with_removed is not None:
            output.print_text(
                f"{product.product}: снято отзывов {product.removed}; средняя оценка {product.stars:.2f}, "
                f"с ними была бы {product.stars_with_removed:.2f} (по сохранённым отзывам, не число площадки)"
            )
    if worth.hours_spent is None:
        output.say(_("Hours are not told: set [insight] review_minutes and appeal_minutes in config.toml."))
    else:
        output.print_text(f"Затрачено около {worth.hours_spent:g} ч. (по вашим минутам на отзыв и обращение)")


def _line(one: AppealKind) -> tuple[str, ...]:
    share = tell_span_of_shares(*one.share) if one.share else LITTLE
    days = "-"
    if one.days_to_answer:
        lower, middle, upper = one.days_to_answer
        told = _("{middle:g} ({lower:g} to {upper:g})")
        days = told.format(middle=middle, lower=lower, upper=upper)
    counts = (one.filed, one.accepted, one.rejected, one.unknown, one.waiting)
    return (*one.kind, *map(str, counts), share, days, _ADVICE[one.advice])
