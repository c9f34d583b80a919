"""A first wording of an appeal, for a person to change: what the review says, which rule it breaks, what backs it."""

from __future__ import annotations

from collections.abc import Sequence


def compose_text(*, rule: str, quote: str, facts: Sequence[str] = (), limit: int | None = None) -> str:
    """Returns the text of an appeal in Russian, calm and without claims beyond the facts given.

    Args:
        rule: The site's rule that is broken, in the site's words.
        quote: The passage of the review.
        facts: What backs it, one sentence each.
        limit: Most characters the form takes; facts are left out, the last one first, until it fits.
    """
    kept = list(facts)
    while True:
        parts = [f"Отзыв нарушает правила публикации: {rule}.", f"В отзыве написано: «{quote}»."]
        parts += [fact if fact.endswith(".") else f"{fact}." for fact in kept]
        parts.append("Просим проверить отзыв.")
        text = "\n".join(parts)
        if limit is None or len(text) <= limit or not kept:
            return text if limit is None else text[:limit]
        kept.pop()
