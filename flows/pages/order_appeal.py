"""The form «Обжалование отзыва»."""

from __future__ import annotations

from flows.pages.filing_form import FilingFormPage


class OrderAppealPage(FilingFormPage):
    """The appeal form of one review of one order."""

    page_name = "order_appeal"
    url_name = "order_appeal"
