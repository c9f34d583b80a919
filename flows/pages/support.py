"""The contact form of support."""

from __future__ import annotations

from flows.pages.filing_form import FilingFormPage


class SupportPage(FilingFormPage):
    """Name, e-mail and text."""

    page_name = "support"
    url_name = "support"
