"""Which class of complaint a review is, and whose department it concerns: for the seller's own work."""

from __future__ import annotations

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Routing
from monitor.triage.normalise import Prepared
from monitor.triage.signals.content import Topics
from monitor.triage.signals.remedies import names_fault

_CLASSES = {
    "goods": ("Товар", "Отдел качества и закупок"),
    "description": ("Товар не соответствует описанию", "Контент и карточки товаров"),
    "packing": ("Упаковка", "Склад и упаковка"),
    "delivery": ("Доставка", "Логистика"),
    "missing": ("Товар не пришёл или пришёл не полностью", "Склад и логистика"),
    "technical": ("Технические неполадки", "Техническая поддержка"),
    "service": ("Обслуживание", "Служба поддержки покупателей"),
}
_ORDER = ("missing", "description", "technical", "packing", "delivery", "service", "goods")
"""When classes tie, the more particular one names the cause."""
_BY_TAG = {
    "cause_missing": "missing",
    "cause_description": "description",
    "cause_technical": "technical",
    "cause_packing": "packing",
    "cause_delivery": "delivery",
    "service_strong": "service",
    "concrete": "goods",
}


def route(prepared: Prepared, topics: Topics, lexicon: Lexicon) -> Routing | None:
    """The class whose words are most frequent, or None for a text that says nothing."""
    counts = dict.fromkeys(_ORDER, 0)
    for word in prepared.words:
        for tag in _BY_TAG.keys() & lexicon.classes_of(word.plain):
            counts[_BY_TAG[tag]] += 1
    if topics.not_arrived:
        counts["missing"] += 2
    # Words about the item are many and general: they decide only where nothing particular was named.
    counts["goods"] = min(counts["goods"], 1)
    if counts["service"] and names_fault(prepared.plain):
        # Who asks his money back for a thing that failed does not complain of the answer he got first of all.
        counts["service"], counts["goods"] = 0, 1
    best = max(_ORDER, key=lambda name: (counts[name], -_ORDER.index(name)))
    if not counts[best]:
        return None
    title, department = _CLASSES[best]
    return Routing(best, title, department)
